//! The cast's own clients, as the control interface plays them: what they write, receive and learn of it.

use super::call::{Call, Caller, Reached};
use super::conversation::Far;
use super::event::{Reason, Ticket};
use super::person::{Received, Sent};
use super::{Alarm, RINGING, Text, World};
use crate::input::Address;

impl World {
    /// A played client writes to somebody: into the conversation there is, or by a new invitation.
    pub(crate) fn write_played(
        &mut self,
        from: &Address,
        to: &Address,
        text: Text,
    ) -> Result<String, Reason> {
        let now = self.now();
        let id = self.random.id();
        let sent = |state, reason: Option<Reason>| Sent {
            id: id.clone(),
            at: now.rfc3339(),
            to: to.to_string(),
            state,
            reason: reason.map(|reason| reason.subcode),
        };
        let ticket = Ticket {
            app: None,
            conversation: from.to_string(),
            message: id.clone(),
            received: None,
        };
        if self.blocks(to, from) {
            return Err(Reason::NOT_ALLOWED);
        }
        if let Some((key, conversation)) = self.open_with_played(from, to) {
            self.note_sent(from, sent("sending", None));
            self.deliver(&key, &conversation, text, ticket);
            return Ok(id);
        }
        let ringing = self.calls.values_mut().find(|call| {
            matches!(&call.from, Caller::Played(caller) if caller == from)
                && call
                    .legs
                    .iter()
                    .any(|(key, _, _)| self.apps.get(key).is_some_and(|app| app.owner == *to))
        });
        if let Some(call) = ringing {
            call.waiting.push((text, ticket));
            self.note_sent(from, sent("sending", None));
            return Ok(id);
        }
        match self.reach(from, to)? {
            Reached::Played => {
                self.receive_played(from, to, text, String::new())?;
                self.note_sent(from, sent("delivered", None));
            }
            Reached::Ringing => {
                let call = self.random.id();
                self.note_sent(from, sent("sending", None));
                self.calls.insert(
                    call.clone(),
                    Call {
                        from: Caller::Played(from.clone()),
                        legs: Vec::new(),
                        first: Some(text.clone()),
                        waiting: vec![(text, ticket)],
                    },
                );
                self.schedule(RINGING, Alarm::Ring(call));
            }
            Reached::Apps(keys) => {
                let call = self.random.id();
                self.note_sent(from, sent("sending", None));
                self.calls.insert(
                    call.clone(),
                    Call {
                        from: Caller::Played(from.clone()),
                        legs: Vec::new(),
                        first: Some(text.clone()),
                        waiting: vec![(text, ticket)],
                    },
                );
                self.ring(&call, from, keys);
            }
        }
        Ok(id)
    }

    /// The conversation in which a played client of `from` and an application of `to` are connected.
    pub(super) fn open_with_played(
        &self,
        from: &Address,
        to: &Address,
    ) -> Option<(String, String)> {
        self.people
            .get(to)?
            .apps
            .iter()
            .filter_map(|key| self.apps.get(key))
            .find_map(|app| {
                let conversation = app.conversations.values().find(|conversation| {
                    conversation.peer == *from && conversation.far == Far::Played
                })?;
                Some((app.key.clone(), conversation.id.clone()))
            })
    }

    /// A played client types; false where there is no conversation in which that could be seen.
    pub(crate) fn type_played(&mut self, from: &Address, to: &Address) -> bool {
        let now = self.now();
        let Some((key, conversation)) = self.open_with_played(from, to) else {
            return false;
        };
        self.far_types(&key, &conversation, now);
        true
    }

    pub(super) fn note_sent(&mut self, from: &Address, sent: Sent) {
        if let Some(person) = self.people.get_mut(from) {
            person.sent(sent);
        }
    }

    /// What became of a message that a played client sent.
    pub(crate) fn settle_played(&mut self, ticket: &Ticket, outcome: Result<(), Reason>) {
        let person =
            Address::parse(&ticket.conversation).and_then(|address| self.people.get_mut(&address));
        if let Some(sent) = person.and_then(|person| {
            person
                .outbox
                .iter_mut()
                .rev()
                .find(|sent| sent.id == ticket.message)
        }) {
            sent.state = if outcome.is_ok() {
                "delivered"
            } else {
                "failed"
            };
            sent.reason = outcome.err().map(|reason| reason.subcode);
        }
    }

    /// The person's own client takes a message, where it runs.
    pub(crate) fn receive_played(
        &mut self,
        from: &Address,
        to: &Address,
        text: Text,
        thread: String,
    ) -> Result<(), Reason> {
        let at = self.now().rfc3339();
        let person = self
            .people
            .get_mut(to)
            .filter(|person| person.played.is_some())
            .ok_or(Reason::UNREACHABLE)?;
        person.receive(Received {
            at,
            from: from.to_string(),
            format: text.format.word(),
            text: text.body,
            thread,
        });
        Ok(())
    }
}
