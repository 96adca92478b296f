//! The application and its event channel: beginnings, ends, and ways back.

use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::script::{APP, Script, application, error, json_of, lost, not_sent, query, rel};
use crate::session::{Failure, Response};
use crate::{Command, Error, ErrorKind, Event, PreferredAvailability, State};

const SECOND: Duration = Duration::from_secs(1);

fn gone() -> Value {
    json!({"code": "NotFound", "subcode": "ApplicationNotFound"})
}

#[test]
fn events_are_asked_for_before_the_person_appears() {
    let mut script = Script::new(true);
    script.answer("/applications", 201, &application(false));
    assert_eq!(
        script.asked(),
        [
            format!("GET {APP}/events?ack=1&low=15&medium=5&timeout=180"),
            format!("POST {APP}/me/makeMeAvailable")
        ]
    );
}

#[test]
fn an_application_of_somebody_else_is_ended_before_anything_is_done_in_it() {
    let mut script = Script::new(true);
    let mut theirs = application(false);
    theirs["_embedded"]["me"]["uri"] = json!("sip:ben@example.org");
    script.answer("/applications", 201, &theirs);
    assert_eq!(script.asked(), [format!("DELETE {APP}")]);
    script.answer(APP, 204, &Value::Null);
    let told = script.told();
    let last = told.last().map(String::as_str).unwrap_or_default();
    assert!(last.contains("ben@example.org"), "{told:?}");
    assert!(
        !told.iter().any(|told| told.contains("located")),
        "{told:?}"
    );
}

#[test]
fn watching_only_changes_nothing_for_its_own_person() {
    let mut script = Script::new(false);
    script.answer("/applications", 201, &application(false));
    script.answer("/people/list", 404, &Value::Null);
    script.answer("/people/contacts", 200, &json!({}));
    script.answer("/people/groups", 200, &json!({}));
    assert!(
        script
            .told()
            .contains(&"ready available=false resumed=false".to_owned())
    );
    script.session.command(Command::Active, script.now);
    script.session.command(
        Command::SetPresence(PreferredAvailability::Busy),
        script.now,
    );
    script.wait(600 * SECOND);
    assert!(
        script.asked().iter().all(|line| !line.contains("/me/")),
        "{:?}",
        script.asked()
    );
}

#[test]
fn already_available_counts_as_done() {
    let mut script = Script::new(true);
    script.answer("/applications", 201, &application(false));
    script.answer(
        "/makeMeAvailable",
        409,
        &json!({"code": "Conflict", "subcode": "AlreadyExists"}),
    );
    script.answer(APP, 200, &application(true));
    for end in ["/me/presence", "/me/note", "/people/list"] {
        script.answer(end, 404, &Value::Null);
    }
    script.answer("/people/contacts", 200, &json!({}));
    script.answer("/people/groups", 200, &json!({}));
    assert!(
        script
            .told()
            .contains(&"ready available=true resumed=false".to_owned())
    );
}

#[test]
fn resumed_application_is_ready_only_after_word_from_the_event_channel() {
    let resumed = |script: &mut Script| {
        script.answer("/applications", 200, &application(true));
        for end in ["/me/presence", "/me/note", "/people/list", "/conversations"] {
            script.answer(end, 404, &Value::Null);
        }
        script.answer("/people/contacts", 200, &json!({}));
        script.answer("/people/groups", 200, &json!({}));
    };
    let ready = "ready available=true resumed=true".to_owned();
    let mut held = Script::new(true);
    resumed(&mut held);
    assert!(!held.told().contains(&ready));
    held.wait(SECOND);
    assert!(held.told().contains(&ready));

    let mut answered = Script::new(true);
    resumed(&mut answered);
    answered.events();
    let mut message = super::script::message(3, "Outgoing", "sent by the last run");
    message[0]["_embedded"]["message"]["operationId"] = json!("old");
    answered.conversation_page(&message);
    assert_eq!(
        answered.told(),
        ["old Delivered".to_owned(), "page 1".to_owned(), ready]
    );
}

