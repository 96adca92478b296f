//! Chats: the list, paging, search, unread texts, drafts.

use causeway_api::{BridgeAction, DeliveryState, Past};
use jiff::SignedDuration;

use super::super::Within;
use super::*;

const BEN: &str = "lync:ben@contoso.example";
const CARA: &str = "xmpp:cara@xmpp.example";

/// A text of a conversation, so many minutes after the others.
fn text(id: &str, conversation: &str, minutes: i64, text: &str) -> Message {
    let base = message(id, text);
    Message {
        conversation: conversation.into(),
        sent_at: base.sent_at + SignedDuration::from_mins(minutes),
        ..base
    }
}

async fn add(store: &Store, message: Message) {
    run(store, move |t| t.add_message(&message, &message.id)).await;
}

fn ids((texts, more): (Vec<Past>, bool)) -> (Vec<String>, bool) {
    (
        texts.into_iter().map(|past| past.message.id).collect(),
        more,
    )
}

#[tokio::test]
async fn the_chat_with_the_youngest_text_comes_first_with_that_text() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    add(&store, text("b1", BEN, 0, "old")).await;
    add(&store, text("c1", CARA, 2, "young")).await;
    // Arrives last and was written first: it is unread and not the youngest.
    add(&store, text("c0", CARA, 1, "late")).await;
    let chats = run(&store, |t| t.chats()).await;
    let told: Vec<_> = chats
        .iter()
        .map(|chat| {
            (
                chat.conversation.as_str(),
                chat.last.message.id.as_str(),
                chat.first_unread.as_deref(),
            )
        })
        .collect();
    assert_eq!(told, [(CARA, "c1", Some("c0")), (BEN, "b1", Some("b1"))]);
    assert_eq!(chats[0].address(), "sip:ben@contoso.example");
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_where_texts_have_the_same_time() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    for id in ["1", "2", "3", "4", "5"] {
        add(&store, text(id, BEN, 0, "same time")).await;
    }
    let page =
        |before: Option<&'static str>| run(&store, move |t| t.past(&[BEN.to_owned()], before, 2));
    assert_eq!(ids(page(None).await), (vec!["4".into(), "5".into()], true));
    assert_eq!(
        ids(page(Some("4")).await),
        (vec!["2".into(), "3".into()], true)
    );
    assert_eq!(ids(page(Some("2")).await), (vec!["1".into()], false));
    assert_eq!(ids(page(Some("gone")).await), (vec![], false));
    let future = run(&store, |t| t.future(&[BEN.to_owned()], "3", 2)).await;
    assert_eq!(ids(future), (vec!["3".into(), "4".into()], true));
}

#[tokio::test]
async fn words_are_found_by_their_beginnings_whatever_their_accents_and_case() {
    for mode in [HistoryMode::Disk, HistoryMode::Memory] {
        let dir = tempfile::tempdir().unwrap();
        let store = open_keeping(dir.path(), keeping(mode, 365));
        add(&store, text("1", BEN, 0, "Das Büro in Łódź")).await;
        add(&store, text("2", CARA, 1, "Buromöbel bestellt")).await;
        let found = |typed: &'static str| {
            run(&store, move |t| {
                t.search_history(typed, Within::AllBut(&[]), 10)
            })
        };
        assert_eq!(ids(found("büro").await).0, ["2", "1"], "{mode:?}");
        assert_eq!(ids(found("BURO das").await).0, ["1"], "{mode:?}");
        let in_one = run(&store, |t| {
            t.search_history("buro", Within::These(&[CARA.to_owned()]), 10)
        });
        assert_eq!(ids(in_one.await).0, ["2"], "{mode:?}");
        let elsewhere = run(&store, |t| {
            t.search_history("buro", Within::AllBut(&[CARA.to_owned()]), 10)
        });
        assert_eq!(ids(elsewhere.await).0, ["1"], "{mode:?}");
        assert_eq!(ids(found("\" OR * -").await).0, [""; 0], "{mode:?}");
        assert_eq!(ids(found("").await).0, [""; 0], "{mode:?}");
    }
}

#[tokio::test]
async fn a_text_that_left_the_history_is_not_found_any_more() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    add(&store, text("1", BEN, 0, "unusualword")).await;
    store
        .set_history(keeping(HistoryMode::Off, 365))
        .await
        .unwrap();
    store
        .set_history(keeping(HistoryMode::Disk, 365))
        .await
        .unwrap();
    assert_eq!(
        ids(run(&store, |t| t.search_history(
            "unusualword",
            Within::AllBut(&[]),
            10
        ))
        .await)
        .0,
        [""; 0]
    );
    store.close().await;
    for file in std::fs::read_dir(dir.path()).unwrap() {
        let bytes = match std::fs::read(file.unwrap().path()) {
            // Windows may name one that is about to go.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            read => read.unwrap(),
        };
        let word = b"unusualword";
        assert!(!bytes.windows(word.len()).any(|window| window == word));
    }
}

#[tokio::test]
async fn reading_and_drafts_survive_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    add(&store, text("1", BEN, 0, "one")).await;
    add(&store, text("2", CARA, 0, "two")).await;
    run(&store, |t| t.mark_read(BEN)).await;
    run(&store, |t| t.save_draft(BEN, "half a sen")).await;
    add(&store, text("3", BEN, 1, "three")).await;
    store.close().await;

    let store = open(dir.path());
    let mut unread = run(&store, |t| t.all_unread()).await;
    unread.sort();
    assert_eq!(unread, [(BEN.to_owned(), 1), (CARA.to_owned(), 1)]);
    assert_eq!(run(&store, |t| t.draft(BEN)).await, "half a sen");
    run(&store, |t| t.save_draft(BEN, "")).await;
    assert_eq!(run(&store, |t| t.draft(BEN)).await, "");
}

