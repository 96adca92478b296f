//! Changing the contact list.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use super::script::{Script, link, lost, olaf};
use crate::session::{Content, Request};
use crate::{Answer, Command, ContactEdit, ContactGroup, Error, ErrorKind, Event, GroupKind};

type Told = Arc<Mutex<Option<Result<(), Error>>>>;

fn group(id: &str, name: &str) -> Value {
    json!({"id": id, "name": name, "_links": {"self": link(&format!("/people/groups/{id}"))}})
}

fn groups() -> Value {
    json!({"_embedded": {"defaultGroup": group("d", "Other Contacts"), "pinnedGroup": group("p", "Favorites"),
        "group": [group("t", "Team")]}})
}

/// Online with Olaf in the list, and groups.
fn script() -> Script {
    let mut script = Script::new(true);
    script.groups = groups();
    script.goes_online(201, &["olaf"]);
    script
}

fn wish(script: &mut Script, edit: ContactEdit) -> Told {
    let told = Told::default();
    let answer = told.clone();
    let answer = Answer::new(move |result| *answer.lock().unwrap() = Some(result));
    script
        .session
        .command(Command::EditContacts(edit, answer), script.now);
    told
}

/// The list is read again, after which the wish is answered.
fn read_again(script: &mut Script) {
    script.wait(Duration::from_millis(300));
    script.answer("/people/contacts", 200, &json!({}));
    script.answer("/people/groups", 200, &groups());
}

fn input(request: &Request) -> Value {
    let Content::Edit(Some(body)) = &request.content else {
        panic!("no input of revision 2: {request:?}")
    };
    serde_json::from_str(body).unwrap()
}

fn memberships(of: &[(&str, &str)], at_once: bool) -> Value {
    let all: Vec<Value> = of
        .iter()
        .map(|(rel, id)| {
            json!({"_links": {"self": link(&format!("/people/memberships/{id}")), "contact": link("/people/olaf"),
                *rel: link(&format!("/people/groups/{id}"))}})
        })
        .collect();
    let mut links = json!({"self": link("/people/memberships")});
    if at_once {
        links["removeContactFromAllGroups"] = link("/people/remove");
    }
    json!({"_links": links, "_embedded": {"myGroupMembership": all}})
}

fn refusal(told: &Told) -> ErrorKind {
    let told = told.lock().unwrap().take();
    told.expect("it is answered")
        .expect_err("it is refused")
        .kind
}

fn is_done(told: &Told) -> bool {
    matches!(*told.lock().unwrap(), Some(Ok(())))
}

#[test]
fn the_groups_are_told_and_that_the_list_can_be_changed() {
    let mut script = script();
    let events = script.events();
    let told = events.iter().find_map(|event| {
        if let Event::ContactGroups { groups, editable } = event {
            Some((groups.clone(), *editable))
        } else {
            None
        }
    });
    let group = |name: &str, kind| ContactGroup {
        name: name.to_owned(),
        kind,
        address: None,
    };
    assert_eq!(
        told,
        Some((
            vec![
                group("Favorites", GroupKind::Pinned),
                group("Other Contacts", GroupKind::Default),
                group("Team", GroupKind::Own)
            ],
            true
        ))
    );
}

#[test]
fn somebody_is_added_to_the_default_group_and_the_list_is_read_before_that_is_told() {
    let mut script = script();
    let told = wish(
        &mut script,
        ContactEdit::Add {
            who: olaf(),
            group: None,
        },
    );
    let request = script.answer("/people/memberships", 201, &Value::Null);
    assert_eq!(
        input(&request),
        json!({"contactUri": "sip:olaf@example.org", "groupId": "d"})
    );
    assert!(!is_done(&told));
    read_again(&mut script);
    assert!(is_done(&told));
}

#[test]
fn an_answer_that_was_lost_is_asked_for_again_and_what_is_there_already_is_done() {
    let mut script = script();
    let told = wish(
        &mut script,
        ContactEdit::Add {
            who: olaf(),
            group: Some("Team".to_owned()),
        },
    );
    script.fail("/people/memberships", lost());
    script.wait(Duration::from_secs(2));
    let exists = json!({"code": "Conflict", "subcode": "AlreadyExists"});
    script.answer("/people/memberships", 409, &exists);
    read_again(&mut script);
    assert!(is_done(&told));
}

#[test]
fn a_group_that_is_not_there_is_made_first() {
    let mut script = script();
    let told = wish(
        &mut script,
        ContactEdit::Add {
            who: olaf(),
            group: Some("New".to_owned()),
        },
    );
    let request = script.created("/people/groups", "/people/groups/n");
    assert_eq!(input(&request), json!({"displayName": "New"}));
    let with_new = json!({"_embedded": {"group": [group("t", "Team"), group("n", "New")]}});
    script.answer("/people/groups", 200, &with_new);
    let request = script.created("/people/memberships", "/people/memberships/n");
    assert_eq!(input(&request)["groupId"], "n");
    read_again(&mut script);
    assert!(is_done(&told));
}