#[test]
fn page_that_could_not_be_kept_is_not_acknowledged() {
    let mut script = Script::online(&[]);
    script.events();
    let body = json!({"_links": {"next": super::script::link("/events?ack=2")}, "sender": [{"rel": "x", "events": []}]});
    script.answer("/events", 200, &body);
    assert!(script.session.poll_journal().is_some());
    script
        .session
        .journalled(Err(std::io::Error::other("disk full")), script.now);
    assert!(script.told()[0].starts_with("reconnecting 1: the journal cannot be written"));
    script.wait(2 * SECOND);
    script.answer(APP, 200, &application(true));
    let again = script.take("/events");
    assert_eq!(query(&again.url, "ack").as_deref(), Some("1"));
}

#[test]
fn waits_grow_while_no_page_can_be_kept() {
    let mut script = Script::online(&[]);
    script.events();
    let body = json!({"_links": {"next": super::script::link("/events?ack=2")}, "sender": [{"rel": "x", "events": []}]});
    for _ in 0..2 {
        script.answer("/events", 200, &body);
        assert!(script.session.poll_journal().is_some());
        let full = std::io::Error::other("disk full");
        script.session.journalled(Err(full), script.now);
        script.wait(3 * SECOND);
        script.answer(APP, 200, &application(true));
    }
    let told = script.told();
    assert!(told[2].starts_with("reconnecting 2: "), "{told:?}");
}

#[test]
fn waits_grow_and_no_two_programs_wait_the_same() {
    let waits = |seed| {
        let mut script = Script::seeded(true, seed);
        let applications = "https://pool.example/ucwa/oauth/v1/applications";
        let applications = applications.parse().unwrap();
        script.session.located(applications, script.now);
        script.goes_online(201, &[]);
        script.events();
        let body = json!({"_links": {"next": super::script::link("/events?ack=2")}, "sender": [{"rel": "x", "events": []}]});
        let mut waits = Vec::new();
        for _ in 0..3 {
            script.answer("/events", 200, &body);
            assert!(script.session.poll_journal().is_some());
            let full = std::io::Error::other("disk full");
            script.session.journalled(Err(full), script.now);
            let delay = script.events().into_iter().find_map(|event| {
                if let Event::State(State::Reconnecting { delay, .. }) = event {
                    Some(delay)
                } else {
                    None
                }
            });
            waits.extend(delay);
            script.wait(delay.unwrap());
            script.answer(APP, 200, &application(true));
        }
        waits
    };
    let (one, other) = (waits(1), waits(2));
    assert!(one[0] < one[1] && one[1] < one[2], "{one:?}");
    assert!(one.iter().zip(&other).all(|(one, other)| one != other));
}

#[test]
fn resync_of_a_resumed_application_is_not_yet_word_of_what_happened() {
    let mut script = Script::new(true);
    script.answer("/applications", 200, &application(true));
    for end in ["/me/presence", "/me/note", "/people/list", "/conversations"] {
        script.answer(end, 404, &Value::Null);
    }
    script.answer("/people/contacts", 200, &json!({}));
    script.answer("/people/groups", 200, &json!({}));
    let links = |rel: &str| json!({"_links": {rel: super::script::link("/events?ack=7")}});
    script.answer("/events", 200, &links("resync"));
    let ready = "ready available=true resumed=true".to_owned();
    assert!(!script.told().contains(&ready));
    script.answer("/events", 200, &links("next"));
    assert!(script.told().contains(&ready));
}

#[test]
fn cut_event_request_is_repeated_at_once_with_the_same_url() {
    let mut script = Script::online(&[]);
    script.page(&json!([{"rel": "me", "href": format!("{APP}/me"), "events": []}]));
    script.events();
    script.asked();
    for _ in 0..5 {
        script.wait(30 * SECOND);
        script.fail("/events", lost());
        assert!(script.asked().contains(&format!("GET {APP}/events?ack=2")));
    }
    assert!(
        script.told().is_empty(),
        "an idle limit of a proxy is no lost connection"
    );
}

#[test]
fn broken_connection_is_probed_with_growing_waits_and_then_goes_on_where_it_was() {
    let mut script = Script::online(&[]);
    script.events();
    for _ in 0..3 {
        script.fail("/events", not_sent());
        script.wait(2 * SECOND);
    }
    assert_eq!(
        script.told(),
        ["reconnecting 1: no answer from pool.example"]
    );
    script.send("a", "waits");
    script.wait(2 * SECOND);
    script.fail(APP, not_sent());
    assert!(!script.asks("/invitations"), "texts wait");
    script.wait(3 * SECOND);
    script.answer(APP, 200, &application(true));
    assert_eq!(
        script.told(),
        [
            "reconnecting 2: no answer from pool.example",
            "ready available=true resumed=true"
        ]
    );
    assert_eq!(
        query(&script.take("/events").url, "ack").as_deref(),
        Some("1")
    );
    assert!(script.asks("/communication/invitations"));
}

