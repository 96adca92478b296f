//! Signing in: refused passwords are sent once, bad servers are named, watching changes nothing.

use causeway_tests::cast::{ANNA, BEN, CARLA, EMIL, Solo, World, secret};
use causeway_tests::sim::{Sim, free_port};
use serde_json::{Value, json};

fn refused<'a>(side: &'a str) -> impl Fn(&Value) -> bool + 'a {
    move |event| {
        event["kind"] == "state" && event["side"] == side && event["error"]["code"].is_string()
    }
}

#[tokio::test]
async fn a_refused_lync_password_is_sent_once() {
    let world = World::new().await;
    world.forget_password("lync");
    let mut bridge = world.ctl.stream(&["bridge", "run"]);
    let event = bridge.find("the refusal", refused("lync")).await;
    assert_eq!(event["error"]["code"], "CW-1201");
    // The other side goes on, which also gives a storm the time to show.
    bridge
        .find("xmpp ready", |event| {
            event["kind"] == "state"
                && event["side"] == "xmpp"
                && event["state"]
                    .as_str()
                    .is_some_and(|state| state.starts_with("ready"))
        })
        .await;
    world
        .ctl
        .run(&["send", "xmpp:dora@xmpp.example", "hi"])
        .await
        .done();
    let requests = world.sim.requests().await;
    let tries = requests
        .iter()
        .filter(|request| request["status"] == 400 && request["method"] == "POST")
        .count();
    assert_eq!(tries, 1, "{requests:#?}");
}

#[tokio::test]
async fn beside_a_bridge_whose_password_is_refused_verbs_say_so() {
    let world = World::new().await;
    world.forget_password("lync");
    let mut bridge = world.ctl.stream(&["bridge", "run"]);
    bridge.find("the refusal", refused("lync")).await;
    for arguments in [["contacts"].as_slice(), &["status", "get"]] {
        let answer = world.ctl.run(arguments).await;
        assert_eq!(
            (answer.exit, answer.code()),
            (3, "CW-1201"),
            "{arguments:?}: {answer:?}"
        );
    }
    let contacts = world.ctl.run(&["contacts"]).await;
    assert!(contacts.json["people"].is_array(), "{contacts:?}");
    assert_eq!(contacts.json["links"][0]["state"], "refused");
    let file = world.dir.path().join("lync.password");
    let remedy = contacts.json["error"]["remedy"].to_string();
    assert!(remedy.contains(&file.display().to_string()), "{contacts:?}");

    secret(&file, &world.sim.account("anna").password);
    let login = world.ctl.run(&["login"]).await.done();
    assert_eq!(login["signing_in"][0]["side"], "lync", "{login}");
    bridge
        .next("lync ready", |event| {
            event["kind"] == "state"
                && event["side"] == "lync"
                && event["state"] == "ready-available"
        })
        .await;
}

#[tokio::test]
async fn a_refused_xmpp_password_is_sent_once() {
    let world = World::new().await;
    world.forget_password("xmpp");
    let mut bridge = world.ctl.stream(&["bridge", "run"]);
    let event = bridge.find("the refusal", refused("xmpp")).await;
    assert_eq!(event["error"]["code"], "CW-2001");
    bridge
        .find("lync ready", |event| {
            event["kind"] == "state"
                && event["side"] == "lync"
                && event["state"]
                    .as_str()
                    .is_some_and(|state| state.starts_with("ready"))
        })
        .await;
    world.ctl.run(&["send", BEN, "hi"]).await.done();
    let log = world.prosody.log();
    assert_eq!(log.matches("]: <auth ").count(), 1, "one attempt");
}

#[tokio::test]
async fn watch_only_never_touches_the_own_presence() {
    let world = World::new().await;
    let text = std::fs::read_to_string(&world.ctl.config)
        .unwrap()
        .replace("[xmpp]", "mode = \"watch-only\"\n\n[xmpp]");
    // The key belongs to the table before.
    let text = text.replace("\n\nmode = ", "\nmode = ");
    std::fs::write(&world.ctl.config, text).unwrap();
    let mut bridge = world.ctl.stream(&["bridge", "run"]);
    bridge
        .find("watching", |event| {
            event["kind"] == "state"
                && event["side"] == "lync"
                && event["state"] == "ready-watching"
        })
        .await;
    let contacts = world.ctl.run(&["contacts"]).await.done();
    assert!(
        contacts["people"]
            .as_array()
            .is_some_and(|people| people.len() >= 3)
    );
    let set = world.ctl.run(&["status", "set", "busy"]).await;
    assert_eq!(set.exit, 5, "{set:?}");
    for request in world.sim.requests().await {
        let kind = request.to_string();
        assert!(
            !kind.contains("makeMeAvailable") && !kind.contains("reportMyActivity"),
            "{kind}"
        );
    }
}

