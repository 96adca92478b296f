//! What people may see, and who is blocked: in Lync, on both networks, and across the bridge.

use causeway_api::door::Client;
use causeway_api::{Command, Desk as _, Network};
use causeway_tests::agent::Agent;
use causeway_tests::cast::{ANNA, BEN, CARLA, World};
use causeway_tests::ctl::Stream;
use causeway_tests::person::Person;
use serde_json::{Value, json};

async fn level(world: &World, address: &str) -> Value {
    let told = world.ctl.run(&["contacts", "privacy", address]).await;
    told.done()["levels"][0]["level"].clone()
}

async fn told(watch: &mut Stream, address: &str, level: &str) {
    let wanted = json!({"address": address, "level": level});
    watch
        .next(&wanted.to_string(), |event| {
            event["kind"] == "privacy"
                && event["levels"]
                    .as_array()
                    .is_some_and(|levels| levels.contains(&wanted))
        })
        .await;
}

#[tokio::test]
async fn a_level_is_changed_and_given_back_and_another_client_sees_it() {
    let world = World::new().await;
    let _agent = Agent::start(&world.ctl).await;
    let mut elsewhere = world.elsewhere().stream(&["watch"]);
    elsewhere.both_sides_ready().await;
    let ben = format!("sip:{BEN}");
    assert_eq!(level(&world, BEN).await, "colleagues");

    let give = ["contacts", "privacy", BEN, "workgroup"];
    assert_eq!(
        world.ctl.run(&give).await.done()["levels"],
        json!([{"address": ben, "level": "workgroup"}])
    );
    told(&mut elsewhere, &ben, "workgroup").await;
    let all = world.ctl.run(&["contacts", "privacy"]).await.done();
    let all = all["levels"].as_array().expect("levels");
    assert!(
        all.contains(&json!({"address": ben, "level": "workgroup"})),
        "{all:?}"
    );

    // From the Lync client.
    world.sim.gives_level(ANNA, BEN, Some("External")).await;
    told(&mut elsewhere, &ben, "external").await;
    let usual = ["contacts", "privacy", BEN, "usual"];
    world.ctl.run(&usual).await.done();
    assert_eq!(level(&world, BEN).await, "colleagues");
}

#[tokio::test]
async fn an_old_server_shows_levels_and_says_that_it_lets_nobody_change_them() {
    let world = World::with_read_only_list().await;
    assert_eq!(level(&world, BEN).await, "colleagues");
    let refused = world
        .ctl
        .run(&["contacts", "block", &format!("sip:{BEN}")])
        .await;
    assert_eq!(
        (refused.exit, refused.code()),
        (5, "CW-4202"),
        "{refused:?}"
    );
    let xmpp = ["contacts", "privacy", "xmpp:dora@xmpp.example", "workgroup"];
    let refused = world.ctl.run(&xmpp).await;
    assert_eq!(
        (refused.exit, refused.code()),
        (5, "CW-4202"),
        "{refused:?}"
    );
}

#[tokio::test]
async fn whoever_is_blocked_in_lync_reaches_nobody_through_the_bridge_and_is_not_written_to() {
    let world = World::new().await;
    let mut phone = Person::sign_in(&world.prosody, "phone").await;
    let _agent = Agent::start(&world.ctl).await;
    let mut watch = world.ctl.stream(&["watch"]);
    watch.both_sides_ready().await;
    world.sim.writes(BEN, ANNA, "from Ben").await;
    let thread = phone.receives("from Ben").await.thread;

    let ben = format!("sip:{BEN}");
    world.ctl.run(&["contacts", "block", &ben]).await.done();
    told(&mut watch, &ben, "blocked").await;

    // Her answer comes back, and the text is nowhere else.
    phone.writes_in("anna@xmpp.example", "an answer", thread.as_deref());
    let notice = phone.receives("you have blocked").await;
    assert_eq!(
        notice.body,
        "Not sent to Ben Carter: you have blocked this person."
    );
    watch
        .find("it is bounced", |event| {
            event["kind"] == "bridge" && event["action"] == "bounced"
        })
        .await;
    let sent = world.ctl.run(&["send", &ben, "by hand"]).await;
    assert_eq!((sent.exit, sent.code()), (7, "CW-3001"), "{sent:?}");
    assert!(
        sent.json.to_string().contains("you have blocked"),
        "{sent:?}"
    );
    assert!(world.sim.inbox(BEN).await.is_empty());

    world.ctl.run(&["contacts", "unblock", &ben]).await.done();
    told(&mut watch, &ben, "colleagues").await;
    world.sim.writes(BEN, ANNA, "from Ben again").await;
    phone.receives("from Ben again").await;
    phone.writes_in("anna@xmpp.example", "welcome back", thread.as_deref());
    world.sim.receives(BEN, "welcome back").await;
}

