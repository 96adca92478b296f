//! Closing the window: nobody is left without a way back (ux.md 3.4).

use causeway_api::{Command, View, Wish};
use causeway_tests::agent::Agent;
use causeway_tests::cast::{ANNA, BEN, World};
use causeway_tests::desktop::{Desktop, Item, Tray};
use causeway_tests::wait::{PATIENCE, until};
use causeway_tests::window::Window;

use super::{asked, signed_in};
use crate::tray::Screen;

/// The question.
const DIALOG: &str = ".dialog";
/// Its main button.
const MAIN: &str = ".dialog .button.main";

async fn on_close(world: &World) -> String {
    let config = world.ctl.run(&["config", "show"]).await.done();
    let entries = config["entries"].as_array().cloned().unwrap_or_default();
    let entry = entries
        .iter()
        .find(|entry| entry["key"] == "window.on_close");
    entry.map_or_else(|| config.to_string(), |entry| entry["value"].to_string())
}

async fn ends(agent: &mut Agent) {
    let ended = tokio::time::timeout(PATIENCE, agent.program.child().wait()).await;
    let ended = ended.expect("the agent ends").expect("its end is known");
    assert_eq!(ended.code(), Some(0));
}

/// An agent on a desktop with a tray.
async fn in_the_tray(world: &World, desktop: &Desktop) -> (Agent, Tray, Item) {
    let tray = desktop.tray().await;
    let agent = Agent::start_on(&world.ctl, desktop).await;
    let item = desktop.item(&tray.registered().await).await;
    item.says("Causeway — Available", "bridge on").await;
    (agent, tray, item)
}

#[tokio::test]
async fn without_a_tray_it_is_asked_once_and_causeway_started_again_brings_the_window_back() {
    let world = World::new().await;
    let (_agent, _watch) = signed_in(&world).await;
    let window = Window::open(&world.ctl.data_dir).await;
    window.see(".rail").await;

    window.screen().closes_the_window().await;
    window
        .reads(DIALOG, |text| {
            text.contains("Keep running without an icon?")
        })
        .await;
    assert!(
        window.screen().window().is_some(),
        "it waits for the answer"
    );
    window.click(MAIN).await;
    window.screen().hides_the_window().await;
    assert_eq!(on_close(&world).await, r#""keep-running""#);
    world.ctl.run(&["status", "get"]).await.done();

    assert_eq!(Agent::start_again(&world.ctl).await.code(), Some(0));
    window.screen().shows_the_window().await;
    window.screen().closes_the_window().await;
    window.screen().hides_the_window().await;
    window.loses(DIALOG).await;
}

#[tokio::test]
async fn who_closes_twice_does_not_want_to_be_asked() {
    let world = World::new().await;
    let (_agent, _watch) = signed_in(&world).await;
    let window = Window::open(&world.ctl.data_dir).await;
    window.see(".rail").await;
    window.screen().closes_the_window().await;
    window.see(DIALOG).await;
    window.screen().closes_the_window().await;
    window.screen().hides_the_window().await;
    assert_eq!(
        on_close(&world).await,
        r#""automatic""#,
        "nothing was chosen"
    );
}

#[tokio::test]
async fn with_a_tray_it_hides_says_so_the_first_time_and_can_quit_from_there() {
    let (world, desktop) = tokio::join!(World::new(), Desktop::new());
    let notifications = desktop.notifications(&["body", "actions"]).await;
    let (mut agent, _tray, item) = in_the_tray(&world, &desktop).await;
    let window = Window::open(&world.ctl.data_dir).await;
    window.see(".rail").await;

    window.screen().closes_the_window().await;
    window.screen().hides_the_window().await;
    let shown = notifications
        .shows("Causeway keeps running in the tray")
        .await;
    assert_eq!(shown.actions, ["default", "quit", "always-quit"]);
    item.activate().await;
    window.screen().shows_the_window().await;
    notifications.withdrawn(&shown).await;

    window.screen().closes_the_window().await;
    window.screen().hides_the_window().await;
    world.sim.writes(BEN, ANNA, "are you there?").await;
    notifications.shows("Ben Carter").await;
    let all = notifications.shown();
    let said = all.iter().filter(|other| other.title == shown.title);
    assert_eq!(said.count(), 1, "it is said once");

    // An old notification is still a way to say it, for whoever finds it in the list of the desktop.
    item.activate().await;
    window.screen().shows_the_window().await;
    std::fs::remove_file(world.ctl.data_dir.join("told-that-closing-hides")).expect("it was told");
    window.screen().closes_the_window().await;
    let again = until("the notification, again", async || {
        let shown_now = notifications.shown();
        let again = shown_now
            .into_iter()
            .filter(|other| other.title == shown.title);
        again.skip(1).last()
    })
    .await;
    notifications.press(&again, "always-quit").await;
    ends(&mut agent).await;
    assert_eq!(on_close(&world).await, r#""quit""#);
}

#[tokio::test]
async fn a_window_that_is_minimised_goes_to_the_tray_where_that_is_wanted() {
    let (world, desktop) = tokio::join!(World::new(), Desktop::new());
    let (_agent, _tray, item) = in_the_tray(&world, &desktop).await;
    let window = Window::open(&world.ctl.data_dir).await;
    window.see(".rail").await;
    let screen = window.screen();
    screen.minimizes_the_window(true).await;
    asked(&world, Command::WindowMinimized)
        .await
        .expect("it is heard");
    assert!(screen.window().is_some(), "it is off unless chosen");
    screen.minimizes_the_window(false).await;

    let set = ["config", "set", "window.minimize_to_tray", "true"];
    world.ctl.run(&set).await.done();
    screen.minimizes_the_window(true).await;
    screen.hides_the_window().await;
    item.activate().await;
    screen.shows_the_window().await;
}

#[tokio::test]
async fn the_end_of_the_session_closes_without_a_word() {
    let (world, desktop) = tokio::join!(World::new(), Desktop::new());
    let notifications = desktop.notifications(&["body", "actions"]).await;
    let _agent = Agent::start_on(&world.ctl, &desktop).await;
    world.ctl.stream(&["watch"]).both_sides_ready().await;
    let _ending = desktop.ending_session().await;
    let window = Window::open(&world.ctl.data_dir).await;
    window.see(".rail").await;
    window.screen().closes_the_window().await;
    window.screen().hides_the_window().await;
    window.loses(DIALOG).await;
    assert!(notifications.shown().is_empty());
}

#[tokio::test]
async fn quitting_with_a_text_that_is_not_sent_asks_and_quits_when_told() {
    let (mut world, desktop) = tokio::join!(World::new(), Desktop::new());
    let (mut agent, _tray, item) = in_the_tray(&world, &desktop).await;
    world.prosody.kill().await;
    item.says("Causeway — Available", "bridge on · XMPP: reconnecting")
        .await;
    world.sim.writes(BEN, ANNA, "for the phone").await;
    until("a text that waits", async || {
        let unsent = asked(&world, Command::Unsent).await.ok()?;
        matches!(unsent, causeway_api::Reply::Unsent { count: 1 }).then_some(())
    })
    .await;

    let mut screen = Screen::open(&world).await;
    item.click("Quit").await;
    screen.is_asked_for(&Wish::page(View::Quit)).await;
    drop(screen);
    world.ctl.run(&["status", "get"]).await.done();

    let window = Window::open(&world.ctl.data_dir).await;
    window.see(".rail").await;
    item.click("Quit").await;
    window
        .reads(DIALOG, |text| text.contains("1 message is not sent yet"))
        .await;
    window.click(MAIN).await;
    ends(&mut agent).await;
}