#[tokio::test]
async fn two_clients_of_one_person_share_the_work() {
    let world = World::new().await;
    let mut bridge = world.ctl.stream(&["bridge", "run"]);
    bridge.both_sides_ready().await;
    let mut second = world.ctl.clone();
    second.data_dir = world.dir.path().join("second");
    second.config = world.dir.path().join("second.toml");
    let text = std::fs::read_to_string(&world.ctl.config).unwrap();
    std::fs::write(
        &second.config,
        text.split("[xmpp]").next().unwrap_or_default(),
    )
    .unwrap();
    let mut other = second.stream(&["bridge", "run"]);
    other
        .find("the second client", |event| {
            event["kind"] == "state"
                && event["side"] == "lync"
                && event["state"] == "ready-available"
        })
        .await;

    world.sim.writes(BEN, ANNA, "to whichever answers").await;
    let taken =
        |event: &Value| event["kind"] == "message" && event["text"] == "to whichever answers";
    tokio::select! {
        _ = bridge.find("the text", taken) => {}
        _ = other.find("the text", taken) => {}
    }
    // Both are still there, and a text from either reaches Ben.
    world.ctl.run(&["send", BEN, "from the first"]).await.done();
    second.run(&["send", BEN, "from the second"]).await.done();
    let inbox = world.sim.inbox(BEN).await;
    assert!(
        inbox.iter().any(|text| text == "from the first")
            && inbox.iter().any(|text| text == "from the second"),
        "{inbox:?}"
    );
    let seen = bridge
        .seen()
        .iter()
        .chain(other.seen())
        .filter(|event| taken(event))
        .count();
    assert_eq!(seen, 1, "one of the two took it");
}

#[tokio::test]
async fn an_unknown_certificate_is_named() {
    let world = World::new().await;
    let text = std::fs::read_to_string(&world.ctl.config).unwrap();
    let text: String = text
        .lines()
        .filter(|line| !line.starts_with("ca_file"))
        .map(|line| format!("{line}\n"))
        .collect();
    std::fs::write(&world.ctl.config, text).unwrap();
    let check = world.ctl.run(&["check"]).await;
    assert_eq!((check.exit, check.code()), (4, "CW-1102"), "{check:?}");
    let contacts = world.ctl.run(&["contacts"]).await;
    for answer in [&check, &contacts] {
        assert_eq!(
            answer.json["error"]["step"], "checking-certificate",
            "{answer:?}"
        );
    }
    let steps = check.json["steps"].as_array().cloned().unwrap_or_default();
    let xmpp = steps
        .iter()
        .find(|step| step["side"] == "xmpp" && step["state"] == "fail");
    assert_eq!(
        xmpp.map(|step| (&step["code"], &step["step"])),
        Some((
            &Value::from("CW-2002"),
            &Value::from("checking-certificate")
        )),
        "{steps:#?}"
    );
}

#[tokio::test]
async fn a_certificate_that_ends_soon_is_a_warning() {
    let sim = Sim::at(free_port(), &["--certificate", "ends-soon"]).await;
    let check = Solo::at(&sim).ctl.run(&["check"]).await.done();
    let steps = check["steps"].as_array().cloned().unwrap_or_default();
    let warned: Vec<&Value> = steps
        .iter()
        .filter(|step| step["state"] == "warn")
        .collect();
    let [warning] = warned.as_slice() else {
        panic!("{steps:#?}");
    };
    assert_eq!(warning["step"], "checking-certificate");
    assert_eq!(warning["code"], "CW-1101");
    assert_eq!(warning["detail"]["cause"], "ends-soon", "{warning:#}");
}

#[tokio::test]
async fn a_web_page_in_place_of_the_server_is_named() {
    let world = World::new().await;
    world.sim.fault(json!({"what": "html", "count": 20})).await;
    let check = world.ctl.run(&["check"]).await;
    assert_eq!((check.exit, check.code()), (4, "CW-1004"), "{check:?}");
}

#[tokio::test]
async fn broken_answers_and_strange_events_are_survived() {
    let world = World::new().await;
    let mut bridge = world.ctl.stream(&["bridge", "run"]);
    bridge.both_sides_ready().await;
    // An acceptance is needed only for a conversation's first text.
    for (what, on, writer) in [
        ("oversize-body", Some("accept"), BEN),
        ("garbage-json", Some("accept"), CARLA),
        ("html", Some("accept"), EMIL),
        ("garbage-json", Some("events"), BEN),
        ("oversize-body", Some("events"), BEN),
        ("unknown-event", None, BEN),
        ("bad-data-uri", None, BEN),
        ("resync", None, BEN),
    ] {
        let fault = match on {
            Some(on) => json!({"what": what, "count": 1, "on": on}),
            None => json!({"what": what, "count": 1}),
        };
        world.sim.fault(fault).await;
        let text = format!("after {what} on {on:?}");
        if what == "bad-data-uri" {
            world.sim.writes(writer, ANNA, "not to be read").await;
        }
        world.sim.writes(writer, ANNA, &text).await;
        bridge
            .find(&text, |event| {
                event["kind"] == "message" && event["text"] == text.as_str()
            })
            .await;
    }
}

#[tokio::test]
async fn a_silent_server_is_named_and_not_waited_for_without_end() {
    let world = World::new().await;
    world
        .sim
        .fault(json!({"what": "silent", "count": 50}))
        .await;
    let check = world.ctl.run(&["check"]).await;
    assert!([4, 6].contains(&check.exit), "{check:?}");
    assert_eq!(check.json["error"]["step"], "finding-server", "{check:?}");
    assert!(
        check.json["error"]["remedy"]
            .as_str()
            .is_some_and(|remedy| !remedy.is_empty()),
        "{check:?}"
    );
}
