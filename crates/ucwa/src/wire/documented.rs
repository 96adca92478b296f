//! Every body that the public documentation shows, read by these types. The examples are not part of the project:
//! they are looked for beside it, or where `CAUSEWAY_VECTORS` says.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::discovery::Document;
use super::events::EventPage;
use super::messaging::{Conversation, Message, Messaging, MessagingInvitation, Participant};
use super::people::{
    Contact, ContactList, ContactPresence, ContactPrivacyRelationship,
    ContactsAndGroupsSubscription, Group, MyGroupMembership, MyGroupMemberships, MyGroups,
    MyPrivacyRelationships, PresenceSubscription, PresenceSubscriptionMembership, SubscriptionList,
};
use super::{
    Application, Communication, Me, Note, OnlineMeetings, People, Presence, Reason, data_uri,
};
use crate::wire::challenge::Offer;

/// Bodies that decode without loss; no fewer in any later version.
const DECODED: usize = 113;
/// Bodies of resources that are not modelled; no more.
const NOT_MODELLED: usize = 66;
/// Bodies that are not JSON although they are given as such; no more.
const NOT_JSON: usize = 25;
/// Data URIs that decode; no fewer.
const TEXTS: usize = 10;

#[test]
fn documented_bodies_decode_without_loss() {
    let Some(records) = records() else { return };
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    let mut unknown: BTreeMap<String, usize> = BTreeMap::new();
    for record in &records {
        let (Some("json"), Some(body)) = (record["body_kind"].as_str(), record["body"].as_str())
        else {
            continue;
        };
        if record["parses"] != true {
            // A careless author's text: an error, not a panic, whoever reads it.
            assert!(
                EventPage::read(body.as_bytes()).is_err()
                    && serde_json::from_str::<Application>(body).is_err(),
                "{}",
                record["id"]
            );
            let _ = (
                Document::read(body.as_bytes()),
                Reason::read(body.as_bytes()),
            );
            *count.entry("not JSON").or_default() += 1;
            continue;
        }
        let value: Value = serde_json::from_str(body).expect("the record says that it parses");
        let name = name_of(&value, record);
        match reader(&name) {
            Some(read) => {
                read(&value)
                    .unwrap_or_else(|problem| panic!("{} ({name}): {problem}", record["id"]));
                *count.entry("decoded").or_default() += 1;
            }
            None => {
                *count.entry("not modelled").or_default() += 1;
                *unknown.entry(name).or_default() += 1;
            }
        }
    }
    println!("{count:?}\nnot modelled: {unknown:?}");
    assert!(count["decoded"] >= DECODED, "{count:?}");
    assert!(count["not modelled"] <= NOT_MODELLED, "{count:?}");
    assert!(count["not JSON"] <= NOT_JSON, "{count:?}");
}

#[test]
fn documented_events_are_read_one_by_one() {
    let Some(records) = records() else { return };
    for record in records.iter().filter(|record| {
        record["event_channel"] == true && record["body_kind"] == "json" && record["parses"] == true
    }) {
        let body = record["body"].as_str().unwrap();
        let page = EventPage::read(body.as_bytes()).unwrap();
        let value: Value = serde_json::from_str(body).unwrap();
        let events = |sender: &Value| sender["events"].as_array().map_or(0, Vec::len);
        let documented: usize = value["sender"]
            .as_array()
            .map_or(0, |senders| senders.iter().map(events).sum());
        let read: usize = page
            .sender
            .iter()
            .map(|sender| sender.events.iter().count())
            .sum();
        assert_eq!(read, documented, "{}", record["id"]);
        for event in page.sender.iter().flat_map(|sender| &sender.events) {
            assert!(
                !matches!(event.kind, super::words::EventType::Other(_)),
                "{}",
                record["id"]
            );
            // The whole resource, where the event carries it and it is modelled.
            for (rel, resource) in &event.embedded {
                if let Some(read) = reader(rel) {
                    read(resource)
                        .unwrap_or_else(|problem| panic!("{} ({rel}): {problem}", record["id"]));
                }
            }
        }
    }
}

#[test]
fn documented_data_uris_decode_or_are_refused() {
    let Some(records) = records() else { return };
    let (mut decoded, mut refused) = (0, 0);
    for record in &records {
        let body = record["body"].as_str().unwrap_or_default();
        for (at, _) in body.match_indices("data:") {
            let uri = body[at..].split('"').next().unwrap();
            match data_uri::decode(uri) {
                Ok(_) => decoded += 1,
                Err(_) => refused += 1,
            }
        }
    }
    println!("data URIs: {decoded} decoded, {refused} refused");
    assert!(decoded >= TEXTS, "{decoded}");
}

#[test]
fn documented_xml_and_challenges_do_no_harm() {
    let Some(records) = records() else { return };
    let mut offers = 0;
    for record in &records {
        if record["body_kind"] == "xml" {
            let _ = Document::read(record["body"].as_str().unwrap_or_default().as_bytes());
        }
        let headers = record["headers"].as_object().into_iter().flatten();
        for (_, value) in headers.filter(|(name, _)| name.eq_ignore_ascii_case("www-authenticate"))
        {
            let texts: Vec<&str> = value.as_array().map_or_else(
                || value.as_str().into_iter().collect(),
                |all| all.iter().filter_map(Value::as_str).collect(),
            );
            let offer = Offer::read(texts);
            assert!(
                offer.token_url.is_some() && !offer.grants.is_empty(),
                "{}: {offer:?}",
                record["id"]
            );
            offers += 1;
        }
    }
    println!("challenges: {offers}");
}