#[test]
fn server_is_looked_for_anew_when_it_stays_away() {
    let mut script = Script::online(&[]);
    for _ in 0..3 {
        script.fail("/events", not_sent());
        script.wait(2 * SECOND);
    }
    for _ in 0..3 {
        script.wait(20 * SECOND);
        script.fail(APP, not_sent());
    }
    assert!(script.session.wants_location());
    script.events();
    script.session.located(
        "https://other.example/ucwa/oauth/v1/applications"
            .parse()
            .unwrap(),
        script.now,
    );
    script.goes_online(201, &[]);
    assert!(
        script
            .told()
            .contains(&"ready available=true resumed=false".to_owned())
    );
}

/// The connection broke; the next probe is three failures away, so that it is waited for a while.
fn broken(last: Failure) -> Script {
    let mut script = Script::online(&[]);
    script.events();
    for _ in 0..3 {
        script.fail("/events", not_sent());
        script.wait(2 * SECOND);
    }
    script.wait(2 * SECOND);
    script.fail(APP, last);
    script.told();
    script
}

#[test]
fn another_network_ends_the_wait_for_the_next_probe() {
    let mut script = broken(not_sent());
    assert!(!script.asks(APP));
    script.session.command(Command::NetworkChanged, script.now);
    script.wait(SECOND / 1000);
    script.answer(APP, 200, &application(true));
    assert!(
        script
            .told()
            .contains(&"ready available=true resumed=true".to_owned())
    );
}

#[test]
fn another_network_does_not_end_a_wait_that_the_server_asked_for() {
    let mut script = broken(Failure::NotSent(error(ErrorKind::Busy {
        retry_after: Some(20 * SECOND),
    })));
    script.session.command(Command::NetworkChanged, script.now);
    script.wait(SECOND / 1000);
    assert!(!script.asks(APP));
}

#[test]
fn application_that_is_gone_is_created_anew_and_unsent_texts_stay() {
    let mut script = Script::online(&["olaf"]);
    script.olaf_invites("hej");
    script.connected();
    script.events();
    script.send("a", "one");
    script.send("b", "two");
    script.answer("/messages", 404, &gone());
    assert_eq!(
        script.told(),
        [
            "reconnecting 1: the session was ended by the server",
            "conversation t1 false"
        ]
    );
    script.open.clear();
    script.wait(2 * SECOND);
    script.goes_online(201, &["olaf"]);
    assert!(
        script
            .told()
            .contains(&"ready available=true resumed=false".to_owned())
    );
    script.wait(2 * SECOND);
    let input = json_of(&script.take("/communication/invitations"));
    assert_eq!(
        (input["operationId"].as_str(), input["threadId"].as_str()),
        (Some("a"), Some("t1"))
    );
}

#[test]
fn text_that_has_not_left_is_sent_once_after_the_channel_was_rebuilt() {
    let mut script = Script::online(&["olaf"]);
    script.olaf_invites("hej");
    script.connected();
    script.events();
    let body = json!({"_links": {"resume": super::script::link("/events?ack=9")}});
    let events = script.take("/events");
    // Nobody has taken the request for the text when the server says that the conversation is gone.
    script.send("a", "one");
    let response = Response {
        status: 200,
        content_type: "application/json".to_owned(),
        body: body.to_string().into(),
        ..Response::default()
    };
    script
        .session
        .handle_response(events.id, response, script.now);
    assert!(!script.told().contains(&"a Unknown".to_owned()));
    assert!(!script.asks("/messages"));
    script.answer(APP, 200, &application(true));
    script.answer("/people/contacts", 200, &json!({}));
    script.answer("/people/groups", 200, &json!({}));
    script.wait(5 * SECOND);
    let input = json_of(&script.take("/communication/invitations"));
    assert_eq!(input["operationId"], json!("a"));
    assert!(!script.asks("/messages") && !script.asks("/communication/invitations"));
}