#[tokio::test]
async fn one_word_blocks_a_person_on_both_networks_and_the_stricter_rule_wins() {
    let world = World::new().await;
    let mut phone = Person::sign_in(&world.prosody, "phone").await;
    let _agent = Agent::start(&world.ctl).await;
    let mut watch = world.ctl.stream(&["watch"]);
    watch.both_sides_ready().await;
    let carla = format!("sip:{CARLA}");
    are_one_person(&world, &carla).await;

    // Blocked by another XMPP client alone: the bridge carries nothing of her in Lync either.
    let mut elsewhere = Person::sign_in(&world.prosody, "anna").await;
    let block = |on| causeway_xmpp::Command::Block {
        id: format!("block-{on}"),
        jid: causeway_tests::person::address("dora"),
        on,
    };
    elsewhere.command(block(true));
    told(&mut watch, "xmpp:dora@xmpp.example", "blocked").await;
    world.sim.writes(CARLA, ANNA, "let me in").await;
    watch
        .next("it is not relayed", |event| {
            event["kind"] == "bridge"
                && event["action"] == "dropped"
                && event["reason"]
                    .as_str()
                    .is_some_and(|why| why.contains("blocked"))
        })
        .await;
    elsewhere.command(block(false));
    watch
        .next("let through", |event| {
            event["kind"] == "privacy"
                && event["levels"] == json!([{"address": "xmpp:dora@xmpp.example"}])
        })
        .await;

    // One word here blocks both.
    world.ctl.run(&["contacts", "block", &carla]).await.done();
    elsewhere
        .find("blocked in XMPP", |event| {
            matches!(event, causeway_xmpp::Event::BlockChanged { on: true, jids } if jids.len() == 1).then_some(())
        })
        .await;
    assert_eq!(level(&world, CARLA).await, "blocked");
    assert_eq!(phone.count("let me in"), 0);
}

#[tokio::test]
async fn where_one_network_is_away_the_other_blocks_and_the_failure_says_so() {
    let mut world = World::new().await;
    let _agent = Agent::start(&world.ctl).await;
    let mut watch = world.ctl.stream(&["watch"]);
    watch.both_sides_ready().await;
    let carla = format!("sip:{CARLA}");
    are_one_person(&world, &carla).await;
    world.prosody.kill().await;
    watch
        .next("XMPP is away", |event| {
            event["kind"] == "state" && event["side"] == "xmpp" && event["state"] == "reconnecting"
        })
        .await;

    let half = world.ctl.run(&["contacts", "block", &carla]).await;
    assert_eq!(half.exit, 4, "{half:?}");
    assert!(
        half.json.to_string().contains("on one network only"),
        "{half:?}"
    );
    told(&mut watch, &carla, "blocked").await;
    assert_eq!(level(&world, CARLA).await, "blocked");
}

/// Carla and Dora are one person.
async fn are_one_person(world: &World, carla: &str) {
    let door = Client::connect(&world.ctl.data_dir, "the stories").await;
    let door = door
        .expect("the door lets the stories in")
        .expect("an agent runs");
    let link = Command::LinkPeople {
        lync: carla.to_owned(),
        xmpp: "dora@xmpp.example".to_owned(),
        link: true,
        default: Network::Lync,
    };
    door.request(link).await.expect("they are joined");
}
