//! Who types: told to the other side, and taken back by itself (UCWA reference, setIsTyping, typingParticipants).

use std::time::Duration;

use serde_json::{Value, json};

use super::conversation::{Far, from_conversation, no_conversation};
use super::event::{Event, Urgency};
use super::{Alarm, App, Conversation, MessagingState, World, link};
use crate::clock::Moment;
use crate::href::Kind;
use crate::reply::Refusal;

/// The server takes typing back after this time.
const TYPING: Duration = Duration::from_secs(10);

impl World {
    /// setIsTyping: the other side sees it for a short time.
    pub(crate) fn is_typing(&mut self, key: &str, id: &str) -> Result<(), Refusal> {
        let now = self.now();
        let (_, conversation) = self.conversation_of(key, id).ok_or_else(no_conversation)?;
        if conversation.messaging != MessagingState::Connected {
            return Err(Refusal::wrong_state(
                "Messaging is not connected in this conversation.",
            ));
        }
        if let Far::App(far_key, far_id) = conversation.far.clone() {
            self.far_types(&far_key, &far_id, now);
        }
        Ok(())
    }

    /// The far side of this conversation types.
    pub(crate) fn far_types(&mut self, key: &str, id: &str, now: Moment) {
        let Some(conversation) = self.conversation_mut(key, id) else {
            return;
        };
        let is_new = conversation.far_types_until.replace(now + TYPING).is_none();
        if is_new {
            self.tell_typing(key, id, "added");
        }
        self.schedule(TYPING, Alarm::Typing(key.to_owned(), id.to_owned()));
    }

    pub(crate) fn check_typing(&mut self, key: &str, id: &str) {
        let now = self.now();
        let over = self
            .conversation_of(key, id)
            .is_some_and(|(_, conversation)| {
                conversation
                    .far_types_until
                    .is_some_and(|until| until <= now)
            });
        if over {
            self.stop_typing(key, id);
        }
    }

    pub(super) fn stop_typing(&mut self, key: &str, id: &str) {
        if self
            .conversation_mut(key, id)
            .and_then(|conversation| conversation.far_types_until.take())
            .is_some()
        {
            self.tell_typing(key, id, "deleted");
        }
    }

    fn tell_typing(&mut self, key: &str, id: &str, change: &'static str) {
        let Some((app, conversation)) = self.conversation_of(key, id) else {
            return;
        };
        let who = (
            Kind::Participant,
            app.hrefs
                .to(Kind::Participant, &[id, conversation.peer.as_str()]),
        );
        let event = Event::new(from_conversation(app, id), Urgency::High, change, who)
            .titled(self.name_of(&conversation.peer))
            .within(
                Kind::TypingParticipants,
                app.hrefs.to(Kind::TypingParticipants, &[id]),
            );
        self.tell(key, event);
    }

    /// Participants that type now.
    pub(crate) fn typing_value(&self, app: &App, conversation: &Conversation) -> Value {
        let own = link(app.hrefs.to(Kind::TypingParticipants, &[&conversation.id]));
        let who = conversation.far_types_until.map(|_| {
            link(app.hrefs.to(
                Kind::Participant,
                &[&conversation.id, conversation.peer.as_str()],
            ))
        });
        let who: Vec<Value> = who.into_iter().collect();
        json!({ "rel": "typingParticipants", "_links": { "self": own, "participant": who } })
    }
}
