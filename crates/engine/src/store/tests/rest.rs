//! Facts, accounts, single values.

use causeway_api::{Network, Settable};
use causeway_bridge::Fact;
use jiff::SignedDuration;
use serde_json::json;

use super::super::{ChosenStatus, Pause, PersonLink, Slot};
use super::*;

fn fact(key: &str, value: Option<serde_json::Value>, expires: Option<Timestamp>) -> Fact {
    Fact {
        kind: "relayed",
        key: key.into(),
        value,
        expires,
    }
}

#[tokio::test]
async fn facts_come_back_in_the_order_of_their_last_writing() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    for (key, value) in [("a", 1), ("b", 2), ("c", 3), ("a", 4)] {
        run(&store, move |t| {
            t.remember(&fact(key, Some(json!({ "n": value })), None))
        })
        .await;
    }
    run(&store, |t| t.remember(&fact("b", None, None))).await;
    store.close().await;
    let store = open(dir.path());
    let facts = run(&store, |t| t.facts()).await;
    let entry =
        |key: &str, value: i32| ("relayed".to_owned(), key.to_owned(), json!({ "n": value }));
    assert_eq!(facts, [entry("c", 3), entry("a", 4)]);
}

#[tokio::test]
async fn an_expired_fact_is_forgotten() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let now = Timestamp::now();
    let (past, future) = (
        now - SignedDuration::from_secs(1),
        now + SignedDuration::from_hours(1),
    );
    run(&store, move |t| {
        t.remember(&fact("past", Some(json!(1)), Some(past)))
    })
    .await;
    run(&store, move |t| {
        t.remember(&fact("future", Some(json!(1)), Some(future)))
    })
    .await;
    let facts = run(&store, |t| t.facts()).await;
    assert_eq!(
        facts.into_iter().map(|(_, key, _)| key).collect::<Vec<_>>(),
        ["future"]
    );
}

#[tokio::test]
async fn an_account_keeps_its_endpoint() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let anna = run(&store, |t| t.endpoint_id("anna@contoso.example")).await;
    assert_ne!(
        run(&store, |t| t.endpoint_id("ben@contoso.example")).await,
        anna
    );
    store.close().await;
    let store = open(dir.path());
    assert_eq!(
        run(&store, |t| t.endpoint_id("anna@contoso.example")).await,
        anna
    );
}

#[tokio::test]
async fn the_archive_stamp_only_goes_forward() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let account = "anna@xmpp.example";
    assert_eq!(run(&store, |t| t.archive_stamp(account)).await, None);
    run(&store, |t| t.endpoint_id(account)).await;
    for seconds in [100, 200, 150] {
        let stamp = Timestamp::from_second(seconds).unwrap();
        run(&store, move |t| t.advance_archive_stamp(account, stamp)).await;
    }
    assert_eq!(
        run(&store, |t| t.archive_stamp(account)).await,
        Timestamp::from_second(200).ok()
    );
}

#[tokio::test]
async fn single_values_are_set_replaced_and_removed() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let at = Timestamp::from_second(100).unwrap();
    let status = move |value| ChosenStatus {
        value,
        note: Some("lunch".into()),
        until: Some(at),
        at,
    };
    run(&store, move |t| {
        t.set_slot(Slot::OWN_STATUS, Some(&status(Settable::Busy)))
    })
    .await;
    run(&store, move |t| {
        t.set_slot(Slot::OWN_STATUS, Some(&status(Settable::Away)))
    })
    .await;
    run(&store, |t| {
        t.set_slot(Slot::PAUSE, Some(&Pause { until: None }))
    })
    .await;
    store.close().await;
    let store = open(dir.path());
    assert_eq!(
        run(&store, |t| t.slot(Slot::OWN_STATUS)).await,
        Some(status(Settable::Away))
    );
    run(&store, |t| t.set_slot(Slot::PAUSE, None)).await;
    assert_eq!(run(&store, |t| t.slot(Slot::PAUSE)).await, None);
}

#[tokio::test]
async fn a_value_of_another_version_counts_as_none() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    run(&store, |t| {
        t.sql
            .execute("INSERT INTO slot VALUES ('pause', '[1, 2]')", [])
    })
    .await;
    assert_eq!(run(&store, |t| t.slot(Slot::PAUSE)).await, None);
}

#[tokio::test]
async fn people_joined_by_hand_stay_joined() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let link = |joined| PersonLink {
        lync: "sip:ben@contoso.example".into(),
        xmpp: "benny@xmpp.example".into(),
        joined,
        default: Network::Xmpp,
    };
    run(&store, move |t| t.set_person_link(&link(true))).await;
    run(&store, move |t| t.set_person_link(&link(false))).await;
    assert_eq!(run(&store, |t| t.person_links()).await, [link(false)]);
}

#[tokio::test]
async fn what_the_store_holds_is_counted_while_it_is_open_and_nobody_is_named() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(crate::store::counts(dir.path())["database"], "none");
    let store = open(dir.path());
    run(&store, |t| {
        t.add_message(&message("1", "canary text"), "key")
    })
    .await;
    let told = crate::store::counts(dir.path());
    assert_eq!(told["messages"]["lync in"], 1, "{told}");
    assert_eq!(told["journal"], serde_json::json!({}));
    let told = told.to_string();
    for word in ["canary", "ben", "anna", "Ben"] {
        assert!(!told.contains(word), "{word}: {told}");
    }
}
