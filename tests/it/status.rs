//! Own status, kept equal on both sides without loops.

use causeway_tests::cast::{ANNA, World};
use causeway_tests::person::Person;
use causeway_tests::wait::until;
use causeway_xmpp::{Command, Show};
use serde_json::Value;

#[tokio::test]
async fn a_status_set_here_shows_in_both_networks() {
    let world = World::new().await;
    let mut bridge = world.ctl.stream(&["bridge", "run"]);
    bridge.both_sides_ready().await;
    // Another client of Anna's XMPP account sees what the bridge shows.
    let mut desk = Person::sign_in(&world.prosody, "anna").await;
    world
        .ctl
        .run(&["status", "set", "do-not-disturb", "--note", "Writing"])
        .await
        .done();
    let shown = desk
        .sees("anna@xmpp.example", |presence| presence.show == Show::Dnd)
        .await;
    assert_eq!(shown.status, "Writing");
    let seen = world
        .ctl
        .run(&["presence", &format!("sip:{ANNA}")])
        .await
        .done();
    assert_eq!(seen["presence"][0]["availability"], "do-not-disturb");
}

#[tokio::test]
async fn a_row_of_the_status_table_changes_at_once_what_xmpp_sees() {
    let world = World::new().await;
    let mut bridge = world.ctl.stream(&["bridge", "run"]);
    bridge.both_sides_ready().await;
    let mut desk = Person::sign_in(&world.prosody, "anna").await;
    world.ctl.run(&["status", "set", "busy"]).await.done();
    desk.sees("anna@xmpp.example", |presence| presence.show == Show::Dnd)
        .await;
    let rows = r#"[{"show":"away","lync":"busy","direction":"to-xmpp","text":"In a huddle"}]"#;
    world
        .ctl
        .run(&["config", "set", "bridge.table", rows])
        .await
        .done();
    let shown = desk
        .sees("anna@xmpp.example", |presence| presence.show == Show::Away)
        .await;
    assert_eq!(shown.status, "In a huddle");
}

#[tokio::test]
async fn a_status_chosen_in_an_xmpp_client_shows_in_lync_and_does_not_come_back() {
    let world = World::new().await;
    let mut bridge = world.ctl.stream(&["bridge", "run"]);
    bridge.both_sides_ready().await;
    let desk = Person::sign_in(&world.prosody, "anna").await;
    desk.shows(Show::Dnd, "On the phone");
    until("Lync shows it", async || {
        let status = world.ctl.run(&["status", "get"]).await.done();
        (status["availability"] == "do-not-disturb" && status["note"] == "On the phone")
            .then_some(())
    })
    .await;
    let count = world.sim.requests().await.len();
    desk.command(Command::ChatState {
        to: "dora@xmpp.example".parse().unwrap(),
        composing: true,
    });
    world
        .ctl
        .run(&["send", "xmpp:dora@xmpp.example", "meanwhile"])
        .await
        .done();
    let posts = world.sim.requests().await[count..]
        .iter()
        .filter(|request| {
            request["method"] == "POST"
                && (request["rel"] == "presence" || request["rel"] == "note")
        })
        .cloned()
        .collect::<Vec<_>>();
    assert!(posts.is_empty(), "nothing is written back: {posts:#?}");
}

#[tokio::test]
async fn a_status_with_an_end_reverts_by_itself() {
    let world = World::new().await;
    let mut bridge = world.ctl.stream(&["bridge", "run"]);
    bridge.both_sides_ready().await;
    let end = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(12);
    let set = world
        .ctl
        .run(&["status", "set", "away", "--until", &end.to_string()])
        .await
        .done();
    assert_eq!(set["availability"], "away");
    assert!(set["until"].is_string());
    until("the end", async || {
        (world.ctl.run(&["status", "get"]).await.done()["availability"] == "available")
            .then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_note_is_answered_as_it_was_set_told_once_with_its_status_and_goes_with_it() {
    let world = World::new().await;
    let mut bridge = world.ctl.stream(&["bridge", "run"]);
    bridge.both_sides_ready().await;
    // What the sign-in itself told may come behind it.
    let mut before = ("available", "");
    for (arguments, availability, note) in [
        (&["set", "busy", "--note", "first"][..], "busy", "first"),
        (&["set", "busy", "--note", "second"], "busy", "second"),
        (&["set", "away", "--note", ""], "away", ""),
        (&["set", "busy", "--note", "third"], "busy", "third"),
        (&["reset"], "available", ""),
    ] {
        let status = world.ctl.run(&[&["status"], arguments].concat()).await;
        let status = status.done();
        assert_eq!(
            (
                status["availability"].as_str(),
                status["note"].as_str().unwrap_or_default()
            ),
            (Some(availability), note),
            "{arguments:?}"
        );
        let own = format!("sip:{ANNA}");
        let value = |event: &Value| {
            let text = |key: &str| event[key].as_str().unwrap_or_default().to_owned();
            (text("availability"), text("note"))
        };
        let told = bridge
            .next("the own presence", |event| {
                event["kind"] == "presence"
                    && event["address"] == own.as_str()
                    && value(event) != (before.0.to_owned(), before.1.to_owned())
            })
            .await;
        assert_eq!(
            (
                told["availability"].as_str(),
                told["note"].as_str().unwrap_or_default()
            ),
            (Some(availability), note),
            "one event for {arguments:?}, with value and note"
        );
        before = (availability, note);
    }
}

#[tokio::test]
async fn a_status_set_without_anybody_to_keep_it_says_that_it_does_not_last() {
    let world = World::new().await;
    let set = world.ctl.run(&["status", "set", "busy"]).await;
    assert_eq!(
        (set.exit, &set.json["lasts"]),
        (0, &serde_json::json!(false))
    );
    assert!(set.stderr.contains("ends with this command"), "{set:?}");
    let refused = world
        .ctl
        .run(&["status", "set", "busy", "--until", "23:59:59"])
        .await;
    assert_eq!((refused.exit, refused.code()), (2, "CW-4001"));

    let mut bridge = world.ctl.stream(&["bridge", "run"]);
    bridge.both_sides_ready().await;
    let set = world.ctl.run(&["status", "set", "busy"]).await.done();
    assert_eq!(set["lasts"], true);
}
