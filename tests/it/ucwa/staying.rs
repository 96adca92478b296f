//! What goes wrong in the middle, and that it is survived: a text that comes afterwards is told once.

use causeway_tests::sim::Sim;
use serde_json::{Value, json};
use ucwa::{Command, Event, PreferredAvailability, State};

use super::account::{Account, is_ready};

const ANNA: &str = "anna@contoso.example";
const BEN: &str = "ben@contoso.example";

/// Anna is signed in and in a conversation with Ben; then the fault, and Ben writes.
async fn survives(fault: Value) {
    let sim = Sim::with_its_own_cast().await;
    let mut anna = Account::ready(&sim, "anna").await;
    sim.writes(BEN, ANNA, "before").await;
    anna.text("before").await;
    sim.fault(fault.clone()).await;
    // Makes events move, so that the fault is met now.
    sim.goes(BEN, "Busy", "", "").await;
    anna.link
        .send(Command::SetPresence(PreferredAvailability::Busy));
    sim.writes(BEN, ANNA, "in the middle").await;
    anna.text("in the middle").await;
    sim.writes(BEN, ANNA, "after").await;
    anna.text("after").await;
    for text in ["before", "in the middle", "after"] {
        assert_eq!(anna.times(text), 1, "{text} with {fault}");
    }
    assert!(
        !anna
            .seen
            .iter()
            .any(|event| matches!(event, Event::State(State::Stopped(_)))),
        "{fault}"
    );
}

macro_rules! survived {
    ($($name:ident: $fault:tt),+ $(,)?) => {
        $(#[tokio::test]
        async fn $name() {
            survives(json!($fault)).await;
        })+
    };
}

survived! {
    event_channel_answering_503_is_survived: {"what": "status", "on": "events", "count": 4},
    event_channel_answering_500_is_survived: {"what": "status", "on": "events", "status": 500, "count": 2},
    event_channel_dropped_is_survived: {"what": "drop", "on": "events", "count": 3},
    event_channel_answering_html_is_survived: {"what": "html", "on": "events", "count": 2},
    event_channel_answering_garbage_is_survived: {"what": "garbage-json", "on": "events", "count": 2},
    oversized_answer_is_survived: {"what": "oversize-body", "on": "events", "bytes": 20_000_000},
    cut_event_request_is_survived: {"what": "pget-cut", "seconds": 0.2, "count": 2},
    empty_answer_is_survived: {"what": "no-sender", "count": 3},
    resync_is_survived: {"what": "resync"},
    unknown_event_is_survived: {"what": "unknown-event", "count": 2},
    unknown_availability_is_survived: {"what": "unknown-availability", "count": 5},
    refused_subscription_is_survived: {"what": "limit-exceeded", "count": 3},
    refused_batch_is_survived: {"what": "status", "on": "batch", "status": 429, "count": 2},
    late_answers_are_survived: {"what": "slow", "on": "events", "seconds": 1.5, "count": 3},
    revoked_tokens_are_survived: {"what": "revoke-tokens"},
}

#[tokio::test]
async fn a_token_that_is_revoked_is_replaced_once_and_nobody_notices() {
    let sim = Sim::with_its_own_cast().await;
    let mut anna = Account::ready(&sim, "anna").await;
    let known = anna.seen.len();
    sim.forget_requests().await;
    sim.fault(json!({"what": "revoke-tokens"})).await;
    let id = anna.send(BEN, "with a new token");
    assert_eq!(anna.outcome(&id).await, ucwa::Outcome::Delivered);
    let states = anna.seen[known..]
        .iter()
        .filter(|event| matches!(event, Event::State(_)));
    assert_eq!(states.count(), 0, "{:?}", &anna.seen[known..]);
    let requests = sim.requests().await;
    let tokens = requests.iter().filter(|request| request["rel"] == "token");
    assert_eq!(tokens.count(), 1);
}

