//! The books of stream management (XEP-0198): what was sent and is not confirmed, what was received.

use std::collections::VecDeque;

use xmpp_parsers::sm::Enabled;
use xmpp_parsers::stanza::Stanza;

/// A stanza on its way, and what becomes of it when the stream is lost for good.
pub(super) struct Outgoing {
    /// The stanza.
    pub(super) stanza: Stanza,
    /// What it is to us.
    pub(super) fate: Fate,
}

impl std::fmt::Debug for Outgoing {
    /// Without the stanza: it holds a person's text.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.fate.fmt(f)
    }
}

/// What to do with a stanza whose stream was lost for good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// A person's text with this id: its owner hears what became of it and decides.
    Told(String),
    /// Sent again: harmless when it arrives twice (receipts, subscriptions).
    Again,
    /// Means nothing on another stream (queries, answers, presence, typing).
    Gone,
}

/// The books of one session, kept over its resumptions.
#[derive(Debug)]
pub(super) struct Ledger {
    /// Id for the resumption; `None`: the server does not keep the session.
    id: Option<String>,
    /// Stanzas received.
    handled: u32,
    /// Stanzas that the server has confirmed, modulo 2^32 as the XEP counts.
    confirmed: u32,
    /// Sent and not confirmed, in order.
    open: VecDeque<Outgoing>,
    /// A `<r/>` is on its way.
    asked: bool,
}

/// The server confirmed what was never sent.
#[derive(Debug)]
pub(super) struct WrongCount;

impl Ledger {
    /// New books, with the server's answer to `<enable/>`.
    pub(super) fn new(enabled: Enabled) -> Self {
        Self {
            id: enabled.id.filter(|_| enabled.resume).map(|id| id.0),
            handled: 0,
            confirmed: 0,
            open: VecDeque::new(),
            asked: false,
        }
    }

    /// Id and count for `<resume/>`.
    pub(super) fn resumable(&self) -> Option<(&str, u32)> {
        self.id.as_deref().map(|id| (id, self.handled))
    }

    /// A stanza was received.
    pub(super) fn received(&mut self) {
        self.handled = self.handled.wrapping_add(1);
    }

    /// Stanzas received, for `<a/>`.
    pub(super) fn handled(&self) -> u32 {
        self.handled
    }

    /// A stanza was written.
    pub(super) fn sent(&mut self, outgoing: Outgoing) {
        self.open.push_back(outgoing);
    }

    /// Whether to write `<r/>` now; notes that it is written.
    pub(super) fn ask(&mut self) -> bool {
        let ask = !self.open.is_empty() && !self.asked;
        self.asked |= ask;
        ask
    }

    /// The server has `count` stanzas: gives those that this confirms.
    pub(super) fn confirm(&mut self, count: u32) -> Result<Vec<Outgoing>, WrongCount> {
        self.asked = false;
        let new = usize::try_from(count.wrapping_sub(self.confirmed)).map_err(|_| WrongCount)?;
        if new > self.open.len() {
            return Err(WrongCount);
        }
        self.confirmed = count;
        Ok(self.open.drain(..new).collect())
    }

    /// Whether anything is not confirmed.
    pub(super) fn is_open(&self) -> bool {
        !self.open.is_empty()
    }

    /// Takes out what is not confirmed, to write it again after a resumption or to decide about it.
    pub(super) fn take_open(&mut self) -> VecDeque<Outgoing> {
        self.asked = false;
        std::mem::take(&mut self.open)
    }
}

#[cfg(test)]
mod tests {
    use xmpp_parsers::message::Message;
    use xmpp_parsers::sm::StreamId;

    use super::*;

    fn ledger() -> Ledger {
        Ledger::new(Enabled {
            id: Some(StreamId("s1".into())),
            location: None,
            max: None,
            resume: true,
        })
    }

    fn text(id: &str) -> Outgoing {
        Outgoing {
            stanza: Message::chat(None).into(),
            fate: Fate::Told(id.into()),
        }
    }

    fn fates(list: impl IntoIterator<Item = Outgoing>) -> Vec<Fate> {
        list.into_iter().map(|outgoing| outgoing.fate).collect()
    }

    #[test]
    fn confirmation_covers_the_oldest_first() {
        let mut ledger = ledger();
        for id in ["a", "b", "c"] {
            ledger.sent(text(id));
        }
        let told = |id: &str| Fate::Told(id.into());
        assert_eq!(fates(ledger.confirm(2).unwrap()), [told("a"), told("b")]);
        assert_eq!(fates(ledger.take_open()), [told("c")]);
    }

    #[test]
    fn a_count_beyond_what_was_sent_or_below_what_was_confirmed_is_an_error() {
        let mut ledger = ledger();
        ledger.sent(text("a"));
        assert!(ledger.confirm(2).is_err());
        assert!(ledger.confirm(1).is_ok());
        assert!(ledger.confirm(0).is_err());
    }

    #[test]
    fn the_count_goes_on_past_its_largest_value() {
        let mut ledger = ledger();
        ledger.confirmed = u32::MAX;
        ledger.sent(text("a"));
        ledger.sent(text("b"));
        assert_eq!(ledger.confirm(1).unwrap().len(), 2);
        ledger.handled = u32::MAX;
        ledger.received();
        assert_eq!(ledger.handled(), 0);
    }

    #[test]
    fn one_question_is_on_its_way_at_a_time() {
        let mut ledger = ledger();
        assert!(!ledger.ask());
        ledger.sent(text("a"));
        assert!(ledger.ask());
        ledger.sent(text("b"));
        assert!(!ledger.ask());
        ledger.confirm(1).unwrap();
        assert!(ledger.ask());
    }

    #[test]
    fn a_session_that_the_server_does_not_keep_is_not_resumed() {
        let enabled = Enabled {
            id: Some(StreamId("s1".into())),
            location: None,
            max: None,
            resume: false,
        };
        assert!(Ledger::new(enabled).resumable().is_none());
    }
}
