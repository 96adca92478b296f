//! What the loop makes of events, with the store and without links.

mod archive;
mod disk;
mod held;

use causeway_api::{Code, DeliveryState, Kind, Side};
use jiff::Timestamp;
use ucwa::{Body, Outcome};

use crate::{
    outbox::Stage,
    scene::{ANNA, Scene},
};

const BEN: &str = "sip:ben@contoso.example";

fn accepted(id: &str) -> ucwa::Event {
    ucwa::Event::Delivery {
        id: id.to_owned(),
        outcome: Outcome::Accepted,
    }
}

fn own_text(to: &str, text: &str) -> ucwa::Event {
    ucwa::Event::Message(ucwa::Message {
        page: None,
        key: "https://lync.example/messages/1".to_owned(),
        thread: "7f".to_owned(),
        with: to.parse().unwrap(),
        name: String::new(),
        outgoing: true,
        body: Body::Plain(text.to_owned()),
        sent_at: Timestamp::UNIX_EPOCH,
    })
}

/// Anna wrote to Ben and the program was killed after it had handed that over.
async fn in_doubt() -> (Scene, String) {
    let mut scene = Scene::new().await;
    scene.lync_ready(false);
    let (id, _) = scene.anna_writes(BEN, "hej");
    scene.settle().await;
    assert_eq!(scene.stage(&id), Some(Stage::Sending));
    let scene = scene.restarted(ANNA, false).await;
    assert_eq!(scene.stage(&id), Some(Stage::InDoubt));
    (scene, id)
}

#[tokio::test]
async fn the_next_text_to_a_person_waits_for_one_transaction() {
    let mut scene = Scene::new().await;
    scene.lync_ready(false);
    let (first, _) = scene.anna_writes(BEN, "hej");
    let (second, _) = scene.anna_writes(BEN, "är du där?");
    scene.settle().await;
    assert_eq!(scene.stage(&second), Some(Stage::Queued));
    scene.lync(accepted(&first));
    assert_eq!(scene.core.uncommitted(), 1);
    scene.settle().await;
    assert_eq!(scene.stage(&second), Some(Stage::Sending));
}

#[tokio::test]
async fn an_overdue_doubt_does_not_keep_the_loop_awake_while_lync_is_away() {
    let (mut scene, _) = in_doubt().await;
    scene.lync_ready(true);
    assert!(scene.core.deadline().is_some());
    scene.lync(ucwa::Event::State(ucwa::State::LoadingContacts));
    scene.later(3600);
    assert!(
        scene
            .core
            .deadline()
            .is_none_or(|deadline| deadline > scene.core.now)
    );
}

#[tokio::test]
async fn a_text_in_doubt_is_not_sent_again_while_a_slow_recipient_may_still_take_it() {
    let (mut scene, id) = in_doubt().await;
    scene.lync_ready(true);
    scene.later(31);
    scene.settle().await;
    assert_eq!(scene.stage(&id), Some(Stage::InDoubt));
    scene.lync(ucwa::Event::Delivery {
        id: id.clone(),
        outcome: Outcome::Delivered,
    });
    scene.settle().await;
    assert_eq!(scene.stage(&id), None);
    assert_eq!(
        scene.stored(&id).await.unwrap().state,
        DeliveryState::Delivered
    );
}

#[tokio::test]
async fn a_text_in_doubt_that_the_server_never_got_is_sent_again() {
    let (mut scene, id) = in_doubt().await;
    scene.lync_ready(true);
    scene.later(60);
    scene.settle().await;
    assert_eq!(scene.stage(&id), Some(Stage::Sending));
}

#[tokio::test]
async fn a_text_in_doubt_holds_up_nobody_else() {
    let (mut scene, _) = in_doubt().await;
    let (to_ben, _) = scene.anna_writes(BEN, "more");
    let (to_carla, _) = scene.anna_writes("sip:carla@contoso.example", "hej");
    scene.lync_ready(true);
    scene.settle().await;
    assert_eq!(scene.stage(&to_ben), Some(Stage::Queued));
    assert_eq!(scene.stage(&to_carla), Some(Stage::Sending));
}

#[tokio::test]
async fn an_own_text_that_the_server_shows_without_its_id_settles_the_one_in_doubt() {
    let (mut scene, id) = in_doubt().await;
    scene.lync_ready(true);
    scene.told();
    scene.lync(own_text(BEN, "hej"));
    scene.later(60);
    scene.settle().await;
    assert_eq!(scene.stage(&id), Some(Stage::Sent));
    let told = scene.told();
    assert!(
        !told.iter().any(|kind| matches!(kind, Kind::Message(_))),
        "it was told when it was written"
    );
    assert!(!told.iter().any(|kind| matches!(
        kind,
        Kind::Delivery(delivery) if delivery.state == DeliveryState::Sending
    )));
}

