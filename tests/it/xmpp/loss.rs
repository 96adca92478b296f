//! Cut networks, dead and restarted servers, and what was missed meanwhile.

use std::time::Duration;

use causeway_tests::prosody::Prosody;
use causeway_tests::proxy::Proxy;
use causeway_xmpp::link::Settings;
use causeway_xmpp::{Event, State};

use super::client::{ACCOUNTS, Client, jid, settings};

/// Alice's way through a network that can fail.
async fn through_proxy(prosody: &Prosody) -> (Proxy, Settings) {
    let proxy = Proxy::to(prosody.port()).await;
    let mut settings = settings(prosody, "alice");
    settings.server = Some(("127.0.0.1".to_owned(), proxy.port()));
    (proxy, settings)
}

async fn lost(client: &mut Client) {
    client
        .event("the loss", |event| {
            matches!(event, Event::State(State::Reconnecting { .. })).then_some(())
        })
        .await;
}

async fn unacked(client: &mut Client, wanted: &str) {
    client
        .event("the doubt", |event| {
            matches!(event, Event::Unacked { id } if id == wanted).then_some(())
        })
        .await;
}

#[tokio::test]
async fn a_cut_network_loses_nothing_in_either_direction() {
    let prosody = Prosody::start(ACCOUNTS).await;
    let (proxy, alice) = through_proxy(&prosody).await;
    let (mut alice, mut bob) = tokio::join!(
        Client::online(alice),
        Client::online(settings(&prosody, "bob"))
    );
    assert!(!alice.ready().await);
    proxy.cut();
    lost(&mut alice).await;
    alice.say("a1", jid("bob"), "written while away");
    bob.say("b1", jid("alice"), "sent meanwhile");
    bob.acked("b1").await;
    proxy.restore();
    assert!(alice.ready().await);
    alice.acked("a1").await;
    alice.message("sent meanwhile").await;
    bob.message("written while away").await;
    assert_eq!(
        alice.more("sent meanwhile") + bob.more("written while away"),
        0
    );
}

#[tokio::test]
async fn a_network_that_goes_silent_is_noticed_and_left() {
    let prosody = Prosody::start(ACCOUNTS).await;
    let (proxy, mut alice) = through_proxy(&prosody).await;
    alice.limits.quiet = Duration::from_millis(400);
    alice.limits.answer = Duration::from_millis(400);
    alice.limits.step = Duration::from_secs(2);
    let mut alice = Client::online(alice).await;
    assert!(!alice.ready().await);
    proxy.freeze();
    lost(&mut alice).await;
    proxy.restore();
    assert!(alice.ready().await);
}

#[tokio::test]
async fn a_killed_server_leaves_the_text_in_doubt_and_the_link_comes_back_once() {
    let mut prosody = Prosody::start(ACCOUNTS).await;
    let (proxy, alice) = through_proxy(&prosody).await;
    let mut alice = Client::online(alice).await;
    assert!(!alice.ready().await);
    proxy.freeze();
    alice.say("a1", jid("bob"), "never arrives");
    prosody.kill().await;
    prosody.start_again().await;
    let logins = prosody.log().matches("Authenticated as alice").count();
    proxy.restore();
    lost(&mut alice).await;
    unacked(&mut alice, "a1").await;
    assert!(!alice.ready().await);
    alice.until_caught_up().await;
    let again = prosody.log().matches("Authenticated as alice").count() - logins;
    assert_eq!(again, 1, "{}", prosody.log());
    let mut bob = Client::online(settings(&prosody, "bob")).await;
    alice.say("a1", jid("bob"), "sent again");
    alice.acked("a1").await;
    bob.message("sent again").await;
    proxy.cut();
    lost(&mut alice).await;
    proxy.restore();
    assert!(alice.ready().await, "the new session is resumable too");
}

#[tokio::test]
async fn an_orderly_restart_is_survived() {
    let mut prosody = Prosody::start(ACCOUNTS).await;
    let (mut alice, mut bob) = tokio::join!(
        Client::online(settings(&prosody, "alice")),
        Client::online(settings(&prosody, "bob"))
    );
    alice.ready().await;
    bob.ready().await;
    prosody.stop().await;
    lost(&mut alice).await;
    prosody.start_again().await;
    alice.ready().await;
    bob.ready().await;
    alice.say("a1", jid("bob"), "still here");
    bob.message("still here").await;
    alice.acked("a1").await;
}

#[tokio::test]
async fn what_was_missed_is_read_from_the_archive_in_both_directions() {
    let prosody = Prosody::start(ACCOUNTS).await;
    let mut alice = Client::online(settings(&prosody, "alice")).await;
    alice.say("a0", jid("bob"), "known");
    alice.acked("a0").await;
    alice.sign_out().await;
    let bob = Client::online(settings(&prosody, "bob")).await;
    for number in 0..120 {
        bob.say(
            &format!("b{number}"),
            jid("alice"),
            &format!("missed {number}"),
        );
    }
    let mut bob = bob;
    bob.acked("b119").await;
    let mut settings = settings(&prosody, "alice");
    settings.archive_since = Some(jiff::Timestamp::now() - jiff::SignedDuration::from_mins(5));
    let mut alice = Client::online(settings).await;
    let archived = |body: &'static str| {
        move |event: &Event| match event {
            Event::Message(message) if message.archived && message.body == body => {
                Some(message.clone())
            }
            _ => None,
        }
    };
    let own = alice.event("own text", archived("known")).await;
    assert_eq!(own.from.to_bare(), jid("alice"));
    for body in ["missed 0", "missed 119"] {
        let missed = alice.event(body, archived(body)).await;
        assert_eq!(missed.from.to_bare(), jid("bob"));
        assert!(missed.stanza_id.is_some() && missed.delayed.is_some());
    }
}
