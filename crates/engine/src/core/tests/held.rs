//! Texts that wait for their readers, and people who are awaited.

use causeway_api::{HowOften, Reply, SendWhen};
use tokio::sync::oneshot;

use super::*;
use crate::send::Typed;

fn shows(availability: ucwa::Availability) -> ucwa::Event {
    ucwa::Event::Presence(ucwa::Presence {
        address: BEN.parse().unwrap(),
        availability,
        activity: String::new(),
        note: None,
        device: None,
        last_active: None,
    })
}

/// Anna writes to Ben for when he is back. Gives the text's id, empty where it was refused.
async fn keeps(scene: &mut Scene, text: &str) -> (String, Result<Reply, causeway_api::Problem>) {
    let (answer, answered) = oneshot::channel();
    let target = scene.core.target(BEN).unwrap().unwrap();
    let before = scene.core.held.ids();
    let typed = Typed {
        text,
        token: None,
        in_place_of: None,
        when: SendWhen::WhenBack,
    };
    scene.core.send(&target, typed, answer);
    let mut fresh = scene.core.held.ids();
    fresh.retain(|id| !before.contains(id));
    scene.settle().await;
    let id = fresh.into_iter().next().unwrap_or_default();
    (id, answered.await.unwrap())
}

#[tokio::test]
async fn a_text_waits_for_its_reader_over_a_restart_and_goes_out_once() {
    let mut scene = Scene::new().await;
    scene.lync_ready(false);
    scene.lync(shows(ucwa::Availability::DoNotDisturb));
    let (id, answer) = keeps(&mut scene, "no hurry").await;
    assert_eq!(answer, Ok(Reply::Done));
    assert_eq!(scene.stage(&id), None, "it holds nobody up in the queue");
    let (other, _) = scene.anna_writes(BEN, "right now");
    scene.settle().await;
    assert_eq!(scene.stage(&other), Some(Stage::Sending));

    let mut scene = scene.restarted(ANNA, false).await;
    assert!(scene.core.held.has(&id));
    scene.lync_ready(false);
    for waits in [
        ucwa::Availability::Offline,
        ucwa::Availability::Away,
        ucwa::Availability::DoNotDisturb,
    ] {
        scene.lync(shows(waits));
        scene.settle().await;
        assert!(scene.core.held.has(&id));
    }
    scene.lync(shows(ucwa::Availability::Busy));
    scene.lync(shows(ucwa::Availability::Online));
    scene.settle().await;
    assert_eq!(scene.stage(&id), Some(Stage::Sending));
    let stored = scene.stored(&id).await.unwrap();
    assert_eq!((stored.state, stored.attempts), (DeliveryState::Sending, 1));

    let scene = scene.restarted(ANNA, false).await;
    assert!(!scene.core.held.has(&id), "it does not wait again");
    assert_eq!(scene.stage(&id), Some(Stage::InDoubt));
}

#[tokio::test]
async fn who_is_there_already_gets_the_text_at_once() {
    let mut scene = Scene::new().await;
    scene.lync_ready(false);
    scene.lync(shows(ucwa::Availability::Online));
    let (answer, _answered) = oneshot::channel();
    let target = scene.core.target(BEN).unwrap().unwrap();
    let typed = Typed {
        text: "hej",
        token: None,
        in_place_of: None,
        when: SendWhen::WhenBack,
    };
    scene.core.send(&target, typed, answer);
    assert_eq!(scene.core.sends.ids().len(), 1);
    assert!(scene.core.held.ids().is_empty());
}

#[tokio::test]
async fn a_text_that_waits_is_taken_back_with_its_place_in_the_history() {
    let mut scene = Scene::new().await;
    scene.lync_ready(false);
    scene.lync(shows(ucwa::Availability::Offline));
    let (id, _) = keeps(&mut scene, "never mind").await;
    let (answer, answered) = oneshot::channel();
    scene.told();
    scene.core.discard(id.clone(), answer);
    scene.settle().await;
    assert_eq!(answered.await.unwrap(), Ok(Reply::Done));
    assert!(
        scene
            .told()
            .iter()
            .any(|kind| matches!(kind, Kind::Discarded { id: gone, .. } if *gone == id))
    );
    assert_eq!(scene.stored(&id).await, None);
    let past = scene
        .read(|t| t.past(&["lync:ben@contoso.example".to_owned()], None, 10))
        .await;
    assert!(past.0.is_empty(), "{past:?}");
}

#[tokio::test]
async fn a_program_for_one_command_keeps_nothing_and_looks_out_for_nobody() {
    let mut scene = Scene::new().await;
    scene.lync(shows(ucwa::Availability::Offline));
    let (answer, _answered) = oneshot::channel();
    let target = scene.core.target(BEN).unwrap().unwrap();
    scene
        .core
        .look_out_for(&target, Some(HowOften::Once), answer);
    scene.settle().await;
    let mut scene = scene.restarted(ANNA, true).await;
    let (_, answer) = keeps(&mut scene, "when you are back").await;
    assert_eq!(answer.unwrap_err().code, Code::NotOffered);
    scene.lync(shows(ucwa::Availability::Online));
    scene.settle().await;
    let mut scene = scene.restarted(ANNA, false).await;
    scene.told();
    scene.lync(shows(ucwa::Availability::Online));
    scene.settle().await;
    assert!(
        scene
            .told()
            .iter()
            .any(|kind| matches!(kind, Kind::CameAvailable { .. })),
        "it was not used up by the command in between"
    );
}
