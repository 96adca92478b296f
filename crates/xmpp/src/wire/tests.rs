//! Receive this, expect that. The account is alice@alpha.test, here at her desk; bob is a contact, mallory is nobody.

use jid::{BareJid, FullJid, Jid};
use jiff::{Timestamp, Zoned};
use minidom::Element;
use proptest::prelude::*;
use xmpp_parsers::iq::Iq;
use xmpp_parsers::message::Message as MessageStanza;
use xmpp_parsers::presence::Presence as PresenceStanza;
use xmpp_parsers::stanza::Stanza;

use super::*;
use crate::{Event, Message, Show, Subscription};

fn alice() -> BareJid {
    BareJid::new("alice@alpha.test").unwrap()
}

fn desk() -> FullJid {
    FullJid::new("alice@alpha.test/desk").unwrap()
}

fn bob() -> Jid {
    Jid::new("bob@beta.test/phone").unwrap()
}

/// An element of a client stream.
fn parse(xml: &str) -> Element {
    let wrapped = format!("<stream xmlns='jabber:client'>{xml}</stream>");
    let stream: Element = wrapped.parse().unwrap();
    stream.children().next().unwrap().clone()
}

fn told(xml: &str) -> Vec<Event> {
    message_events(&alice(), &MessageStanza::try_from(parse(xml)).unwrap())
}

fn the_text(xml: &str) -> Message {
    match told(xml).as_slice() {
        [Event::Message(message)] => message.clone(),
        other => panic!("{other:?}"),
    }
}

fn iq(xml: &str) -> Iq {
    Iq::try_from(parse(xml)).unwrap()
}

fn about(sees_presence: bool) -> About {
    About {
        now: "2026-11-25T03:00:00+01:00[+01:00]"
            .parse::<Zoned>()
            .unwrap(),
        idle_since: Some("2026-11-25T01:59:00Z".parse().unwrap()),
        sees_presence,
    }
}

#[test]
fn a_text_with_everything_is_read() {
    let message = the_text(
        "<message type='chat' id='m1' from='bob@beta.test/phone' to='alice@alpha.test'><body>hi &lt;3</body>
           <thread>t1</thread><request xmlns='urn:xmpp:receipts'/><active xmlns='http://jabber.org/protocol/chatstates'/>
           <origin-id xmlns='urn:xmpp:sid:0' id='o1'/><stanza-id xmlns='urn:xmpp:sid:0' id='s0' by='bob@beta.test'/>
           <stanza-id xmlns='urn:xmpp:sid:0' id='s1' by='alice@alpha.test'/>
           <delay xmlns='urn:xmpp:delay' from='alpha.test' stamp='2026-11-25T01:00:00.5Z'/></message>",
    );
    let expected = Message {
        from: bob(),
        to: alice().into(),
        id: Some("m1".into()),
        origin_id: Some("o1".into()),
        stanza_id: Some("s1".into()),
        thread: Some("t1".into()),
        reply_to: None,
        body: "hi <3".into(),
        delayed: Some("2026-11-25T01:00:00.5Z".parse().unwrap()),
        carbon: false,
        archived: false,
        wants_receipt: true,
        encrypted: false,
    };
    assert_eq!(message, expected);
}

#[test]
fn a_text_without_id_gets_no_receipt() {
    let message = the_text(
        "<message from='bob@beta.test/phone'><body>hi</body><request xmlns='urn:xmpp:receipts'/></message>",
    );
    assert!(!message.wants_receipt);
}

#[test]
fn typing_and_receipts_are_told() {
    let events = told(
        "<message type='chat' from='bob@beta.test/phone'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>",
    );
    assert!(
        matches!(events.as_slice(), [Event::ChatState { from, composing: true }] if *from == bob())
    );
    let events = told(
        "<message from='bob@beta.test/phone'><received xmlns='urn:xmpp:receipts' id='m1'/></message>",
    );
    assert!(
        matches!(events.as_slice(), [Event::Received { from, id }] if *from == bob() && id == "m1")
    );
}