#[test]
fn text_without_answer_is_unknown_when_the_application_goes() {
    let mut script = Script::online(&[]);
    script.events();
    script.send("a", "one");
    script.asked();
    script.answer("/events", 404, &gone());
    assert!(script.told().contains(&"a Unknown".to_owned()));
}

/// Breaks the event channel for good.
fn breaks(script: &mut Script) {
    for _ in 0..3 {
        script.wait(2 * SECOND);
        script.fail("/events", not_sent());
    }
    // Nobody waits for the answers of before any more.
    script.open.clear();
}

#[test]
fn connection_that_breaks_while_groups_are_read_is_ready_after_it_is_back() {
    let mut script = Script::new(true);
    script.answer("/applications", 201, &application(false));
    script.answer("/makeMeAvailable", 204, &Value::Null);
    script.answer(APP, 200, &application(true));
    script.answer("/people/contacts", 200, &json!({}));
    let group = |name: &str| json!({"name": name, "_links": {"groupContacts": super::script::link(&format!("/people/groups/{name}"))}});
    let groups = json!({"_embedded": {"group": [group("a"), group("b")]}});
    script.answer("/people/groups", 200, &groups);
    assert!(script.asks("/batch"));
    breaks(&mut script);
    script.wait(2 * SECOND);
    script.answer(APP, 200, &application(true));
    script.answer("/people/contacts", 200, &json!({}));
    script.answer("/people/groups", 200, &groups);
    script.answer("/batch", 400, &Value::Null);
    let told = script.told();
    assert!(
        told.contains(&"ready available=true resumed=false".to_owned()),
        "{told:?}"
    );
}

#[test]
fn connection_that_breaks_before_the_person_appeared_makes_it_appear_later() {
    let mut script = Script::new(true);
    script.answer("/applications", 201, &application(false));
    breaks(&mut script);
    script.wait(2 * SECOND);
    script.answer(APP, 200, &application(false));
    script.answer("/makeMeAvailable", 204, &Value::Null);
}

#[test]
fn text_whose_writer_is_being_asked_for_outlives_a_connection_that_breaks_while_everything_is_read()
{
    let mut script = Script::online(&[]);
    script.page_with("resync", &json!([{"rel": "x", "events": []}]));
    script.page_with("resync", &json!([{"rel": "x", "events": []}]));
    script.events();
    script.incoming(1, "hej");
    assert!(script.asks("/conversations/c1"));
    breaks(&mut script);
    script.wait(2 * SECOND);
    script.answer(APP, 200, &application(true));
    script.answer("/conversations/c1", 200, &json!({"threadId": "t9", "_links": {"participants": super::script::link("/communication/conversations/c1/participants")}}));
    script.answer(
        "/participants",
        200,
        &json!({"_embedded": {"participant": [{"uri": "sip:olaf@example.org"}]}}),
    );
    let told = script.told();
    let at = |line: &str| told.iter().position(|told| told == line);
    assert!(
        at("message sip:olaf@example.org t9 hej").is_some_and(|text| Some(text) < at("page 3")),
        "{told:?}"
    );
}

#[test]
fn what_belonged_to_an_application_that_went_unnoticed_is_not_asked_of_the_next() {
    let mut script = Script::online(&["olaf"]);
    for _ in 0..2 {
        script.fail("/events", not_sent());
        script.wait(2 * SECOND);
    }
    script
        .session
        .command(Command::SetNote("hej".to_owned()), script.now);
    script.answer("/me/note", 503, &Value::Null);
    script.fail("/events", not_sent());
    script.open.clear();
    for _ in 0..3 {
        script.wait(20 * SECOND);
        script.fail(APP, not_sent());
    }
    script.open.clear();
    script.session.located(
        "https://other.example/ucwa/oauth/v1/applications"
            .parse()
            .unwrap(),
        script.now,
    );
    let next: Value = serde_json::from_str(
        &application(true)
            .to_string()
            .replace("/applications/77", "/applications/78"),
    )
    .unwrap();
    script.answer("/applications", 201, &next);
    assert!(
        script
            .asked()
            .iter()
            .all(|line| !line.contains("/applications/77")),
        "{:?}",
        script.asked()
    );
}

#[test]
fn another_program_under_the_same_endpoint_is_left_alone() {
    let mut script = Script::online(&[]);
    script.answer(
        "/events",
        409,
        &json!({"code": "Conflict", "subcode": "PGetReplaced"}),
    );
    script.open.clear();
    script.wait(2 * SECOND);
    let input = json_of(&script.take("/applications"));
    assert_ne!(input["endpointId"], json!(uuid::Uuid::nil().to_string()));
}

