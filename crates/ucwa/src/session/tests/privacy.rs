//! What our person lets others see.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::script::{APP, Script, contact, link, olaf, rel};
use crate::session::{Content, Request, Response, Verb};
use crate::{Answer, Command, Error, ErrorKind, Event, PrivacyLevel, PrivacyWish, SipUri};

type Told = Arc<Mutex<Option<Result<PrivacyLevel, Error>>>>;

const RELATION: &str = "/people/olaf/privacy";

fn wish(script: &mut Script, who: SipUri, wish: PrivacyWish) -> Told {
    let told = Told::default();
    let answer = told.clone();
    let answer = Answer::new(move |result| *answer.lock().unwrap() = Some(result));
    let command = Command::Privacy(who, wish, answer);
    script.session.command(command, script.now);
    told
}

fn with_privacy(revision: &str) -> Value {
    let mut contact = contact("olaf");
    let href = format!("{APP}{RELATION}");
    contact["_links"]["contactPrivacyRelationship"] = json!({"href": href, "revision": revision});
    contact
}

fn relation(level: &str) -> Value {
    json!({"relationshipLevel": level, "_links": {"self": link(RELATION),
        "resetContactPrivacyRelationship": link("/people/olaf/reset")}})
}

/// The relation is read, with its tag.
fn read(script: &mut Script, level: &str, etag: &str) {
    let response = Response {
        status: 200,
        etag: Some(format!("\"{etag}\"")),
        body: relation(level).to_string().into(),
        ..Response::default()
    };
    script.answer_with(RELATION, response);
}

fn replaced(request: &Request) -> (Verb, String, Value) {
    let Content::Replace { body, etag } = &request.content else {
        panic!("replaces nothing: {request:?}")
    };
    let body = serde_json::from_str(body).unwrap();
    (request.verb, etag.clone(), body)
}

fn level(told: &Told) -> PrivacyLevel {
    told.lock().unwrap().take().unwrap().unwrap()
}

#[test]
fn a_level_takes_the_place_of_the_one_that_was_read() {
    let mut script = Script::online(&["olaf"]);
    script.events();
    let told = wish(
        &mut script,
        olaf(),
        PrivacyWish::Give(PrivacyLevel::Blocked),
    );
    script.answer("/people/olaf", 200, &with_privacy("2"));
    read(&mut script, "Colleagues", "a1");
    let put = script.answer(RELATION, 200, &Value::Null);
    let wanted = json!({"rel": "contactPrivacyRelationship", "relationshipLevel": "Blocked"});
    assert_eq!(replaced(&put), (Verb::Put, "\"a1\"".to_owned(), wanted));
    assert!(told.lock().unwrap().is_none(), "told before it is read");
    read(&mut script, "Blocked", "a2");
    assert_eq!(level(&told), PrivacyLevel::Blocked);
    let told = script.events().into_iter().any(|event| {
        matches!(event, Event::Privacy { address, level: PrivacyLevel::Blocked } if address == olaf())
    });
    assert!(told);
}

#[test]
fn what_somebody_else_changed_meanwhile_is_read_again() {
    let mut script = Script::online(&["olaf"]);
    let told = wish(
        &mut script,
        olaf(),
        PrivacyWish::Give(PrivacyLevel::Workgroup),
    );
    script.answer("/people/olaf", 200, &with_privacy("2"));
    read(&mut script, "Colleagues", "a1");
    script.answer(RELATION, 412, &json!({"code": "PreconditionFailed"}));
    read(&mut script, "External", "a2");
    let put = script.answer(RELATION, 200, &Value::Null);
    assert_eq!(replaced(&put).1, "\"a2\"");
    read(&mut script, "Workgroup", "a3");
    assert_eq!(level(&told), PrivacyLevel::Workgroup);
}