#[test]
fn a_bounce_names_its_cause() {
    let events = told(
        "<message type='error' id='m1' from='bob@beta.test'><body>hi</body><error type='cancel'>
           <service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>
           <text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>not here</text></error></message>",
    );
    let [
        Event::Bounced {
            id,
            condition,
            text,
            ..
        },
    ] = events.as_slice()
    else {
        panic!("{events:?}");
    };
    assert_eq!(
        (id.as_str(), condition.as_str(), text.as_str()),
        ("m1", "service-unavailable", "not here")
    );
}

#[test]
fn rooms_and_headlines_are_not_chats() {
    for kind in ["groupchat", "headline"] {
        assert!(
            told(&format!(
                "<message type='{kind}' from='x@beta.test'><body>hi</body></message>"
            ))
            .is_empty()
        );
    }
}

#[test]
fn the_quotation_in_front_of_a_reply_is_cut_off() {
    let reply = |range: &str, body: &str| {
        the_text(&format!(
            "<message from='bob@beta.test/phone'><body>{body}</body><reply xmlns='urn:xmpp:reply:0' id='m0' to='alice@alpha.test'/>
             <fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body {range}/></fallback></message>"
        ))
    };
    let message = reply("start='0' end='4'", "> \u{1F44B}\nyes");
    assert_eq!(
        (message.body.as_str(), message.reply_to.as_deref()),
        ("yes", Some("m0"))
    );
    assert_eq!(reply("start='0' end='999'", "all").body, "all");
    assert_eq!(reply("start='9' end='2'", "all").body, "all");
    assert_eq!(reply("", "all").body, "all");
}

#[test]
fn an_encrypted_text_is_marked() {
    let message = the_text(
        "<message from='bob@beta.test/phone'><body>no OMEMO</body><encrypted xmlns='eu.siacs.conversations.axolotl'/></message>",
    );
    assert!(message.encrypted);
    let message = the_text(
        "<message from='bob@beta.test/phone'><encrypted xmlns='urn:xmpp:omemo:2'/></message>",
    );
    assert!(message.encrypted && message.body.is_empty());
}

fn carbon(outer: &str, direction: &str, from: &str, to: &str) -> Vec<Event> {
    told(&format!(
        "<message from='{outer}' to='alice@alpha.test/desk'><{direction} xmlns='urn:xmpp:carbons:2'>
           <forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' type='chat' id='m1' from='{from}' to='{to}'>
             <body>hi</body><request xmlns='urn:xmpp:receipts'/></message></forwarded></{direction}></message>"
    ))
}

#[test]
fn a_carbon_is_marked_and_gets_no_receipt() {
    for (direction, from, to) in [
        ("sent", "alice@alpha.test/phone", "bob@beta.test"),
        ("received", "bob@beta.test/phone", "alice@alpha.test/phone"),
    ] {
        let events = carbon("alice@alpha.test", direction, from, to);
        let [Event::Message(message)] = events.as_slice() else {
            panic!("{events:?}");
        };
        assert!(message.carbon && !message.wants_receipt);
        assert_eq!(message.from, Jid::new(from).unwrap());
    }
}

#[test]
fn a_carbon_of_somebody_else_is_not_believed() {
    let sent = ("sent", "alice@alpha.test/phone", "bob@beta.test");
    for outer in ["mallory@evil.test", "alice@alpha.test/phone", "alpha.test"] {
        assert!(carbon(outer, sent.0, sent.1, sent.2).is_empty(), "{outer}");
    }
    assert!(
        carbon(
            "alice@alpha.test",
            "sent",
            "mallory@evil.test",
            "bob@beta.test"
        )
        .is_empty()
    );
    assert!(
        carbon(
            "alice@alpha.test",
            "received",
            "bob@beta.test",
            "mallory@evil.test"
        )
        .is_empty()
    );
}

