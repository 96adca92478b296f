//! Groups of the directory.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use super::script::{APP, Script, contact, link, olaf, query, rel};
use crate::session::{Content, Request};
use crate::{
    Answer, Command, ContactEdit, DirectoryGroup, Error, ErrorKind, Event, GroupKind, GroupMembers,
    SipUri,
};

type Told<T> = Arc<Mutex<Option<Result<T, Error>>>>;

fn ask<T: Send + 'static>(
    script: &mut Script,
    command: impl FnOnce(Answer<T>) -> Command,
) -> Told<T> {
    let told = Told::default();
    let answer = told.clone();
    let answer = Answer::new(move |result| *answer.lock().unwrap() = Some(result));
    script.session.command(command(answer), script.now);
    told
}

fn staff() -> SipUri {
    "sip:staff@example.org".parse().unwrap()
}

fn group(members: Option<&[&str]>) -> Value {
    let mut group = json!({"rel": "distributionGroup", "id": "7", "uri": "sip:Staff@example.org", "name": "Staff", "_links": {
        "self": link("/groups/staff"), "expandDistributionGroup": link("/groups/staff/expand"),
        "subscribeToGroupPresence": {"href": format!("{APP}/groups/presence?groupId=7")},
        "addToContactList": link("/groups/add"), "removeFromContactList": link("/groups/remove")}});
    if let Some(members) = members {
        let people: Vec<Value> = members.iter().map(|name| contact(name)).collect();
        group["_embedded"] = json!({"contact": people, "distributionGroup": [
            {"uri": "sip:board@example.org", "name": "Board", "_links": {"self": link("/groups/board")}}]});
    }
    group
}

/// Online, with the group in the list and nobody else.
fn listed() -> Script {
    let mut script = Script::new(true);
    script.groups = json!({"_embedded": {"distributionGroup": [group(None)]}});
    script.goes_online(201, &[]);
    script
}

fn names(told: &GroupMembers) -> Vec<&str> {
    told.people.iter().map(|one| one.name.as_str()).collect()
}

fn asks_for_revision_2(request: &Request) -> bool {
    matches!(request.content, Content::Edit(None))
}

#[test]
fn a_group_of_the_list_is_told_with_its_address_and_expands_to_its_members() {
    let mut script = listed();
    let groups = script.events().into_iter().find_map(|event| {
        if let Event::ContactGroups { groups, .. } = event {
            Some(groups)
        } else {
            None
        }
    });
    let told = groups.unwrap().remove(0);
    assert_eq!(
        (told.kind, told.address),
        (GroupKind::Distribution, Some(staff()))
    );

    let told = ask(&mut script, |to| Command::ExpandGroup(staff(), to));
    script.answer("/groups/staff/expand", 200, &group(Some(&["olaf", "pia"])));
    let members = told.lock().unwrap().take().unwrap().unwrap();
    assert_eq!(names(&members), ["olaf", "pia"]);
    let board = DirectoryGroup {
        address: "sip:board@example.org".parse().unwrap(),
        name: "Board".to_owned(),
    };
    assert_eq!(members.groups, [board]);

    // Their presence is subscribed at once, with the group's own link.
    let request = script.take("/groups/presence");
    assert_eq!(query(&request.url, "groupId").as_deref(), Some("7"));
    assert_eq!(query(&request.url, "duration").as_deref(), Some("30"));
}

#[test]
fn a_group_that_was_not_met_is_searched_for() {
    let mut script = Script::online(&[]);
    let told = ask(&mut script, |to| Command::ExpandGroup(staff(), to));
    let found = json!({"_embedded": {"distributionGroup": [group(None)]}});
    let request = script.answer("/people/search", 200, &found);
    assert_eq!(
        query(&request.url, "query").as_deref(),
        Some("staff@example.org")
    );
    script.answer("/groups/staff/expand", 200, &group(Some(&["olaf"])));
    assert!(told.lock().unwrap().take().unwrap().is_ok());

    let told = ask(&mut script, |to| {
        Command::ExpandGroup("sip:nobody@example.org".parse().unwrap(), to)
    });
    script.answer("/people/search", 200, &json!({}));
    let error = told.lock().unwrap().take().unwrap().unwrap_err();
    assert!(matches!(error.kind, ErrorKind::NotInDirectory), "{error}");
}

#[test]
fn a_group_that_is_too_large_says_so() {
    let mut script = listed();
    let told = ask(&mut script, |to| Command::ExpandGroup(staff(), to));
    let refused = json!({"code": "Forbidden", "subcode": "TooManyContacts"});
    script.answer("/groups/staff/expand", 403, &refused);
    let error = told.lock().unwrap().take().unwrap().unwrap_err();
    assert!(
        matches!(&error.kind, ErrorKind::Refused { subcode, .. } if subcode == "TooManyContacts"),
        "{error}"
    );
    assert!(!script.asks("/groups/presence"));
}

