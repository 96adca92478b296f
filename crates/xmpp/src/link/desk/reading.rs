//! What a stanza tells and what has to be answered.

use jid::Jid;
use jiff::{Timestamp, Zoned};
use xmpp_parsers::iq::{Iq, IqHeader, IqPayload};
use xmpp_parsers::message::Message as MessageStanza;
use xmpp_parsers::stanza::Stanza;

use super::Desk;
use crate::Event;
use crate::wire::{self, About, Push};

impl Desk {
    /// Reads a stanza. Answers wait to be written afterwards.
    pub(in crate::link) fn read(&mut self, stanza: Stanza, now: &Zoned) -> Vec<Event> {
        match stanza {
            Stanza::Message(message) => self.read_message(&message, now.timestamp()),
            Stanza::Presence(presence) => {
                let own = self.full.as_ref();
                own.and_then(|own| wire::presence_event(own, &presence))
                    .into_iter()
                    .collect()
            }
            Stanza::Iq(iq) => self.read_iq(iq, now).into_iter().collect(),
        }
    }

    fn read_message(&mut self, stanza: &MessageStanza, now: Timestamp) -> Vec<Event> {
        if let Some(found) = wire::archive_text(&self.own, self.place.query(), stanza) {
            let Some(found) = found else {
                return Vec::new();
            };
            self.place.found(&found);
            return found.message.map(Event::Message).into_iter().collect();
        }
        let events = wire::message_events(&self.own, stanza);
        for event in &events {
            if let Event::Message(message) = event {
                self.place.live(message.stanza_id.as_deref(), now);
            }
        }
        events
    }

    fn read_iq(&mut self, iq: Iq, now: &Zoned) -> Option<Event> {
        match &iq {
            Iq::Get { .. } | Iq::Set { .. } => return self.read_request(&iq, now),
            Iq::Result { .. } | Iq::Error { .. } => {}
        }
        let (IqHeader { from, id, .. }, payload) = iq.split();
        if !self.is_home(from.as_ref()) {
            return None;
        }
        if self.roster_query.as_deref() == Some(&id) {
            self.roster_query = None;
            let items = match payload {
                IqPayload::Result(payload) => wire::roster(payload),
                IqPayload::Error(_) | IqPayload::Get(_) | IqPayload::Set(_) => None,
            };
            if items.is_none() {
                tracing::warn!("the server gave no roster");
            }
            let items = items.unwrap_or_default();
            let viewers = items.iter().filter(|item| item.subscription.from);
            self.viewers = viewers.map(|item| item.jid.clone()).collect();
            return Some(Event::Roster(items));
        }
        if self.block_query.as_deref() == Some(&id) {
            self.block_query = None;
            return match payload {
                IqPayload::Result(payload) => wire::blocklist(payload).map(Event::Blocked),
                IqPayload::Error(_) | IqPayload::Get(_) | IqPayload::Set(_) => None,
            };
        }
        if self.roster_changes.remove(&id) {
            let refused = match payload {
                IqPayload::Error(error) => Some(wire::condition(&error)),
                IqPayload::Result(_) | IqPayload::Get(_) | IqPayload::Set(_) => None,
            };
            return Some(Event::RosterAnswer { id, refused });
        }
        if self.place.query() == Some(&id) {
            let next = match payload {
                IqPayload::Result(payload) => match wire::archive_page(payload) {
                    Some(page) => self.place.page(page),
                    None => self.place.end(false),
                },
                IqPayload::Error(error) => self.place.refused(&wire::condition(&error)),
                IqPayload::Get(_) | IqPayload::Set(_) => return None,
            };
            return self.go_on(next);
        }
        None
    }

    fn read_request(&mut self, iq: &Iq, now: &Zoned) -> Option<Event> {
        let pushed = match wire::roster_push(&self.own, iq) {
            Some(Push::Believed(event)) => Some(*event),
            Some(Push::Refused) => None,
            None => wire::block_push(&self.own, iq),
        };
        if let Some(event) = pushed {
            self.note_viewer(&event);
            self.put(
                IqHeader {
                    from: None,
                    to: None,
                    id: iq.id().to_owned(),
                }
                .assemble(IqPayload::Result(None)),
            );
            return Some(event);
        }
        let from = iq.from().map(Jid::to_bare);
        let about = About {
            now: now.clone(),
            idle_since: self
                .presence
                .as_ref()
                .and_then(|presence| presence.idle_since),
            sees_presence: from.is_none_or(|from| from == self.own || self.viewers.contains(&from)),
        };
        if let Some(answer) = wire::answer(iq, &about) {
            self.put(answer);
        }
        None
    }

    fn note_viewer(&mut self, event: &Event) {
        if let Event::RosterItem(item) = event {
            if item.subscription.from {
                self.viewers.insert(item.jid.clone());
            } else {
                self.viewers.remove(&item.jid);
            }
        }
        if let Event::RosterRemoved(jid) = event {
            self.viewers.remove(jid);
        }
    }

    /// Whether an answer comes from the own account or server (RFC 6120 section 8.1.2.1): ids alone are no proof.
    fn is_home(&self, from: Option<&Jid>) -> bool {
        from.is_none_or(|from| {
            *from == self.own
                || self.full.as_ref().is_some_and(|full| *from == *full)
                || (from.node().is_none() && from.domain() == self.own.domain())
        })
    }
}
