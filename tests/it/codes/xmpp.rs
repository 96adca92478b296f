//! What can go wrong with the XMPP side.

use causeway_tests::cast::World;
use causeway_tests::stranger::Stranger;
use causeway_tests::wait::until;

use super::Met;

pub(super) async fn password_refused() -> Met {
    let world = World::new().await;
    world.forget_password("xmpp");
    Met::at(&world.ctl.run(&["check"]).await, "signing-in")
}

pub(super) async fn unreachable() -> Met {
    let mut world = World::new().await;
    world.prosody.stop().await;
    Met::at(&world.ctl.run(&["check"]).await, "finding-server")
}

pub(super) async fn conflict() -> Met {
    let world = World::new().await;
    let mut bridge = world.ctl.stream(&["bridge", "run"]);
    bridge.both_sides_ready().await;
    let resource = until("the resource", async || {
        let log = world.prosody.log();
        let (_, rest) = log.split_once("anna@xmpp.example/causeway-")?;
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric())?;
        Some(format!("causeway-{}", rest.get(..end)?))
    })
    .await;
    let _other = Stranger::sign_in_as(&world.prosody, "anna", &resource).await;
    let state = bridge
        .next("the end", |event| {
            event["kind"] == "state"
                && event["side"] == "xmpp"
                && event["error"]["code"].is_string()
        })
        .await;
    Met::event(&state["error"])
}

pub(super) async fn password_missing() -> Met {
    let world = World::new().await;
    let text = std::fs::read_to_string(&world.ctl.config).expect("a configuration");
    let text = text.replace("/xmpp.password\"", "\"").replace(
        &format!("password_file = \"{}\"", world.dir.path().display()),
        "",
    );
    std::fs::write(&world.ctl.config, text).expect("it can be written");
    Met::at(&world.ctl.run(&["check"]).await, "signing-in")
}

pub(super) async fn bad_address() -> Met {
    let world = World::new().await;
    Met::told(
        &world
            .ctl
            .run(&["send", "xmpp:b\"c@xmpp.example", "hi"])
            .await,
    )
}
