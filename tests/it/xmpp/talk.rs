//! Texts, receipts, typing, carbons, contacts.

use causeway_tests::prosody::Prosody;
use causeway_xmpp::{Command, Event, RosterItem, Show};
use jid::Jid;

use super::client::{ACCOUNTS, Client, jid, settings};

#[tokio::test]
async fn a_text_arrives_once_and_is_confirmed_by_server_and_reader() {
    let prosody = Prosody::start(ACCOUNTS).await;
    let alice = settings(&prosody, "alice");
    let bob = settings(&prosody, "bob");
    let (mut alice, mut bob) = tokio::join!(Client::online(alice), Client::online(bob));
    let body = "Hello <b>&amp; \u{1F44B}\u{0007}\n> quoted";
    alice.link.send(Command::Send {
        id: "m1".to_owned(),
        to: jid("bob").into(),
        body: body.to_owned(),
        thread: Some("t1".to_owned()),
        delayed: None,
    });
    alice.acked("m1").await;
    let shown = body.replace('\u{0007}', "\u{FFFD}");
    let message = bob.message(&shown).await;
    assert_eq!(message.from.to_bare(), jid("alice"));
    assert_eq!(message.id.as_deref(), Some("m1"));
    assert_eq!(message.origin_id.as_deref(), Some("m1"));
    assert_eq!(message.thread.as_deref(), Some("t1"));
    assert!(message.wants_receipt && !message.carbon && !message.archived);
    assert!(message.stanza_id.is_some());
    bob.link.send(Command::Receipt {
        to: message.from,
        id: "m1".to_owned(),
    });
    let reader = alice
        .event("the receipt", |event| match event {
            Event::Received { from, id } if id == "m1" => Some(from.to_bare()),
            _ => None,
        })
        .await;
    assert_eq!(reader, jid("bob"));
    assert_eq!(bob.more(&shown), 0);
}

#[tokio::test]
async fn a_text_to_nobody_comes_back() {
    let prosody = Prosody::start(ACCOUNTS).await;
    let mut alice = Client::online(settings(&prosody, "alice")).await;
    alice.say("m1", jid("nobody"), "hello?");
    let condition = alice
        .event("the bounce", |event| match event {
            Event::Bounced { id, condition, .. } if id == "m1" => Some(condition.clone()),
            _ => None,
        })
        .await;
    assert_eq!(condition, "service-unavailable");
}

#[tokio::test]
async fn the_other_client_of_an_account_sees_both_directions() {
    let prosody = Prosody::start(ACCOUNTS).await;
    let mut desk = settings(&prosody, "alice");
    desk.resource = Some("desk".to_owned());
    let mut phone = settings(&prosody, "alice");
    phone.resource = Some("phone".to_owned());
    let bob = settings(&prosody, "bob");
    let (desk, mut phone, mut bob) = tokio::join!(
        Client::online(desk),
        Client::online(phone),
        Client::online(bob)
    );
    desk.say("m1", jid("bob"), "from the desk");
    let sent = phone.message("from the desk").await;
    assert!(sent.carbon && !sent.wants_receipt);
    assert_eq!(sent.from.to_bare(), jid("alice"));
    assert_eq!(sent.to.to_bare(), jid("bob"));
    let read = bob.message("from the desk").await;
    assert!(!read.carbon);
    bob.say("m2", read.from, "to the desk");
    let received = phone.message("to the desk").await;
    assert!(received.carbon);
    assert_eq!(received.from.to_bare(), jid("bob"));
}

#[tokio::test]
async fn typing_is_seen() {
    let prosody = Prosody::start(ACCOUNTS).await;
    let alice = settings(&prosody, "alice");
    let bob = settings(&prosody, "bob");
    let (mut alice, bob) = tokio::join!(Client::online(alice), Client::online(bob));
    for typing in [true, false] {
        let to: Jid = jid("alice").into();
        bob.link.send(Command::ChatState {
            to,
            composing: typing,
        });
        let seen = alice
            .event("typing", |event| match event {
                Event::ChatState { from, composing } if from.to_bare() == jid("bob") => {
                    Some(*composing)
                }
                _ => None,
            })
            .await;
        assert_eq!(seen, typing);
    }
}

async fn item(client: &mut Client, wanted: impl Fn(&RosterItem) -> bool) {
    client
        .event("the contact", |event| match event {
            Event::RosterItem(item) if wanted(item) => Some(()),
            _ => None,
        })
        .await;
}

#[tokio::test]
async fn a_contact_is_asked_answers_and_is_seen() {
    let prosody = Prosody::start(ACCOUNTS).await;
    let alice = settings(&prosody, "alice");
    let bob = settings(&prosody, "bob");
    let (mut alice, mut bob) = tokio::join!(Client::online(alice), Client::online(bob));
    bob.show(Show::Dnd, "In a meeting");
    alice.link.send(Command::Subscribe(jid("bob")));
    item(&mut alice, |item| {
        item.jid == jid("bob") && item.subscription.asked
    })
    .await;
    let asker = bob
        .event("the request", |event| match event {
            Event::SubscriptionRequest(from) => Some(from.clone()),
            _ => None,
        })
        .await;
    assert_eq!(asker, jid("alice"));
    bob.link.send(Command::AnswerSubscription {
        to: asker,
        allow: true,
    });
    item(&mut alice, |item| {
        item.subscription.to && !item.subscription.asked
    })
    .await;
    item(&mut bob, |item| {
        item.jid == jid("alice") && item.subscription.from
    })
    .await;
    let status = alice
        .event("presence", |event| match event {
            Event::Presence(presence) if presence.show == Show::Dnd => {
                Some(presence.status.clone())
            }
            _ => None,
        })
        .await;
    assert_eq!(status, "In a meeting");
    bob.sign_out().await;
    alice
        .event("the farewell", |event| match event {
            Event::Presence(presence) if presence.show == Show::Unavailable => Some(()),
            _ => None,
        })
        .await;
    alice.link.send(Command::SignOut);
    alice.stopped().await;
    let mut alice = Client::online(settings(&prosody, "alice")).await;
    let contacts = alice
        .event("the roster", |event| match event {
            Event::Roster(items) => Some(items.len()),
            _ => None,
        })
        .await;
    assert_eq!(contacts, 1);
}
