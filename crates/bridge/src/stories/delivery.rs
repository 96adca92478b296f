use super::stage::*;
use crate::*;

#[test]
fn ben_gets_the_receipt_only_after_anna_has_the_text() {
    let mut stage = Stage::new();
    stage.writes("anna.berg", "hej");
    let sent = stage.answers("ja");
    assert_eq!((receipts(&sent), actions(&sent)), (0, vec![Action::Queued]));
    let accepted = stage.lync_says(&sent, &Outcome::Accepted);
    assert_eq!(accepted, []);
    let delivered = stage.lync_says(&sent, &Outcome::Delivered);
    assert_eq!(
        (receipts(&delivered), actions(&delivered)),
        (1, vec![Action::Answered])
    );
    assert!(
        stage.lync_says(&sent, &Outcome::Delivered).is_empty(),
        "told once"
    );
}

#[test]
fn a_text_of_several_parts_is_there_when_all_parts_are() {
    let mut stage = Stage::new();
    stage.writes("anna.berg", "hej");
    let sent = stage.answers(&"x".repeat(9000));
    assert_eq!(in_lync(&sent).len(), 3);
    assert_eq!(
        receipts(&stage.lync_says(&sent[..sent.len() - 2], &Outcome::Delivered)),
        0
    );
    assert_eq!(receipts(&stage.lync_says(&sent, &Outcome::Delivered)), 1);
}

#[test]
fn ben_is_told_why_his_answer_did_not_arrive() {
    let mut stage = Stage::new();
    stage.writes("anna.berg", "hej");
    stage.writes("carol", "hallo");
    let sent = stage.answers_in("thread-anna.berg", "ja");
    let out = stage.lync_says(&sent, &Outcome::Failed("cannot be disturbed".into()));
    let notice = "Not delivered to Anna Berg: cannot be disturbed.\n“ja”".to_owned();
    assert_eq!(
        in_xmpp(&out),
        [(PHONE.into(), notice, Some("thread-anna.berg".into()))]
    );
    assert_eq!(
        told(&out),
        [(Action::Bounced, Some("cannot be disturbed".into()))]
    );
    assert_eq!(receipts(&out), 0);
    let again = stage.replies(&stanza_ids(&out)[0], "once more");
    assert_eq!(
        in_lync(&again)[0].0,
        "anna.berg",
        "a reply to the notice goes to the same person"
    );
}

#[test]
fn an_outcome_that_cannot_be_known_is_said_to_be_unknown() {
    let mut stage = Stage::new();
    stage.writes("anna.berg", "hej");
    let sent = stage.answers("ja");
    let out = stage.lync_says(&sent, &Outcome::Unknown);
    assert!(read(&out)[0].starts_with("Perhaps not delivered to Anna Berg"));
    assert_eq!(actions(&out), [Action::Bounced]);
}

#[test]
fn the_fate_of_an_answer_is_told_after_a_restart_too() {
    let mut stage = Stage::new();
    stage.writes("anna.berg", "hej");
    let (kept, lost) = (stage.answers("one"), stage.answers("two"));
    stage.restarts();
    assert_eq!(receipts(&stage.lync_says(&kept, &Outcome::Delivered)), 1);
    assert_eq!(
        read(&stage.lync_says(&lost, &Outcome::Failed("offline".into()))),
        ["Not delivered to Anna Berg: offline.\n“two”"]
    );
}

#[test]
fn the_log_says_when_a_text_reached_the_phone_and_when_not() {
    let mut stage = Stage::new();
    let sent = stage.writes("anna.berg", "hej");
    assert_eq!(actions(&sent), [Action::Queued]);
    assert_eq!(
        actions(&stage.xmpp_says(&sent, &Outcome::Accepted)),
        [Action::Relayed]
    );
    assert!(
        stage.xmpp_says(&sent, &Outcome::Delivered).is_empty(),
        "told once"
    );
    let sent = stage.writes("anna.berg", "hej");
    let out = stage.xmpp_says(&sent, &Outcome::Failed("service-unavailable".into()));
    assert_eq!(
        told(&out),
        [(Action::Bounced, Some("service-unavailable".into()))]
    );
    assert!(read(&out).is_empty(), "no notice about a notice");
}

#[test]
fn an_answering_machine_that_answers_notices_comes_to_an_end() {
    let mut stage = Stage::new();
    stage.writes("anna.berg", "hej");
    let mut out = stage.answers("I am on holiday.");
    let mut notices = 0;
    for _ in 0..100 {
        let failed = stage.lync_says(&out, &Outcome::Failed("offline".into()));
        notices += read(&failed).len();
        let text = XmppText {
            thread: Some("thread-anna.berg".into()),
            ..stage.phone_text("I am on holiday.")
        };
        out = stage.does(Input::XmppMessage(text));
        notices += read(&out).len();
    }
    assert!(notices < 10, "{notices} notices");
}
