use jiff::SignedDuration;

use super::stage::*;
use crate::*;

#[test]
fn anna_writes_twice_and_ben_sees_it_twice_once_each() {
    let mut stage = Stage::new();
    let first = stage.writes("anna.berg", "hej");
    let second = stage.writes("anna.berg", "hej");
    assert_eq!(
        in_xmpp(&first),
        [(
            PHONE.into(),
            "Anna Berg: hej".into(),
            Some("thread-anna.berg".into())
        )]
    );
    assert_eq!(read(&second), ["Anna Berg: hej"]);
    assert_ne!(stanza_ids(&first), stanza_ids(&second));
}

#[test]
fn a_replayed_text_is_carried_once_even_after_a_restart() {
    let mut stage = Stage::new();
    let text = stage.lync_text("anna.berg", "hej");
    assert_eq!(read(&stage.does(Input::LyncMessage(text.clone()))).len(), 1);
    assert_eq!(
        told(&stage.does(Input::LyncMessage(text.clone()))),
        [(Action::Dropped, Some("carried before".into()))]
    );
    stage.restarts();
    assert!(read(&stage.does(Input::LyncMessage(text))).is_empty());
}

#[test]
fn a_text_replayed_to_a_bridge_that_lost_its_memory_keeps_its_id() {
    let text = Stage::new().lync_text("anna.berg", "hej");
    let once = stanza_ids(&Stage::new().does(Input::LyncMessage(text.clone())));
    let again = stanza_ids(&Stage::new().does(Input::LyncMessage(text)));
    assert_eq!(once, again);
}

#[test]
fn what_ben_writes_in_another_lync_client_appears_as_from_him() {
    let mut stage = Stage::new();
    let text = stage.lync_text("carol", "on my way");
    assert_eq!(
        read(&stage.does(Input::LyncOwnMessage(text))),
        ["Me → Carol Dahl: on my way"]
    );
}

#[test]
fn two_people_of_one_name_are_told_apart_by_their_addresses() {
    let mut stage = Stage::new();
    let other = LyncText {
        name: "Anna Berg".into(),
        ..stage.lync_text("annab", "hej")
    };
    assert_eq!(
        read(&stage.does(Input::LyncMessage(other))),
        ["Anna Berg (annab@contoso.example): hej"]
    );
    let nameless = LyncText {
        name: String::new(),
        ..stage.lync_text("dave", "hej")
    };
    assert_eq!(
        read(&stage.does(Input::LyncMessage(nameless))),
        ["dave@contoso.example: hej"]
    );
}

#[test]
fn a_long_text_arrives_whole_and_in_order() {
    let mut stage = Stage::new();
    let long = "0123456789 ".repeat(5000);
    let out = stage.writes("anna.berg", &long);
    let parts = read(&out);
    assert!(parts.len() > 1);
    assert_eq!(parts.concat(), format!("Anna Berg: {}", long.trim_end()));
    assert_eq!(
        actions(&stage.xmpp_says(&out, &Outcome::Accepted)),
        [Action::Relayed],
        "told once, when the last part is there"
    );
}

#[test]
fn nothing_is_relayed_without_an_address_or_when_switched_off() {
    for change in [
        (|rules: &mut Rules| rules.relay_to = None) as fn(&mut Rules),
        |rules| rules.relay_to = Some(String::new()),
        |rules| rules.enabled = false,
        |rules| rules.relay_when = RelayWhen::Never,
    ] {
        let mut stage = Stage::new();
        stage.rule(change);
        assert_eq!(stage.writes("anna.berg", "hej"), []);
    }
}

#[test]
fn a_paused_relay_rests_until_its_end() {
    let mut stage = Stage::new();
    let end = stage.now + SignedDuration::from_mins(15);
    stage.rule(|rules| rules.paused = Some(Pause::Until(end)));
    assert_eq!(
        told(&stage.writes("anna.berg", "hej")),
        [(Action::Dropped, Some("the relay is paused".into()))]
    );
    let refused = stage.answers("hej");
    assert_eq!(read(&refused), ["Not sent: the relay is paused."]);
    stage.passes(15 * 60);
    assert_eq!(read(&stage.writes("anna.berg", "hej")), ["Anna Berg: hej"]);
    stage.rule(|rules| rules.paused = Some(Pause::UntilResumed));
    assert!(read(&stage.writes("anna.berg", "hej")).is_empty());
}

