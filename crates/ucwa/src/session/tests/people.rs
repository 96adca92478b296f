//! Contacts, presence, subscriptions, and questions.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use super::script::{APP, Script, contact, json_of, link, olaf, query, rel};
use crate::session::{Content, Request, Response};
use crate::{Answer, Availability, Command, Error, Event, Presence};

const MINUTE: Duration = Duration::from_secs(60);

fn paths(request: &Request) -> Vec<String> {
    let Content::Batch { body, .. } = &request.content else {
        panic!("no batch: {request:?}")
    };
    body.lines()
        .filter_map(|line| line.strip_prefix("GET "))
        .map(|line| line.trim_end_matches(" HTTP/1.1").to_owned())
        .collect()
}

/// Answers a batch: to each path the body that the function gives, 404 where it gives none.
fn answer_batch(script: &mut Script, body: impl Fn(&str) -> Option<Value>) -> usize {
    let request = script.take("/batch");
    let paths = paths(&request);
    let mut text = String::new();
    for path in &paths {
        let (status, body) =
            body(path).map_or((404, String::new()), |body| (200, body.to_string()));
        text.push_str(&format!("--x\r\nContent-Type: application/http; msgtype=response\r\n\r\nHTTP/1.1 {status} X\r\n\r\n{body}\r\n"));
    }
    text.push_str("--x--\r\n");
    let response = Response {
        status: 200,
        content_type: "multipart/batching; boundary=x".to_owned(),
        body: text.into(),
        ..Response::default()
    };
    script
        .session
        .handle_response(request.id, response, script.now);
    paths.len()
}

fn presences(script: &mut Script) -> Vec<Presence> {
    let events = script.events();
    events
        .into_iter()
        .filter_map(|event| {
            if let Event::Presence(presence) = event {
                Some(presence)
            } else {
                None
            }
        })
        .collect()
}

/// Events that tell presence and note of these people, as a subscription begins with them.
fn first_events(names: &[&str]) -> Value {
    let events: Vec<Value> = names
        .iter()
        .flat_map(|name| {
            let of = rel("contact", &format!("/people/{name}"));
            [
                json!({"link": rel("contactPresence", &format!("/people/{name}/presence")), "in": of, "type": "updated"}),
                json!({"link": rel("contactNote", &format!("/people/{name}/note")), "in": of, "type": "updated"}),
            ]
        })
        .collect();
    json!([{"rel": "people", "href": format!("{APP}/people"), "events": events}])
}

fn busy(path: &str) -> Option<Value> {
    path.ends_with("presence")
        .then(|| json!({"availability": "Busy", "lastActive": "/Date(1764057600000)/"}))
}

