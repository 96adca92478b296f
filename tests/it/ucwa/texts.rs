//! Texts over the wire, and what is known of them afterwards.

use std::sync::Arc;

use causeway_tests::sim::Sim;
use serde_json::json;
use ucwa::{Command, Event, Outcome, State};

use super::account::{Account, KeptJournal, is_ready, settings, text_of};

const ANNA: &str = "anna@contoso.example";
const BEN: &str = "ben@contoso.example";

#[tokio::test]
async fn texts_reach_both_sides_once_and_in_order() {
    let sim = Sim::with_its_own_cast().await;
    let mut anna = Account::ready(&sim, "anna").await;
    let mut carla = Account::ready(&sim, "carla").await;
    let ids: Vec<String> = (0..30)
        .map(|number| {
            anna.send(
                "carla@contoso.example",
                &format!("nr {number} + blå 100% \u{1f600}"),
            )
        })
        .collect();
    carla.text("nr 29 + blå 100% \u{1f600}").await;
    let got: Vec<&str> = carla.seen.iter().filter_map(text_of).collect();
    let sent: Vec<String> = (0..30)
        .map(|number| format!("nr {number} + blå 100% \u{1f600}"))
        .collect();
    assert_eq!(got, sent);
    assert_eq!(
        anna.outcome(ids.last().expect("thirty")).await,
        Outcome::Delivered
    );
    carla.send(ANNA, "answer\nin two lines");
    anna.text("answer\nin two lines").await;
    let threads = |account: &Account| {
        let mut threads: Vec<String> = account
            .seen
            .iter()
            .filter_map(|event| {
                if let Event::Message(message) = event {
                    Some(message.thread.clone())
                } else {
                    None
                }
            })
            .collect();
        threads.dedup();
        threads
    };
    assert_eq!(threads(&anna), threads(&carla));
}

#[tokio::test]
async fn undelivered_texts_fail_with_their_reason() {
    let sim = Sim::with_its_own_cast().await;
    let mut anna = Account::ready(&sim, "anna").await;
    let mut failed = async |to: &str, text: &str| {
        let id = anna.send(to, text);
        match anna.outcome(&id).await {
            Outcome::Failed(failure) => failure.subcode,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(
        failed("nobody@contoso.example", "hello?").await,
        "DestinationNotFound"
    );
    sim.fault(json!({"what": "decline"})).await;
    assert_eq!(failed(BEN, "hello?").await, "Declined");
    sim.fault(json!({"what": "fail-message", "reason": "RemoteFailure/DoNotDisturb"}))
        .await;
    let id = anna.send(BEN, "opens");
    let _ = anna.outcome(&id).await;
    let id = anna.send(BEN, "fails or not");
    let outcome = anna.outcome(&id).await;
    assert!(
        matches!(outcome, Outcome::Failed(_) | Outcome::Delivered),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn lost_answer_is_settled_by_the_event_and_the_text_arrives_once() {
    let sim = Sim::with_its_own_cast().await;
    let mut anna = Account::ready(&sim, "anna").await;
    sim.fault(json!({"what": "drop-after", "on": "startMessaging"}))
        .await;
    let first = anna.send(BEN, "first");
    assert_eq!(anna.outcome(&first).await, Outcome::Delivered);
    sim.fault(json!({"what": "drop-after", "on": "sendMessage"}))
        .await;
    let second = anna.send(BEN, "second");
    assert_eq!(anna.outcome(&second).await, Outcome::Delivered);
    let third = anna.send(BEN, "third");
    assert_eq!(anna.outcome(&third).await, Outcome::Delivered);
    assert_eq!(sim.inbox(BEN).await, ["first", "second", "third"]);
}

#[tokio::test]
async fn text_of_which_nothing_is_known_is_unknown_and_not_sent_again() {
    let sim = Sim::with_its_own_cast().await;
    let mut anna = Account::ready(&sim, "anna").await;
    let first = anna.send(BEN, "first");
    assert_eq!(anna.outcome(&first).await, Outcome::Delivered);
    sim.fault(json!({"what": "drop", "on": "sendMessage"}))
        .await;
    let second = anna.send(BEN, "second");
    assert_eq!(anna.outcome(&second).await, Outcome::Unknown);
    let third = anna.send(BEN, "third");
    assert_eq!(anna.outcome(&third).await, Outcome::Delivered);
    assert_eq!(sim.inbox(BEN).await, ["first", "third"]);
}

#[tokio::test]
async fn busy_server_gets_the_text_a_little_later() {
    let sim = Sim::with_its_own_cast().await;
    let mut anna = Account::ready(&sim, "anna").await;
    sim.fault(json!({"what": "status", "on": "startMessaging", "status": 503, "count": 2}))
        .await;
    let id = anna.send(BEN, "once");
    assert_eq!(anna.outcome(&id).await, Outcome::Delivered);
    assert_eq!(sim.inbox(BEN).await, ["once"]);
}

#[tokio::test]
async fn pages_of_a_killed_run_are_told_again_and_the_application_is_taken_over() {
    let sim = Sim::with_its_own_cast().await;
    let same = settings(&sim, "anna");
    let journal = Arc::new(KeptJournal::default());
    // A run-time of its own, which ends without any good-bye as a killed process does.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a run-time");
    let (settings_of_first, journal_of_first) = (same.clone(), journal.clone());
    let (told, tell) = tokio::sync::oneshot::channel();
    let (hold, held) = tokio::sync::oneshot::channel::<()>();
    runtime.spawn(async move {
        let mut anna = Account::start_with(settings_of_first, journal_of_first);
        anna.until("ready", is_ready).await;
        let _ = told.send(());
        anna.text("before the end").await;
        let _ = held.await;
    });
    tell.await.expect("the first run gets ready");
    sim.writes(BEN, ANNA, "before the end").await;
    let journal_has_it = causeway_tests::wait::until("the page is journalled", async || {
        let left = ucwa::client::Journal::left(&*journal).ok()?;
        left.iter()
            .any(|(_, page)| String::from_utf8_lossy(page).contains("before+the+end"))
            .then_some(())
    });
    journal_has_it.await;
    runtime.shutdown_background();
    drop(hold);

    let mut anna = Account::start_with(same, journal);
    anna.text("before the end").await;
    let ready = anna.until("ready", is_ready).await;
    assert!(
        matches!(ready, Event::State(State::Ready { resumed: true, .. })),
        "{ready:?}"
    );
    let keys = |account: &Account| {
        account
            .seen
            .iter()
            .filter_map(|event| {
                if let Event::Message(message) = event {
                    Some(message.key.clone())
                } else {
                    None
                }
            })
            .collect::<std::collections::BTreeSet<_>>()
    };
    sim.writes(BEN, ANNA, "after").await;
    anna.text("after").await;
    assert_eq!(keys(&anna).len(), 2, "{:?}", keys(&anna));
    let id = anna.send(BEN, "answer");
    assert_eq!(anna.outcome(&id).await, Outcome::Delivered);
    anna.link.send(Command::SignOut);
    anna.until("the end", |event| {
        matches!(event, Event::State(State::Stopped(None)))
    })
    .await;
}
