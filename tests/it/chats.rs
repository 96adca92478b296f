//! What a screen asks for: chats, what was written, what is unread, drafts.

use causeway_api::door::Client;
use causeway_api::{Chat, Command, Desk as _, Past, Reply, SendWhen};
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
    match reply {
        Ok(Reply::History { messages, .. }) => messages,
        Ok(Reply::Hits { hits, .. }) => hits.into_iter().map(|hit| hit.message).collect(),
        other => panic!("no texts: {other:?}"),
    }
}

/// The other person where the chat goes on.
fn address(chat: &Chat) -> &str {
    &chat.conversations[0].address
}

/// The chat with Ben, when so many of its texts are unread.
async fn ben_with_unread(door: &Client, count: u32) -> Chat {
    until(&format!("{count} unread texts of Ben"), async || {
        let list = chats(door, Command::Chats).await;
        list.into_iter()
            .find(|chat| address(chat) == format!("sip:{BEN}") && chat.unread == count)
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
                && event["conversation"] == ben.conversations[0].id
        })
        .await;

    let card = Command::Card {
        address: format!("sip:{BEN}"),
    };
    let Ok(Reply::Card(card)) = door_now.request(card).await else {
        panic!("not a card");
    };
    assert_eq!(
        (card.title.as_deref(), card.office.as_deref()),
        (Some("Architect"), Some("3.12"))
    );
    assert_eq!(card.phones[0].number, "+4681234567");

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
    assert_eq!(last.via.map(|via| via.side), Some(causeway_api::Side::Xmpp));

    world
        .sim
        .writes(BEN, "anna@contoso.example", "second text")
        .await;
    ben_with_unread(&door_now, 1).await;
    let draft = Command::SaveDraft {
        conversation: ben.conversations[0].id.clone(),
        text: "not yet sent".into(),
    };
    door_now.request(draft).await.unwrap();
    agent.program.kill().await;

    let _agent = Agent::start(&world.ctl).await;
    let door_now = door(&world).await;
    let list = chats(&door_now, Command::Chats).await;
    assert!(
        !list.iter().any(|chat| address(chat).contains("phone")),
        "the phone is our person: {list:?}"
    );
    assert_eq!(ben_with_unread(&door_now, 1).await.draft, "not yet sent");
    let read = Command::MarkRead {
        conversations: vec![ben.conversations[0].id.clone()],
        up_to: None,
    };
    door_now.request(read).await.unwrap();
    ben_with_unread(&door_now, 0).await;
    let past = texts(
        &door_now,
        Command::History {
            conversations: vec![ben.conversations[0].id.clone()],
            before: None,
            around: None,
            after: None,
            limit: 10,
        },
    )
    .await;
    let told: Vec<_> = past.iter().map(|past| past.message.text.as_str()).collect();
    assert_eq!(told, ["first text", "on my way", "second text"]);
    assert!(past[0].via.is_some(), "{:?}", past[0]);
    let search = |text: &str| Command::SearchHistory {
        text: text.into(),
        conversations: None,
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
        token: None,
        address: format!("sip:{EMIL}"),
        text: "are you there".into(),
        when: SendWhen::Now,
    };
    let Reply::Sent(sent) = door.request(send).await.unwrap() else {
        panic!("not an answer to Send");
    };
    let emil = || Command::Chat {
        address: format!("sip:{EMIL}"),
    };
    let last = chats(&door, emil()).await.remove(0).last.unwrap();
    assert_eq!(last.delivery, Some(causeway_api::DeliveryState::Failed));
    assert!(last.reason.is_some_and(|reason| !reason.is_empty()));
    // Sent again it is a new text in the place of the old one.
    let retry = Command::Retry {
        id: sent.id.clone(),
        when: SendWhen::Now,
    };
    let reply = door.request(retry).await;
    let Ok(Reply::Sent(again)) = reply else {
        panic!("not an answer to Retry: {reply:?}");
    };
    let discard = |id: &str| Command::Discard { id: id.into() };
    assert!(
        door.request(discard(&sent.id)).await.is_err(),
        "the old one is gone"
    );
    let last = chats(&door, emil()).await.remove(0).last.unwrap();
    assert_eq!(
        (last.message.id.as_str(), last.message.text.as_str()),
        (again.id.as_str(), "are you there")
    );
    door.request(discard(&again.id)).await.unwrap();
    assert_eq!(chats(&door, emil()).await.remove(0).last, None);
}
