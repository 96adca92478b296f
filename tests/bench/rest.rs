//! What the agent costs while nothing happens: memory, processor time, wake-ups.

use std::fs;
use std::time::Duration;

use anyhow::{Context as _, Result};
use causeway_tests::agent::Agent;
use causeway_tests::cast::World;
use causeway_tests::wait::until;
use serde_json::{Value, json};

use crate::contacts::COUNT;
use crate::run::round;

/// How long the rest is watched.
const REST: Duration = Duration::from_secs(60);

/// Starts the agent with both sides and 1,000 contacts, and watches it do nothing.
pub(crate) async fn measure() -> Result<Value> {
    eprintln!("the agent at rest, {} s", REST.as_secs());
    let world = World::with_contacts(COUNT).await;
    let agent = Agent::start(&world.ctl).await;
    until("everybody's presence", async || {
        let answer = world.ctl.run(&["contacts"]).await;
        let people = answer.json["people"].as_array()?;
        (people.len() >= COUNT
            && people
                .iter()
                .all(|person| person["availability"] != "unknown"))
        .then_some(())
    })
    .await;
    let pid = agent.program.pid();
    let before = Counters::read(pid)?;
    tokio::time::sleep(REST).await;
    let after = Counters::read(pid)?;
    let minutes = REST.as_secs_f64() / 60.0;
    #[expect(clippy::cast_precision_loss, reason = "small counts")]
    let per_minute = |now: u64, then: u64| round(now.saturating_sub(then) as f64 / minutes);
    Ok(json!({
        "pss_mib": memory(pid, "Pss:")?,
        "private_mib": round(memory(pid, "Private_Clean:")? + memory(pid, "Private_Dirty:")?),
        "cpu_ms_per_minute": per_minute(after.cpu_ms, before.cpu_ms),
        "wake_ups_per_minute": per_minute(after.switches, before.switches),
        "contacts": COUNT,
    }))
}

/// A row of `smaps_rollup`, in MiB.
fn memory(pid: u32, row: &str) -> Result<f64> {
    let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
    let kib = text
        .lines()
        .find_map(|line| line.strip_prefix(row))
        .context("smaps_rollup has the row")?;
    let kib: f64 = kib.trim().trim_end_matches(" kB").parse()?;
    Ok(round(kib / 1024.0))
}

struct Counters {
    /// User and system time.
    cpu_ms: u64,
    /// Voluntary context switches of all threads: each one is a wake-up.
    switches: u64,
}

impl Counters {
    fn read(pid: u32) -> Result<Self> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
        let behind_name = stat.rsplit_once(") ").context("stat has a name")?.1;
        let ticks: u64 = behind_name
            .split(' ')
            .skip(11)
            .take(2)
            .filter_map(|field| field.parse::<u64>().ok())
            .sum();
        let mut switches = 0;
        for thread in fs::read_dir(format!("/proc/{pid}/task"))? {
            let status = fs::read_to_string(thread?.path().join("status")).unwrap_or_default();
            let row = status
                .lines()
                .find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
            switches += row
                .and_then(|count| count.trim().parse::<u64>().ok())
                .unwrap_or(0);
        }
        // A tick is 10 ms on every Linux that Rust's standard library runs on.
        Ok(Self {
            cpu_ms: ticks * 10,
            switches,
        })
    }
}
