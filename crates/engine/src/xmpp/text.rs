//! Texts on the XMPP side: each told once, however many copies the network shows, and all that follows from it.

use causeway_api as api;
use causeway_bridge::{Input, XmppText};
use causeway_xmpp::{Command, Message};
use jid::BareJid;
use tracing::debug;
use uuid::Uuid;

use crate::{
    core::Core,
    outbox::Evidence,
    unit::{Unit, Write},
};

use super::{Archive, conversation};

impl Core {
    pub(super) fn xmpp_message(&mut self, message: Message) {
        let Some(xmpp) = &self.configuration.settings.xmpp else {
            return;
        };
        let own = xmpp.address.value.clone();
        let outgoing = message.from.to_bare() == own;
        if outgoing && self.is_ours(&message) {
            return;
        }
        let names = Names::of(&own, &message);
        let known = names.shows_known(|name| self.seen.contains(api::Side::Xmpp, name));
        for name in &names.own {
            self.seen.insert(api::Side::Xmpp, name);
        }
        if known {
            debug!("text known already");
            return;
        }
        let (key, more) = names.own.split_first().map_or_else(
            || (Uuid::new_v4().to_string(), Vec::new()),
            |(key, more)| (key.clone(), more.to_vec()),
        );
        let id = Uuid::new_v5(&Uuid::NAMESPACE_URL, format!("xmpp:{key}").as_bytes()).to_string();
        let with = if outgoing {
            message.to.to_bare()
        } else {
            message.from.to_bare()
        };
        let sent_at = message.delayed.unwrap_or(self.now);
        let late = message.archived || crate::is_late(sent_at, self.now);
        let told = api::Message {
            id: id.clone(),
            conversation: conversation(&with),
            side: api::Side::Xmpp,
            direction: if outgoing {
                api::Direction::Out
            } else {
                api::Direction::In
            },
            from: message.from.to_bare().to_string(),
            to: message.to.to_bare().to_string(),
            name: self
                .bridge
                .person(&with.to_string())
                .map(|person| person.name),
            text: message.body.clone(),
            sent_at,
            late,
            relay: false,
        };
        let mut unit = Unit {
            text: Some((told.clone(), key)),
            ..Unit::default()
        };
        for name in more {
            unit.write(Write::Known(api::Side::Xmpp, name));
        }
        // A text that comes by itself says nothing of the archive's pages that are still unread.
        if message.archived || self.archive == Archive::Whole {
            self.note_archive(sent_at, &mut unit);
        }
        unit.tell(api::Kind::Message(told));
        let wants_receipt =
            message.wants_receipt && !outgoing && !message.carbon && !message.archived;
        let writer = message.from.clone();
        let stanza = message.id.clone();
        let text = XmppText {
            id: stanza
                .clone()
                .or(message.origin_id)
                .unwrap_or_else(|| id.clone()),
            message: id,
            archive_id: message.stanza_id,
            from: message.from.to_string(),
            to: message.to.to_string(),
            thread: message.thread,
            reply_to: message.reply_to,
            text: message.body,
            sent_at,
            late,
            wants_receipt,
            encrypted: message.encrypted,
        };
        let before = unit.writes.len() + unit.then.len();
        self.bridge(Input::XmppMessage(text), &mut unit);
        // Where the bridge carries the text, it answers for the receipt.
        let taken = unit.writes.len() + unit.then.len() > before;
        if let (true, false, Some(id)) = (wants_receipt, taken, stanza) {
            unit.xmpp(Command::Receipt { to: writer, id });
        }
        self.carry_out(unit);
    }

    /// Everything up to this time is known from the archive. One command keeps no place in it: what it does not see is
    /// not lost for the agent.
    pub(super) fn note_archive(&self, until: jiff::Timestamp, unit: &mut Unit) {
        if let (Some(xmpp), false) = (&self.configuration.settings.xmpp, self.options.one_shot) {
            unit.write(Write::ArchiveStamp {
                account: xmpp.address.value.to_string(),
                stamp: until.min(self.now),
            });
        }
    }