#[test]
fn a_level_is_given_back_by_the_link_for_it() {
    let mut script = Script::online(&["olaf"]);
    let told = wish(&mut script, olaf(), PrivacyWish::Reset);
    script.answer("/people/olaf", 200, &with_privacy("2"));
    read(&mut script, "Blocked", "a1");
    let request = script.answer("/people/olaf/reset", 204, &Value::Null);
    assert_eq!(request.verb, Verb::Post);
    assert!(matches!(request.content, Content::Edit(None)));
    read(&mut script, "Colleagues", "a2");
    assert_eq!(level(&told), PrivacyLevel::Colleagues);
}

#[test]
fn an_old_server_shows_the_level_and_is_not_asked_to_change_it() {
    let mut script = Script::online(&["olaf"]);
    let told = wish(
        &mut script,
        olaf(),
        PrivacyWish::Give(PrivacyLevel::Blocked),
    );
    script.answer("/people/olaf", 200, &with_privacy("1"));
    let error = told.lock().unwrap().take().unwrap().unwrap_err();
    assert!(matches!(error.kind, ErrorKind::NotPossible(_)), "{error}");

    let told = wish(&mut script, olaf(), PrivacyWish::Read);
    script.answer("/people/olaf", 200, &with_privacy("1"));
    read(&mut script, "Colleagues", "a1");
    assert_eq!(level(&told), PrivacyLevel::Colleagues);
}

#[test]
fn somebody_on_no_list_is_searched_for() {
    let mut script = Script::online(&[]);
    let told = wish(&mut script, olaf(), PrivacyWish::Read);
    let found = json!({"_embedded": {"contact": [contact("olga"), with_privacy("2")]}});
    script.answer("/people/search", 200, &found);
    read(&mut script, "External", "a1");
    assert_eq!(level(&told), PrivacyLevel::External);

    let told = wish(
        &mut script,
        "sip:nobody@example.org".parse().unwrap(),
        PrivacyWish::Read,
    );
    script.answer("/people/search", 200, &json!({}));
    let error = told.lock().unwrap().take().unwrap().unwrap_err();
    assert!(matches!(error.kind, ErrorKind::NotInDirectory), "{error}");
}

#[test]
fn levels_are_told_with_the_list_and_when_another_client_changes_one() {
    let mut script = Script::new(true);
    script.privacy = true;
    script.goes_online(201, &["olaf"]);
    script.events();
    let levels = json!({"_embedded": {"myPrivacyRelationship": [
        {"relationshipLevel": "Workgroup", "_links": {"contact": [link("/people/olaf")]}},
        {"relationshipLevel": "Blocked", "_links": {"contact": [link("/people/mallory")]}}]}});
    script.answer("/people/privacy", 200, &levels);
    // Who is on no list is only named by a link.
    script.answer("/people/mallory", 200, &contact("mallory"));
    let told: Vec<String> = script.events().iter().filter_map(short).collect();
    assert_eq!(
        told,
        [
            "all: sip:olaf@example.org Workgroup",
            "sip:mallory@example.org Blocked"
        ]
    );

    let event = json!([{"rel": "people", "href": format!("{APP}/people"), "events": [
        {"link": rel("contactPrivacyRelationship", RELATION), "in": rel("contact", "/people/olaf"), "type": "updated"}]}]);
    script.page(&event);
    script.wait(std::time::Duration::from_millis(300));
    script.answer(RELATION, 200, &relation("External"));
    let told: Vec<String> = script.events().iter().filter_map(short).collect();
    assert_eq!(told, ["sip:olaf@example.org External"]);
}

fn short(event: &Event) -> Option<String> {
    let one = |who: &SipUri, level: &PrivacyLevel| format!("{who} {}", level.as_str());
    if let Event::PrivacyLevels(all) = event {
        let all: Vec<String> = all.iter().map(|(who, level)| one(who, level)).collect();
        Some(format!("all: {}", all.join(", ")))
    } else if let Event::Privacy { address, level } = event {
        Some(one(address, level))
    } else {
        None
    }
}
