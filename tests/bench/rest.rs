//! What the agent costs while nothing happens: memory, processor time, wake-ups.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use causeway_tests::agent::Agent;
use causeway_tests::cast::World;
use causeway_tests::wait::until;
use serde_json::{Value, json};

use crate::contacts::COUNTS;
use crate::process::{Used, memory};
use crate::run::round;

/// How long the rest is watched.
const REST: Duration = Duration::from_secs(60);
/// Nothing at all happens for so long: what belongs to the sign-in is over, threads that only it needed have ended.
/// Keep-alives are further apart.
const CALM: Duration = Duration::from_secs(12);
/// Without such a calm in so long a time there is no rest to be measured.
const LONGEST: Duration = Duration::from_secs(120);

/// Starts the agent with both sides and 1,000 contacts, and watches it do nothing.
pub(crate) async fn measure() -> Result<Value> {
    eprintln!("the agent at rest, {} s", REST.as_secs());
    let [contacts, _] = COUNTS;
    let world = World::with_contacts(contacts).await;
    let begin = Instant::now();
    // As people run it: a line for every presence is not rest.
    let agent = Agent::start_with_log(&world.ctl, "info").await;
    until("everybody's presence", async || {
        let answer = world.ctl.run(&["contacts"]).await;
        let people = answer.json["people"].as_array()?;
        (people.len() >= contacts
            && people
                .iter()
                .all(|person| person["availability"] != "unknown"))
        .then_some(())
    })
    .await;
    let pid = agent.program.pid();
    let signed_in = calm(pid).await?;
    let after_sign_in = begin.elapsed().saturating_sub(CALM).as_secs_f64();
    tokio::time::sleep(REST).await;
    let after = Used::read(pid)?;
    let minutes = REST.as_secs_f64() / 60.0;
    #[expect(clippy::cast_precision_loss, reason = "small counts")]
    let wake_ups = after.switches.saturating_sub(signed_in.switches) as f64;
    Ok(json!({
        "pss_mib": memory(pid, "Pss:")?,
        "anonymous_mib": memory(pid, "Pss_Anon:")?,
        "program_file_mib": memory(pid, "Pss_File:")?,
        "cpu_ms_per_minute": round((after.cpu_ms - signed_in.cpu_ms) / minutes),
        "wake_ups_per_minute": round(wake_ups / minutes),
        "sign_in_cpu_ms": round(signed_in.cpu_ms),
        "sign_in_seconds": round(after_sign_in),
        "contacts": contacts,
    }))
}

/// Waits until the process has used nothing for a while, and says what it had used by then.
async fn calm(pid: u32) -> Result<Used> {
    let begin = Instant::now();
    let mut used = Used::read(pid)?;
    while begin.elapsed() < LONGEST {
        tokio::time::sleep(CALM).await;
        let now = Used::read(pid)?;
        if now == used {
            return Ok(used);
        }
        used = now;
    }
    bail!("the agent did not come to rest in {} s", LONGEST.as_secs())
}
