//! The queue, without anything around it.

use super::*;

const ANNA: &str = "sip:anna@contoso.example";

fn row(id: &str, side: Side) -> Row {
    Row {
        id: id.to_owned(),
        side,
        account: ANNA.to_owned(),
        to: "sip:ben@contoso.example".to_owned(),
        thread: String::new(),
        text: "hej".to_owned(),
        written: Timestamp::UNIX_EPOCH,
        origin: None,
        stage: Stage::Queued,
    }
}

fn to(id: &str, to: &str) -> Row {
    Row {
        to: to.to_owned(),
        ..row(id, Side::Lync)
    }
}

fn fresh() -> Outbox {
    left([])
}

fn left(rows: impl IntoIterator<Item = Row>) -> Outbox {
    let mut outbox = Outbox::restored(rows);
    outbox.sign_in_as(Side::Lync, ANNA);
    outbox.sign_in_as(Side::Xmpp, ANNA);
    outbox
}

fn left_in(stage: Stage, ids: &[&str], side: Side) -> Outbox {
    left(ids.iter().map(|id| Row {
        stage,
        ..row(id, side)
    }))
}

fn ids(rows: &[Row]) -> Vec<&str> {
    rows.iter().map(|row| row.id.as_str()).collect()
}

#[test]
fn texts_written_while_the_side_is_down_go_out_in_order_when_it_is_back() {
    let mut outbox = fresh();
    assert_eq!(outbox.put(row("1", Side::Xmpp)), Stage::Queued);
    assert_eq!(outbox.put(row("2", Side::Xmpp)), Stage::Queued);
    assert_eq!(ids(&outbox.open(Side::Xmpp)), ["1", "2"]);
    assert_eq!(outbox.put(row("3", Side::Xmpp)), Stage::Due);
    assert!(
        outbox.open(Side::Xmpp).is_empty(),
        "opening again sends nothing twice"
    );
}

#[test]
fn one_side_being_up_sends_nothing_of_the_other() {
    let mut outbox = fresh();
    outbox.open(Side::Xmpp);
    assert_eq!(outbox.put(row("1", Side::Lync)), Stage::Queued);
}

#[test]
fn each_lync_person_gets_one_text_at_a_time() {
    let mut outbox = fresh();
    outbox.put(row("ben 1", Side::Lync));
    outbox.put(row("ben 2", Side::Lync));
    outbox.put(to("carla 1", "sip:carla@contoso.example"));
    assert_eq!(ids(&outbox.open(Side::Lync)), ["ben 1", "carla 1"]);
    assert_eq!(
        outbox.put(to("ben 3", "SIP:Ben@contoso.example")),
        Stage::Queued
    );
    assert!(outbox.hand_over("ben 1"));
    let first = outbox.learn("ben 1", Evidence::Taken).unwrap();
    assert_eq!(outbox.next_to(&first).unwrap().id, "ben 2");
    assert_eq!(outbox.next_to(&first), None, "its turn is called once");
    let second = outbox.learn("ben 2", Evidence::Failed).unwrap();
    assert_eq!(outbox.next_to(&second).unwrap().id, "ben 3");
}

#[test]
fn a_person_whose_text_is_in_doubt_waits_and_the_others_do_not() {
    let mut outbox = left_in(Stage::Sending, &["ben 1"], Side::Lync);
    outbox.put(row("ben 2", Side::Lync));
    outbox.put(to("carla 1", "sip:carla@contoso.example"));
    assert_eq!(ids(&outbox.open(Side::Lync)), ["carla 1"]);
    assert_eq!(ids(&outbox.not_there(Side::Lync)), ["ben 1"]);
    let first = outbox.learn("ben 1", Evidence::Taken).unwrap();
    assert_eq!(outbox.next_to(&first).unwrap().id, "ben 2");
}

#[test]
fn several_texts_in_doubt_for_one_lync_person_go_out_one_by_one() {
    let mut outbox = left_in(Stage::Sending, &["1", "2"], Side::Lync);
    outbox.open(Side::Lync);
    assert_eq!(ids(&outbox.not_there(Side::Lync)), ["1"]);
    let first = outbox.learn("1", Evidence::Arrived).unwrap();
    assert_eq!(outbox.next_to(&first).unwrap().id, "2");
}

#[test]
fn a_text_seen_in_the_archive_is_not_sent_again() {
    let mut outbox = left_in(Stage::Sending, &["1", "2"], Side::Xmpp);
    assert!(outbox.learn("1", Evidence::Taken).is_some());
    assert_eq!(ids(&outbox.not_there(Side::Xmpp)), ["2"]);
    assert!(outbox.not_there(Side::Xmpp).is_empty());
}

#[test]
fn a_lync_text_whose_server_forgot_us_is_unknown_and_never_sent_again() {
    let mut outbox = left_in(Stage::Sending, &["1"], Side::Lync);
    assert_eq!(ids(&outbox.unknown(Side::Lync)), ["1"]);
    assert!(outbox.open(Side::Lync).is_empty());
    assert!(outbox.get("1").is_none());
}