#[test]
fn a_thousand_contacts_are_known_after_a_few_requests_and_each_note_is_read_once() {
    let names: Vec<String> = (0..1000).map(|number| format!("p{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut script = Script::online(&names);
    for number in 0..5 {
        let request = script.created("/presenceSubscriptions", &format!("/s/{number}"));
        assert_eq!(json_of(&request)["uris"].as_array().unwrap().len(), 200);
    }
    let (mut read, mut batches) = (0, 0);
    while script.asks("/batch") {
        read += answer_batch(&mut script, busy);
        batches += 1;
    }
    assert_eq!(
        (read, batches, presences(&mut script).len()),
        (1000, 13, 1000),
        "presences are there first"
    );
    // The first events come in pages right behind each other.
    for names in names.chunks(50) {
        script.page(&first_events(names));
        while script.asks("/batch") {
            read += answer_batch(&mut script, busy);
            batches += 1;
        }
    }
    script.wait(MINUTE);
    while script.asks("/batch") {
        read += answer_batch(&mut script, busy);
        batches += 1;
    }
    assert_eq!(
        (read, batches),
        (3000, 13 + 25),
        "each presence once more, since it may have changed meanwhile; each note once"
    );
    assert!(presences(&mut script).is_empty());
}

#[test]
fn notes_are_read_also_where_no_event_names_them() {
    let mut script = Script::online(&["olaf", "per"]);
    script.created("/presenceSubscriptions", "/s/1");
    answer_batch(&mut script, busy);
    script.page(&first_events(&["olaf"]));
    script.wait(Duration::from_secs(1));
    assert_eq!(answer_batch(&mut script, busy), 2);
    script.wait(MINUTE);
    let asked = script.asked();
    assert!(
        asked.iter().any(|line| line.ends_with("/people/per/note")),
        "{asked:?}"
    );
    assert!(
        asked
            .iter()
            .all(|line| !line.ends_with("/people/olaf/note")),
        "{asked:?}"
    );
}

#[test]
fn subscription_that_is_too_large_for_the_server_is_made_in_parts() {
    let names: Vec<String> = (0..150).map(|number| format!("p{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut script = Script::online(&names);
    script.answer(
        "/presenceSubscriptions",
        400,
        &json!({"code": "BadRequest"}),
    );
    let mut sizes = Vec::new();
    for number in 0..2 {
        let request = script.created("/presenceSubscriptions", &format!("/s/{number}"));
        sizes.push(json_of(&request)["uris"].as_array().unwrap().len());
    }
    assert_eq!(sizes, [100, 50]);
}

#[test]
fn beginning_of_the_watch_over_the_list_does_not_make_it_be_read_again() {
    let mut script = Script::new(false);
    script.answer("/applications", 201, &super::script::application(false));
    script.answer("/people/list", 200, &json!({"_links": {"startOrRefreshSubscriptionToContactsAndGroups": link("/people/list/start")}}));
    script.answer("/people/list/start", 204, &Value::Null);
    script.answer("/people/contacts", 200, &json!({}));
    let group = json!({"name": "Team", "_links": {"self": link("/people/groups/team"), "groupContacts": link("/people/groups/team/contacts")}});
    script.answer(
        "/people/groups",
        200,
        &json!({"_embedded": {"defaultGroup": group}}),
    );
    script.answer("/team/contacts", 200, &json!({}));
    let told = |group: &str| {
        json!([{"rel": "people", "href": format!("{APP}/people"), "events": [
            {"link": rel("myContactsAndGroupsSubscription", "/people/list"), "type": "updated"},
            {"link": rel("defaultGroup", &format!("/people/groups/{group}")), "in": rel("myGroups", "/people/groups"), "type": "added"}]}])
    };
    script.page(&told("team"));
    script.wait(MINUTE);
    let asked = script.asked();
    assert!(
        asked.iter().all(|line| line.contains("/events")),
        "{asked:?}"
    );
    script.page(&told("other"));
    script.wait(MINUTE);
    assert!(script.asks("/people/groups") && !script.asks("/people/list"));
}

#[test]
fn presence_is_told_only_when_it_differs() {
    let mut script = Script::online(&["olaf", "per"]);
    script.created("/presenceSubscriptions", "/s/1");
    answer_batch(&mut script, |_| Some(json!({"availability": "Online"})));
    assert_eq!(presences(&mut script).len(), 2);
    let changed = |script: &mut Script, rels: &[&str]| {
        let path = |name: &str| {
            if name == "contactPresence" {
                "/people/olaf/presence"
            } else {
                "/people/olaf/note"
            }
        };
        let events: Vec<Value> = rels.iter().map(|name| json!({"link": rel(name, path(name)), "in": rel("contact", "/people/olaf"), "type": "updated"})).collect();
        script.page(&json!([{"rel": "people", "href": format!("{APP}/people"), "events": events}]));
        script.wait(Duration::from_secs(1));
    };
    changed(&mut script, &["contactPresence", "contactNote"]);
    answer_batch(&mut script, |path| {
        path.ends_with("presence")
            .then(|| json!({"availability": "Online"}))
    });
    assert!(presences(&mut script).is_empty());
    changed(&mut script, &["contactPresence", "contactNote"]);
    answer_batch(&mut script, |path| {
        Some(if path.ends_with("presence") {
            json!({"availability": "SomethingNew"})
        } else {
            json!({"message": "hej", "type": "OutOfOffice"})
        })
    });
    let told = presences(&mut script);
    let last = told.last().unwrap();
    assert_eq!(
        (
            &last.availability,
            last.note.as_ref().unwrap().out_of_office
        ),
        (&Availability::Other("SomethingNew".into()), true)
    );
}

#[test]
fn subscriptions_are_extended_in_time_and_made_anew_when_they_ran_out() {
    let mut script = Script::online(&["olaf"]);
    script.created("/presenceSubscriptions", "/s/1");
    script.wait(19 * MINUTE);
    assert!(!script.asks("/s/1"));
    script.wait(2 * MINUTE);
    let request = script.answer("/s/1", 200, &json!({}));
    assert_eq!(query(&request.url, "duration").as_deref(), Some("30"));
    script.wait(21 * MINUTE);
    script.answer("/s/1", 404, &json!({"code": "NotFound"}));
    script.created("/presenceSubscriptions", "/s/2");
    let ended = json!([{"rel": "people", "href": format!("{APP}/people"), "events": [
        {"link": rel("presenceSubscription", "/s/2"), "type": "deleted"}]}]);
    script.page(&ended);
    assert!(script.asks("/presenceSubscriptions"));
}

#[test]
fn people_without_subscription_are_read_from_time_to_time() {
    let mut script = Script::online(&["olaf", "per"]);
    script.answer(
        "/presenceSubscriptions",
        403,
        &json!({"code": "Forbidden", "subcode": "LimitExceeded"}),
    );
    for _ in 0..2 {
        answer_batch(&mut script, |_| Some(json!({"availability": "Online"})));
    }
    script.wait(6 * MINUTE);
    assert_eq!(
        answer_batch(&mut script, |_| Some(json!({"availability": "Away"}))),
        4
    );
    assert!(!presences(&mut script).is_empty());
    assert!(
        !script.asks("/presenceSubscriptions"),
        "what was refused is not asked again and again"
    );
}

#[test]
fn refused_batch_is_halved_and_repeated() {
    let names: Vec<String> = (0..80).map(|number| format!("p{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut script = Script::online(&names);
    assert_eq!(paths(&script.answer("/batch", 429, &Value::Null)).len(), 80);
    assert!(!script.asks("/batch"));
    script.wait(MINUTE);
    let mut sizes = Vec::new();
    while script.asks("/batch") {
        sizes.push(answer_batch(&mut script, |_| {
            Some(json!({"availability": "Busy"}))
        }));
    }
    assert_eq!(sizes, [40; 2]);
}

#[test]
fn groups_are_read_and_changes_of_the_list_are_gathered() {
    let mut script = Script::new(false);
    script.answer("/applications", 201, &super::script::application(false));
    script.answer("/people/list", 200, &json!({"_links": {"startOrRefreshSubscriptionToContactsAndGroups": link("/people/list/start")}}));
    let request = script.answer("/people/list/start", 204, &Value::Null);
    assert_eq!(query(&request.url, "duration").as_deref(), Some("30"));
    let load = |script: &mut Script, names: &[&str]| {
        let contacts: Vec<Value> = names.iter().map(|name| contact(name)).collect();
        script.answer(
            "/people/contacts",
            200,
            &json!({"_embedded": {"contact": contacts}}),
        );
        // One member alone may come as an object, and members may be named by links only.
        let group = |name: &str| json!({"name": name, "_links": {"groupContacts": link(&format!("/people/groups/{name}"))}});
        script.answer(
            "/people/groups",
            200,
            &json!({"_embedded": {"pinnedGroup": group("Favourites"), "group": [group("Team")]}}),
        );
        while script.asks("/batch") {
            answer_batch(script, |path| {
                Some(if path.ends_with("Team") {
                    json!({"_links": {"contact": link("/people/olaf")}})
                } else {
                    json!({"_embedded": {"contact": contact("per")}})
                })
            });
        }
    };
    load(&mut script, &["olaf", "per"]);
    let list = script
        .events()
        .into_iter()
        .find_map(|event| {
            if let Event::Contacts(list) = event {
                Some(list)
            } else {
                None
            }
        })
        .unwrap();
    let groups: Vec<(&str, &[String])> = list
        .iter()
        .map(|contact| (contact.uri.address(), contact.groups.as_slice()))
        .collect();
    assert_eq!(
        groups,
        [
            ("olaf@example.org", &["Team".to_owned()][..]),
            ("per@example.org", &["Favourites".to_owned()][..])
        ]
    );

    let added = json!({"link": rel("contact", "/people/new"), "in": rel("myContacts", "/people/contacts"), "type": "added"});
    script.page(&json!([{"rel": "people", "href": format!("{APP}/people"), "events": [added, added, added]}]));
    script.wait(Duration::from_secs(1));
    assert_eq!(
        script
            .asked()
            .iter()
            .filter(|line| line.ends_with("/people/contacts"))
            .count(),
        1
    );
    load(&mut script, &["new", "olaf", "per"]);
    assert!(script.told().contains(&"contacts 3".to_owned()));
}

#[test]
fn presence_of_somebody_unknown_is_found_by_search_or_answered_as_not_shared() {
    let mut script = Script::online(&["olaf"]);
    script.created("/presenceSubscriptions", "/s/1");
    script.answer(
        "/people/olaf/presence",
        200,
        &json!({"availability": "Online"}),
    );
    let answer = Arc::new(Mutex::new(None::<Result<Vec<Presence>, Error>>));
    let told = answer.clone();
    let people = vec![
        olaf(),
        "sip:mia@example.org".parse().unwrap(),
        "sip:none@example.org".parse().unwrap(),
    ];
    script.session.command(
        Command::GetPresence(
            people,
            Answer::new(move |result| *told.lock().unwrap() = Some(result)),
        ),
        script.now,
    );
    let request = script.answer(
        "/people/search",
        200,
        &json!({"_embedded": {"contact": [contact("mia")]}}),
    );
    assert_eq!(
        query(&request.url, "query").as_deref(),
        Some("mia@example.org")
    );
    script.answer("/people/search", 200, &json!({}));
    while script.asks("/batch") {
        answer_batch(&mut script, |path| {
            path.ends_with("presence")
                .then(|| json!({"availability": "Away"}))
        });
    }
    let presences = answer.lock().unwrap().take().unwrap().unwrap();
    let values: Vec<&str> = presences
        .iter()
        .map(|presence| presence.availability.as_str())
        .collect();
    assert_eq!(values, ["Away", "Away", "None"]);
}

#[test]
fn somebody_watched_outside_the_list_is_learned_from_the_subscription() {
    let mut script = Script::online(&[]);
    script.session.command(
        Command::Watch(vec!["sip:mia@example.org".parse().unwrap()]),
        script.now,
    );
    script.created("/presenceSubscriptions", "/s/1");
    script.page(&json!([{"rel": "people", "href": format!("{APP}/people"), "events": [
        {"link": rel("contact", "/people/mia"), "in": rel("subscribedContacts", "/people/subscribed"), "type": "added"},
        {"link": rel("contactPresence", "/people/mia/presence"), "in": rel("contact", "/people/mia"), "type": "updated"}]}]));
    script.wait(Duration::from_secs(1));
    script.answer("/people/mia", 200, &contact("mia"));
    answer_batch(&mut script, |path| {
        path.ends_with("presence")
            .then(|| json!({"availability": "Busy"}))
    });
    assert_eq!(
        presences(&mut script)[0].address.address(),
        "mia@example.org"
    );
}