/// The group was looked into; its presence is subscribed.
fn expanded() -> Script {
    let mut script = listed();
    ask(&mut script, |to| Command::ExpandGroup(staff(), to));
    script.answer("/groups/staff/expand", 200, &group(Some(&["olaf"])));
    let subscription = json!({"id": "1", "_links": {"self": link("/people/subscription/1")}});
    script.answer("/groups/presence", 201, &subscription);
    script.answer("/people/olaf/presence", 200, &json!({}));
    script.events();
    script
}

#[test]
fn a_group_that_was_looked_into_is_read_again_when_it_changes_and_told_where_it_differs() {
    let mut script = expanded();
    let event = json!([{"rel": "people", "href": format!("{APP}/people"), "events": [
        {"link": rel("distributionGroup", "/groups/staff"), "type": "updated"}]}]);
    script.page(&event);
    script.answer("/groups/staff/expand", 200, &group(Some(&["olaf", "pia"])));
    let told: Vec<GroupMembers> = script
        .events()
        .into_iter()
        .filter_map(|event| {
            if let Event::GroupMembers(members) = event {
                Some(members)
            } else {
                None
            }
        })
        .collect();
    assert_eq!(names(&told[0]), ["olaf", "pia"]);
    // The subscription that does not know Pia gives way to one that does.
    script.answer("/people/subscription/1", 204, &Value::Null);
    assert!(script.asks("/groups/presence"));
}

#[test]
fn a_subscription_that_ended_is_made_anew_from_the_group() {
    let mut script = expanded();
    script.wait(Duration::from_secs(21 * 60));
    script.answer("/people/subscription/1", 404, &Value::Null);
    assert!(script.asks("/groups/staff/expand"));
}

#[test]
fn a_group_is_looked_into_again_in_a_new_application() {
    let mut script = expanded();
    let gone = json!({"code": "NotFound", "subcode": "ApplicationNotFound"});
    script.answer("/events", 404, &gone);
    script.open.clear();
    script.wait(Duration::from_secs(2));
    script.goes_online(201, &[]);
    script.answer("/groups/staff/expand", 200, &group(Some(&["olaf"])));
    assert!(script.asks("/groups/presence"));
}

#[test]
fn a_group_that_leaves_the_list_is_not_watched_any_more() {
    let mut script = expanded();
    let event = json!([{"rel": "people", "href": format!("{APP}/people"), "events": [
        {"link": rel("distributionGroup", "/groups/staff"), "in": rel("myGroups", "/people/groups"), "type": "deleted"}]}]);
    script.page(&event);
    script.wait(Duration::from_millis(300));
    script.answer("/people/contacts", 200, &json!({}));
    script.answer("/people/groups", 200, &json!({}));
    let request = script.take("/people/subscription/1");
    assert_eq!(request.verb, crate::session::Verb::Delete);
}

#[test]
fn a_group_comes_into_the_list_and_goes_by_what_the_reference_wants_to_know() {
    let mut script = Script::online(&[]);
    let told = ask(&mut script, |to| {
        Command::EditContacts(ContactEdit::AddDirectoryGroup { group: staff() }, to)
    });
    let found = json!({"_embedded": {"distributionGroup": [group(None)]}});
    script.answer("/people/search", 200, &found);
    let request = script.answer("/groups/add", 204, &Value::Null);
    assert!(asks_for_revision_2(&request));
    assert_eq!(query(&request.url, "displayName").as_deref(), Some("Staff"));
    assert_eq!(
        query(&request.url, "smtpAddress").as_deref(),
        Some("staff@example.org")
    );
    script.wait(Duration::from_millis(300));
    script.answer("/people/contacts", 200, &json!({}));
    let groups = json!({"_embedded": {"distributionGroup": [group(None)]}});
    script.answer("/people/groups", 200, &groups);
    assert!(told.lock().unwrap().take().unwrap().is_ok());

    ask(&mut script, |to| {
        Command::EditContacts(ContactEdit::RemoveDirectoryGroup { group: staff() }, to)
    });
    let request = script.answer("/groups/remove", 204, &Value::Null);
    assert_eq!(query(&request.url, "groupId").as_deref(), Some("7"));
}

#[test]
fn groups_are_asked_for_where_search_has_revision_2_and_not_where_it_would_be_refused() {
    for revised in [false, true] {
        let mut script = Script::new(true);
        script.search_revised = revised;
        script.goes_online(201, &[]);
        let told = ask(&mut script, |to| Command::Search("staff".to_owned(), to));
        let found = json!({"_embedded": {"contact": [contact("olaf")], "distributionGroup": [group(None)]}});
        let request = script.answer("/people/search", 200, &found);
        assert_eq!(asks_for_revision_2(&request), revised);
        let found = told.lock().unwrap().take().unwrap().unwrap();
        assert_eq!(found.people[0].uri, olaf());
        assert_eq!(found.groups[0].address, staff());
    }
}
