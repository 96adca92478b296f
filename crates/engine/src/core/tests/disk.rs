//! A store that refuses.

use causeway_api::{Delivery, DeliveryState, Kind, Side};
use jiff::Timestamp;
use ucwa::Body;

use crate::scene::{ANNA, Scene};

/// Anna's, with both networks there and Carol's phone as the relay address.
async fn relaying() -> Scene {
    let relay = format!("{ANNA}[bridge]\nenabled = true\nrelay_to = \"carol@xmpp.example\"\n");
    let mut scene = Scene::of(&relay, tempfile::tempdir().unwrap(), false).await;
    scene.lync_ready(false);
    scene.xmpp_ready();
    scene.xmpp(causeway_xmpp::Event::CaughtUp { whole: true });
    scene.settle().await;
    scene.told();
    scene
}

fn ben_writes(scene: &mut Scene, text: &str) {
    scene.lync(ucwa::Event::Message(ucwa::Message {
        page: None,
        key: text.to_owned(),
        thread: "7f".to_owned(),
        with: "sip:ben@contoso.example".parse().unwrap(),
        name: "Ben".to_owned(),
        outgoing: false,
        body: Body::Plain(text.to_owned()),
        sent_at: Timestamp::UNIX_EPOCH,
    }));
}

/// Runs a statement beside the store.
fn beside(scene: &Scene, sql: &str) {
    let database = rusqlite::Connection::open(scene.dir.path().join("causeway.db")).unwrap();
    database.execute_batch(sql).unwrap();
}

/// Texts that Anna or the bridge wrote and that were given to XMPP since the last look, by what was said.
async fn handed_over(scene: &mut Scene) -> Vec<String> {
    let mut texts = Vec::new();
    for kind in scene.told() {
        if let Kind::Delivery(Delivery { id, state, .. }) = kind
            && state == DeliveryState::Sending
            && let Some(stored) = scene.stored(&id).await
            && stored.side == Side::Xmpp
        {
            texts.push(stored.text);
        }
    }
    texts
}

const REFUSE_ONE: &str =
    "CREATE TRIGGER refusing BEFORE INSERT ON outgoing WHEN NEW.text LIKE '%one%'
    BEGIN SELECT RAISE(ABORT, 'refused'); END;";

#[tokio::test]
async fn a_text_that_is_stored_at_the_second_try_is_not_overtaken() {
    let mut scene = relaying().await;
    beside(&scene, REFUSE_ONE);
    ben_writes(&mut scene, "one");
    ben_writes(&mut scene, "two");
    scene.settle().await;
    assert_eq!(handed_over(&mut scene).await.len(), 0);
    beside(&scene, "DROP TRIGGER refusing;");
    scene.later(3);
    scene.settle().await;
    let texts = handed_over(&mut scene).await;
    assert_eq!(texts.len(), 2);
    assert!(
        texts[0].contains("one") && texts[1].contains("two"),
        "{texts:?}"
    );
}

#[tokio::test]
async fn what_the_database_refuses_for_good_does_not_hold_up_everything_else() {
    let mut scene = relaying().await;
    beside(&scene, REFUSE_ONE);
    ben_writes(&mut scene, "one");
    ben_writes(&mut scene, "two");
    for _ in 0..10 {
        scene.later(60);
        scene.settle().await;
    }
    let texts = handed_over(&mut scene).await;
    assert_eq!(texts.len(), 1);
    assert!(texts[0].contains("two"), "{texts:?}");
    assert_eq!(scene.core.uncommitted(), 0);
}
