//! How long it takes, and how many requests, until the presence of 1,000 and of 5,000 contacts is known.

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

/// Generated contacts in Anna's list: a large one, and the largest that has a goal.
pub(crate) const COUNTS: [usize; 2] = [1000, 5000];

/// Measures each.
pub(crate) async fn measure() -> Result<Value> {
    let mut report = serde_json::Map::new();
    for count in COUNTS {
        report.insert(count.to_string(), measure_one(count).await?);
    }
    Ok(Value::Object(report))
}

/// Signs in and waits for everybody's presence.
async fn measure_one(count: usize) -> Result<Value> {
    eprintln!("{count} contacts with presence");
    let sim = Sim::start(PEOPLE, &["--contacts", &count.to_string()]).await;
    let settings = settings(&sim, "anna", Mode::WatchOnly)?;
    let begin = Instant::now();
    let (link, events) = client::start(settings, Arc::new(MemoryJournal::default()));
    let mut account = Account {
        link,
        events: taken_at_once(events),
    };
    let mut known = HashSet::new();
    while known.len() < count {
        if let Event::Presence(presence) = account.next().await?
            && presence.availability != Availability::None
        {
            known.insert(presence.address.to_string());
        }
    }
    let seconds = round(begin.elapsed().as_secs_f64());
    Ok(json!({"seconds": seconds, "requests": sim.http_requests().await}))
}
