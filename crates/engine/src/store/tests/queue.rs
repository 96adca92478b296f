//! Journal and queue.

use causeway_api::DeliveryState::{Delivered, Failed, Queued, Sending, Sent};

use super::*;

#[tokio::test]
async fn a_page_stays_in_the_journal_until_it_is_struck_off() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let journal = store.journal("sip:anna@contoso.example");
    let (first, second) = tokio::task::spawn_blocking(move || {
        (
            journal.append(b"one").unwrap(),
            journal.append(b"two").unwrap(),
        )
    })
    .await
    .unwrap();
    run(&store, move |t| t.strike_off(first)).await;
    store.close().await;

    let store = open(dir.path());
    let journal = store.journal("sip:anna@contoso.example");
    let (left, third) = tokio::task::spawn_blocking(move || {
        (journal.left().unwrap(), journal.append(b"three").unwrap())
    })
    .await
    .unwrap();
    assert_eq!(left, [(second, b"two".to_vec())]);
    assert!(third > second, "numbers are never used twice");
}

#[tokio::test]
async fn a_page_is_read_by_its_own_account_alone() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let (anna, dora) = (
        store.journal("sip:Anna@contoso.example"),
        store.journal("sip:dora@contoso.example"),
    );
    let again = store.journal("sip:anna@contoso.example");
    let (page, theirs, ours) = tokio::task::spawn_blocking(move || {
        let page = anna.append(b"for anna").unwrap();
        (page, dora.left().unwrap(), again.left().unwrap())
    })
    .await
    .unwrap();
    assert_eq!(theirs, []);
    assert_eq!(ours, [(page, b"for anna".to_vec())]);
}

#[tokio::test]
async fn a_text_that_is_told_again_is_known() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    assert!(run(&store, |t| t.add_message(&message("m1", "hej"), "key")).await);
    assert!(!run(&store, |t| t.add_message(&message("m2", "hej"), "key")).await);
    store.close().await;
    let store = open(dir.path());
    assert!(!run(&store, |t| t.add_message(&message("m3", "hej"), "key")).await);
    assert!(
        run(&store, |t| t.first_seen(Side::Xmpp, "key")).await,
        "the other network has keys of its own"
    );
    assert_eq!(
        run(&store, |t| texts_of(t, "lync:sip:ben@contoso.example", 10))
            .await
            .len(),
        1
    );
}

#[tokio::test]
async fn the_queue_keeps_its_order_over_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    for id in ["c", "a", "b"] {
        assert!(run(&store, move |t| t.enqueue(&outgoing(id, "hej"))).await);
    }
    assert!(!run(&store, |t| t.enqueue(&outgoing("a", "something else"))).await);
    run(&store, |t| t.sending("c")).await;
    store.close().await;

    let store = open(dir.path());
    let left = run(&store, |t| t.unfinished()).await;
    let seen: Vec<_> = left
        .iter()
        .map(|o| (o.id.as_str(), o.state, o.attempts, o.text.as_str()))
        .collect();
    assert_eq!(
        seen,
        [
            ("c", Sending, 1, "hej"),
            ("a", Queued, 0, "hej"),
            ("b", Queued, 0, "hej")
        ]
    );
    assert_eq!(left[1], outgoing("a", "hej"));
    assert_eq!(run(&store, |t| t.unsent()).await, 3);
    run(&store, |t| t.set_delivery("c", Sent, None)).await;
    assert_eq!(run(&store, |t| t.unsent()).await, 2);
}

#[tokio::test]
async fn a_delivery_goes_forward_only() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    run(&store, |t| t.enqueue(&outgoing("m", "hej"))).await;
    let mut states = Vec::new();
    for state in [
        Sending, Queued, Sending, Sent, Sending, Delivered, Failed, Sent,
    ] {
        states.push(
            run(&store, move |t| t.set_delivery("m", state, None))
                .await
                .map(|outgoing| outgoing.state),
        );
    }
    let expected = [
        Some(Sending),
        Some(Queued),
        Some(Sending),
        Some(Sent),
        None,
        Some(Delivered),
        None,
        None,
    ];
    assert_eq!(states, expected);
    assert_eq!(
        run(&store, |t| t.set_delivery("unheard of", Sent, None)).await,
        None
    );
}

#[tokio::test]
async fn a_failed_text_is_kept_with_its_reason_and_a_sent_one_is_not() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    for id in ["failed", "sent"] {
        run(&store, move |t| t.enqueue(&outgoing(id, "hej"))).await;
    }
    run(&store, |t| {
        t.set_delivery("failed", Failed, Some("offline"))
    })
    .await;
    run(&store, |t| t.set_delivery("sent", Sent, None)).await;
    let failed = run(&store, |t| t.outgoing("failed")).await.unwrap();
    assert_eq!(
        (failed.text.as_str(), failed.reason.as_deref()),
        ("hej", Some("offline"))
    );
    assert_eq!(run(&store, |t| t.outgoing("sent")).await.unwrap().text, "");
    assert_eq!(run(&store, |t| t.unfinished()).await, []);
}

#[tokio::test]
async fn only_a_text_that_was_never_handed_over_can_be_taken_back() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    for id in ["waits", "under way"] {
        run(&store, move |t| t.enqueue(&outgoing(id, "hej"))).await;
    }
    run(&store, |t| t.sending("under way")).await;
    assert!(run(&store, |t| t.withdraw("waits")).await);
    assert!(!run(&store, |t| t.withdraw("under way")).await);
    assert_eq!(run(&store, |t| t.unfinished()).await.len(), 1);
}

/// Not a timed test: prints what this machine does. Run with `--nocapture`, best with `--release`.
#[tokio::test(flavor = "multi_thread")]
async fn rates_of_appends_and_of_grouped_transactions_are_printed() {
    let dir = tempfile::tempdir_in(env!("CARGO_MANIFEST_DIR")).unwrap();
    let store = open(dir.path());
    let journal = store.journal("sip:anna@contoso.example");
    let appends = tokio::task::spawn_blocking(move || {
        let body = vec![b'x'; 2048];
        let start = std::time::Instant::now();
        for _ in 0..1000 {
            journal.append(&body).unwrap();
        }
        1000.0 / start.elapsed().as_secs_f64()
    });
    println!(
        "{:.0} pages of 2 KiB appended per second, one after the other",
        appends.await.unwrap()
    );
    for keep in [Keep::PowerLoss, Keep::Kill] {
        let start = std::time::Instant::now();
        let waiting: Vec<_> = (0..5000)
            .map(|number| {
                store.transaction(keep, move |t| {
                    let id = format!("{keep:?}{number}");
                    t.add_message(&message(&id, "hej"), &id)?;
                    t.enqueue(&outgoing(&id, "hej"))?;
                    t.set_delivery(&id, Sent, None).map(drop)
                })
            })
            .collect();
        for one in waiting {
            one.await.unwrap();
        }
        println!(
            "{:.0} transactions per second, all outstanding, {keep:?}",
            5000.0 / start.elapsed().as_secs_f64()
        );
    }
    // Windows removes nothing that is open.
    store.close().await;
}
