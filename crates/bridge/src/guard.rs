//! Echo guard: one message is carried once, and nothing goes round in circles.

use std::hash::{DefaultHasher, Hash, Hasher};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Fact, Memory, Output, Side, XmppText, ids, memory::HEARD, people::sip_key, recent::Recent,
};

const MOST_HEARD: usize = 10_000;
const KEPT: SignedDuration = SignedDuration::from_hours(24 * 30);

/// XMPP texts that were taken in. A carbon, an archive copy and a replay of one message carry one id.
pub(crate) struct Heard {
    by_id: Recent<Uuid, Copy>,
    by_archive: Recent<Uuid, ()>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Copy {
    #[serde(skip_serializing_if = "Option::is_none", default)]
    archive: Option<Uuid>,
}

impl Heard {
    pub(crate) fn restore(memory: &Memory) -> Self {
        let mut this = Self {
            by_id: Recent::new(MOST_HEARD),
            by_archive: Recent::new(MOST_HEARD),
        };
        for (id, copy) in memory.of::<Copy>(HEARD) {
            if let Ok(id) = Uuid::try_parse(id) {
                if let Some(number) = copy.archive {
                    this.by_archive.insert(number, ());
                }
                this.by_id.insert(id, copy);
            }
        }
        this
    }

    /// Notes a text; false where it was noted before.
    ///
    /// Some clients count their ids from 1 in every session, so the id alone proves nothing: the text has to be the same
    /// too, and where the archive gave both a number, that decides.
    pub(crate) fn is_new(
        &mut self,
        text: &XmppText,
        now: Timestamp,
        out: &mut Vec<Output>,
    ) -> bool {
        let archive = text
            .archive_id
            .as_deref()
            .map(|number| ids::name(&["archive", number]));
        if archive.is_some_and(|number| self.by_archive.contains(&number)) {
            return false;
        }
        let id = ids::name(&["heard", &text.id, &text.text]);
        if let Some(known) = self.by_id.get(&id)
            && (known.archive.is_none() || archive.is_none())
        {
            return false;
        }
        if let Some(number) = archive {
            self.by_archive.insert(number, ());
        }
        let copy = Copy { archive };
        out.push(Output::Remember(Fact::keep(
            HEARD,
            id.to_string(),
            &copy,
            now + KEPT,
        )));
        if let Some(oldest) = self.by_id.insert(id, copy) {
            out.push(Output::Remember(Fact::forget(HEARD, oldest.to_string())));
        }
        true
    }
}

/// Watches for words that go to and fro between the same two: an answering machine, or a second bridge without a hop mark.
pub(crate) struct Rounds {
    turns: Recent<u64, Turns>,
}

struct Turns {
    to: Side,
    count: u32,
    last: Timestamp,
    stopped_until: Option<Timestamp>,
}

/// Whether a text may pass.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Passage {
    /// It may.
    Free,
    /// It has gone round too often. `first`: nobody was told yet.
    Stopped { first: bool },
}

impl Rounds {
    /// Two people may well say "ok" to each other a few times; a machine passes this within seconds.
    const TURNS: u32 = 8;
    const WITHIN: SignedDuration = SignedDuration::from_secs(60);
    const STOPPED: SignedDuration = SignedDuration::from_mins(10);

    pub(crate) fn new() -> Self {
        Self {
            turns: Recent::new(1000),
        }
    }

    /// Counts a text that is about to go to `side` in the exchange with a Lync person.
    pub(crate) fn pass(
        &mut self,
        address: &str,
        text: &str,
        side: Side,
        now: Timestamp,
    ) -> Passage {
        let mut hasher = DefaultHasher::new();
        (sip_key(address), core(text)).hash(&mut hasher);
        let key = hasher.finish();
        let Some(turns) = self.turns.get_mut(&key) else {
            self.turns.insert(
                key,
                Turns {
                    to: side,
                    count: 0,
                    last: now,
                    stopped_until: None,
                },
            );
            return Passage::Free;
        };
        if turns.stopped_until.is_some_and(|end| now < end) {
            return Passage::Stopped { first: false };
        }
        if turns.last + Self::WITHIN < now || turns.stopped_until.is_some() {
            *turns = Turns {
                to: side,
                count: 0,
                last: now,
                stopped_until: None,
            };
            return Passage::Free;
        }
        turns.count += u32::from(turns.to != side);
        (turns.to, turns.last) = (side, now);
        if turns.count < Self::TURNS {
            return Passage::Free;
        }
        turns.stopped_until = Some(now + Self::STOPPED);
        Passage::Stopped { first: true }
    }
}

/// The words without the names that bridges put in front of them at every turn.
fn core(text: &str) -> &str {
    let mut words = text.trim();
    while let Some((name, rest)) = words.split_once(": ")
        && name.chars().count() <= 80
        && !name.contains('\n')
    {
        words = rest.trim_start();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    #[test]
    fn words_that_go_round_are_stopped_and_only_those() {
        let mut rounds = Rounds::new();
        let mut carried = 0;
        for turn in 0..100 {
            let side = if turn % 2 == 0 {
                Side::Xmpp
            } else {
                Side::Lync
            };
            let text = format!("{}hej", "Anna: ".repeat(turn / 2));
            carried +=
                u32::from(rounds.pass("sip:anna@x.example", &text, side, at(0)) == Passage::Free);
        }
        assert_eq!(carried, Rounds::TURNS);
        assert_eq!(
            rounds.pass("sip:anna@x.example", "how are you?", Side::Xmpp, at(1)),
            Passage::Free
        );
        assert_eq!(
            rounds.pass("sip:ben@x.example", "hej", Side::Xmpp, at(1)),
            Passage::Free
        );
        assert_eq!(
            rounds.pass("sip:anna@x.example", "hej", Side::Xmpp, at(700)),
            Passage::Free
        );
    }

    #[test]
    fn many_equal_words_in_one_direction_are_no_loop() {
        let mut rounds = Rounds::new();
        assert!((0..1000).all(
            |_| rounds.pass("sip:anna@x.example", "ping", Side::Xmpp, at(0)) == Passage::Free
        ));
    }
}