#[test]
fn rebuilt_channel_is_followed_and_everything_is_read_again() {
    let mut script = Script::online(&["olaf"]);
    script.olaf_invites("hej");
    script.connected();
    script.events();
    script.open.clear();
    script.page_with("resume", &json!([{"rel": "x", "events": []}]));
    assert_eq!(script.told(), ["page 3", "conversation t1 false"]);
    let events = script.take("/events");
    assert_eq!(
        query(&events.url, "timeout").as_deref(),
        Some("180"),
        "parameters are sent again"
    );
    script.answer(APP, 200, &application(true));
    assert!(script.asks("/people/contacts") && script.asks("/conversations"));
}

#[test]
fn resync_is_followed_and_everything_is_read_again() {
    let mut script = Script::online(&["olaf"]);
    script.page(&json!([{"rel": "x", "events": []}]));
    script.events();
    script.page_with("resync", &json!([{"rel": "x", "events": []}]));
    assert!(script.asks("/events"));
    script.answer(APP, 200, &application(true));
    assert!(script.asks("/people/contacts"));
}

#[test]
fn refusals_that_only_a_person_can_change_stop() {
    let check = |status, body: Value, expected: Option<&ErrorKind>| {
        let mut script = Script::new(true);
        script.answer("/applications", status, &body);
        assert_eq!(
            script.session.is_stopped(),
            expected.is_some(),
            "{status} {body}"
        );
        if let Some(expected) = expected {
            let text = Error::new(expected.clone()).to_string();
            assert_eq!(script.told(), [format!("stopped {text}")]);
        }
    };
    check(
        403,
        json!({"code": "Forbidden"}),
        Some(&ErrorKind::AppNotAllowed),
    );
    check(
        410,
        json!({"code": "Gone", "subcode": "UserAgentNotAllowed"}),
        Some(&ErrorKind::AppNotAllowed),
    );
    check(
        410,
        json!({"code": "Gone", "subcode": "TooManyApplications"}),
        None,
    );
    check(503, Value::Null, None);
}

#[test]
fn throttled_request_waits_as_the_server_says() {
    let mut script = Script::online(&[]);
    script
        .session
        .command(Command::SetNote("hej".to_owned()), script.now);
    script.answer_with(
        "/me/note",
        Response {
            status: 429,
            retry_after: Some(20 * SECOND),
            ..Response::default()
        },
    );
    script.wait(14 * SECOND);
    assert!(!script.asks("/me/note"));
    script.wait(12 * SECOND);
    assert!(script.asks("/me/note"));
}

#[test]
fn activity_is_reported_only_when_the_person_is_active_and_not_too_often() {
    let mut script = Script::online(&[]);
    script.wait(600 * SECOND);
    assert!(!script.asks("/reportMyActivity"));
    for _ in 0..10 {
        script.session.command(Command::Active, script.now);
        script.wait(SECOND);
    }
    script.answer("/reportMyActivity", 204, &Value::Null);
    assert!(!script.asks("/reportMyActivity"));
    script.wait(150 * SECOND);
    script.answer("/reportMyActivity", 204, &Value::Null);
    script.wait(600 * SECOND);
    assert!(!script.asks("/reportMyActivity"));
}

#[test]
fn leaving_deletes_the_application_and_stops_also_without_an_answer() {
    let mut script = Script::online(&[]);
    script.events();
    script.session.command(Command::SignOut, script.now);
    script.open.clear();
    assert_eq!(script.asked(), [format!("DELETE {APP}")]);
    // Nobody holds the link any more: that is no reason to run off without an answer.
    script.session.command(Command::SignOut, script.now);
    assert_eq!(script.told(), Vec::<String>::new());
    script.fail(APP, lost());
    assert_eq!(script.told(), ["stopped "]);
}

#[test]
fn unknown_events_and_unreadable_pages_do_no_harm() {
    let mut script = Script::online(&[]);
    script.events();
    script.page(&json!([
        {"rel": "nobody", "href": "https://[", "events": [{"link": rel("nothing", "/x"), "type": "exploded"}, 7, {"type": "added"}]},
        {"rel": "people", "events": {"link": rel("contact", "/people/x"), "in": rel("surprise", "/y"), "type": "added"}},
        "sender",
    ]));
    script.answer_with(
        "/events",
        Response {
            status: 200,
            body: "{\"_links\":".into(),
            ..Response::default()
        },
    );
    assert_eq!(script.told(), ["page 1"]);
    assert!(script.asks("/events"));
}

