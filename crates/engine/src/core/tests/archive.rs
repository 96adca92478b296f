//! The archive of the XMPP server: how far it is known, and what it tells about texts in doubt.

use causeway_api::{DeliveryState, Kind};
use causeway_xmpp::Event;
use jiff::{SignedDuration, Timestamp};

use crate::{
    outbox::Stage,
    scene::{ANNA, Scene},
};

const CAROL: &str = "xmpp:carol@xmpp.example";
const WHOLE: Event = Event::CaughtUp { whole: true };
const GAPS: Event = Event::CaughtUp { whole: false };

async fn stamp(scene: &mut Scene) -> Option<Timestamp> {
    scene.settle().await;
    scene.read(|t| t.archive_stamp("anna@xmpp.example")).await
}

#[tokio::test]
async fn a_text_that_comes_by_itself_does_not_skip_what_is_unread_in_the_archive() {
    let mut scene = Scene::new().await;
    let (now, hour) = (scene.core.now, SignedDuration::from_hours(1));
    scene.xmpp_ready();
    scene.carol_writes("live", "hej", None);
    assert_eq!(stamp(&mut scene).await, None);
    scene.carol_writes("older", "hej igen", Some("A"));
    assert_eq!(stamp(&mut scene).await, Some(now - hour));
    scene.xmpp(GAPS);
    scene.carol_writes("live too", "hej hej", None);
    assert_eq!(stamp(&mut scene).await, Some(now - hour));
    scene.xmpp(WHOLE);
    assert_eq!(stamp(&mut scene).await, Some(now));
    scene.later(60);
    scene.carol_writes("the last", "hej då", None);
    assert_eq!(stamp(&mut scene).await, Some(scene.core.now));
}

#[tokio::test]
async fn a_command_of_its_own_keeps_no_place_in_the_archive() {
    let dir = tempfile::tempdir().unwrap();
    let mut scene = Scene::of(ANNA, dir, true).await;
    scene.xmpp_ready();
    scene.xmpp(WHOLE);
    scene.carol_writes("live", "hej", None);
    assert_eq!(stamp(&mut scene).await, None);
}

/// Anna wrote to Carol and the program was killed after it had handed that over.
async fn in_doubt() -> (Scene, String) {
    let mut scene = Scene::new().await;
    scene.xmpp_ready();
    scene.xmpp(WHOLE);
    let (id, _) = scene.anna_writes(CAROL, "hej");
    scene.settle().await;
    let mut scene = scene.restarted(ANNA, false).await;
    assert_eq!(scene.stage(&id), Some(Stage::InDoubt));
    scene.xmpp_ready();
    (scene, id)
}

#[tokio::test]
async fn an_archive_that_was_read_to_its_end_without_the_text_has_it_sent_again() {
    let (mut scene, id) = in_doubt().await;
    scene.xmpp(WHOLE);
    scene.settle().await;
    assert_eq!(scene.stage(&id), Some(Stage::Sending));
}

#[tokio::test]
async fn an_archive_that_does_not_answer_is_no_reason_to_send_a_text_again() {
    let (mut scene, id) = in_doubt().await;
    scene.xmpp(GAPS);
    scene.settle().await;
    assert_eq!(scene.stage(&id), Some(Stage::InDoubt));
    let (new, _) = scene.anna_writes(CAROL, "new");
    scene.settle().await;
    assert_eq!(scene.stage(&new), Some(Stage::Sending), "life goes on");
    scene.later(120);
    scene.xmpp(GAPS);
    scene.later(15 * 60);
    scene.settle().await;
    let stored = scene.stored(&id).await.unwrap();
    assert_eq!(stored.state, DeliveryState::Failed);
    assert!(stored.reason.unwrap().contains("archive"));
}

#[tokio::test]
async fn an_archive_that_answers_at_the_second_try_decides() {
    let (mut scene, id) = in_doubt().await;
    scene.xmpp(GAPS);
    scene.later(120);
    scene.xmpp(WHOLE);
    scene.settle().await;
    assert_eq!(scene.stage(&id), Some(Stage::Sending));
    scene.later(15 * 60);
    assert_eq!(scene.stage(&id), Some(Stage::Sending));
}

#[tokio::test]
async fn the_text_and_what_the_bridge_does_with_it_have_one_id_and_the_receipt_its_own() {
    let relay = format!("{ANNA}[bridge]\nenabled = true\nrelay_to = \"carol@xmpp.example\"\n");
    let dir = tempfile::tempdir().unwrap();
    let mut scene = Scene::of(&relay, dir, false).await;
    scene.xmpp_ready();
    scene.xmpp(WHOLE);
    scene.settle().await;
    scene.told();
    scene.carol_writes("1", "who reads this?", None);
    scene.carol_writes("1", "the same id, other words", None);
    scene.settle().await;
    let (mut messages, mut bridged) = (Vec::new(), Vec::new());
    for kind in scene.told() {
        if let Kind::Message(message) = kind {
            assert!(message.relay, "it is no text of a chat");
            messages.push(message.id);
        } else if let Kind::Unread { .. } = kind {
            panic!("our person wrote it");
        } else if let Kind::Bridge { id, .. } = kind {
            bridged.push(id);
        }
    }
    assert_eq!(messages.len(), 2);
    assert_ne!(messages[0], messages[1]);
    assert_eq!(messages, bridged);
}

#[tokio::test]
async fn what_others_write_is_of_a_chat_and_unread() {
    let relay = format!("{ANNA}[bridge]\nenabled = true\nrelay_to = \"phone@xmpp.example\"\n");
    let mut scene = Scene::of(&relay, tempfile::tempdir().unwrap(), false).await;
    scene.xmpp_ready();
    scene.xmpp(WHOLE);
    scene.settle().await;
    scene.told();
    scene.carol_writes("1", "hej", None);
    scene.settle().await;
    let told = scene.told();
    let of_a_chat = |kind: &Kind| matches!(kind, Kind::Message(message) if !message.relay);
    assert!(told.iter().any(of_a_chat));
    let unread = |kind: &Kind| matches!(kind, Kind::Unread { count: 1, .. });
    assert!(told.iter().any(unread));
}