#[tokio::test]
async fn only_a_text_that_failed_can_be_taken_out() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    for id in ["failed", "sent"] {
        let out = Message {
            direction: Direction::Out,
            ..text(id, BEN, 0, "x")
        };
        add(&store, out).await;
        run(&store, move |t| t.enqueue(&outgoing(id, "x"))).await;
    }
    run(&store, |t| {
        t.set_delivery("failed", DeliveryState::Failed, Some("offline"))
    })
    .await;
    run(&store, |t| {
        t.set_delivery("sent", DeliveryState::Sent, None)
    })
    .await;
    let (texts, _) = run(&store, |t| t.past(&[BEN.to_owned()], None, 10)).await;
    assert_eq!(texts[0].delivery, Some(DeliveryState::Failed));
    assert_eq!(texts[0].reason.as_deref(), Some("offline"));
    assert_eq!(run(&store, |t| t.discard("sent")).await, None);
    assert_eq!(
        run(&store, |t| t.discard("failed")).await.as_deref(),
        Some(BEN)
    );
    assert_eq!(
        ids(run(&store, |t| t.past(&[BEN.to_owned()], None, 10)).await).0,
        ["sent"]
    );
}

#[tokio::test]
async fn a_text_is_told_with_the_state_of_the_copy_that_the_bridge_made() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    add(&store, text("1", BEN, 0, "hej")).await;
    let copy = Outgoing {
        origin: Some("1".into()),
        ..outgoing("copy", "hej")
    };
    run(&store, move |t| t.enqueue(&copy)).await;
    let (texts, _) = run(&store, |t| t.past(&[BEN.to_owned()], None, 1)).await;
    let via = texts[0].via.unwrap();
    assert_eq!((via.side, via.state), (Side::Xmpp, BridgeAction::Queued));
}

#[tokio::test]
async fn a_closed_chat_comes_back_with_its_next_text_and_a_pinned_one_stays_pinned() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    add(&store, text("1", BEN, 0, "one")).await;
    run(&store, |t| t.pin_chat(BEN, true)).await;
    run(&store, |t| t.close_chat(BEN)).await;
    let ben = run(&store, |t| t.chats()).await.remove(0);
    assert!(ben.closed && ben.pinned);
    add(&store, text("2", BEN, 1, "two")).await;
    let ben = run(&store, |t| t.chats()).await.remove(0);
    assert!(!ben.closed && ben.pinned);
}

#[tokio::test]
async fn a_chat_can_be_made_unread_from_any_of_its_texts_on() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    for id in ["1", "2", "3"] {
        add(&store, text(id, BEN, 0, id)).await;
    }
    run(&store, |t| t.mark_read(BEN)).await;
    assert_eq!(run(&store, |t| t.mark_unread(BEN, "2")).await, 2);
    assert_eq!(
        run(&store, |t| t.mark_unread(BEN, "of another chat")).await,
        2
    );
    let ben = run(&store, |t| t.chats()).await.remove(0);
    assert_eq!(ben.first_unread.as_deref(), Some("2"));
}

#[tokio::test]
async fn what_arrived_after_the_last_text_that_was_seen_stays_unread() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    for (id, conversation) in [("b1", BEN), ("c1", CARA), ("b2", BEN)] {
        add(&store, text(id, conversation, 0, "hej")).await;
    }
    let unread = run(&store, |t| {
        Ok((t.mark_read_to(BEN, "c1")?, t.mark_read_to(CARA, "c1")?))
    })
    .await;
    assert_eq!(unread, (1, 0), "b2 came after what was seen");
    let unread = run(&store, |t| {
        Ok((t.mark_read_to(BEN, "b2")?, t.mark_read_to(BEN, "b1")?))
    })
    .await;
    assert_eq!(unread, (0, 0), "an older text makes nothing unread again");
    let unread = run(&store, |t| t.mark_read_to(BEN, "unheard of")).await;
    assert_eq!(unread, 0);
}

#[tokio::test]
async fn what_the_bridge_carried_is_counted_and_told_with_the_other_person() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    add(&store, text("m1", BEN, 0, "hej")).await;
    run(&store, |t| {
        let relayed = outgoing("o1", "hej");
        let returned = Outgoing {
            side: Side::Lync,
            to: "sip:ben@contoso.example".into(),
            state: DeliveryState::Failed,
            reason: Some("offline".into()),
            ..outgoing("o2", "answer")
        };
        let typed = Outgoing {
            origin: None,
            ..outgoing("o3", "typed")
        };
        for text in [&relayed, &returned, &typed] {
            t.enqueue(text)?;
        }
        Ok(())
    })
    .await;
    let created = outgoing("o1", "").created;
    let crossed = run(&store, move |t| t.crossed_since(created)).await;
    assert_eq!(
        (crossed.across, crossed.waiting, crossed.returned),
        (0, 1, 1)
    );
    let later = created + SignedDuration::from_hours(24);
    let crossed = run(&store, move |t| t.crossed_since(later)).await;
    assert_eq!(
        (crossed.across, crossed.waiting, crossed.returned),
        (0, 1, 0),
        "what waits is of every day"
    );
    let log = run(&store, |t| t.crossings(10)).await;
    let told: Vec<_> = log
        .iter()
        .map(|entry| (entry.action, entry.from_side, entry.address.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (BridgeAction::Bounced, Side::Xmpp, "sip:ben@contoso.example"),
            (BridgeAction::Queued, Side::Lync, "sip:ben@contoso.example"),
        ]
    );
    assert_eq!(log[0].reason.as_deref(), Some("offline"));
}
