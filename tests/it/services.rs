//! Services of a real desktop: dunst shows notifications, gnome-keyring keeps passwords.

use causeway_api::Wish;
use causeway_tests::agent::Agent;
use causeway_tests::cast::{ANNA, BEN, CARLA, World, password};
use causeway_tests::desktop::Desktop;
use causeway_tests::dunst::Dunst;
use causeway_tests::key_store::KeyStore;
use causeway_tests::screen::Screen;

use crate::tray;

#[tokio::test]
async fn a_click_on_what_a_real_service_shows_opens_exactly_that_chat() {
    let (world, desktop) = tokio::join!(World::new(), Desktop::new());
    let screen = Screen::new(world.dir.path()).await;
    let Some(dunst) = Dunst::start(world.dir.path(), &desktop, &screen).await else {
        return;
    };
    let _agent = Agent::start_on(&world.ctl, &desktop).await;
    world.ctl.stream(&["watch"]).both_sides_ready().await;
    let mut window = tray::Screen::open(&world).await;
    for (who, text) in [(BEN, "lunch <b>at</b> noon?"), (CARLA, "or later")] {
        world.sim.writes(who, ANNA, text).await;
        dunst.displays(1).await;
        screen.clicks_on("dunst").await;
        window.is_asked_for(&Wish::chat(format!("sip:{who}"))).await;
        dunst.displays(0).await;
    }
}

/// Why a side needs its person, as the agent tells it.
async fn needs(world: &World, side: &str) -> String {
    let mut watch = world.ctl.stream(&["watch"]);
    let state = watch.find("the need of a password", |event| {
        event["kind"] == "state" && event["side"] == side && event["state"] == "needs-password"
    });
    let state = state.await;
    state["error"]["message"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

#[tokio::test]
async fn a_real_key_store_keeps_the_passwords_from_login_to_logout() {
    let (world, desktop) = tokio::join!(World::new(), Desktop::new());
    let configuration = std::fs::read_to_string(&world.ctl.config).expect("it was written");
    let without_files: String = configuration
        .lines()
        .filter(|line| !line.starts_with("password_file"))
        .flat_map(|line| [line, "\n"])
        .collect();
    std::fs::write(&world.ctl.config, without_files).expect("it can be written");
    let typed = format!(
        "{}\n{}\n",
        world.sim.account("anna").password,
        password("anna")
    );
    let login = ["login", "--password-stdin"];

    let absent = world.ctl.run_on(&desktop, &login, &typed).await;
    assert_eq!(absent.code(), "CW-4103", "{absent:?}");
    let Some(mut store) = KeyStore::unlocked(&desktop).await else {
        return;
    };
    let stored = world.ctl.run_on(&desktop, &login, &typed).await.done();
    assert_eq!(stored["stored"].as_array().map(Vec::len), Some(2));

    for _ in 0..2 {
        let mut agent = Agent::start_on(&world.ctl, &desktop).await;
        world.ctl.stream(&["watch"]).both_sides_ready().await;
        agent.program.terminate().await;
    }

    store.comes_again(&desktop, false).await;
    let mut agent = Agent::start_on(&world.ctl, &desktop).await;
    let message = needs(&world, "lync").await;
    assert!(message.contains("key store is locked"), "{message}");
    agent.program.terminate().await;

    store.comes_again(&desktop, true).await;
    let deleted = world.ctl.run_on(&desktop, &["logout"], "").await.done();
    assert_eq!(deleted["deleted"].as_array().map(Vec::len), Some(2));
    let mut agent = Agent::start_on(&world.ctl, &desktop).await;
    let message = needs(&world, "xmpp").await;
    assert!(message.contains("No password"), "{message}");
    agent.program.terminate().await;

    store.goes(&desktop).await;
    let _agent = Agent::start_on(&world.ctl, &desktop).await;
    let message = needs(&world, "lync").await;
    assert!(message.contains("no key store"), "{message}");
}
