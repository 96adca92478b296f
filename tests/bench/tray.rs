//! From the start of the agent to its item in the tray, beside a program that has nothing but an item.

use std::time::{Duration, Instant};

use anyhow::Result;
use causeway_tests::agent::Agent;
use causeway_tests::cast::World;
use causeway_tests::desktop::{Desktop, Tray};
use causeway_tests::program::{self, Program};
use causeway_tests::wait::until;
use serde_json::{Value, json};
use tokio::process::Command;
use tokio::time::sleep;

use crate::process::{memory, tree};
use crate::run::{ratio, round, spread};

/// How often each is started. The first start of each warms the machine up and does not count.
const STARTS: usize = 20;
/// Until a program that has started has done what belongs to its start.
const SETTLED: Duration = Duration::from_secs(3);

/// Measures both.
pub(crate) async fn measure() -> Result<Value> {
    eprintln!("start to tray item, {STARTS} times, and the floor");
    let (world, desktop) = tokio::join!(World::new(), Desktop::new());
    let tray = desktop.tray().await;
    let (mut agents, mut floors) = (Vec::new(), Vec::new());
    let (mut agent_mib, mut floor_mib) = (0.0, 0.0);
    for start in 0..=STARTS {
        let (before, begin) = (tray.registrations().len(), Instant::now());
        let mut floor = bare(&world, &desktop);
        let took = registered(&tray, before, begin).await;
        if start == STARTS {
            sleep(SETTLED).await;
            floor_mib = memory(floor.pid(), "Pss:")?;
        }
        floor.kill().await;
        if start > 0 {
            floors.push(took);
        }

        let (before, begin) = (tray.registrations().len(), Instant::now());
        let mut agent = Agent::start_on(&world.ctl, &desktop).await;
        let took = registered(&tray, before, begin).await;
        if start == STARTS {
            world.ctl.stream(&["watch"]).both_sides_ready().await;
            sleep(SETTLED).await;
            agent_mib = tree(agent.program.pid());
        }
        agent.program.terminate().await;
        if start > 0 {
            agents.push(took);
        }
    }
    let (agent, floor) = (spread(agents), spread(floors));
    Ok(json!({
        "start_to_item_ratio": ratio(&agent, &floor),
        "start_to_item": agent,
        "floor_start_to_item": floor,
        "pss_mib": round(agent_mib),
        "floor_pss_mib": round(floor_mib),
    }))
}

/// The program that has nothing but an item.
fn bare(world: &World, desktop: &Desktop) -> Program {
    let mut command = Command::new(program::path("causeway-bench-tray"));
    desktop.entered_by(&mut command);
    Program::start(command, &world.dir.path().join("bare.log"))
}

/// From the start to the next item that registers, in milliseconds.
async fn registered(tray: &Tray, before: usize, begin: Instant) -> f64 {
    let when = until("an item in the tray", async || {
        tray.registrations().get(before).copied()
    });
    when.await.duration_since(begin).as_secs_f64() * 1000.0
}
