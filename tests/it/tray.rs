//! The tray over D-Bus: what a panel sees, and what clicks do.

use causeway_api::door::{Client, Listening};
use causeway_api::{Changes as _, Desk as _, Kind, View, Wish};
use causeway_tests::agent::Agent;
use causeway_tests::cast::{ANNA, BEN, World};
use causeway_tests::desktop::{Desktop, Item};
use causeway_tests::wait::PATIENCE;

/// The test as the window: what it is told to show.
pub(super) struct Screen {
    changes: Listening,
    _client: Client,
}

impl Screen {
    pub(super) async fn open(world: &World) -> Self {
        let client = Client::connect(&world.ctl.data_dir, "causeway-window")
            .await
            .expect("the door lets the window in")
            .expect("an agent runs");
        let (_, changes) = client.subscribe().await.expect("the door tells changes");
        Self {
            changes,
            _client: client,
        }
    }

    pub(super) async fn is_asked_for(&mut self, wish: &Wish) {
        let asked = async {
            while let Some(event) = self.changes.next().await {
                if let Kind::Show(asked) = event.kind {
                    return Some(asked);
                }
            }
            None
        };
        let asked = tokio::time::timeout(PATIENCE, asked).await;
        assert_eq!(asked.ok().flatten().as_ref(), Some(wish));
    }
}

async fn item(desktop: &Desktop, world: &World) -> (Agent, Item) {
    let tray = desktop.tray().await;
    let agent = Agent::start_on(&world.ctl, desktop).await;
    let item = desktop.item(&tray.registered().await).await;
    item.says("Causeway — Available", "bridge on").await;
    (agent, item)
}

#[tokio::test]
async fn icon_and_menu_follow_status_texts_and_bridge_and_their_clicks_are_carried_out() {
    let (world, desktop) = tokio::join!(World::new(), Desktop::new());
    let (mut agent, mut item) = item(&desktop, &world).await;
    assert_eq!(item.get::<String>("Id").await, "causeway");
    assert_eq!(item.get::<String>("Status").await, "Active");
    assert_eq!(item.get::<String>("Category").await, "Communications");

    // What sign-in has sent.
    item.signals().await;
    item.click("Busy").await;
    item.says("Causeway — Busy", "bridge on").await;
    let status = world.ctl.run(&["status", "get"]).await.done();
    assert_eq!(status["availability"], "busy");
    assert!(item.shows("Busy").await.checked);
    let signals = item.signals().await;
    assert!(signals.iter().any(|name| name == "NewIcon"), "{signals:?}");
    assert!(
        !signals.iter().any(|name| name == "LayoutUpdated"),
        "labels change in their place: {signals:?}"
    );

    world.sim.writes(BEN, ANNA, "first text").await;
    item.says("Causeway — Busy", "1 unread · bridge on").await;
    item.shows("Unread (1)").await;
    let mut screen = Screen::open(&world).await;
    item.click("Ben Carter — 1").await;
    let bens_chat = Wish::chat(format!("sip:{BEN}"));
    screen.is_asked_for(&bens_chat).await;
    item.secondary_activate().await;
    screen.is_asked_for(&bens_chat).await;
    item.activate().await;
    screen.is_asked_for(&Wish::default()).await;
    item.click("Settings").await;
    screen.is_asked_for(&Wish::page(View::Settings)).await;
    item.click("Mark all as read").await;
    item.says("Causeway — Busy", "bridge on").await;

    item.click("Until I resume").await;
    item.says("Causeway — Busy", "bridge paused").await;
    item.click("Resume").await;
    item.says("Causeway — Busy", "bridge on").await;

    item.click("Quit").await;
    let ended = tokio::time::timeout(PATIENCE, agent.program.child().wait()).await;
    assert_eq!(
        ended.expect("it ends").expect("its end is known").code(),
        Some(0)
    );
}

#[tokio::test]
async fn what_does_not_change_is_not_sent_again() {
    let (world, desktop) = tokio::join!(World::new(), Desktop::new());
    let (_agent, mut item) = item(&desktop, &world).await;
    let mut watch = world.ctl.stream(&["watch"]);
    watch.both_sides_ready().await;
    item.signals().await;
    world.sim.goes(BEN, "Away", "", "gone fishing").await;
    watch
        .find("Ben's note", |event| event["note"] == "gone fishing")
        .await;
    assert_eq!(item.signals().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_password_that_is_refused_calls_for_attention() {
    let (world, desktop) = tokio::join!(World::new(), Desktop::new());
    world.forget_password("xmpp");
    let tray = desktop.tray().await;
    let notifications = desktop.notifications(&["body", "actions"]).await;
    let _agent = Agent::start_on(&world.ctl, &desktop).await;
    let item = desktop.item(&tray.registered().await).await;
    item.says("Causeway — password needed", "bridge on").await;
    assert_eq!(item.get::<String>("Status").await, "NeedsAttention");
    let mut screen = Screen::open(&world).await;
    item.click("password needed").await;
    screen.is_asked_for(&Wish::page(View::Check)).await;
    let refused = "XMPP did not accept your password";
    let shown = notifications.shows(refused).await;
    notifications.press(&shown, "default").await;
    screen.is_asked_for(&Wish::page(View::Bridge)).await;
}

#[tokio::test]
async fn a_tray_that_comes_late_goes_and_comes_back_gets_the_icon_each_time() {
    let (world, desktop) = tokio::join!(World::new(), Desktop::new());
    let notifications = desktop.notifications(&["body", "actions"]).await;
    let _agent = Agent::start_on(&world.ctl, &desktop).await;
    let tray = desktop.tray().await;
    let item = desktop.item(&tray.registered().await).await;
    item.says("Causeway — Available", "bridge on").await;

    tray.host(false).await;
    let gone = notifications.shows("The tray is gone").await;
    let mut screen = Screen::open(&world).await;
    notifications.press(&gone, "open").await;
    screen.is_asked_for(&Wish::default()).await;
    tray.host(true).await;
    notifications.withdrawn(&gone).await;

    tray.goes().await;
    let tray = desktop.tray().await;
    let item = desktop.item(&tray.registered().await).await;
    item.says("Causeway — Available", "bridge on").await;
}