#[test]
fn with_relay_when_away_texts_follow_ben_only_when_he_left_his_desk() {
    let mut stage = Stage::with(Rules {
        relay_when: RelayWhen::Away,
        ..Rules::default()
    });
    let follows = [
        (Availability::Online, false),
        (Availability::Busy, false),
        (Availability::DoNotDisturb, false),
        (Availability::IdleOnline, true),
        (Availability::IdleBusy, true),
        (Availability::BeRightBack, true),
        (Availability::Away, true),
        (Availability::OffWork, true),
        (Availability::Offline, true),
        (Availability::Unknown, true),
    ];
    assert_eq!(
        read(&stage.writes("anna.berg", "hej")).len(),
        1,
        "nothing is known of Ben yet"
    );
    for (availability, relayed) in follows {
        stage.does(Input::OwnLync {
            availability,
            activity: String::new(),
            note: String::new(),
            out_of_office: false,
        });
        assert_eq!(
            read(&stage.writes("anna.berg", "hej")).len() == 1,
            relayed,
            "{availability:?}"
        );
    }
}

#[test]
fn the_first_text_to_the_phone_asks_for_its_presence_once() {
    let mut stage = Stage::new();
    let asks = |out: &[Output]| {
        out.iter()
            .filter(|output| matches!(output, Output::Subscribe { .. }))
            .count()
    };
    assert_eq!(
        asks(&stage.writes("anna.berg", "hej")),
        0,
        "the roster is not known yet"
    );
    stage.does(Input::Roster(vec![]));
    assert_eq!(asks(&stage.writes("anna.berg", "hej")), 1);
    assert_eq!(asks(&stage.writes("anna.berg", "hej")), 0);
    let mut stage = Stage::with(Rules {
        auto_subscribe: false,
        ..Rules::default()
    });
    stage.does(Input::Roster(vec![]));
    assert_eq!(asks(&stage.writes("anna.berg", "hej")), 0);
}

#[test]
fn a_contact_that_ben_writes_to_from_another_client_is_subscribed_to() {
    let mut stage = Stage::new();
    stage.does(Input::Roster(vec![]));
    let text = XmppText {
        from: "ben@xmpp.example/other".into(),
        to: "dave@x.example".into(),
        ..stage.phone_text("hej")
    };
    assert_eq!(
        stage.does(Input::XmppMessage(text)),
        [Output::Subscribe {
            jid: "dave@x.example".into()
        }]
    );
}

#[test]
fn typing_crosses_both_ways() {
    let mut stage = Stage::new();
    let anna = |on| Input::LyncTyping {
        address: sip("anna.berg"),
        on,
    };
    assert_eq!(stage.does(anna(true)), [], "nobody has written yet");
    stage.writes("anna.berg", "hej");
    assert_eq!(
        stage.does(anna(true)),
        [Output::TypingXmpp {
            to: PHONE.into(),
            on: true
        }]
    );
    assert_eq!(stage.does(anna(true)), []);
    assert_eq!(
        stage.does(anna(false)),
        [Output::TypingXmpp {
            to: PHONE.into(),
            on: false
        }]
    );
    let ben = || Input::XmppTyping {
        from: format!("{PHONE}/mobile"),
        on: true,
    };
    assert_eq!(
        stage.does(ben()),
        [Output::TypingLync {
            to: sip("anna.berg"),
            thread: "thread-anna.berg".into()
        }]
    );
    assert_eq!(stage.does(ben()), [], "not more often than UCWA wants");
    stage.passes(5);
    assert_eq!(stage.does(ben()).len(), 1);
    stage.passes(600);
    assert_eq!(
        stage.does(ben()),
        [],
        "nobody knows any more whom the text would be for"
    );
    assert_eq!(
        stage.does(Input::XmppTyping {
            from: "dave@x.example".into(),
            on: true
        }),
        []
    );
}