#[test]
fn somebody_leaves_all_groups_at_once_or_one_by_one() {
    let mut script = script();
    let told = wish(&mut script, ContactEdit::Remove { who: olaf() });
    script.answer(
        "/people/memberships",
        200,
        &memberships(&[("group", "t")], true),
    );
    let request = script.answer("/people/remove", 204, &Value::Null);
    assert_eq!(
        input(&request),
        json!({"contactUri": "sip:olaf@example.org"})
    );
    read_again(&mut script);
    assert!(is_done(&told));

    let told = wish(&mut script, ContactEdit::Remove { who: olaf() });
    let two = memberships(&[("group", "t"), ("pinnedGroup", "p")], false);
    script.answer("/people/memberships", 200, &two);
    script.answer("/memberships/t", 204, &Value::Null);
    script.answer("/memberships/p", 404, &json!({"code": "NotFound"}));
    read_again(&mut script);
    assert!(is_done(&told));
}

#[test]
fn whoever_moves_is_in_the_new_group_before_leaving_the_others() {
    let mut script = script();
    let told = wish(
        &mut script,
        ContactEdit::Move {
            who: olaf(),
            from: None,
            to: "Team".to_owned(),
        },
    );
    script.created("/people/memberships", "/people/memberships/t");
    let all = memberships(&[("group", "t"), ("defaultGroup", "d")], true);
    script.answer("/people/memberships", 200, &all);
    script.answer("/memberships/d", 204, &Value::Null);
    assert!(!script.asks("/memberships/t"));
    read_again(&mut script);
    assert!(is_done(&told));
}

#[test]
fn a_group_of_our_own_gets_another_name_or_goes_and_a_systems_group_stays() {
    let mut script = script();
    wish(
        &mut script,
        ContactEdit::RenameGroup {
            name: "Team".to_owned(),
            to: "Crew".to_owned(),
        },
    );
    let request = script.answer("/people/groups/t", 204, &Value::Null);
    assert_eq!(input(&request), json!({"id": "t", "name": "Crew"}));
    let delete = |name: &str| ContactEdit::DeleteGroup {
        name: name.to_owned(),
    };
    let told = wish(&mut script, delete("Favorites"));
    assert!(matches!(refusal(&told), ErrorKind::NotPossible(_)));
    let told = wish(&mut script, delete("Team"));
    script.answer("/people/groups/t", 204, &Value::Null);
    read_again(&mut script);
    while !is_done(&told) {
        read_again(&mut script);
    }
}

#[test]
fn a_refusal_says_why_and_the_next_wish_goes_on() {
    let mut script = script();
    let add = || ContactEdit::Add {
        who: olaf(),
        group: None,
    };
    let first = wish(&mut script, add());
    let second = wish(&mut script, add());
    let moving = json!({"code": "ServiceFailure", "subcode": "MigrationInProgress"});
    script.answer("/people/memberships", 500, &moving);
    assert!(
        matches!(refusal(&first), ErrorKind::Refused { subcode, .. } if subcode == "MigrationInProgress")
    );
    script.answer("/people/memberships", 201, &Value::Null);
    read_again(&mut script);
    assert!(is_done(&second));
}

#[test]
fn a_list_of_lync_server_2013_is_not_asked_to_change() {
    let mut script = Script::new(true);
    script.editable = false;
    script.goes_online(201, &["olaf"]);
    let told = wish(&mut script, ContactEdit::Remove { who: olaf() });
    assert!(matches!(refusal(&told), ErrorKind::NotPossible(_)));
    assert!(!script.asks("/people/memberships"));
    let events = script.events();
    assert!(events.iter().any(|event| matches!(
        event,
        Event::ContactGroups {
            editable: false,
            ..
        }
    )));
}

#[test]
fn a_wish_that_meets_the_end_of_the_application_is_done_in_the_next_one() {
    let mut script = script();
    let told = wish(
        &mut script,
        ContactEdit::Add {
            who: olaf(),
            group: None,
        },
    );
    let gone = json!({"code": "NotFound", "subcode": "ApplicationNotFound"});
    script.answer("/people/memberships", 404, &gone);
    assert!(told.lock().unwrap().is_none());
    script.open.clear();
    script.wait(Duration::from_secs(2));
    script.goes_online(201, &["olaf"]);
    script.answer("/people/memberships", 201, &Value::Null);
    read_again(&mut script);
    assert!(is_done(&told));
}

#[test]
fn what_is_not_done_at_the_end_is_told() {
    let mut script = script();
    let told = wish(&mut script, ContactEdit::Remove { who: olaf() });
    script.session.stop(None);
    assert_eq!(refusal(&told), ErrorKind::SessionEnded);
}