#[tokio::test]
async fn texts_to_one_person_are_stored_as_waiting_until_their_turn() {
    let mut scene = Scene::new().await;
    scene.lync_ready(false);
    let (first, _) = scene.anna_writes(BEN, "one");
    let (second, _) = scene.anna_writes(BEN, "two");
    scene.settle().await;
    let state = |id: String, scene: &Scene| {
        let stored = scene.core.store.clone();
        async move {
            stored
                .transaction(crate::store::Keep::Kill, move |t| t.outgoing(&id))
                .await
                .unwrap()
                .unwrap()
                .state
        }
    };
    assert_eq!(state(first.clone(), &scene).await, DeliveryState::Sending);
    assert_eq!(state(second.clone(), &scene).await, DeliveryState::Queued);
    scene.lync(accepted(&first));
    scene.settle().await;
    assert_eq!(state(second, &scene).await, DeliveryState::Sending);
}

#[tokio::test]
async fn a_command_of_its_own_leaves_the_queue_to_the_agent() {
    let mut scene = Scene::new().await;
    let (waiting, _) = scene.anna_writes(BEN, "when you are back");
    scene.settle().await;
    let mut command = scene.restarted(ANNA, true).await;
    command.lync_ready(false);
    let (own, _) = command.anna_writes(BEN, "now");
    command.settle().await;
    assert_eq!(command.stage(&own), Some(Stage::Sending));
    assert_eq!(command.stage(&waiting), None);
    let stored = command.stored(&waiting).await.unwrap();
    assert_eq!(stored.state, DeliveryState::Queued);
    let mut agent = command.restarted(ANNA, false).await;
    agent.lync_ready(true);
    agent.settle().await;
    assert_eq!(agent.stage(&waiting), Some(Stage::Sending));
    assert_eq!(agent.stage(&own), Some(Stage::InDoubt));
}

#[tokio::test]
async fn a_text_is_never_sent_as_another_account() {
    let mut scene = Scene::new().await;
    let (id, _) = scene.anna_writes(BEN, "as anna");
    scene.settle().await;
    let dora = ANNA.replace("anna@contoso", "dora@contoso");
    scene.reconfigured(&dora);
    scene.lync_ready(false);
    scene.settle().await;
    assert_eq!(scene.stage(&id), Some(Stage::Queued));
    assert_eq!(scene.core.outbox.of_others(Side::Lync), 1);
    assert_eq!(notices(&scene.told()), Some(vec![Code::OtherAccount]));

    let mut scene = scene.restarted(&dora, false).await;
    scene.lync_ready(false);
    scene.settle().await;
    assert_eq!(scene.stage(&id), Some(Stage::Queued));
    scene.reconfigured(ANNA);
    scene.lync_ready(false);
    scene.settle().await;
    assert_eq!(scene.stage(&id), Some(Stage::Sending));
    assert_eq!(notices(&scene.told()), Some(Vec::new()));
}

/// The codes of what has to be known, where that was told.
fn notices(told: &[Kind]) -> Option<Vec<Code>> {
    let last = told.iter().rev().find_map(|kind| {
        if let Kind::Notices { problems } = kind {
            Some(problems)
        } else {
            None
        }
    })?;
    Some(last.iter().map(|problem| problem.code).collect())
}

#[tokio::test]
async fn a_pause_of_the_bridge_ends_at_its_time_and_both_is_told() {
    let mut scene = Scene::new().await;
    scene.told();
    let until = scene.core.now + jiff::SignedDuration::from_mins(15);
    let (answer, _answered) = tokio::sync::oneshot::channel();
    scene
        .core
        .pause_bridge(Some(crate::store::Pause { until: Some(until) }), answer);
    scene.settle().await;
    assert!(scene.core.deadline().is_some_and(|next| next <= until));
    scene.later(14 * 60);
    assert_eq!(paused(&scene.told()), [(true, Some(until))]);
    scene.later(61);
    scene.settle().await;
    assert_eq!(paused(&scene.told()), [(false, None)]);
    assert_eq!(scene.core.pause, None);
}

fn paused(told: &[Kind]) -> Vec<(bool, Option<Timestamp>)> {
    let pauses = told.iter().filter_map(|kind| {
        if let Kind::Paused { paused, until } = kind {
            Some((*paused, *until))
        } else {
            None
        }
    });
    pauses.collect()
}

#[tokio::test]
async fn the_own_status_is_told_when_it_changes_and_when_its_side_is_gone() {
    let mut scene = Scene::new().await;
    scene.lync_ready(false);
    scene.told();
    scene.lync(ucwa::Event::State(ucwa::State::LoadingContacts));
    let told = scene.told();
    let own = told.iter().find_map(|kind| {
        if let Kind::Own { status } = kind {
            Some(status.reason)
        } else {
            None
        }
    });
    assert_eq!(own, Some(causeway_api::Reason::SignedOut), "{told:?}");
}