    /// One of our own texts, as a carbon or in the archive: evidence that the server has it.
    fn is_ours(&mut self, message: &Message) -> bool {
        let ids: Vec<String> = message
            .origin_id
            .iter()
            .chain(&message.id)
            .cloned()
            .collect();
        let in_queue = ids.iter().any(|id| self.outbox.get(id).is_some());
        if in_queue {
            for id in &ids {
                self.learned(id, Evidence::Taken);
            }
        }
        in_queue || ids.iter().any(|id| self.seen.contains(api::Side::Xmpp, id))
    }
}

/// What one copy of a text is called.
///
/// Where two copies have numbers of our own archive (XEP-0359 `stanza-id`), those decide. Else they are one text if
/// writer, id and words are the same: some clients count their ids from 1 in every session, so the id alone proves nothing.
#[derive(Debug, PartialEq)]
struct Names {
    /// To be kept, the best one first.
    own: Vec<String>,
    /// Under each of these another copy of the same text may have been kept.
    copies: Vec<String>,
}

impl Names {
    fn of(own: &BareJid, message: &Message) -> Self {
        let writer = message.from.to_bare();
        let words = Uuid::new_v5(&Uuid::NAMESPACE_OID, message.body.as_bytes()).simple();
        let mut ids: Vec<&String> = message.origin_id.iter().chain(&message.id).collect();
        ids.dedup();
        let named = |kind: &str| -> Vec<String> {
            let names = ids.iter().map(|id| format!("{kind} {writer} {words} {id}"));
            names.collect()
        };
        let (numbered, bare) = (named("numbered"), named("bare"));
        match &message.stanza_id {
            Some(number) => {
                let number = format!("archive {own} {number}");
                Self {
                    copies: [vec![number.clone()], bare].concat(),
                    own: [vec![number], numbered].concat(),
                }
            }
            None => Self {
                copies: [bare.clone(), numbered].concat(),
                own: bare,
            },
        }
    }

    fn shows_known(&self, seen: impl FnMut(&str) -> bool) -> bool {
        let mut seen = seen;
        self.copies.iter().any(|name| seen(name))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn message(stanza: Option<&str>, archive: Option<&str>, body: &str) -> Message {
        Message {
            from: "carol@xmpp.example/phone".parse().unwrap(),
            to: "anna@xmpp.example".parse().unwrap(),
            id: stanza.map(str::to_owned),
            origin_id: stanza.map(str::to_owned),
            stanza_id: archive.map(str::to_owned),
            thread: None,
            reply_to: None,
            body: body.to_owned(),
            delayed: None,
            carbon: false,
            archived: false,
            wants_receipt: false,
            encrypted: false,
        }
    }

    /// How many texts these copies are, given as id, number in the archive, words.
    fn texts(copies: &[(&str, Option<&str>, &str)]) -> usize {
        let own: BareJid = "anna@xmpp.example".parse().unwrap();
        let mut seen = HashSet::new();
        let new = copies.iter().filter(|(id, archive, body)| {
            let names = Names::of(&own, &message(Some(id), *archive, body));
            let known = names.shows_known(|name| seen.contains(name));
            seen.extend(names.own);
            !known
        });
        new.count()
    }

    #[test]
    fn a_live_text_and_its_archive_copy_are_one() {
        assert_eq!(texts(&[("1", None, "hej"), ("1", Some("A"), "hej")]), 1);
        assert_eq!(texts(&[("1", Some("A"), "hej"), ("1", None, "hej")]), 1);
        assert_eq!(
            texts(&[("1", Some("A"), "hej"), ("1", Some("A"), "hej")]),
            1
        );
    }

    #[test]
    fn a_client_that_counts_its_ids_anew_writes_new_texts() {
        assert_eq!(
            texts(&[("1", Some("A"), "hej"), ("1", Some("B"), "hej")]),
            2
        );
        assert_eq!(texts(&[("1", None, "hej"), ("1", None, "hur mår du")]), 2);
    }

    #[test]
    fn a_text_without_any_id_has_no_name() {
        let own: BareJid = "anna@xmpp.example".parse().unwrap();
        assert_eq!(Names::of(&own, &message(None, None, "hej")).own.len(), 0);
    }
}