fn archived(outer: &str, query: &str) -> Option<Option<ArchiveText>> {
    let xml = format!(
        "<message {outer} to='alice@alpha.test/desk'><result xmlns='urn:xmpp:mam:2' queryid='{query}' id='a1'>
           <forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2026-11-25T01:00:00Z'/>
             <message xmlns='jabber:client' type='chat' id='m1' from='bob@beta.test/phone' to='alice@alpha.test'>
               <body>hi</body></message></forwarded></result></message>"
    );
    archive_text(
        &alice(),
        Some("q1"),
        &MessageStanza::try_from(parse(&xml)).unwrap(),
    )
}

#[test]
fn an_archived_text_has_its_id_and_its_time() {
    let text = archived("from='alice@alpha.test'", "q1").unwrap().unwrap();
    let message = text.message.unwrap();
    assert!(message.archived);
    assert_eq!(message.stanza_id.as_deref(), Some("a1"));
    assert_eq!(
        message.delayed,
        Some("2026-11-25T01:00:00Z".parse().unwrap())
    );
    assert!(archived("", "q1").unwrap().is_some());
}

#[test]
fn an_archived_text_that_nobody_asked_for_is_not_believed() {
    assert!(
        archived("from='mallory@evil.test'", "q1")
            .unwrap()
            .is_none()
    );
    assert!(archived("from='alice@alpha.test'", "q2").unwrap().is_none());
}

#[test]
fn presence_is_read() {
    let read = |xml: &str| presence_event(&desk(), &PresenceStanza::try_from(parse(xml)).unwrap());
    let xml = "<presence from='bob@beta.test/phone'><show>dnd</show><status>In a call</status><priority>5</priority>
         <idle xmlns='urn:xmpp:idle:1' since='2026-11-25T01:00:00Z'/></presence>";
    let Some(Event::Presence(presence)) = read(xml) else {
        panic!("no presence");
    };
    assert_eq!(
        (presence.show, presence.status.as_str(), presence.priority),
        (Show::Dnd, "In a call", 5)
    );
    assert_eq!(
        presence.idle_since,
        Some("2026-11-25T01:00:00Z".parse().unwrap())
    );
    let ask = read("<presence type='subscribe' from='bob@beta.test/phone'/>");
    assert!(matches!(ask, Some(Event::SubscriptionRequest(from)) if from == bob().to_bare()));
    assert!(read("<presence from='alice@alpha.test/desk'/>").is_none());
    assert!(read("<presence type='error' from='bob@beta.test'/>").is_none());
    assert!(read("<presence/>").is_none());
}

#[test]
fn own_presence_carries_capabilities_and_never_chat() {
    let idle = Timestamp::from_second(1_800_000_000).unwrap();
    let xml = String::from(&Element::from(own_presence(
        Show::Chat,
        "back at \u{1}9",
        Some(idle),
    )));
    assert!(
        !xml.contains("<show>") && xml.contains("back at \u{FFFD}9"),
        "{xml}"
    );
    assert!(
        xml.contains("http://jabber.org/protocol/caps") && xml.contains("2027-01-15T08:00:00"),
        "{xml}"
    );
    let gone = String::from(&Element::from(own_presence(Show::Unavailable, "", None)));
    assert!(
        gone.contains("unavailable") && !gone.contains("caps"),
        "{gone}"
    );
}

#[test]
fn a_change_of_the_roster_names_everything_that_stays() {
    let carol = || BareJid::new("carol@beta.test").unwrap();
    let groups = ["Friends".to_owned(), "A & B".to_owned()];
    let set = String::from(&Element::from(roster_set("c1", carol(), "Carol", &groups)));
    for part in [
        "type='set'",
        "jid='carol@beta.test'",
        "name='Carol'",
        ">Friends</group>",
        ">A &amp; B</group>",
    ] {
        assert!(set.contains(part), "{part}: {set}");
    }
    assert!(!set.contains("ask="), "{set}");
    let remove = String::from(&Element::from(roster_remove("c2", carol())));
    assert!(remove.contains("subscription='remove'"), "{remove}");
}