#[tokio::test]
async fn a_history_goes_on_after_the_text_that_was_the_last_on_the_page() {
    let mut scene = Scene::new().await;
    scene.xmpp_ready();
    for (id, text) in [("1", "first"), ("2", "second"), ("3", "third")] {
        scene.carol_writes(id, text, None);
    }
    scene.settle().await;
    let carol = vec!["xmpp:carol@xmpp.example".to_owned()];
    let page = async |after: Option<String>, limit| {
        let (answer, answered) = tokio::sync::oneshot::channel();
        let place = crate::chats::Place::new(None, None, after);
        scene.core.history(carol.clone(), place, limit, answer);
        let reply = answered.await.unwrap().unwrap();
        let causeway_api::Reply::History {
            messages,
            more_after,
            ..
        } = reply
        else {
            panic!("not a history: {reply:?}");
        };
        (messages, more_after)
    };
    let (all, more) = page(None, 10).await;
    assert_eq!((all.len(), more), (3, false));
    let (next, more) = page(Some(all[0].message.id.clone()), 1).await;
    assert_eq!(next[0].message.text, "second");
    assert!(more);
    let (next, more) = page(Some(all[1].message.id.clone()), 1).await;
    assert_eq!((next[0].message.text.as_str(), more), ("third", false));
}

#[tokio::test]
async fn the_steps_of_a_sign_in_are_told_with_their_time_and_what_they_found() {
    let mut scene = Scene::new().await;
    scene.lync(ucwa::Event::State(ucwa::State::FindingServer));
    scene.told();
    scene.later(2);
    let found = ucwa::State::CheckingCertificate("pool01.contoso.example".to_owned());
    scene.lync(ucwa::Event::State(found));
    let steps = |scene: &mut Scene| -> Vec<_> {
        let told = scene.told().into_iter();
        told.filter_map(|kind| {
            let Kind::Step {
                step,
                state,
                ms,
                message,
                ..
            } = kind
            else {
                return None;
            };
            Some((step, state, ms, message))
        })
        .collect()
    };
    let finding = (
        causeway_api::SideState::FindingServer,
        causeway_api::StepState::Ok,
        2000,
        "pool01.contoso.example".to_owned(),
    );
    assert_eq!(steps(&mut scene), [finding]);
    scene.lync(ucwa::Event::State(ucwa::State::SigningIn));
    scene.told();
    let refused = ucwa::Error::new(ucwa::ErrorKind::PasswordRefused);
    scene.lync(ucwa::Event::State(ucwa::State::Stopped(Some(refused))));
    let told = steps(&mut scene);
    assert!(
        matches!(
            told.as_slice(),
            [(
                causeway_api::SideState::SigningIn,
                causeway_api::StepState::Fail,
                0,
                message
            )] if !message.is_empty()
        ),
        "{told:?}"
    );
}

#[tokio::test]
async fn the_step_that_failed_is_the_one_of_the_problem_whichever_met_it() {
    let issuer = ucwa::ErrorKind::CertificateIssuer {
        host: "lyncdiscover.contoso.example".to_owned(),
        issuer: "Contoso Issuing CA 2".to_owned(),
    };
    for (kind, step) in [
        (issuer, causeway_api::SideState::CheckingCertificate),
        (
            ucwa::ErrorKind::PasswordMissing,
            causeway_api::SideState::SigningIn,
        ),
        (
            ucwa::ErrorKind::NoDiscoveryName { tried: Vec::new() },
            causeway_api::SideState::FindingServer,
        ),
    ] {
        let mut scene = Scene::new().await;
        scene.lync(ucwa::Event::State(ucwa::State::FindingServer));
        scene.told();
        let stopped = ucwa::State::Stopped(Some(ucwa::Error::new(kind)));
        scene.lync(ucwa::Event::State(stopped));
        let failed: Vec<_> = scene
            .told()
            .into_iter()
            .filter_map(|kind| {
                let Kind::Step { step, state, .. } = kind else {
                    return None;
                };
                (state == causeway_api::StepState::Fail).then_some(step)
            })
            .collect();
        assert_eq!(failed, [step]);
    }
}

#[tokio::test]
async fn a_link_that_waits_says_when_it_is_tried_again_and_a_snapshot_says_it_too() {
    let mut scene = Scene::new().await;
    scene.lync_ready(false);
    scene.told();
    let broken = || {
        ucwa::Event::State(ucwa::State::Reconnecting {
            attempt: 1,
            delay: std::time::Duration::from_secs(30),
            error: ucwa::Error::new(ucwa::ErrorKind::ProxyLogin {
                offered: Vec::new(),
                refused: false,
            }),
        })
    };
    scene.lync(broken());
    let next = |kinds: Vec<Kind>| {
        kinds.into_iter().find_map(|kind| {
            let Kind::NextTry { next_at, .. } = kind else {
                return None;
            };
            Some(next_at)
        })
    };
    let in_half_a_minute = scene.core.now + jiff::SignedDuration::from_secs(30);
    assert_eq!(next(scene.told()), Some(in_half_a_minute));
    assert_eq!(next(scene.core.snapshot()), Some(in_half_a_minute));
    scene.later(30);
    scene.lync(broken());
    assert_eq!(
        next(scene.told()),
        Some(in_half_a_minute + jiff::SignedDuration::from_secs(30)),
        "also where nothing else changed"
    );
    scene.lync_ready(false);
    assert_eq!(next(scene.core.snapshot()), None);
}