fn records() -> Option<Vec<Value>> {
    let beside = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/vectors/ucwa-docs.jsonl"
    );
    let path =
        std::env::var_os("CAUSEWAY_VECTORS").map_or_else(|| PathBuf::from(beside), PathBuf::from);
    match std::fs::read_to_string(&path) {
        Ok(text) => Some(
            text.lines()
                .map(|line| serde_json::from_str(line).expect("one record a line"))
                .collect(),
        ),
        Err(error) => {
            eprintln!(
                "skipped: the documentation's examples are not at {} ({error})",
                path.display()
            );
            None
        }
    }
}

/// The resource: by its own rel, by what only it has, or by where it was sent.
fn name_of(value: &Value, record: &Value) -> String {
    if let Some(rel) = value["rel"].as_str() {
        return rel.to_owned();
    }
    let names = [
        ("sender", "event page"),
        ("code", "reason"),
        ("access_token", "token"),
    ];
    if let Some((_, name)) = names.iter().find(|(member, _)| value.get(member).is_some()) {
        return (*name).to_owned();
    }
    if ["user", "applications", "redirect"]
        .iter()
        .any(|rel| value["_links"].get(rel).is_some())
    {
        return "discovery".to_owned();
    }
    let path = record["path"].as_str().unwrap_or_default();
    format!(
        "{} {}",
        record["kind"].as_str().unwrap_or_default(),
        path.rsplit('/').next().unwrap_or_default()
    )
}

type Reader = fn(&Value) -> Result<(), String>;

fn reader(name: &str) -> Option<Reader> {
    Some(match name {
        "event page" => lossless::<EventPage>,
        "reason" => lossless::<Reason>,
        "token" => |value| {
            serde_json::from_value::<super::token::Token>(value.clone())
                .map(drop)
                .map_err(|error| error.to_string())
        },
        "discovery" | "root" | "user" | "redirect" => |value| {
            let document =
                Document::read(value.to_string().as_bytes()).map_err(|error| error.to_string())?;
            let href = |rel: &str| value["_links"][rel]["href"].as_str();
            let found = [
                (&document.user, "user"),
                (&document.redirect, "redirect"),
                (&document.applications, "applications"),
            ];
            let lost = found
                .iter()
                .find(|(own, rel)| own.as_ref().map(super::Href::as_str) != href(rel));
            lost.map_or(Ok(()), |(_, rel)| Err(format!("link {rel}")))
        },
        "application" => lossless::<Application>,
        "me" => lossless::<Me>,
        "people" => lossless::<People>,
        "communication" => lossless::<Communication>,
        "onlineMeetings" => lossless::<OnlineMeetings>,
        "presence" => lossless::<Presence>,
        "note" | "contactNote" => lossless::<Note>,
        "contact" | "forwardedBy" | "acceptedByContact" => lossless::<Contact>,
        "myContacts" | "groupContacts" | "subscribedContacts" | "search" => lossless::<ContactList>,
        "group"
        | "pinnedGroup"
        | "defaultGroup"
        | "distributionGroup"
        | "delegatesGroup"
        | "delegatorsGroup"
        | "myOrganizationGroup" => lossless::<Group>,
        "myGroups" => lossless::<MyGroups>,
        "myGroupMembership" => lossless::<MyGroupMembership>,
        "myGroupMemberships" => lossless::<MyGroupMemberships>,
        "contactPresence" => lossless::<ContactPresence>,
        "contactPrivacyRelationship" => lossless::<ContactPrivacyRelationship>,
        "myPrivacyRelationships" => lossless::<MyPrivacyRelationships>,
        "presenceSubscription" => lossless::<PresenceSubscription>,
        "presenceSubscriptionMembership" => lossless::<PresenceSubscriptionMembership>,
        "presenceSubscriptions" | "presenceSubscriptionMemberships" | "memberships" => {
            lossless::<SubscriptionList>
        }
        "myContactsAndGroupsSubscription" => lossless::<ContactsAndGroupsSubscription>,
        "messagingInvitation" => lossless::<MessagingInvitation>,
        "conversation" => lossless::<Conversation>,
        "messaging" => lossless::<Messaging>,
        "message" => lossless::<Message>,
        "participant" | "localParticipant" | "acceptedByParticipant" => lossless::<Participant>,
        _ => return None,
    })
}

/// Read and written again, the resource holds every member that it held, with the same value.
fn lossless<T: DeserializeOwned + Serialize>(value: &Value) -> Result<(), String> {
    let read: T = serde_json::from_value(value.clone()).map_err(|error| error.to_string())?;
    let written = serde_json::to_value(&read).map_err(|error| error.to_string())?;
    contains(&written, value, "")
}

fn contains(written: &Value, original: &Value, path: &str) -> Result<(), String> {
    match (written, original) {
        (Value::Object(written), Value::Object(original)) => {
            original.iter().try_for_each(|(name, value)| {
                let path = format!("{path}/{name}");
                written.get(name).map_or_else(
                    || Err(format!("{path} is lost")),
                    |own| contains(own, value, &path),
                )
            })
        }
        (Value::Array(written), Value::Array(original)) if written.len() == original.len() => {
            written
                .iter()
                .zip(original)
                .try_for_each(|(own, value)| contains(own, value, path))
        }
        // One and a list of one are the same.
        (one, Value::Array(original)) if original.len() == 1 => contains(one, &original[0], path),
        (written, original) if written == original => Ok(()),
        (Value::String(written), Value::String(original))
            if written.eq_ignore_ascii_case(original) =>
        {
            Ok(())
        }
        (written, original) => Err(format!("{path}: {original} became {written}")),
    }
}
