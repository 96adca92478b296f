//! The window as the agent starts it: something is to be seen in it, always.

use causeway_tests::agent::Agent;
use causeway_tests::cast::World;
use causeway_tests::desktop::{Desktop, Item, Tray};
use causeway_tests::program;
use causeway_tests::screen::Screen;
use causeway_tests::wait::until;
use rustix::process::Signal;

/// A window that waits for its page may lose it to a race; so many starts would have to win it.
const STARTS: usize = 5;

async fn in_the_tray(world: &World) -> (Desktop, Tray, Screen, Agent, Item) {
    let desktop = Desktop::new().await;
    let screen = Screen::new(world.dir.path()).await;
    let tray = desktop.tray().await;
    let agent = Agent::start_at(&world.ctl, &desktop, &screen).await;
    let item = desktop.item(&tray.registered().await).await;
    item.says("Causeway — Available", "bridge on").await;
    (desktop, tray, screen, agent, item)
}

/// The process of this name that the agent, or its window, has started.
fn process(agent: &Agent, name: &str) -> Option<u32> {
    let below = program::below(agent.program.pid());
    let found = below
        .into_iter()
        .find(|(_, found)| name.starts_with(found.as_str()));
    found.map(|(process, _)| process)
}

#[tokio::test]
async fn it_never_stays_white_however_the_keyboard_comes_and_goes_while_it_starts() {
    let world = World::new().await;
    let (_desktop, _tray, screen, agent, item) = in_the_tray(&world).await;
    for _ in 0..STARTS {
        item.activate().await;
        screen.shows_the_window().await;
        until("something painted in the window", async || {
            screen.flicks_the_keyboard();
            screen.is_painted().then_some(())
        })
        .await;
        let window = process(&agent, "causeway-window").expect("the window runs");
        program::signal(window, Signal::TERM);
        until("the window to end", async || {
            process(&agent, "causeway-window").is_none().then_some(())
        })
        .await;
    }
}

#[tokio::test]
async fn a_page_whose_process_is_gone_comes_back_in_another_window() {
    let world = World::new().await;
    let (_desktop, _tray, screen, agent, item) = in_the_tray(&world).await;
    item.activate().await;
    screen.paints_the_window().await;
    let page = until("the process of the page", async || {
        process(&agent, "WebKitWebProcess")
    })
    .await;
    program::signal(page, Signal::KILL);
    until("the agent to open another one", async || {
        let log = agent.program.log_text();
        (log.matches("opening the window").count() == 2).then_some(())
    })
    .await;
    screen.paints_the_window().await;
}
