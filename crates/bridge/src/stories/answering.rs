use super::stage::*;
use crate::*;

#[test]
fn rule_1_a_reply_goes_into_the_conversation_of_what_it_replies_to() {
    let mut stage = Stage::new();
    let from_anna = stanza_ids(&stage.writes("anna.berg", "hej"));
    stage.writes("carol", "hallo");
    let out = stage.replies(&from_anna[0], "to Anna");
    assert_eq!(
        in_lync(&out),
        [to_lync("anna.berg", "thread-anna.berg", "to Anna")]
    );
    let out = XmppText {
        thread: Some("thread-carol".into()),
        reply_to: Some(from_anna[0].clone()),
        ..stage.phone_text("still Anna")
    };
    assert_eq!(
        in_lync(&stage.does(Input::XmppMessage(out)))[0].0,
        "anna.berg",
        "a reply wins over a thread"
    );
}

#[test]
fn rule_1_a_reply_to_an_own_earlier_answer_goes_the_same_way() {
    let mut stage = Stage::new();
    stage.writes("anna.berg", "hej");
    let answer = stage.phone_text("first");
    stage.does(Input::XmppMessage(answer.clone()));
    stage.writes("carol", "hallo");
    assert_eq!(
        in_lync(&stage.replies(&answer.id, "second"))[0].0,
        "anna.berg"
    );
}

#[test]
fn rule_2_a_text_in_a_thread_goes_into_its_conversation() {
    let mut stage = Stage::new();
    stage.writes("anna.berg", "hej");
    stage.writes("carol", "hallo");
    stage.passes(24 * 3600);
    assert_eq!(
        in_lync(&stage.answers_in("thread-anna.berg", "@Carol said so")),
        [to_lync("anna.berg", "thread-anna.berg", "@Carol said so")]
    );
    assert_eq!(
        in_lync(&stage.answers_in("made up by the phone", "hm")),
        [to_lync("anna.berg", "thread-anna.berg", "hm")],
        "an unknown thread says nothing"
    );
}

#[test]
fn rule_3_a_leading_name_chooses_the_conversation_with_that_person() {
    let mut stage = Stage::new();
    stage.writes("anna.berg", "hej");
    stage.writes("carol", "hallo");
    assert_eq!(
        in_lync(&stage.answers("@Anna Berg hej")),
        [to_lync("anna.berg", "thread-anna.berg", "hej")]
    );
    assert_eq!(
        in_lync(&stage.answers("@carol: ja")),
        [to_lync("carol", "thread-carol", "ja")]
    );
}

#[test]
fn rule_3_somebody_who_has_not_written_can_be_written_to() {
    let mut stage = Stage::new();
    let out = in_lync(&stage.answers("@carol are you there?"));
    assert_eq!(
        (out[0].0.as_str(), out[0].2.as_str()),
        ("carol", "are you there?")
    );
    assert!(
        out[0].1.len() == 32 && out[0].1.chars().all(|c| c.is_ascii_hexdigit()),
        "UCWA wants 32 hex digits: {}",
        out[0].1
    );
    assert_eq!(
        in_lync(&stage.answers("hello?"))[0].1,
        out[0].1,
        "the next text goes on there"
    );
}

#[test]
fn rule_3_a_name_alone_says_with_whom_to_go_on() {
    let mut stage = Stage::new();
    stage.writes("anna.berg", "hej");
    stage.writes("carol", "hallo");
    let out = stage.answers("@Anna Berg");
    assert_eq!(read(&out), ["What you write now goes to Anna Berg."]);
    assert!(in_lync(&out).is_empty());
    assert_eq!(in_lync(&stage.answers("hej"))[0].0, "anna.berg");
}

#[test]
fn rule_4_a_plain_answer_goes_to_whoever_was_last() {
    let mut stage = Stage::new();
    stage.writes("anna.berg", "hej");
    stage.writes("carol", "hallo");
    stage.passes(599);
    assert_eq!(
        in_lync(&stage.answers("hej")),
        [to_lync("carol", "thread-carol", "hej")]
    );
}