#[tokio::test]
async fn text_with_a_bad_data_uri_is_skipped_and_the_next_is_told() {
    let sim = Sim::with_its_own_cast().await;
    let mut anna = Account::ready(&sim, "anna").await;
    sim.writes(BEN, ANNA, "before").await;
    anna.text("before").await;
    sim.fault(json!({"what": "bad-data-uri"})).await;
    sim.writes(BEN, ANNA, "broken").await;
    sim.writes(BEN, ANNA, "after").await;
    anna.text("after").await;
}

#[tokio::test]
async fn application_that_is_gone_is_made_again() {
    let sim = Sim::with_its_own_cast().await;
    let mut anna = Account::ready(&sim, "anna").await;
    sim.writes(BEN, ANNA, "before").await;
    anna.text("before").await;
    sim.fault(json!({"what": "application-gone"})).await;
    let again = anna.until("ready again", is_ready).await;
    assert!(matches!(
        again,
        Event::State(State::Ready {
            available: true,
            resumed: false
        })
    ));
    sim.writes(BEN, ANNA, "after").await;
    anna.text("after").await;
}

#[tokio::test]
async fn rebuilt_channel_is_read_again() {
    let sim = Sim::with_its_own_cast().await;
    let mut anna = Account::ready(&sim, "anna").await;
    sim.writes(BEN, ANNA, "before").await;
    anna.text("before").await;
    sim.fault(json!({"what": "resume"})).await;
    anna.until("ready again", is_ready).await;
    sim.writes(BEN, ANNA, "after").await;
    anna.text("after").await;
    let id = anna.send(BEN, "answer");
    assert_eq!(anna.outcome(&id).await, ucwa::Outcome::Delivered);
}

#[tokio::test]
async fn restarted_server_is_found_again() {
    let mut sim = Sim::with_its_own_cast().await;
    let mut anna = Account::ready(&sim, "anna").await;
    sim.kill().await;
    anna.until("the loss", |event| {
        matches!(event, Event::State(State::Reconnecting { .. }))
    })
    .await;
    let id = anna.send(BEN, "written while it was away");
    sim.start_again().await;
    anna.until("ready again", is_ready).await;
    assert_eq!(anna.outcome(&id).await, ucwa::Outcome::Delivered);
    assert_eq!(sim.inbox(BEN).await, ["written while it was away"]);
    sim.writes(BEN, ANNA, "after").await;
    anna.text("after").await;
}

#[tokio::test]
async fn two_links_of_one_person_do_not_disturb_each_other() {
    let sim = Sim::with_its_own_cast().await;
    let mut one = Account::ready(&sim, "anna").await;
    let mut other = Account::ready(&sim, "anna").await;
    let id = one.send(BEN, "from one");
    assert_eq!(one.outcome(&id).await, ucwa::Outcome::Delivered);
    let id = other.send("carla@contoso.example", "from the other");
    assert_eq!(other.outcome(&id).await, ucwa::Outcome::Delivered);
    assert!(
        !other
            .seen
            .iter()
            .any(|event| matches!(event, Event::State(State::Reconnecting { .. })))
    );
}

#[tokio::test]
async fn token_is_renewed_before_it_runs_out_and_nothing_is_refused_meanwhile() {
    let sim = Sim::with_its_own_cast().await;
    sim.fault(json!({"what": "short-token", "seconds": 8}))
        .await;
    let mut anna = Account::ready(&sim, "anna").await;
    let tokens = async || {
        let requests = sim.requests().await;
        requests
            .iter()
            .filter(|request| request["rel"] == "token")
            .count()
    };
    let mut round = 0;
    while tokens().await < 2 {
        round += 1;
        let note = format!("round {round}");
        anna.link.send(Command::SetNote(note.clone()));
        anna.until(
            &note,
            |event| matches!(event, Event::OwnNote(Some(told)) if told.message == note),
        )
        .await;
    }
    sim.writes(BEN, ANNA, "after").await;
    anna.text("after").await;
    assert_eq!(tokens().await, 2);
    let requests = sim.requests().await;
    let refused: Vec<&Value> = requests
        .iter()
        .filter(|request| request["status"] == 401 && request["rel"] != "user")
        .collect();
    assert!(refused.is_empty(), "{refused:?}");
    assert_eq!(anna.times("after"), 1);
}
