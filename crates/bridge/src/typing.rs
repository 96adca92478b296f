//! Typing crosses where a text would.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use crate::{
    Bridge, Output, RelayWhen,
    people::{bare_key, sip_key},
};

/// UCWA wants `setIsTyping` at most this often.
const AT_MOST_EVERY: SignedDuration = SignedDuration::from_secs(5);

/// Whom typing was told to, and when.
#[derive(Default)]
pub(crate) struct Typing {
    told_lync: HashMap<String, Timestamp>,
    /// SIP URI of the person whose typing the relay address sees.
    shown: Option<String>,
}

impl Bridge {
    /// Somebody in Lync types. The relay address sees one person at a time.
    pub(crate) fn lync_typing(
        &mut self,
        address: &str,
        on: bool,
        now: Timestamp,
        out: &mut Vec<Output>,
    ) {
        let Some(to) = self.relay_target().filter(|_| {
            self.rules.relay_when != RelayWhen::Never && self.why_resting(now).is_none()
        }) else {
            return;
        };
        if self.is_blocked(address) {
            return;
        }
        let key = sip_key(address);
        let shown = self.typing.shown.as_ref() == Some(&key);
        if on && self.typing.shown.is_none() && self.conversations.with(address).is_some() {
            self.typing.shown = Some(key);
            out.push(Output::TypingXmpp { to, on: true });
        } else if !on && shown {
            self.typing.shown = None;
            out.push(Output::TypingXmpp { to, on: false });
        }
    }

    /// The text is there, so its writer types no more (XEP-0085: the message itself says so).
    pub(crate) fn typing_ended(&mut self, address: &str) {
        self.typing
            .shown
            .take_if(|shown| *shown == sip_key(address));
    }

    /// Somebody at the relay address types: told to the person whom the next text would go to.
    pub(crate) fn xmpp_typing(
        &mut self,
        from: &str,
        on: bool,
        now: Timestamp,
        out: &mut Vec<Output>,
    ) {
        let from_target = self
            .relay_target()
            .is_some_and(|target| bare_key(&target) == bare_key(from));
        if !on || !from_target || self.question.is_some() || self.rules.pause_at(now).is_some() {
            return;
        }
        let Some(known) = self.conversations.last(now) else {
            return;
        };
        let (to, thread) = (known.with.address.clone(), known.thread.clone());
        if self.is_blocked(&to) {
            return;
        }
        self.typing
            .told_lync
            .retain(|_, at| now < *at + AT_MOST_EVERY);
        if self.typing.told_lync.insert(sip_key(&to), now).is_none() {
            out.push(Output::TypingLync { to, thread });
        }
    }
}
