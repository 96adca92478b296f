//! What signing in costs the server.

use std::collections::{HashMap, HashSet};

use causeway_tests::cast::PEOPLE;
use causeway_tests::sim::Sim;
use causeway_tests::wait::until;
use serde_json::json;
use ucwa::{Availability, Event};

use super::account::{Account, settings};

const CONTACTS: usize = 1000;

/// How often each generated contact's resource of that kind was read.
async fn readings(sim: &Sim, rel: &str) -> HashMap<String, usize> {
    let mut times = HashMap::new();
    for request in sim.requests().await {
        let path = request["path"].as_str().unwrap_or_default();
        if request["rel"] == rel && path.contains("contact0") {
            *times.entry(path.to_owned()).or_default() += 1;
        }
    }
    times
}

#[tokio::test]
async fn thousand_contacts_are_known_after_few_requests_and_nothing_is_read_for_its_own_sake_again()
{
    let sim = Sim::start(PEOPLE, &["--contacts", &CONTACTS.to_string()]).await;
    // The events with which subscriptions begin come when presences are known, however slow this machine is.
    sim.fault(json!({"what": "slow", "on": "events", "seconds": 60}))
        .await;
    let mut anna = Account::start(settings(&sim, "anna"));
    let mut known = HashSet::new();
    while known.len() < CONTACTS {
        let told = anna.until("a presence", |event| {
            matches!(event, Event::Presence(presence) if presence.availability != Availability::None)
        });
        if let Event::Presence(presence) = told.await {
            known.insert(presence.address.to_string());
        }
    }
    let first = sim.http_requests().await;
    assert!(
        first <= 45,
        "{first} requests until every presence is known"
    );

    sim.advance(61).await;
    until("every note is read", async || {
        (readings(&sim, "contactNote").await.len() >= CONTACTS).then_some(())
    })
    .await;
    let all = sim.http_requests().await;
    assert!(all <= 90, "{all} requests until the first events are read");
    assert!(
        readings(&sim, "contactNote")
            .await
            .values()
            .all(|times| *times == 1)
    );
    // Once at first, and once because it may have changed before the first event came.
    assert!(
        readings(&sim, "contactPresence")
            .await
            .values()
            .all(|times| *times <= 2)
    );
    for rel in [
        "myContacts",
        "myGroups",
        "startOrRefreshSubscriptionToContactsAndGroups",
        "applications",
    ] {
        assert_eq!(sim.count("anna@contoso.example", rel).await, 1, "{rel}");
    }
}