/// Any JSON that a careless or hostile server may send.
fn anything() -> impl Strategy<Value = Value> {
    let names = [
        "_links",
        "_embedded",
        "sender",
        "events",
        "link",
        "in",
        "type",
        "rel",
        "href",
        "next",
        "resume",
        "resync",
        "message",
        "messaging",
        "conversation",
        "messagingInvitation",
        "participant",
        "contact",
        "contactPresence",
        "presence",
        "status",
        "reason",
        "direction",
        "uri",
        "self",
    ];
    let texts = [
        "conversation",
        "communication",
        "people",
        "me",
        "added",
        "updated",
        "deleted",
        "started",
        "completed",
        "Incoming",
        "Outgoing",
        "Failure",
        "/ucwa/oauth/v1/applications/77/x",
        "data:text/plain,x",
        "sip:olaf@example.org",
        "https://[",
        "",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        proptest::sample::select(texts.to_vec()).prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec((proptest::sample::select(names.to_vec()), inner), 0..5)
                .prop_map(|members| Value::Object(
                    members
                        .into_iter()
                        .map(|(name, value)| (name.to_owned(), value))
                        .collect()
                )),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn nothing_that_a_server_answers_makes_the_session_panic(
        bodies in proptest::collection::vec(anything(), 1..12),
        senders in anything(),
        statuses in proptest::collection::vec(proptest::sample::select(vec![200_u16, 201, 204, 302, 400, 403, 404, 409, 410, 429, 500, 503]), 12),
    ) {
        let mut script = Script::online(&["olaf"]);
        script.olaf_invites("hej");
        script.send("a", "one");
        let page = json!({"_links": {"next": super::script::link("/events?ack=9")}, "sender": senders});
        for (body, status) in std::iter::once(&page).chain(&bodies).zip(std::iter::once(200).chain(statuses)) {
            script.asked();
            for request in std::mem::take(&mut script.open) {
                let response = Response { status, body: body.to_string().into(), ..Response::default() };
                script.session.handle_response(request.id, response, script.now);
                if script.session.poll_journal().is_some() {
                    script.session.journalled(Ok(crate::PageId(1)), script.now);
                }
            }
            script.wait(10 * SECOND);
        }
    }
}

/// A session that was told where applications were created in an earlier run, and what that URL answers now.
fn believed(status: u16) -> Script {
    let mut script = Script::unlocated(true);
    let kept = "https://old.example/ucwa/oauth/v1/applications".parse();
    script.session.located_before(kept.unwrap(), script.now);
    script.answer("/applications", status, &Value::Null);
    script
}

#[test]
fn a_refusal_of_a_server_kept_from_before_is_no_news_but_a_reason_to_look_anew() {
    for (status, told) in [
        (403, &["located nowhere"][..]),
        (502, &["located nowhere"]),
        (404, &[]),
    ] {
        let mut script = believed(status);
        assert!(script.session.wants_location(), "{status}");
        assert_eq!(script.told(), told, "{status}");
    }
    let mut script = believed(503);
    assert!(!script.session.wants_location());
    assert!(script.told()[0].starts_with("reconnecting 1"));
}

#[test]
fn where_applications_are_created_is_told_to_be_kept_once_it_is_proved() {
    let told = |script: &mut Script| {
        let mut located = Vec::new();
        while let Some(event) = script.session.poll_event() {
            if let Event::Located(url) = event {
                located.push(url.map(|url| url.to_string()));
            }
        }
        located
    };
    let mut found = Script::new(true);
    found.answer("/applications", 201, &application(false));
    let url = "https://pool.example/ucwa/oauth/v1/applications".to_owned();
    assert_eq!(told(&mut found), [Some(url)]);
    let mut script = Script::unlocated(true);
    let kept = "https://old.example/ucwa/oauth/v1/applications".parse();
    script.session.located_before(kept.unwrap(), script.now);
    script.answer("/applications", 201, &application(false));
    assert_eq!(told(&mut script), [], "it is kept already");
}
