//! Servers go and come back; nobody has to do anything.

use causeway_tests::cast::{ANNA, BEN, World};
use causeway_tests::ctl::Stream;
use causeway_tests::person::Person;
use serde_json::{Value, json};

fn state<'a>(side: &'a str, prefix: &'a str) -> impl Fn(&Value) -> bool + 'a {
    move |event| {
        event["kind"] == "state"
            && event["side"] == side
            && event["state"]
                .as_str()
                .is_some_and(|state| state.starts_with(prefix))
    }
}

async fn bridged(world: &World) -> Stream {
    let mut bridge = world.ctl.stream(&["bridge", "run"]);
    bridge.both_sides_ready().await;
    bridge
}

#[tokio::test]
async fn the_xmpp_server_is_restarted() {
    let mut world = World::new().await;
    let mut bridge = bridged(&world).await;
    world.prosody.stop().await;
    let loss = bridge.next("the loss", state("xmpp", "reconnecting")).await;
    let cause = loss["error"]["message"].as_str().unwrap_or_default();
    assert!(cause.contains("connection"), "{loss}");
    world.sim.writes(BEN, ANNA, "written meanwhile").await;
    world.prosody.start_again().await;
    bridge.next("the return", state("xmpp", "ready")).await;
    let mut phone = Person::sign_in(&world.prosody, "phone").await;
    phone.receives("written meanwhile").await;
    world.sim.writes(BEN, ANNA, "written afterwards").await;
    phone.receives("written afterwards").await;
    assert_eq!(phone.count("written meanwhile"), 1);
}

#[tokio::test]
async fn an_xmpp_server_that_dies_is_a_lost_connection() {
    let mut world = World::new().await;
    let mut bridge = bridged(&world).await;
    world.prosody.kill().await;
    let loss = bridge.next("the loss", state("xmpp", "reconnecting")).await;
    let cause = loss["error"]["message"].as_str().unwrap_or_default();
    assert!(cause.contains("connection"), "{loss}");
    let again = bridge
        .next("the next try", state("xmpp", "reconnecting"))
        .await;
    let cause = again["error"]["message"].as_str().unwrap_or_default();
    assert!(cause.contains("does not answer"), "{again}");
}

#[tokio::test]
async fn the_lync_server_is_restarted() {
    let mut world = World::new().await;
    let mut phone = Person::sign_in(&world.prosody, "phone").await;
    let mut bridge = bridged(&world).await;
    world.sim.writes(BEN, ANNA, "before").await;
    let thread = phone.receives("before").await.thread;
    world.sim.kill().await;
    bridge.next("the loss", state("lync", "reconnecting")).await;
    let contacts = world.ctl.run(&["contacts"]).await.done();
    assert_eq!(contacts["links"][0]["side"], "lync");
    assert_eq!(contacts["links"][0]["state"], "reconnecting", "{contacts}");
    let status = world.ctl.run(&["status", "get"]).await.done();
    assert_eq!(
        (&status["availability"], &status["reason"]),
        (&json!("unknown"), &json!("reconnecting"))
    );
    phone.writes_in("anna@xmpp.example", "answered meanwhile", thread.as_deref());
    world.sim.start_again().await;
    bridge.next("the return", state("lync", "ready")).await;
    world.sim.receives(BEN, "answered meanwhile").await;
    world.sim.writes(BEN, ANNA, "after").await;
    phone.receives("after").await;
    assert_eq!(world.sim.inbox(BEN).await.len(), 1, "the answer came once");
}

#[tokio::test]
async fn the_event_channel_is_cut_and_taken_up_where_it_was() {
    let world = World::new().await;
    let mut phone = Person::sign_in(&world.prosody, "phone").await;
    let _bridge = bridged(&world).await;
    world
        .sim
        .fault(json!({"what": "pget-cut", "count": 1}))
        .await;
    world.sim.writes(BEN, ANNA, "over a cut wire").await;
    phone.receives("over a cut wire").await;
    world
        .sim
        .fault(json!({"what": "pget-cut", "count": 3}))
        .await;
    world.sim.writes(BEN, ANNA, "and again").await;
    phone.receives("and again").await;
    for text in ["over a cut wire", "and again"] {
        assert_eq!(phone.count(text), 1, "{text}");
    }
}

#[tokio::test]
async fn the_application_is_ended_by_the_server_and_opened_again() {
    let world = World::new().await;
    let mut phone = Person::sign_in(&world.prosody, "phone").await;
    let mut bridge = bridged(&world).await;
    world.sim.fault(json!({"what": "application-gone"})).await;
    bridge.next("the return", state("lync", "ready")).await;
    world.sim.writes(BEN, ANNA, "in the new application").await;
    phone.receives("in the new application").await;
}

#[tokio::test]
async fn tokens_are_revoked_in_mid_session() {
    let world = World::new().await;
    let mut phone = Person::sign_in(&world.prosody, "phone").await;
    let _bridge = bridged(&world).await;
    world.sim.fault(json!({"what": "revoke-tokens"})).await;
    world.sim.writes(BEN, ANNA, "with a new token").await;
    phone.receives("with a new token").await;
}
