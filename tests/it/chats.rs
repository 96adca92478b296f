//! What a screen asks for: chats, what was written, what is unread, drafts.

use causeway_api::door::Client;
use causeway_api::{Chat, Command, Desk as _, Past, Reply};
use causeway_tests::agent::Agent;
use causeway_tests::cast::{BEN, CARLA, EMIL, World};
use causeway_tests::person::Person;
use causeway_tests::wait::until;

async fn door(world: &World) -> Client {
    Client::connect(&world.ctl.data_dir, "the stories")
        .await
        .expect("the door lets the stories in")
        .expect("an agent runs")
}

async fn chats(door: &Client, command: Command) -> Vec<Chat> {
    let reply = door.request(command).await;
    let Ok(Reply::Chats { chats }) = reply else {
        panic!("not chats: {reply:?}")
    };
    chats
}

async fn texts(door: &Client, command: Command) -> Vec<Past> {
    let reply = door.request(command).await;
    let Ok(Reply::History { texts, .. }) = reply else {
        panic!("not a history: {reply:?}")
    };
    texts
}

/// The chat with Ben, when so many of its texts are unread.
async fn ben_with_unread(door: &Client, count: u32) -> Chat {
    until(&format!("{count} unread texts of Ben"), async || {
        let list = chats(door, Command::Chats).await;
        list.into_iter()
            .find(|chat| chat.address == format!("sip:{BEN}") && chat.unread == count)
    })
    .await
}

#[tokio::test]
async fn a_chat_is_unread_until_it_is_read_or_answered_from_the_phone_and_that_survives_a_restart()
{
    let world = World::new().await;
    let mut phone = Person::sign_in(&world.prosody, "phone").await;
    let mut agent = Agent::start(&world.ctl).await;
    let mut watch = world.ctl.stream(&["watch"]);
    watch.both_sides_ready().await;
    world
        .sim
        .writes(BEN, "anna@contoso.example", "first text")
        .await;
    world
        .sim
        .writes(CARLA, "anna@contoso.example", "of Carla")
        .await;
    let relayed = phone.receives("first text").await;
    let door_now = door(&world).await;
    let ben = ben_with_unread(&door_now, 1).await;
    assert_eq!(ben.last.as_ref().unwrap().message.text, "first text");
    watch
        .find("the change", |event| {
            event["kind"] == "unread"
                && event["count"] == 1
                && event["conversation"] == ben.conversation
        })
        .await;

    // Answered on the phone: whoever answers has read.
    phone.writes_in(
        &causeway_tests::person::address("anna").to_string(),
        "on my way",
        relayed.thread.as_deref(),
    );
    world.sim.receives(BEN, "on my way").await;
    let answered = ben_with_unread(&door_now, 0).await;
    let last = answered.last.unwrap();
    assert_eq!(last.message.text, "on my way");
    assert!(last.bridged, "{last:?}");

    world
        .sim
        .writes(BEN, "anna@contoso.example", "second text")
        .await;
    ben_with_unread(&door_now, 1).await;
    let draft = Command::SaveDraft {
        conversation: ben.conversation.clone(),
        text: "not yet sent".into(),
    };
    door_now.request(draft).await.unwrap();
    agent.program.kill().await;

    let _agent = Agent::start(&world.ctl).await;
    let door_now = door(&world).await;
    let list = chats(&door_now, Command::Chats).await;
    assert!(
        !list.iter().any(|chat| chat.address.contains("phone")),
        "the phone is our person: {list:?}"
    );
    assert_eq!(ben_with_unread(&door_now, 1).await.draft, "not yet sent");
    let read = Command::MarkRead {
        conversation: ben.conversation.clone(),
    };
    door_now.request(read).await.unwrap();
    ben_with_unread(&door_now, 0).await;
    let past = texts(
        &door_now,
        Command::History {
            conversation: ben.conversation,
            before: None,
            limit: 10,
        },
    )
    .await;
    let told: Vec<_> = past.iter().map(|past| past.message.text.as_str()).collect();
    assert_eq!(told, ["first text", "on my way", "second text"]);
    assert!(past[0].relayed.is_some(), "{:?}", past[0]);
    let search = |text: &str| Command::SearchHistory {
        text: text.into(),
        limit: 10,
    };
    assert_eq!(texts(&door_now, search("carl")).await.len(), 1);
    assert_eq!(texts(&door_now, search("carla first")).await.len(), 0);
}

#[tokio::test]
async fn a_text_that_failed_stays_with_its_reason_until_it_is_taken_out() {
    let world = World::new().await;
    let _agent = Agent::start(&world.ctl).await;
    let door = door(&world).await;
    let send = Command::Send {
        address: format!("sip:{EMIL}"),
        text: "are you there".into(),
    };
    let Reply::Sent(sent) = door.request(send).await.unwrap() else {
        panic!("not an answer to Send");
    };
    let emil = || Command::Chat {
        address: format!("sip:{EMIL}"),
    };
    let last = chats(&door, emil()).await.remove(0).last.unwrap();
    assert_eq!(last.state, Some(causeway_api::DeliveryState::Failed));
    assert!(last.reason.is_some_and(|reason| !reason.is_empty()));
    let discard = || Command::Discard {
        id: sent.id.clone(),
    };
    door.request(discard()).await.unwrap();
    assert_eq!(chats(&door, emil()).await.remove(0).last, None);
    assert!(door.request(discard()).await.is_err(), "it is gone");
}