#[test]
fn the_roster_and_its_changes_are_read() {
    let payload = parse(
        "<query xmlns='jabber:iq:roster'><item jid='bob@beta.test' name='Bob' subscription='to' ask='subscribe'><group>Friends</group></item>
         <item jid='carol@beta.test' subscription='both'/></query>",
    );
    let items = roster(Some(payload)).unwrap();
    assert_eq!(items[0].name, "Bob");
    assert_eq!(items[0].groups, ["Friends"]);
    assert_eq!(
        items[0].subscription,
        Subscription {
            to: true,
            from: false,
            asked: true
        }
    );
    assert_eq!(
        items[1].subscription,
        Subscription {
            to: true,
            from: true,
            asked: false
        }
    );
    let push = |from: &str, subscription: &str| {
        let xml = format!(
            "<iq type='set' id='p1' {from}><query xmlns='jabber:iq:roster'><item jid='bob@beta.test' subscription='{subscription}'/></query></iq>"
        );
        roster_push(&alice(), &iq(&xml)).unwrap()
    };
    assert!(
        matches!(push("", "from"), Push::Believed(event) if matches!(*event, Event::RosterItem(_)))
    );
    let removed = push("from='alice@alpha.test'", "remove");
    assert!(matches!(removed, Push::Believed(event) if matches!(*event, Event::RosterRemoved(_))));
    for from in ["mallory@evil.test", "alice@alpha.test/phone"] {
        assert!(
            matches!(push(&format!("from='{from}'"), "both"), Push::Refused),
            "{from}"
        );
    }
}

fn answered(payload: &str, sees_presence: bool) -> String {
    let question = iq(&format!(
        "<iq type='get' id='q1' from='bob@beta.test/phone'>{payload}</iq>"
    ));
    let answer = answer(&question, &about(sees_presence)).unwrap();
    assert_eq!((answer.id(), answer.to()), ("q1", Some(&bob())));
    String::from(&Element::from(answer))
}

#[test]
fn questions_are_answered() {
    assert!(answered("<ping xmlns='urn:xmpp:ping'/>", false).contains("type='result'"));
    assert!(answered("<query xmlns='jabber:iq:version'/>", false).contains("Causeway"));
    let time = answered("<time xmlns='urn:xmpp:time'/>", false);
    assert!(
        time.contains("+01:00") && time.contains("2026-11-25T02:00:00Z"),
        "{time}"
    );
    let info = answered(
        "<query xmlns='http://jabber.org/protocol/disco#info'/>",
        false,
    );
    assert!(info.contains("urn:xmpp:receipts"), "{info}");
    let items = answered(
        "<query xmlns='http://jabber.org/protocol/disco#items'/>",
        false,
    );
    assert!(items.contains("type='result'"), "{items}");
}

#[test]
fn idle_time_is_told_only_to_those_who_see_presence() {
    let query = "<query xmlns='jabber:iq:last'/>";
    assert!(answered(query, true).contains("seconds='60'"));
    let refused = answered(query, false);
    assert!(
        refused.contains("forbidden") && !refused.contains("seconds"),
        "{refused}"
    );
}

#[test]
fn the_capabilities_lead_to_the_same_features() {
    let presence = Element::from(own_presence(Show::Away, "", None));
    let caps = presence
        .get_child("c", "http://jabber.org/protocol/caps")
        .unwrap();
    let node = format!(
        "{}#{}",
        caps.attr("node").unwrap(),
        caps.attr("ver").unwrap()
    );
    let query = |node: &str| {
        answered(
            &format!("<query xmlns='http://jabber.org/protocol/disco#info' node='{node}'/>"),
            false,
        )
    };
    assert!(query(&node).contains("urn:xmpp:ping"));
    assert!(query("other").contains("item-not-found"));
}

