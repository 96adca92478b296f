//! Whether somebody uses the computer, as desktops tell it, and what Lync is told of it.

use std::time::Duration;

use causeway_api::door::Client;
use causeway_api::{Command, Desk as _, Desktop as Told, Reply};
use causeway_tests::agent::Agent;
use causeway_tests::cast::Solo;
use causeway_tests::desktop::Desktop;
use causeway_tests::screen::Screen;
use causeway_tests::sim::Sim;
use causeway_tests::wait::until;
use tempfile::TempDir;

const ANNA: &str = "anna@contoso.example";

async fn ready(anna: &Solo) {
    until("ready", async || {
        let status = anna.ctl.run(&["status", "get"]).await;
        (status.json["availability"] == "available").then_some(())
    })
    .await;
}

async fn reports(sim: &Sim) -> usize {
    sim.count(ANNA, "reportMyActivity").await
}

async fn told(anna: &Solo) -> Told {
    let door = Client::connect(&anna.ctl.data_dir, "the stories").await;
    let door = door.expect("the door answers").expect("the agent runs");
    match door.request(Command::Desktop).await {
        Ok(Reply::Desktop(desktop)) => desktop,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn who_sits_idle_is_not_reported_and_who_comes_back_is() {
    let sim = Sim::with_its_own_cast().await;
    let anna = Solo::at(&sim);
    let desktop = Desktop::new().await;
    let monitor = desktop.idle_monitor(600_000).await;
    let _agent = Agent::start_on(&anna.ctl, &desktop).await;
    ready(&anna).await;
    assert_eq!(told(&anna).await.activity.as_deref(), Some("mutter"));
    assert_eq!(reports(&sim).await, 0, "nobody has touched anything");
    // The first watch waits for idleness, the second one for the return.
    monitor.fires(2).await;
    until("a report", async || {
        (reports(&sim).await == 1).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_screen_of_x11_tells_that_somebody_is_there() {
    let sim = Sim::with_its_own_cast().await;
    let anna = Solo::at(&sim);
    let dir = TempDir::new().expect("a temporary directory");
    let screen = Screen::new(dir.path()).await;
    let _agent = Agent::start_prepared(&anna.ctl, |command| {
        command
            .env("DISPLAY", screen.name())
            .env_remove("WAYLAND_DISPLAY");
    })
    .await;
    ready(&anna).await;
    until("a report", async || (reports(&sim).await > 0).then_some(())).await;
    assert_eq!(told(&anna).await.activity.as_deref(), Some("x11"));
}

#[tokio::test]
async fn where_nobody_tells_nothing_is_guessed() {
    let sim = Sim::with_its_own_cast().await;
    let anna = Solo::at(&sim);
    let _agent = Agent::start_prepared(&anna.ctl, |command| {
        command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
    })
    .await;
    ready(&anna).await;
    assert_eq!(told(&anna).await.activity, None);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(reports(&sim).await, 0);
}

#[tokio::test]
async fn whoever_only_watches_is_not_reported_and_others_see_no_change() {
    let sim = Sim::with_its_own_cast().await;
    let first = Solo::at(&sim);
    let second = Solo::at(&sim);
    let mut appears = first.ctl.stream(&["bridge", "run"]);
    appears
        .find("ready", |event| event["state"] == "ready-available")
        .await;
    first
        .ctl
        .run(&["status", "set", "do-not-disturb"])
        .await
        .done();
    sim.forget_requests().await;
    second
        .ctl
        .run(&["config", "set", "lync.mode", "watch-only"])
        .await
        .done();
    let desktop = Desktop::new().await;
    let _monitor = desktop.idle_monitor(0).await;
    let mut agent = Agent::start_on(&second.ctl, &desktop).await;
    let mut watch = second.ctl.stream(&["watch"]);
    watch
        .find("watching", |event| event["state"] == "ready-watching")
        .await;
    assert_eq!(told(&second).await.activity.as_deref(), Some("mutter"));
    agent.program.terminate().await;
    let seen = first.ctl.run(&["status", "get"]).await.done();
    assert_eq!(seen["availability"], "do-not-disturb", "{seen}");
    let changed = appears
        .seen()
        .iter()
        .filter(|event| event["kind"] == "own")
        .count();
    let requests = sim.requests().await;
    for rel in ["makeMeAvailable", "reportMyActivity", "presence", "note"] {
        let made = requests
            .iter()
            .filter(|request| request["rel"] == rel && request["method"] != "GET")
            .count();
        assert_eq!(made, 0, "{rel}: {requests:#?}");
    }
    assert!(changed <= 3, "the first client was told of changes");
}