#[test]
fn rule_5_after_ten_minutes_ben_is_asked_whom_he_means() {
    let mut stage = Stage::new();
    stage.writes("anna.berg", "hej");
    stage.writes("carol", "hallo");
    stage.passes(600);
    let out = stage.answers("are you there?");
    assert!(in_lync(&out).is_empty());
    assert_eq!(
        in_xmpp(&out),
        [(PHONE.into(), "Who do you mean? Your text is kept.\n1. Carol Dahl\n2. Anna Berg\nAnswer with a number, a name or an address; 0 drops it.".into(), None)]
    );
    assert_eq!(actions(&out), [Action::Queued]);
    assert!(read(&stage.answers("hello?")).is_empty(), "asked once");
    let out = stage.answers("2");
    let expected = [
        to_lync("anna.berg", "thread-anna.berg", "are you there?"),
        to_lync("anna.berg", "thread-anna.berg", "hello?"),
    ];
    assert_eq!(in_lync(&out), expected);
    assert_eq!(
        in_lync(&stage.answers("fine")),
        [to_lync("anna.berg", "thread-anna.berg", "fine")]
    );
}

#[test]
fn the_question_is_answered_by_number_name_or_at_name() {
    for answer in [
        "2",
        "2.",
        " 2 ",
        "anna berg",
        "Anna",
        "@Anna Berg",
        "@berg",
        "anna.berg@contoso.example",
    ] {
        let mut stage = Stage::new();
        stage.writes("anna.berg", "hej");
        stage.writes("carol", "hallo");
        stage.passes(600);
        stage.answers("are you there?");
        assert_eq!(
            in_lync(&stage.answers(answer)),
            [to_lync("anna.berg", "thread-anna.berg", "are you there?")],
            "{answer}"
        );
    }
}

#[test]
fn the_question_can_be_answered_with_somebody_who_was_not_listed() {
    let mut stage = Stage::new();
    stage.answers("are you there?");
    let out = in_lync(&stage.answers("carol"));
    assert_eq!(
        (out[0].0.as_str(), out[0].2.as_str()),
        ("carol", "are you there?")
    );
}

#[test]
fn a_text_that_waits_is_kept_over_a_restart() {
    let mut stage = Stage::new();
    stage.writes("anna.berg", "hej");
    stage.passes(600);
    stage.answers("are you there?");
    stage.restarts();
    stage.passes(3600);
    let out = stage.answers("1");
    assert_eq!(
        in_lync(&out),
        [to_lync(
            "anna.berg",
            "thread-anna.berg",
            "(written 12:10) are you there?"
        )]
    );
    stage.restarts();
    assert!(
        in_lync(&stage.answers_in("thread-anna.berg", "x")).len() == 1
            && stage.bridge.next_deadline().is_none(),
        "nothing waits any more"
    );
}

#[test]
fn a_text_that_nobody_claims_comes_back_after_a_day() {
    let mut stage = Stage::new();
    stage.answers("are you there?");
    assert!(read(&stage.passes(24 * 3600 - 1)).is_empty());
    let out = stage.passes(1);
    assert_eq!(
        read(&out),
        ["Not sent: in 24 hours you did not say whom it is for.\n“are you there?”"]
    );
    assert_eq!(actions(&out), [Action::Bounced]);
    assert_eq!(stage.bridge.next_deadline(), None);
}

#[test]
fn a_text_that_waits_can_be_dropped() {
    let mut stage = Stage::new();
    stage.answers("are you there?");
    let out = stage.answers("0");
    assert_eq!(
        (read(&out), actions(&out)),
        (vec!["Dropped.".to_owned()], vec![Action::Dropped])
    );
    assert!(in_lync(&stage.answers("carol")).is_empty());
}

#[test]
fn a_name_of_two_people_asks_which_one() {
    let mut stage = Stage::new();
    stage.writes("carol", "hallo");
    let out = stage.answers("@Anna hej");
    assert_eq!(
        read(&out),
        [
            "Who do you mean? Your text is kept.\n1. Anna Berg\n2. Anna Ceder\nAnswer with a number, a name or an address; 0 drops it."
        ]
    );
    let out = in_lync(&stage.answers("2"));
    assert_eq!(
        (out[0].0.as_str(), out[0].2.as_str()),
        ("anna.ceder", "hej"),
        "the name in front has done its work"
    );
}

#[test]
fn a_name_that_nobody_has_is_never_sent_to_somebody_else() {
    let mut stage = Stage::new();
    stage.writes("carol", "hallo");
    let out = stage.answers("@Karl hej");
    assert!(in_lync(&out).is_empty());
    assert_eq!(
        read(&out),
        [
            "Nobody here is called “Karl”. Who do you mean? Your text is kept.\n1. Carol Dahl\nAnswer with a number, a name or an address; 0 drops it."
        ]
    );
}

