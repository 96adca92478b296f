//! Texts that wait for their readers, and people who are awaited.

use causeway_api::door::Client;
use causeway_api::{Command, DeliveryState, Desk as _, HowOften, Past, Reply};
use causeway_tests::agent::Agent;
use causeway_tests::cast::{BEN, CARLA, EMIL, World};
use causeway_tests::wait::until;

async fn door(world: &World) -> Client {
    Client::connect(&world.ctl.data_dir, "the stories")
        .await
        .expect("the door lets the stories in")
        .expect("an agent runs")
}

async fn last_text(world: &World, address: &str) -> Option<Past> {
    let address = format!("sip:{address}");
    match door(world).await.request(Command::Chat { address }).await {
        Ok(Reply::Chats { mut chats }) => chats.remove(0).last,
        other => panic!("no chat: {other:?}"),
    }
}

#[tokio::test]
async fn a_text_waits_for_its_reader_over_a_restart_and_is_sent_once() {
    let world = World::new().await;
    let mut agent = Agent::start(&world.ctl).await;
    let mut watch = world.ctl.stream(&["watch"]);
    watch.both_sides_ready().await;
    let emil = format!("sip:{EMIL}");
    let send = ["send", &emil, "when you are back", "--when-back"];
    let kept = world.ctl.run(&send).await.done();
    assert_eq!(kept["state"], "queued");
    watch
        .find("the text that waits", |event| {
            event["kind"] == "delivery" && event["state"] == "queued" && event["when_back"] == true
        })
        .await;
    let waiting = last_text(&world, EMIL).await.expect("it is in the chat");
    assert_eq!(
        (waiting.delivery, waiting.when_back),
        (Some(DeliveryState::Queued), true)
    );
    // Another text to the same person does not wait behind it.
    let failed = world.ctl.run(&["send", &emil, "right now"]).await;
    assert_eq!(failed.json["state"], "failed", "{failed:?}");
    agent.program.kill().await;

    let mut agent = Agent::start(&world.ctl).await;
    let waiting = door(&world)
        .await
        .request(Command::Chat {
            address: emil.clone(),
        })
        .await;
    assert!(matches!(waiting, Ok(Reply::Chats { .. })), "{waiting:?}");
    assert!(world.sim.inbox(EMIL).await.is_empty());
    world.sim.goes(EMIL, "Away", "", "").await;
    world.sim.goes(EMIL, "Online", "", "").await;
    world.sim.receives(EMIL, "when you are back").await;
    until("it is known that it arrived", async || {
        let door = door(&world).await;
        let history = Command::History {
            conversations: vec![format!("lync:{EMIL}")],
            before: None,
            around: None,
            after: None,
            limit: 10,
        };
        let Ok(Reply::History { messages, .. }) = door.request(history).await else {
            return None;
        };
        let text = messages
            .into_iter()
            .find(|past| past.message.text == "when you are back")?;
        (text.delivery == Some(DeliveryState::Delivered) && !text.when_back).then_some(())
    })
    .await;
    agent.program.kill().await;

    let _agent = Agent::start(&world.ctl).await;
    world.sim.goes(EMIL, "Offline", "", "").await;
    world.sim.goes(EMIL, "Online", "", "").await;
    world.ctl.run(&["send", &emil, "and now this"]).await.done();
    assert_eq!(
        world.sim.inbox(EMIL).await,
        ["when you are back", "and now this"],
        "once"
    );
}

#[tokio::test]
async fn a_text_that_waits_is_taken_back_or_sent_all_the_same() {
    let world = World::new().await;
    let _agent = Agent::start(&world.ctl).await;
    let carla = format!("sip:{CARLA}");
    world.sim.goes(CARLA, "DoNotDisturb", "", "").await;
    until("Carla is seen", async || {
        let seen = world.ctl.run(&["presence", &carla]).await.done();
        (seen["presence"][0]["availability"] == "do-not-disturb").then_some(())
    })
    .await;
    let mut watch = world.ctl.stream(&["watch"]);
    watch
        .find("Carla is not to be disturbed", |event| {
            event["kind"] == "presence"
                && event["address"] == carla
                && event["availability"] == "do-not-disturb"
        })
        .await;
    for text in ["never mind", "urgent after all", "some day"] {
        let kept = world.ctl.run(&["send", &carla, text, "--when-back"]).await;
        assert_eq!(kept.done()["state"], "queued", "{text}");
    }
    watch
        .find("the last text", |event| event["text"] == "some day")
        .await;
    let id = |text: &str| {
        let seen = watch.seen().iter();
        let mut texts = seen.filter(|event| event["kind"] == "message" && event["text"] == text);
        let event = texts.next().expect("the text was told");
        event["id"].as_str().expect("texts have ids").to_owned()
    };
    let door = door(&world).await;
    let discard = Command::Discard {
        id: id("never mind"),
    };
    assert_eq!(door.request(discard).await, Ok(Reply::Done));
    let now = Command::Retry {
        id: id("urgent after all"),
        when: causeway_api::SendWhen::Now,
    };
    assert_eq!(door.request(now).await, Ok(Reply::Done));
    until("the urgent text was tried", async || {
        let count = world
            .sim
            .count("anna@contoso.example", "startMessaging")
            .await;
        (count > 0).then_some(())
    })
    .await;
    world.sim.goes(CARLA, "Busy", "", "").await;
    world.sim.receives(CARLA, "some day").await;
    let arrived = world.sim.inbox(CARLA).await;
    assert!(!arrived.contains(&"never mind".to_owned()), "{arrived:?}");
}

#[tokio::test]
async fn our_person_is_told_when_somebody_becomes_available() {
    let world = World::new().await;
    let mut agent = Agent::start(&world.ctl).await;
    let look_out = async |how| {
        let wish = Command::TellWhenAvailable {
            address: format!("sip:{BEN}"),
            how,
        };
        door(&world).await.request(wish).await
    };
    let mut watch = world.ctl.stream(&["watch"]);
    watch.both_sides_ready().await;
    assert_eq!(look_out(Some(HowOften::Once)).await, Ok(Reply::Done));
    agent.program.kill().await;

    let _agent = Agent::start(&world.ctl).await;
    let mut watch = world.ctl.stream(&["watch"]);
    let ben = format!("sip:{BEN}");
    watch
        .find("that Ben is awaited", |event| {
            event["kind"] == "lookout" && event["address"] == ben && event["how"] == "once"
        })
        .await;
    watch
        .find("Ben's presence", |event| {
            event["kind"] == "presence" && event["address"] == ben
        })
        .await;
    world.sim.goes(BEN, "Online", "", "").await;
    let came = watch
        .find("that Ben is available", |event| {
            event["kind"] == "came-available"
        })
        .await;
    assert_eq!(
        (&came["address"], &came["name"]),
        (&ben.clone().into(), &"Ben Carter".into())
    );
    watch
        .find("that he is not awaited any more", |event| {
            event["kind"] == "lookout" && event["address"] == ben && event["how"].is_null()
        })
        .await;
}
