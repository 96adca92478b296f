//! Services of a real desktop: dunst shows notifications, gnome-keyring keeps passwords.

use causeway_api::door::Client;
use causeway_api::{Command, Desk as _, Kept, Reply, Side, Wish};
use causeway_tests::agent::Agent;
use causeway_tests::cast::{ANNA, BEN, CARLA, World, password};
use causeway_tests::desktop::Desktop;
use causeway_tests::dunst::Dunst;
use causeway_tests::key_store::KeyStore;
use causeway_tests::screen::Screen;
use causeway_tests::wait::until;

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

/// How often the server's application was ended by the one that had it.
async fn applications_ended(world: &World) -> usize {
    let requests = world.sim.requests().await;
    requests
        .iter()
        .filter(|request| request["method"] == "DELETE" && request["rel"] == "application")
        .count()
}

#[tokio::test]
async fn quitting_keeps_the_passwords_and_signing_out_deletes_them() {
    let (world, desktop) = tokio::join!(World::new(), Desktop::new());
    let Some(_store) = KeyStore::unlocked(&desktop).await else {
        return;
    };
    without_files(&world);
    let typed = typed(&world);
    let login = ["login", "--password-stdin"];
    world.ctl.run_on(&desktop, &login, &typed).await.done();

    let mut agent = Agent::start_on(&world.ctl, &desktop).await;
    world.ctl.stream(&["watch"]).both_sides_ready().await;
    let quit = door(&world).await.request(Command::Quit).await;
    quit.expect("it quits");
    let end = agent.program.child().wait().await.expect("it ended");
    assert_eq!(end.code(), Some(0));
    assert_eq!(
        applications_ended(&world).await,
        1,
        "quitting leaves the server"
    );

    let mut agent = Agent::start_on(&world.ctl, &desktop).await;
    world.ctl.stream(&["watch"]).both_sides_ready().await;
    let door = door(&world).await;
    door.request(Command::SignOut).await.expect("signed out");
    until("the end of the application", async || {
        (applications_ended(&world).await == 2).then_some(())
    })
    .await;
    let again = Command::SignIn { side: Side::Lync };
    door.request(again).await.expect("it is tried");
    let message = needs(&world, "lync").await;
    assert!(message.contains("No password"), "{message}");
    let forgotten = async || {
        let left = world.ctl.run_on(&desktop, &["logout"], "").await.done();
        left["deleted"].as_array().map(Vec::len)
    };
    assert_eq!(forgotten().await, Some(0));

    // Typed in the window and to be kept.
    let typed = Command::SetPassword {
        side: Side::Lync,
        password: world.sim.account("anna").password.clone().into(),
        keep: true,
    };
    let taken = door.request(typed).await;
    let kept = Kept::KeyStore;
    assert_eq!(taken, Ok(Reply::PasswordTaken { kept }));
    agent.program.terminate().await;
    assert_eq!(forgotten().await, Some(1));
}

async fn door(world: &World) -> Client {
    let door = Client::connect(&world.ctl.data_dir, "the stories").await;
    door.expect("the door answers").expect("the agent runs")
}

/// The configuration names no files with passwords.
fn without_files(world: &World) {
    let configuration = std::fs::read_to_string(&world.ctl.config).expect("it was written");
    let kept: String = configuration
        .lines()
        .filter(|line| !line.starts_with("password_file"))
        .flat_map(|line| [line, "\n"])
        .collect();
    std::fs::write(&world.ctl.config, kept).expect("it can be written");
}

/// Both passwords, as `causewayctl login --password-stdin` reads them.
fn typed(world: &World) -> String {
    let lync = &world.sim.account("anna").password;
    format!("{lync}\n{}\n", password("anna"))
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
    without_files(&world);
    let typed = typed(&world);
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