#[test]
fn an_answer_that_fits_two_people_asks_again() {
    let mut stage = Stage::new();
    stage.answers("are you there?");
    let out = stage.answers("Anna");
    assert_eq!(
        read(&out),
        [
            "Who do you mean? Your text is kept.\n1. Anna Berg\n2. Anna Ceder\nAnswer with a number, a name or an address; 0 drops it."
        ]
    );
    assert_eq!(in_lync(&stage.answers("1"))[0].0, "anna.berg");
}

#[test]
fn an_open_question_does_not_hold_up_texts_whose_reader_is_clear() {
    let mut stage = Stage::new();
    stage.answers("for whom?");
    stage.writes("carol", "hallo");
    assert_eq!(
        in_lync(&stage.answers_in("thread-carol", "1")),
        [to_lync("carol", "thread-carol", "1")]
    );
    assert_eq!(
        in_lync(&stage.answers("@carol hej")),
        [to_lync("carol", "thread-carol", "hej")]
    );
    assert_eq!(
        in_lync(&stage.answers("plain")),
        [to_lync("carol", "thread-carol", "plain")]
    );
    let out = in_lync(&stage.answers("@Anna Berg"));
    assert_eq!(
        (out[0].0.as_str(), out[0].2.as_str()),
        ("anna.berg", "for whom?")
    );
}

#[test]
fn routing_survives_a_restart() {
    let mut stage = Stage::new();
    let ids = stanza_ids(&stage.writes("anna.berg", "hej"));
    stage.writes("carol", "hallo");
    stage.restarts();
    assert_eq!(in_lync(&stage.answers("last"))[0].0, "carol");
    assert_eq!(in_lync(&stage.replies(&ids[0], "reply"))[0].0, "anna.berg");
    assert_eq!(
        in_lync(&stage.answers_in("thread-carol", "thread"))[0].0,
        "carol"
    );
}

#[test]
fn a_text_from_the_phone_that_comes_late_is_not_given_to_whoever_wrote_in_the_meantime() {
    let mut stage = Stage::new();
    stage.writes("anna.berg", "hej");
    stage.passes(60);
    let text = XmppText {
        late: true,
        ..stage.phone_text("ja")
    };
    stage.passes(60);
    stage.writes("carol", "hallo");
    let out = stage.does(Input::XmppMessage(text));
    assert!(in_lync(&out).is_empty());
    assert!(read(&out)[0].starts_with("Who do you mean?"));
}

#[test]
fn a_text_that_comes_late_says_when_it_was_written() {
    let mut stage = Stage::new();
    stage.writes("anna.berg", "hej");
    stage.passes(60);
    let text = XmppText {
        late: true,
        thread: Some("thread-anna.berg".into()),
        ..stage.phone_text("ja")
    };
    stage.passes(1800);
    assert_eq!(
        in_lync(&stage.does(Input::XmppMessage(text)))[0].2,
        "(written 12:01) ja"
    );
    let text = XmppText {
        late: true,
        thread: Some("thread-anna.berg".into()),
        ..stage.phone_text("ja")
    };
    stage.passes(24 * 3600);
    assert_eq!(
        in_lync(&stage.does(Input::XmppMessage(text)))[0].2,
        "(written 12:31 / 24.12.2026) ja"
    );
}

#[test]
fn carbons_archive_copies_and_replays_of_one_answer_are_one_answer() {
    let mut stage = Stage::new();
    stage.writes("anna.berg", "hej");
    let live = stage.phone_text("ja");
    let archived = XmppText {
        archive_id: Some("a1".into()),
        late: true,
        ..live.clone()
    };
    let other_resource = XmppText {
        from: PHONE.into(),
        ..live.clone()
    };
    let copies = [live.clone(), archived.clone(), other_resource, live.clone()];
    let arrived: usize = copies
        .into_iter()
        .map(|text| in_lync(&stage.does(Input::XmppMessage(text))).len())
        .sum();
    assert_eq!(arrived, 1);
    stage.restarts();
    assert!(in_lync(&stage.does(Input::XmppMessage(archived))).is_empty());
}

