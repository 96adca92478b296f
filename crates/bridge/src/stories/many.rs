use std::collections::HashMap;

use proptest::prelude::*;

use super::stage::*;
use crate::*;

/// A xorshift generator: the same story for the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides as u64) as usize
    }
}

/// Ten thousand texts in both directions, with copies, replays and restarts in between: each arrives once, at the right person.
#[test]
fn of_ten_thousand_texts_none_is_lost_doubled_or_looped() {
    let mut stage = Stage::new();
    let mut dice = Dice(0x5eed);
    let people = ["anna.berg", "anna.ceder", "carol", "dave"];
    let mut arrived: HashMap<String, u32> = HashMap::new();
    let mut expected: Vec<String> = Vec::new();
    let mut replays: Vec<Input> = Vec::new();
    for number in 0..10_000 {
        let who = people[dice.roll(4)];
        let input = if dice.roll(2) == 0 {
            expected.push(format!("{PHONE} {number}"));
            Input::LyncMessage(stage.lync_text(who, &format!("text {number}")))
        } else {
            expected.push(format!("{who} {number}"));
            let thread = Some(format!("thread-{who}"));
            if arrived.len() < 50 {
                stage.writes(who, "first");
            }
            Input::XmppMessage(XmppText {
                thread,
                archive_id: Some(format!("a{number}")),
                ..stage.phone_text(&format!("text {number}"))
            })
        };
        replays.push(input.clone());
        let mut inputs = vec![input];
        for _ in 0..dice.roll(3) {
            // A copy of something recent: a carbon, an archive page, a replayed event page.
            let back = dice.roll(replays.len().min(100));
            inputs.push(replays[replays.len() - 1 - back].clone());
        }
        for input in inputs {
            let out = stage.does(input);
            for (to, body, _) in in_xmpp(&out) {
                if let Some((_, number)) = body.split_once(": text ") {
                    *arrived.entry(format!("{to} {number}")).or_default() += 1;
                }
                // Our own text comes back from the archive of our account.
                for id in stanza_ids(&out) {
                    let echo = XmppText {
                        id,
                        from: "ben@xmpp.example/causeway".into(),
                        to: PHONE.into(),
                        ..stage.phone_text(&body)
                    };
                    assert!(in_lync(&stage.does(Input::XmppMessage(echo))).is_empty());
                }
            }
            for (who, _, text) in in_lync(&out) {
                *arrived
                    .entry(format!("{who} {}", text.trim_start_matches("text ")))
                    .or_default() += 1;
            }
            stage.lync_says(&out, &Outcome::Delivered);
        }
        if dice.roll(500) == 0 {
            stage.restarts();
        }
        stage.passes(dice.roll(3) as i64);
    }
    for text in &expected {
        assert_eq!(arrived.get(text), Some(&1), "{text}");
    }
    assert_eq!(arrived.len(), expected.len());
}

#[test]
fn memory_stays_bounded() {
    let mut stage = Stage::new();
    for number in 0..11_000 {
        let text = LyncText {
            thread: format!("thread-{number}"),
            ..stage.lync_text("carol", "hej")
        };
        stage.does(Input::LyncMessage(text));
        stage.answers("ja");
    }
    assert!(stage.facts() < 32_000, "{} facts", stage.facts());
}

fn any_input() -> impl Strategy<Value = Input> {
    let text = "(@|0|1|2|anna|Anna Berg|carol|hej|\n| |:|\\PC){0,8}";
    let who = prop::sample::select(vec!["anna.berg", "carol", "@", ""]);
    let show = prop::sample::select(vec![
        Show::Available,
        Show::Chat,
        Show::Away,
        Show::Xa,
        Show::Dnd,
        Show::Unavailable,
    ]);
    let availability = prop::sample::select(Availability::ALL.to_vec());
    let jid = prop::sample::select(vec![
        "ben@phone.example/m",
        "ben@xmpp.example/a",
        "",
        "/",
        "@",
    ]);
    let now = jiff::Timestamp::from_second(1_800_000_000).unwrap();
    prop_oneof![
        (any::<u8>(), who, text, any::<bool>()).prop_map(move |(id, who, text, own)| {
            let text = LyncText {
                id: id.to_string(),
                thread: who.into(),
                address: sip(who),
                name: text.clone(),
                text,
                sent_at: now,
            };
            if own {
                Input::LyncOwnMessage(text)
            } else {
                Input::LyncMessage(text)
            }
        }),
        (any::<u8>(), jid, text, any::<[bool; 3]>()).prop_map(
            move |(id, jid, text, [late, encrypted, wants_receipt])| {
                let (thread, reply_to) = (Some(text.clone()), Some(text.clone()));
                Input::XmppMessage(XmppText {
                    message: format!("m{id}"),
                    id: id.to_string(),
                    archive_id: None,
                    from: jid.into(),
                    to: "ben@xmpp.example".into(),
                    thread,
                    reply_to,
                    text,
                    sent_at: now,
                    late,
                    wants_receipt,
                    encrypted,
                })
            }
        ),
        (availability, text, any::<bool>()).prop_map(|(availability, note, out_of_office)| {
            Input::OwnLync {
                availability,
                activity: String::new(),
                note,
                out_of_office,
            }
        }),
        (show, text, any::<u8>()).prop_map(|(show, status, resource)| Input::OwnXmpp {
            resource: resource.to_string(),
            show,
            status,
            idle_since: None
        }),
        Just(Input::OwnReset),
        Just(Input::Tick),
        Just(Input::Lost(Side::Xmpp)),
    ]
}

proptest! {
    #[test]
    fn no_order_of_events_makes_the_bridge_panic_or_never_rest(inputs in prop::collection::vec((any_input(), 0_i64..4000), 0..60)) {
        let mut stage = Stage::new();
        for (input, wait) in inputs {
            stage.does(input);
            stage.passes(wait);
        }
        stage.restarts();
        stage.passes(100_000);
    }
}
