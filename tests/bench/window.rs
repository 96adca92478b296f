//! From a click in the tray to a painted window, and the memory of all that runs; beside an empty window of Tauri.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use causeway_tests::agent::Agent;
use causeway_tests::cast::{ANNA, BEN, CARLA, World};
use causeway_tests::desktop::{Desktop, Item};
use causeway_tests::program::{self, Program};
use causeway_tests::screen::Screen;
use causeway_tests::wait::{PATIENCE, until};
use rustix::process::Signal;
use serde_json::{Value, json};
use tokio::process::Command;
use tokio::time::{sleep, timeout};

use crate::process::tree;
use crate::run::{ratio, since, spread};

/// How often a window is built.
const BUILT: usize = 8;
/// How often one that is kept is shown again.
const SHOWN: usize = 20;
/// Between two looks at the display.
const LOOK: Duration = Duration::from_millis(2);
/// Until what was begun is over, and memory is what it stays.
const SETTLED: Duration = Duration::from_secs(5);
/// Names of the programs, and classes of their windows.
const WINDOW: &str = "causeway-window";
const EMPTY: &str = "causeway-bench-window";

/// Measures all of it.
pub(crate) async fn measure() -> Result<Value> {
    let (world, desktop) = tokio::join!(World::new(), Desktop::new());
    let screen = Screen::new(world.dir.path()).await;
    let floor = floor(&world, &desktop, &screen).await?;

    eprintln!("click to painted window: {BUILT} times built, {SHOWN} times kept");
    let tray = desktop.tray().await;
    let agent = Agent::start_at(&world.ctl, &desktop, &screen).await;
    let item = desktop.item(&tray.registered().await).await;
    item.says("Causeway — Available", "bridge on").await;
    // Something to be painted.
    world.sim.writes(BEN, ANNA, "Can you see this?").await;
    world.sim.writes(CARLA, ANNA, "And this?").await;
    item.says("Causeway — Available", "2 unread · bridge on")
        .await;
    sleep(SETTLED).await;
    let pid = agent.program.pid();
    let never_opened = tree(pid);

    let mut built = Vec::new();
    let mut open = 0.0;
    for time in 0..=BUILT {
        let took = click(&item, &screen).await?;
        if time > 0 {
            built.push(took);
        }
        if time < BUILT {
            end_window(pid).await?;
        }
    }
    sleep(SETTLED).await;
    open += tree(pid);

    let mut kept = Vec::new();
    for _ in 0..SHOWN {
        screen.closes_the_window().await;
        screen.hides_the_window().await;
        sleep(Duration::from_millis(300)).await;
        kept.push(click(&item, &screen).await?);
    }
    end_window(pid).await?;
    sleep(SETTLED).await;
    let (built, kept) = (spread(built), spread(kept));
    Ok(json!({
        "click_to_painted_ratio": ratio(&built, &floor["start_to_painted"]),
        "click_to_painted": built,
        "click_to_painted_kept": kept,
        "pss_mib": { "never_opened": never_opened, "open": open, "ended": tree(pid) },
        "floor_empty_window": floor,
    }))
}

/// A window of Tauri with a line of text.
async fn floor(world: &World, desktop: &Desktop, screen: &Screen) -> Result<Value> {
    eprintln!("an empty window, {BUILT} times");
    let mut painted = Vec::new();
    let mut open = 0.0;
    for time in 0..=BUILT {
        let begin = Instant::now();
        let mut command = Command::new(program::path(EMPTY));
        desktop.entered_by(&mut command);
        command
            .env("DISPLAY", screen.name())
            .env("NO_AT_BRIDGE", "1")
            .env("XDG_DATA_HOME", world.dir.path().join("empty"))
            .env("XDG_CACHE_HOME", world.dir.path().join("empty"));
        let mut empty = Program::start(command, &world.dir.path().join("empty.log"));
        let took = paints(screen, EMPTY, begin).await?;
        if time > 0 {
            painted.push(took);
        }
        if time == BUILT {
            sleep(SETTLED).await;
            open = tree(empty.pid());
        }
        empty.terminate().await;
        until("the empty window to go", async || {
            (!screen.paints(EMPTY)).then_some(())
        })
        .await;
    }
    Ok(json!({ "start_to_painted": spread(painted), "pss_mib": open }))
}

/// From a click on the item to something in the window, in milliseconds.
async fn click(item: &Item, screen: &Screen) -> Result<f64> {
    let begin = Instant::now();
    item.activate().await;
    paints(screen, WINDOW, begin).await
}

async fn paints(screen: &Screen, class: &str, begin: Instant) -> Result<f64> {
    let painted = async {
        while !screen.paints(class) {
            sleep(LOOK).await;
        }
        since(begin)
    };
    timeout(PATIENCE, painted)
        .await
        .with_context(|| format!("{class} stays empty"))
}

/// Ends the window as the agent would, and waits for its end.
async fn end_window(agent: u32) -> Result<()> {
    let find = || {
        let mut below = program::below(agent).into_iter();
        below.find(|(_, name)| WINDOW.starts_with(name.as_str()))
    };
    let (window, _) = find().context("the agent has no window")?;
    program::signal(window, Signal::TERM);
    until("the window to end", async || find().is_none().then_some(())).await;
    Ok(())
}