#[test]
fn a_text_in_doubt_is_known_by_its_words_too() {
    let outbox = left_in(Stage::Sending, &["1"], Side::Lync);
    let in_doubt = |to: &str, text: &str| outbox.in_doubt(Side::Lync, to, text);
    assert_eq!(
        in_doubt("sip:Ben@contoso.example", "hej\r\n").as_deref(),
        Some("1")
    );
    assert_eq!(in_doubt("sip:ben@contoso.example", "hej då"), None);
    assert_eq!(in_doubt("sip:carla@contoso.example", "hej"), None);
}

#[test]
fn opening_the_lane_does_not_send_what_is_in_doubt() {
    let mut outbox = left_in(Stage::Sending, &["1"], Side::Xmpp);
    outbox.put(row("2", Side::Xmpp));
    assert_eq!(ids(&outbox.open(Side::Xmpp)), ["2"]);
}

#[test]
fn a_link_that_goes_takes_its_unconfirmed_texts_into_doubt_and_keeps_the_others() {
    let mut outbox = fresh();
    outbox.open(Side::Xmpp);
    for id in ["1", "2"] {
        outbox.put(row(id, Side::Xmpp));
        assert!(outbox.hand_over(id));
    }
    outbox.learn("1", Evidence::Taken);
    outbox.lost(Side::Xmpp);
    assert_eq!(outbox.put(row("3", Side::Xmpp)), Stage::Queued);
    assert_eq!(ids(&outbox.not_there(Side::Xmpp)), ["2"]);
}

#[test]
fn repeated_evidence_is_no_news() {
    let mut outbox = fresh();
    outbox.open(Side::Xmpp);
    outbox.put(row("1", Side::Xmpp));
    assert_eq!(outbox.learn("1", Evidence::Taken).unwrap().text, "hej");
    assert!(outbox.learn("1", Evidence::Taken).is_none());
    assert!(outbox.learn("1", Evidence::Arrived).is_some());
    assert!(outbox.learn("1", Evidence::Arrived).is_none());
    assert!(outbox.learn("stranger", Evidence::Arrived).is_none());
}

#[test]
fn only_a_text_that_the_network_never_saw_can_be_taken_back() {
    let mut outbox = fresh();
    outbox.put(row("1", Side::Lync));
    assert!(outbox.withdraw("1"));
    assert!(outbox.open(Side::Lync).is_empty());
    outbox.put(row("2", Side::Lync));
    assert!(outbox.hand_over("2"));
    assert!(!outbox.withdraw("2"));
}

#[test]
fn a_text_whose_lane_closed_before_it_was_stored_waits_for_the_next_opening() {
    let mut outbox = fresh();
    outbox.open(Side::Xmpp);
    outbox.put(row("1", Side::Xmpp));
    outbox.lost(Side::Xmpp);
    assert!(!outbox.hand_over("1"));
    assert!(
        outbox.not_there(Side::Xmpp).is_empty(),
        "the network never had it, so nothing is in doubt"
    );
    assert_eq!(ids(&outbox.open(Side::Xmpp)), ["1"]);
    assert!(outbox.hand_over("1"));
}

#[test]
fn a_text_that_is_long_being_stored_goes_to_the_next_link_and_goes_once() {
    let mut outbox = fresh();
    outbox.open(Side::Xmpp);
    outbox.put(row("1", Side::Xmpp));
    outbox.lost(Side::Xmpp);
    assert!(outbox.not_there(Side::Xmpp).is_empty());
    assert!(
        outbox.open(Side::Xmpp).is_empty(),
        "it is being stored already"
    );
    assert!(outbox.hand_over("1"));
    assert!(!outbox.hand_over("1"));
}

#[test]
fn texts_of_another_account_wait_for_it_untouched() {
    let ben = || Row {
        account: "sip:ben@contoso.example".to_owned(),
        stage: Stage::Sending,
        ..row("1", Side::Lync)
    };
    let queued = || Row {
        id: "2".to_owned(),
        stage: Stage::Queued,
        ..ben()
    };
    let mut outbox = left([ben(), queued()]);
    assert_eq!(outbox.of_others(Side::Lync), 2);
    assert!(!outbox.has_doubts(Side::Lync));
    assert!(outbox.open(Side::Lync).is_empty());
    assert!(outbox.unknown(Side::Lync).is_empty());
    assert_eq!(
        outbox.put(row("3", Side::Lync)),
        Stage::Due,
        "no turn of theirs is waited for"
    );
    outbox.close(Side::Lync);
    outbox.sign_in_as(Side::Lync, "sip:Ben@contoso.example");
    assert_eq!(ids(&outbox.not_there(Side::Lync)), ["1"]);
}

#[test]
fn texts_waiting_for_a_receipt_that_never_comes_are_forgotten_some_day() {
    let mut outbox = fresh();
    outbox.open(Side::Xmpp);
    for number in 0..=AWAITING_RECEIPT {
        outbox.put(row(&number.to_string(), Side::Xmpp));
        outbox.learn(&number.to_string(), Evidence::Taken);
    }
    assert!(outbox.get("0").is_none());
    assert!(outbox.get("1").is_some());
}
