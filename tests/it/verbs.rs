//! `causewayctl` as a script uses it: documents and exit codes of the contract.

use causeway_tests::cast::{ANNA, BEN, CARLA, EMIL, World};
use causeway_tests::person::Person;
use causeway_tests::sim::free_port;
use serde_json::Value;

fn person<'a>(people: &'a Value, address: &str) -> &'a Value {
    let sip = format!("sip:{address}");
    let list = people["people"].as_array().expect("people is a list");
    list.iter()
        .find(|person| person["addresses"]["lync"] == sip)
        .unwrap_or_else(|| panic!("{address} is not in {people}"))
}

#[tokio::test]
async fn contacts_have_names_groups_and_presence() {
    let world = World::new().await;
    let people = world.ctl.run(&["contacts"]).await.done();
    let ben = person(&people, BEN);
    assert_eq!(ben["name"], "Ben Carter");
    assert_eq!(ben["availability"], "busy");
    assert_eq!(ben["activity"], "in-a-meeting");
    assert_eq!(ben["note"], "Review until three");
    assert_eq!(ben["default"], "lync");
    assert_eq!(
        person(&people, CARLA)["groups"],
        serde_json::json!(["Project Atlas"])
    );
    assert_eq!(person(&people, EMIL)["availability"], "offline");
}

#[tokio::test]
async fn presence_of_people_in_and_outside_the_list() {
    let world = World::new().await;
    let answer = world
        .ctl
        .run(&[
            "presence",
            BEN,
            &format!("sip:{ANNA}"),
            "nobody@contoso.example",
        ])
        .await
        .done();
    let presence = answer["presence"].as_array().expect("a list");
    assert_eq!(presence.len(), 3, "one for each address, in order");
    assert_eq!(presence[0]["address"], format!("sip:{BEN}"));
    assert_eq!(presence[0]["availability"], "busy");
    assert_eq!(presence[2]["availability"], "unknown");
}

#[tokio::test]
async fn search_finds_people_of_the_directory() {
    let world = World::new().await;
    let found = world.ctl.run(&["search", "Diaz"]).await.done();
    assert_eq!(person(&found, CARLA)["name"], "Carla Diaz");
    assert_eq!(found["more"], false);
    let none = world.ctl.run(&["search", "zzzzz"]).await.done();
    assert_eq!(none["people"], serde_json::json!([]));
}

#[tokio::test]
async fn send_tells_what_became_of_the_text() {
    let world = World::new().await;
    let sent = world.ctl.run(&["send", BEN, "one & only"]).await.done();
    assert_eq!(sent["state"], "delivered");
    assert_eq!(world.sim.inbox(BEN).await, ["one & only"]);

    let offline = world
        .ctl
        .run(&["send", &format!("sip:{EMIL}"), "hello?"])
        .await;
    assert_eq!(offline.exit, 7, "{offline:?}");
    assert_eq!(offline.json["state"], "failed");
    assert!(
        offline.json["reason"]
            .as_str()
            .is_some_and(|reason| !reason.is_empty())
    );

    let mut dora = Person::sign_in(&world.prosody, "dora").await;
    let sent = world
        .ctl
        .run(&["send", "xmpp:dora@xmpp.example", "over there"])
        .await
        .done();
    assert_eq!(dora.receives("over there").await.body, "over there");
    assert!(
        ["sent", "delivered"].contains(&sent["state"].as_str().unwrap_or_default()),
        "{sent}"
    );
}

#[tokio::test]
async fn own_status_is_set_and_reset_beside_a_running_bridge() {
    let world = World::new().await;
    let mut bridge = world.ctl.stream(&["bridge", "run"]);
    bridge.both_sides_ready().await;
    let set = world
        .ctl
        .run(&["status", "set", "busy", "--note", "Heads down"])
        .await
        .done();
    assert_eq!(set["availability"], "busy");
    let get = world.ctl.run(&["status", "get"]).await.done();
    assert_eq!(
        (&get["availability"], &get["note"]),
        (&Value::from("busy"), &Value::from("Heads down"))
    );
    let reset = world.ctl.run(&["status", "reset"]).await.done();
    assert_eq!(reset["availability"], "available");
}

