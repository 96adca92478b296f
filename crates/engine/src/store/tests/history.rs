//! What is kept of conversations.

use jiff::SignedDuration;

use super::*;

const TEXT: &str = "a text that nobody else may read";

#[tokio::test]
async fn history_comes_back_as_it_was_oldest_first() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let now = Timestamp::now();
    for minutes in [3, 1, 2] {
        let sent_at = now - SignedDuration::from_mins(minutes);
        let message = Message {
            sent_at,
            late: minutes == 2,
            relay: false,
            ..message(&minutes.to_string(), TEXT)
        };
        run(&store, move |t| t.add_message(&message, &message.id)).await;
    }
    store.close().await;

    let store = open(dir.path());
    let ids = |messages: Vec<Message>| messages.into_iter().map(|m| m.id).collect::<Vec<_>>();
    let conversation = "lync:sip:ben@contoso.example";
    assert_eq!(
        ids(run(&store, move |t| texts_of(t, conversation, 10)).await),
        ["3", "2", "1"]
    );
    assert_eq!(
        ids(run(&store, move |t| texts_of(t, conversation, 2)).await),
        ["2", "1"]
    );
    let before = now - SignedDuration::from_mins(2);
    assert_eq!(
        ids(run(&store, move |t| texts_of(t, "somebody else", 10)).await),
        [""; 0]
    );
    let back = run(&store, |t| t.message("2")).await.unwrap();
    let micros = |at: Timestamp| at.as_microsecond();
    assert_eq!(micros(back.sent_at), micros(before));
    assert_eq!(
        Message {
            sent_at: message("2", TEXT).sent_at,
            late: false,
            relay: false,
            ..back
        },
        message("2", TEXT)
    );
}

#[tokio::test]
async fn texts_older_than_the_limit_are_removed_and_younger_ones_stay() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let now = Timestamp::now();
    for (id, days) in [("old", 31), ("young", 29)] {
        let sent_at = now - SignedDuration::from_hours(24 * days);
        let message = Message {
            sent_at,
            ..message(id, TEXT)
        };
        run(&store, move |t| t.add_message(&message, id)).await;
    }
    store.close().await;
    let store = open_keeping(dir.path(), keeping(HistoryMode::Disk, 30));
    assert_eq!(run(&store, |t| t.message("old")).await, None);
    assert!(run(&store, |t| t.message("young")).await.is_some());
    assert!(
        !run(&store, |t| t.first_seen(Side::Lync, "old")).await,
        "and yet it is still recognised"
    );
}

#[tokio::test]
async fn history_in_memory_ends_with_the_program() {
    let dir = tempfile::tempdir().unwrap();
    let store = open_keeping(dir.path(), keeping(HistoryMode::Memory, 365));
    run(&store, |t| t.add_message(&message("m", TEXT), "m")).await;
    assert_eq!(run(&store, |t| t.message("m")).await.unwrap().text, TEXT);
    store.close().await;
    let store = open_keeping(dir.path(), keeping(HistoryMode::Memory, 365));
    assert_eq!(run(&store, |t| t.message("m")).await, None);
    assert!(!run(&store, |t| t.first_seen(Side::Lync, "m")).await);
}

#[tokio::test]
async fn without_a_history_a_text_is_recognised_and_not_kept() {
    let dir = tempfile::tempdir().unwrap();
    let store = open_keeping(dir.path(), keeping(HistoryMode::Off, 365));
    assert!(run(&store, |t| t.add_message(&message("m", TEXT), "m")).await);
    assert!(!run(&store, |t| t.add_message(&message("m", TEXT), "m")).await);
    assert_eq!(run(&store, |t| t.message("m")).await, None);
}

#[tokio::test]
async fn a_queue_is_on_disk_in_every_mode() {
    for mode in [HistoryMode::Memory, HistoryMode::Off] {
        let dir = tempfile::tempdir().unwrap();
        let store = open_keeping(dir.path(), keeping(mode, 365));
        run(&store, |t| t.enqueue(&outgoing("m", TEXT))).await;
        store.close().await;
        let store = open_keeping(dir.path(), keeping(mode, 365));
        assert_eq!(run(&store, |t| t.unfinished()).await, [outgoing("m", TEXT)]);
    }
}

#[tokio::test]
async fn no_delivered_text_is_left_on_the_disk_in_memory_and_off() {
    for mode in [HistoryMode::Memory, HistoryMode::Off] {
        let dir = tempfile::tempdir().unwrap();
        let store = open_keeping(dir.path(), keeping(mode, 365));
        run(&store, |t| {
            t.add_message(&message("m", TEXT), "m")?;
            t.enqueue(&outgoing("m", TEXT))
        })
        .await;
        assert!(on_disk(dir.path()), "the queue is there");
        run(&store, |t| {
            t.set_delivery("m", DeliveryState::Delivered, None)
        })
        .await;
        // The log is emptied in the next quiet moment.
        let limit = std::time::Instant::now() + std::time::Duration::from_secs(30);
        while on_disk(dir.path()) {
            assert!(
                std::time::Instant::now() < limit,
                "{mode:?}: the text is still there"
            );
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }
}

#[tokio::test]
async fn switching_the_history_off_removes_what_was_kept() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    run(&store, |t| t.add_message(&message("m", TEXT), "m")).await;
    store
        .set_history(keeping(HistoryMode::Memory, 365))
        .await
        .unwrap();
    assert_eq!(run(&store, |t| t.message("m")).await, None);
    run(&store, |t| t.add_message(&message("n", TEXT), "n")).await;
    store
        .set_history(keeping(HistoryMode::Disk, 365))
        .await
        .unwrap();
    assert_eq!(
        run(&store, |t| t.message("n")).await,
        None,
        "what was kept in memory does not go to disk afterwards"
    );
    store.close().await;
    assert!(!on_disk(dir.path()));
}

fn on_disk(dir: &Path) -> bool {
    let contains = |bytes: Vec<u8>| {
        bytes
            .windows(TEXT.len())
            .any(|window| window == TEXT.as_bytes())
    };
    std::fs::read_dir(dir)
        .unwrap()
        .any(|entry| std::fs::read(entry.unwrap().path()).is_ok_and(contains))
}
