use xmpp_parsers::sm::{Enabled, StreamId};

use super::*;

fn desk() -> Desk {
    Desk::new(BareJid::new("alice@alpha.test").unwrap(), None)
}

/// A desk with a bound session, and with stream management where wanted.
fn bound(managed: bool) -> Desk {
    let mut desk = desk();
    let ledger = managed.then(|| {
        Ledger::new(Enabled {
            id: Some(StreamId("s1".to_owned())),
            location: None,
            max: None,
            resume: true,
        })
    });
    desk.bound(FullJid::new("alice@alpha.test/desk").unwrap(), ledger);
    desk
}

fn bob() -> BareJid {
    BareJid::new("bob@beta.test").unwrap()
}

fn text(id: &str) -> Command {
    Command::Send {
        id: id.to_owned(),
        to: bob().into(),
        body: "hi".to_owned(),
        thread: None,
        delayed: None,
    }
}

fn receipt() -> Command {
    Command::Receipt {
        to: bob().into(),
        id: "m1".to_owned(),
    }
}

/// Writes everything that waits and gives its fates.
fn write(desk: &mut Desk) -> Vec<Fate> {
    let mut fates = Vec::new();
    while let Some(outgoing) = desk.next_to_write() {
        fates.push(outgoing.fate.clone());
        desk.written(outgoing);
    }
    fates
}

fn ids(events: Vec<Event>) -> Vec<String> {
    let id = |event| {
        if let Event::Acked { id } = event {
            return format!("acked {id}");
        }
        let Event::Unacked { id } = event else {
            panic!("{event:?}");
        };
        format!("unacked {id}")
    };
    events.into_iter().map(id).collect()
}

fn told(id: &str) -> Fate {
    Fate::Told(id.to_owned())
}

#[test]
fn a_lost_session_puts_every_text_in_doubt_in_order_and_keeps_what_is_harmless() {
    let mut desk = bound(true);
    desk.take(text("a"));
    desk.take(receipt());
    write(&mut desk);
    desk.take(text("b"));
    assert_eq!(ids(desk.lost()), ["unacked a", "unacked b"]);
    assert!(desk.resume().is_none());
    assert_eq!(write(&mut desk), [Fate::Again]);
    assert!(ids(desk.lost()).is_empty());
}

#[test]
fn a_resumed_session_writes_the_unconfirmed_first() {
    let mut desk = bound(true);
    for id in ["a", "b"] {
        desk.take(text(id));
    }
    write(&mut desk);
    desk.take(text("c"));
    assert_eq!(desk.resume(), Some(("s1".to_owned(), 0)));
    assert_eq!(ids(desk.confirm(1).unwrap()), ["acked a"]);
    desk.resumed();
    assert_eq!(write(&mut desk), [told("b"), told("c")]);
    assert_eq!(ids(desk.confirm(3).unwrap()), ["acked b", "acked c"]);
}

#[test]
fn a_session_that_cannot_be_resumed_is_given_up() {
    let mut desk = bound(true);
    let tries = std::iter::from_fn(|| desk.resume()).count();
    assert_eq!(tries, 3);
}

#[test]
fn without_stream_management_a_text_counts_once_the_stream_has_taken_it() {
    let mut desk = bound(false);
    desk.take(text("a"));
    write(&mut desk);
    assert_eq!(ids(desk.flushed()), ["acked a"]);
    desk.take(text("b"));
    write(&mut desk);
    assert_eq!(ids(desk.lost()), ["unacked b"]);
}

#[test]
fn own_presence_waits_for_the_roster_and_is_repeated_on_a_fresh_session() {
    let mut desk = bound(true);
    desk.take(Command::SetPresence {
        show: Show::Away,
        status: String::new(),
        idle_since: None,
    });
    desk.ask_roster();
    assert_eq!(write(&mut desk).len(), 2, "the questions only");
    desk.roster_query = None;
    assert_eq!(write(&mut desk).len(), 1, "presence");
    assert_eq!(write(&mut desk).len(), 0);
    desk.lost();
    assert_eq!(write(&mut desk).len(), 1, "presence again");
}

#[test]
fn too_many_waiting_texts_go_back_to_their_owner() {
    let mut desk = desk();
    for number in 0..MOST_WAITING {
        assert!(matches!(desk.take(text(&number.to_string())), Taken::Waits));
    }
    assert!(matches!(desk.take(text("more")), Taken::Full(_)));
}

#[test]
fn an_answer_from_a_stranger_is_no_answer() {
    let mut desk = bound(true);
    desk.ask_roster();
    let id = desk.roster_query.clone().unwrap();
    let now = jiff::Zoned::now();
    let mut answer = |from: &str| {
        let xml = format!(
            "<iq xmlns='jabber:client' type='result' id='{id}' from='{from}'><query xmlns='jabber:iq:roster'/></iq>"
        );
        let iq = Iq::try_from(xml.parse::<minidom::Element>().unwrap()).unwrap();
        desk.read(iq.into(), &now).len()
    };
    assert_eq!(answer("mallory@evil.test"), 0);
    assert_eq!(answer("alice@alpha.test"), 1);
    assert_eq!(answer("alice@alpha.test"), 0);
}

#[test]
fn a_change_of_the_roster_is_answered_once_and_asked_again_where_the_session_was_lost() {
    let mut desk = bound(true);
    desk.take(Command::RemoveContact {
        id: "c1".to_owned(),
        jid: bob(),
    });
    assert_eq!(write(&mut desk), [Fate::Again]);
    desk.lost();
    assert_eq!(write(&mut desk).len(), 1, "again");
    let now = jiff::Zoned::now();
    let mut answer = |xml: &str| {
        let iq = Iq::try_from(xml.parse::<minidom::Element>().unwrap()).unwrap();
        match desk.read(iq.into(), &now).pop() {
            Some(Event::RosterAnswer { refused, .. }) => Some(refused),
            _other => None,
        }
    };
    let refusal = "<iq xmlns='jabber:client' type='error' id='c1'><error type='cancel'><not-allowed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>";
    assert_eq!(answer(refusal), Some(Some("not-allowed".to_owned())));
    assert_eq!(
        answer("<iq xmlns='jabber:client' type='result' id='c1'/>"),
        None
    );
}