#[tokio::test]
async fn watch_prints_numbered_events() {
    let world = World::new().await;
    let mut bridge = world.ctl.stream(&["bridge", "run"]);
    bridge.both_sides_ready().await;
    let mut watch = world.ctl.stream(&["watch"]);
    watch.both_sides_ready().await;
    world
        .sim
        .goes(CARLA, "DoNotDisturb", "presenting", "on stage")
        .await;
    watch
        .next("Carla's presence", |event| {
            event["kind"] == "presence"
                && event["address"] == format!("sip:{CARLA}")
                && event["availability"] == "do-not-disturb"
        })
        .await;
    world.sim.writes(BEN, ANNA, "watch this").await;
    let message = watch
        .find("Ben's text", |event| {
            event["kind"] == "message" && event["text"] == "watch this"
        })
        .await;
    assert_eq!(
        (&message["side"], &message["direction"]),
        (&Value::from("lync"), &Value::from("in"))
    );
    assert_eq!(message["from"], format!("sip:{BEN}"));
    for (index, event) in watch.seen().iter().enumerate() {
        assert_eq!(
            event["seq"].as_u64(),
            Some(index as u64 + 1),
            "seq grows by one"
        );
        assert!(event["at"].is_string());
    }
}

#[tokio::test]
async fn check_walks_the_ladder_of_both_sides() {
    let world = World::new().await;
    let report = world.ctl.run(&["check"]).await.done();
    let steps = report["steps"].as_array().expect("steps");
    for side in ["lync", "xmpp"] {
        for step in [
            "finding-server",
            "checking-certificate",
            "asking-methods",
            "signing-in",
            "opening-session",
            "loading-contacts",
        ] {
            let found = steps
                .iter()
                .find(|entry| entry["side"] == side && entry["step"] == step);
            let found = found.unwrap_or_else(|| panic!("{side} {step} is missing in {report}"));
            assert_eq!(found["state"], "ok", "{found}");
            assert!(
                found["ms"].is_u64() && found["detail"].is_object() && found["message"].is_string()
            );
        }
    }
}

#[tokio::test]
async fn failures_have_their_codes_and_exit_codes() {
    let world = World::new().await;
    world.forget_password("lync");
    let refused = world.ctl.run(&["contacts"]).await;
    assert_eq!(
        (refused.exit, refused.code()),
        (3, "CW-1201"),
        "{refused:?}"
    );
    for field in ["step", "message", "remedy"] {
        assert!(
            refused.json["error"][field]
                .as_str()
                .is_some_and(|text| !text.is_empty()),
            "{refused:?}"
        );
    }
    let check = world.ctl.run(&["check"]).await;
    assert_eq!((check.exit, check.code()), (3, "CW-1201"), "{check:?}");
    assert!(check.json["steps"].is_array());

    let usage = world.ctl.run(&["status", "set", "sleepy"]).await;
    assert_eq!(usage.exit, 2, "{usage:?}");

    let nowhere = format!(
        "[lync]\naddress = \"anna@contoso.example\"\ndiscovery_url = \"https://127.0.0.1:{}/\"\npassword_file = \"{}\"\n",
        free_port(),
        world.dir.path().join("lync.password").display(),
    );
    std::fs::write(&world.ctl.config, nowhere).unwrap();
    let unreachable = world.ctl.run(&["contacts"]).await;
    assert_eq!(unreachable.exit, 4, "{unreachable:?}");

    std::fs::write(&world.ctl.config, "[lync]\nmode = \"sometimes\"\n").unwrap();
    let config = world.ctl.run(&["config", "check"]).await;
    assert_eq!(config.exit, 2, "{config:?}");
}