#[test]
fn an_unknown_question_is_refused_and_an_answer_is_never_answered() {
    assert!(answered("<query xmlns='jabber:iq:rpc'/>", true).contains("service-unavailable"));
    let set = iq("<iq type='set' id='q1'><query xmlns='jabber:iq:roster'/></iq>");
    let refused = String::from(&Element::from(answer(&set, &about(true)).unwrap()));
    assert!(refused.contains("service-unavailable"), "{refused}");
    let result = iq("<iq type='result' id='q1'/>");
    assert!(answer(&result, &about(true)).is_none());
}

#[test]
fn typing_is_never_stored_and_a_receipt_always() {
    let state = String::from(&Element::from(chat_state(bob(), true)));
    assert!(
        state.contains("<composing") && state.contains("no-store"),
        "{state}"
    );
    let receipt = String::from(&Element::from(receipt(bob(), "m1")));
    assert!(
        receipt.contains("id='m1'") && receipt.contains("<store"),
        "{receipt}"
    );
}

/// Pieces that stanzas are made of, so that the random ones get somewhere.
fn xml() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "<message from='alice@alpha.test' type='chat' id='1'>",
        "</message>",
        "<presence from='bob@beta.test/x'>",
        "</presence>",
        "<iq type='set' id='1' from='alice@alpha.test'>",
        "<iq type='get' id='1'>",
        "</iq>",
        "<body>",
        "</body>",
        "<result xmlns='urn:xmpp:mam:2' queryid='q1' id='a'>",
        "</result>",
        "<sent xmlns='urn:xmpp:carbons:2'>",
        "</sent>",
        "<forwarded xmlns='urn:xmpp:forward:0'>",
        "</forwarded>",
        "<query xmlns='jabber:iq:roster'>",
        "</query>",
        "<item jid='a@b' subscription='both'/>",
        "<reply xmlns='urn:xmpp:reply:0' id='x'/>",
        "<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='3' end='1'/></fallback>",
        "<delay xmlns='urn:xmpp:delay' stamp='9999-12-31T23:59:59Z'/>",
        "<idle xmlns='urn:xmpp:idle:1' since='-262143-01-01T00:00:00Z'/>",
        "<c xmlns='http://jabber.org/protocol/chatstates'/>",
        "&amp;\u{1F44B}",
    ]);
    prop_oneof![
        prop::collection::vec(pieces, 0..12).prop_map(|pieces| pieces.concat()),
        ".{0,200}".boxed(),
    ]
}

proptest! {
    #[test]
    fn no_stanza_makes_the_reader_panic(xml in xml()) {
        let wrapped = format!("<stream xmlns='jabber:client'>{xml}</stream>");
        let Ok(stream) = wrapped.parse::<Element>() else { return Ok(()) };
        for child in stream.children() {
            let Ok(stanza) = Stanza::try_from(child.clone()) else { continue };
            match stanza {
                Stanza::Message(message) => {
                    let _ = message_events(&alice(), &message);
                    let _ = archive_text(&alice(), Some("q1"), &message);
                }
                Stanza::Presence(presence) => drop(presence_event(&desk(), &presence)),
                Stanza::Iq(iq) => {
                    let _ = roster_push(&alice(), &iq);
                    let _ = answer(&iq, &about(true));
                    if let xmpp_parsers::iq::IqPayload::Result(payload) = iq.into_payload() {
                        let _ = archive_page(payload.clone());
                        let _ = roster(payload);
                    }
                }
            }
        }
    }

    #[test]
    fn every_text_comes_back_as_it_was_written_except_for_what_xml_forbids(body in "\\PC{1,200}|.{1,50}") {
        let mut sent = chat_message("m1", alice().into(), &body, None, None);
        sent.from = Some(bob());
        let xml = String::from(&Element::from(sent));
        let stanza = MessageStanza::try_from(xml.parse::<Element>().unwrap()).unwrap();
        let events = message_events(&alice(), &stanza);
        let [Event::Message(message)] = events.as_slice() else { panic!("{events:?}") };
        // A line end is one character in XML, whatever it was (XML 1.0 section 2.11).
        prop_assert_eq!(&message.body, &xml_text(&body));
    }
}
