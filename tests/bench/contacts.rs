//! How long it takes, and how many requests, until the presence of 1,000 contacts is known.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Result;
use causeway_tests::cast::PEOPLE;
use causeway_tests::person::taken_at_once;
use causeway_tests::sim::Sim;
use serde_json::{Value, json};
use ucwa::client::{self, MemoryJournal, Mode};
use ucwa::{Availability, Event};

use crate::lync::{Account, settings};
use crate::run::round;

/// Generated contacts in Anna's list.
pub(crate) const COUNT: usize = 1000;

/// Signs in and waits for everybody's presence.
pub(crate) async fn measure() -> Result<Value> {
    eprintln!("{COUNT} contacts with presence");
    let sim = Sim::start(PEOPLE, &["--contacts", &COUNT.to_string()]).await;
    let settings = settings(&sim, "anna", Mode::WatchOnly)?;
    let begin = Instant::now();
    let (link, events) = client::start(settings, Arc::new(MemoryJournal::default()));
    let mut account = Account {
        link,
        events: taken_at_once(events),
    };
    let mut known = HashSet::new();
    while known.len() < COUNT {
        if let Event::Presence(presence) = account.next().await?
            && presence.availability != Availability::None
        {
            known.insert(presence.address.to_string());
        }
    }
    let seconds = round(begin.elapsed().as_secs_f64());
    Ok(json!({"contacts": COUNT, "seconds": seconds, "requests": sim.http_requests().await}))
}
