//! A Lync person writes, the text reaches an XMPP client, the answer comes back into the same Lync conversation.

use causeway_tests::cast::{ANNA, BEN, World};
use causeway_tests::person::Person;

#[tokio::test]
async fn a_lync_text_reaches_the_phone_and_the_answer_its_writer() {
    let world = World::new().await;
    let mut phone = Person::sign_in(&world.prosody, "phone").await;
    let mut bridge = world.ctl.stream(&["bridge", "run"]);
    bridge.both_sides_ready().await;

    world
        .sim
        .writes(BEN, ANNA, "Lunch at 12? ½ price & <b>free</b> coffee ☕")
        .await;
    let text = phone.receives("Lunch at 12?").await;
    assert_eq!(
        text.body,
        "Ben Carter: Lunch at 12? ½ price & <b>free</b> coffee ☕"
    );
    assert!(text.thread.is_some(), "the conversation is a thread");
    assert!(
        text.origin_id.is_some(),
        "the text has an id that survives (XEP-0359)"
    );

    let answer = phone.writes_in(
        "anna@xmpp.example",
        "Yes, 12:15 + dessert",
        text.thread.as_deref(),
    );
    world.sim.receives(BEN, "Yes, 12:15 + dessert").await;
    phone.is_confirmed(&answer).await;

    world.sim.writes(BEN, ANNA, "Fine").await;
    let next = phone.receives("Fine").await;
    assert_eq!(next.thread, text.thread, "it is the same conversation");

    for part in ["Lunch at 12?", "Fine"] {
        assert_eq!(phone.count(part), 1, "{part:?} came once");
    }
    assert_eq!(world.sim.inbox(BEN).await.len(), 1, "the answer came once");
    bridge
        .find("relayed", |event| {
            event["kind"] == "bridge" && event["action"] == "relayed"
        })
        .await;
    bridge
        .find("answered", |event| {
            event["kind"] == "bridge" && event["action"] == "answered"
        })
        .await;
    assert_eq!(
        bridge.program.terminate().await.code(),
        Some(0),
        "SIGTERM is an orderly end"
    );
}

#[tokio::test]
async fn a_text_that_cannot_be_delivered_comes_back_to_its_writer_with_the_reason() {
    let world = World::new().await;
    let mut phone = Person::sign_in(&world.prosody, "phone").await;
    let mut bridge = world.ctl.stream(&["bridge", "run"]);
    bridge.both_sides_ready().await;

    world.sim.writes(BEN, ANNA, "Are you there?").await;
    let text = phone.receives("Are you there?").await;
    world.sim.goes(BEN, "Offline", "", "").await;
    phone.writes_in("anna@xmpp.example", "I am now", text.thread.as_deref());

    let notice = phone.receives("Not delivered").await;
    assert!(
        notice.body.contains("Ben Carter"),
        "the notice names the person: {}",
        notice.body
    );
    bridge
        .find("bounced", |event| {
            event["kind"] == "bridge" && event["action"] == "bounced"
        })
        .await;
}

#[tokio::test]
async fn nothing_is_relayed_where_the_relay_is_off() {
    let world = World::with("relay_when = \"never\"").await;
    let mut phone = Person::sign_in(&world.prosody, "phone").await;
    let mut bridge = world.ctl.stream(&["bridge", "run"]);
    bridge.both_sides_ready().await;

    world.sim.writes(BEN, ANNA, "for Lync alone").await;
    bridge
        .find("the text", |event| {
            event["kind"] == "message" && event["text"] == "for Lync alone"
        })
        .await;
    world
        .ctl
        .run(&["send", "xmpp:phone@xmpp.example", "a later text"])
        .await
        .done();
    phone.receives("a later text").await;
    assert_eq!(phone.count("for Lync alone"), 0);
}

/// Everything that has ever broken on a way through XML, HTML, JSON or a data URI.
const NASTY: &str = "5 < 6 && \"q\" 'a' </body> ]]> %41+b \\n\tTab\nsecond line äöü 東京 👩‍👩‍👧‍👦";

#[tokio::test]
async fn every_character_survives_both_ways() {
    let world = World::new().await;
    let mut phone = Person::sign_in(&world.prosody, "phone").await;
    let mut bridge = world.ctl.stream(&["bridge", "run"]);
    bridge.both_sides_ready().await;
    world.sim.writes(BEN, ANNA, NASTY).await;
    let text = phone.receives("5 < 6").await;
    assert_eq!(text.body, format!("Ben Carter: {NASTY}"));
    phone.writes_in("anna@xmpp.example", NASTY, text.thread.as_deref());
    assert_eq!(world.sim.receives(BEN, "5 < 6").await, NASTY);
}

#[tokio::test]
async fn a_dialogue_keeps_its_order_and_nothing_comes_twice() {
    const TURNS: usize = 20;
    let world = World::new().await;
    let mut phone = Person::sign_in(&world.prosody, "phone").await;
    let mut bridge = world.ctl.stream(&["bridge", "run"]);
    bridge.both_sides_ready().await;
    for turn in 0..TURNS {
        let question = format!("question {turn}.");
        world.sim.writes(BEN, ANNA, &question).await;
        let thread = phone.receives(&question).await.thread;
        let answer = format!("answer {turn}.");
        phone.writes_in("anna@xmpp.example", &answer, thread.as_deref());
        world.sim.receives(BEN, &answer).await;
    }
    let answers: Vec<String> = (0..TURNS).map(|turn| format!("answer {turn}.")).collect();
    assert_eq!(world.sim.inbox(BEN).await, answers);
    assert_eq!(phone.count("question"), TURNS);
    assert_eq!(
        world.sim.count(ANNA, "startMessaging").await,
        0,
        "Ben opened the conversation, and every answer belongs into it"
    );
}
