//! Windows that go and come back, and agents that do.

use std::path::PathBuf;

use causeway_tests::agent::Agent;
use causeway_tests::cast::{ANNA, BEN, World};
use causeway_tests::desktop::Desktop;
use causeway_tests::screen::Screen;
use causeway_tests::wait::until;
use causeway_tests::window::Window;

use super::{INPUT, ROW, chat, signed_in};

/// The first text in sight.
const IN_SIGHT: &str = "const log = document.querySelector('[role=feed]')?.getBoundingClientRect(); \
    const texts = [...document.querySelectorAll('[role=feed] article')]; \
    return texts.find((text) => text.getBoundingClientRect().bottom > log.top + 4)?.innerText ?? null";

#[tokio::test]
async fn a_window_hidden_from_the_tray_ends_and_the_next_one_is_at_the_same_place() {
    let (world, desktop) = tokio::join!(World::new(), Desktop::new());
    let tray = desktop.tray().await;
    let _agent = Agent::start_on(&world.ctl, &desktop).await;
    let item = desktop.item(&tray.registered().await).await;
    item.says("Causeway — Available", "bridge on").await;
    for number in 1..=60 {
        let text = format!("text number {number}");
        world.sim.writes(BEN, ANNA, &text).await;
    }
    chat(&world, "all texts", |chat| chat.unread == 60).await;

    let set = ["config", "set", "window.end_hidden_after", "1"];
    world.ctl.run(&set).await.done();
    let window = Window::open(&world.ctl.data_dir).await;
    window.click(ROW).await;
    window.types(INPUT, "half a sen").await;
    chat(&world, "the draft, kept", |chat| chat.draft == "half a sen").await;
    let kept = world.ctl.data_dir.join("window.json");
    let kept = || std::fs::read_to_string(&kept).ok();
    // Where it was opened is a place as well.
    let before = kept();
    window
        .asks("document.querySelector('[role=feed]').scrollTop = 900")
        .await;
    let place = until("the place in the chat, kept", async || {
        kept().filter(|kept| kept.contains("places\\\":{\\\"") && before.as_ref() != Some(kept))
    })
    .await;
    assert!(!place.contains("text number"), "a place, no words");
    let seen = window.asks(IN_SIGHT).await;

    item.activate().await;
    let process = PathBuf::from(format!("/proc/{}", window.pid().as_raw_nonzero()));
    until("the window to end", async || {
        let status = std::fs::read_to_string(process.join("status")).unwrap_or_default();
        // A process that has ended and was not waited for is a zombie.
        (status.is_empty() || status.contains("State:\tZ")).then_some(())
    })
    .await;
    drop(window);

    let window = Window::open(&world.ctl.data_dir).await;
    until("the same text in sight", async || {
        (window.asks(IN_SIGHT).await == seen).then_some(())
    })
    .await;
    let input = window.see(INPUT).await;
    assert_eq!(
        input.prop("value").await.expect("an input has a value"),
        Some("half a sen".into())
    );
}

#[tokio::test]
async fn an_agent_that_is_killed_is_missed_and_the_chat_goes_on_with_the_next_one() {
    let world = World::new().await;
    let (mut agent, _watch) = signed_in(&world).await;
    world.sim.writes(BEN, ANNA, "before").await;
    let window = Window::open(&world.ctl.data_dir).await;
    window.click(ROW).await;
    window
        .reads("article", |text| text.contains("before"))
        .await;

    agent.program.kill().await;
    window
        .reads(".trouble", |text| text.contains("Has ended"))
        .await;
    window.types(INPUT, "typed meanwhile").await;

    let (_agent, _watch) = signed_in(&world).await;
    window.reads(".trouble", str::is_empty).await;
    world.sim.writes(BEN, ANNA, "after").await;
    window
        .reads("[role=feed]", |texts| {
            texts.contains("before") && texts.contains("after")
        })
        .await;
    window.enters(INPUT, "").await;
    world.sim.receives(BEN, "typed meanwhile").await;
}

/// Processes of windows of this account.
fn windows(world: &World) -> usize {
    let data_dir = world.ctl.data_dir.display().to_string();
    let processes = std::fs::read_dir("/proc").expect("Linux has processes");
    let of_ours = processes.flatten().filter(|process| {
        let line = std::fs::read(process.path().join("cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line);
        line.contains("causeway-window") && line.contains(&data_dir)
    });
    of_ours.count()
}

#[tokio::test]
async fn a_window_that_outlives_its_agent_is_shown_by_the_next_one_and_ends_with_it() {
    let (world, desktop) = tokio::join!(World::new(), Desktop::new());
    let screen = Screen::new(world.dir.path()).await;
    let tray = desktop.tray().await;
    let mut agent = Agent::start_at(&world.ctl, &desktop, &screen).await;
    let item = desktop.item(&tray.registered().await).await;
    item.activate().await;
    screen.paints_the_window().await;

    agent.program.kill().await;
    let mut agent = Agent::start_at(&world.ctl, &desktop, &screen).await;
    until("its item", async || {
        (tray.registrations().len() == 2).then_some(())
    })
    .await;
    let item = desktop.item(&tray.registered().await).await;
    // The old window has not found the new agent yet.
    item.activate().await;
    item.says("Causeway — Available", "bridge on").await;
    // Longer than a second window would need.
    tokio::time::sleep(std::time::Duration::from_secs(4)).await;
    assert_eq!(windows(&world), 1);
    agent.program.terminate().await;
    until("no window", async || (windows(&world) == 0).then_some(())).await;
}