#[test]
fn a_client_that_counts_its_ids_from_one_again_is_not_taken_for_an_echo() {
    let mut stage = Stage::new();
    stage.writes("anna.berg", "hej");
    let say = |text: &str, archive: &str, stage: &mut Stage| XmppText {
        id: "1".into(),
        archive_id: Some(archive.into()),
        ..stage.phone_text(text)
    };
    let texts = [
        say("ja", "a1", &mut stage),
        say("nej", "a2", &mut stage),
        say("ja", "a3", &mut stage),
    ];
    let mut ids = std::collections::HashSet::new();
    for text in texts {
        let out = stage.does(Input::XmppMessage(text));
        ids.extend(out.iter().filter_map(|output| {
            if let Output::SendLync { id, .. } = output {
                Some(id.clone())
            } else {
                None
            }
        }));
    }
    assert_eq!(ids.len(), 3);
}

#[test]
fn texts_of_other_people_are_not_answers() {
    let mut stage = Stage::new();
    stage.writes("anna.berg", "hej");
    let text = XmppText {
        from: "dave@x.example/a".into(),
        ..stage.phone_text("hej")
    };
    assert_eq!(stage.does(Input::XmppMessage(text)), []);
}

#[test]
fn a_relay_to_the_own_account_works_without_an_echo() {
    let mut stage = Stage::with(Rules {
        relay_to: Some("ben@xmpp.example".into()),
        ..Rules::default()
    });
    let sent = stage.writes("anna.berg", "hej");
    let echo = XmppText {
        id: stanza_ids(&sent)[0].clone(),
        from: "ben@xmpp.example/causeway".into(),
        ..stage.phone_text("Anna Berg: hej")
    };
    let out = stage.does(Input::XmppMessage(echo));
    assert_eq!(
        told(&out),
        [(Action::Dropped, Some("an echo of the bridge".into()))]
    );
    let answer = XmppText {
        from: "ben@xmpp.example/phone".into(),
        ..stage.phone_text("ja")
    };
    assert_eq!(
        in_lync(&stage.does(Input::XmppMessage(answer)))[0].0,
        "anna.berg"
    );
}

#[test]
fn a_second_causeway_at_the_relay_address_is_recognised_and_not_answered() {
    let mut ours = Stage::new();
    let mut theirs = Stage::with(Rules {
        relay_to: Some("ben@xmpp.example".into()),
        ..Rules::default()
    });
    ours.writes("anna.berg", "hej");
    for carried in [
        theirs.writes("carol", "hallo"),
        theirs.does(Input::XmppMessage(XmppText {
            from: "ben@xmpp.example/a".into(),
            to: PHONE.into(),
            ..ours.phone_text("?")
        })),
    ] {
        for id in stanza_ids(&carried) {
            let carried = XmppText {
                id,
                ..ours.phone_text("Carol Dahl: hallo")
            };
            let out = ours.does(Input::XmppMessage(carried));
            assert_eq!(
                told(&out),
                [(Action::Dropped, Some("carried by another Causeway".into()))]
            );
        }
    }
}

#[test]
fn what_cannot_be_carried_is_told_to_its_writer() {
    let mut stage = Stage::new();
    stage.writes("anna.berg", "hej");
    let encrypted = XmppText {
        encrypted: true,
        ..stage.phone_text("I sent you an OMEMO encrypted message")
    };
    let out = stage.does(Input::XmppMessage(encrypted));
    assert!(read(&out)[0].starts_with("Not sent: it was encrypted"));
    assert_eq!(actions(&out), [Action::Bounced]);
    let out = stage.answers(&"x".repeat(50_000));
    assert!(read(&out)[0].starts_with("Not sent: it is too long"));
    assert!(in_lync(&out).is_empty());
}

#[test]
fn a_long_answer_goes_in_parts_of_4000_characters() {
    let mut stage = Stage::new();
    stage.writes("anna.berg", "hej");
    let long = "ä👩‍👩‍👧‍👦 ".repeat(1000);
    let out = stage.answers(&long);
    let parts: Vec<String> = in_lync(&out).into_iter().map(|(_, _, text)| text).collect();
    assert!(parts.len() > 2 && parts.iter().all(|part| part.encode_utf16().count() <= 4000));
    assert_eq!(parts.concat(), long.trim_end());
}

#[test]
fn an_empty_text_is_nothing() {
    let mut stage = Stage::new();
    stage.writes("anna.berg", "hej");
    assert!(in_lync(&stage.answers(" \n\u{7}")).is_empty());
    assert_eq!(stage.writes("anna.berg", "\u{0}\n"), []);
}
