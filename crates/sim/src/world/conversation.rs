//! Conversations of two, seen from one application: state, messages, typing, end (UCWA reference, conversation, messaging).

use std::collections::VecDeque;
use std::time::Duration;

use super::event::{Event, Reason, Urgency};
use super::message::Message;
use super::views::messaging_value;
use super::{Alarm, App, Format, World};
use crate::clock::Moment;
use crate::href::Kind;
use crate::input::Address;
use crate::reply::Refusal;

/// A conversation that is over is kept so long for addMessaging.
const QUIET: Duration = Duration::from_secs(10 * 60);
/// Messages that can be read again under their href.
const KEPT: usize = 200;

/// Who is at the other end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Far {
    /// Nobody: over, or not answered yet.
    Nobody,
    /// An application's conversation.
    App(String, String),
    /// The person's own client, as the control interface plays it.
    Played,
}

/// State of messaging in a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MessagingState {
    Connecting,
    Connected,
    Disconnected,
}

impl MessagingState {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Connecting => "Connecting",
            Self::Connected => "Connected",
            Self::Disconnected => "Disconnected",
        }
    }
}

pub(crate) struct Conversation {
    pub(crate) id: String,
    pub(crate) peer: Address,
    pub(crate) thread: String,
    pub(crate) subject: String,
    pub(crate) importance: String,
    pub(crate) incoming: bool,
    pub(crate) messaging: MessagingState,
    pub(crate) formats: Vec<Format>,
    pub(crate) far: Far,
    pub(crate) created: Moment,
    pub(crate) messages: VecDeque<Message>,
    /// Until when the far side types.
    pub(super) far_types_until: Option<Moment>,
}

impl Conversation {
    pub(crate) fn new(id: String, peer: Address, incoming: bool, created: Moment) -> Self {
        Self {
            id,
            peer,
            thread: String::new(),
            subject: String::new(),
            importance: "Normal".to_owned(),
            incoming,
            messaging: MessagingState::Connecting,
            formats: Vec::new(),
            far: Far::Nobody,
            created,
            messages: VecDeque::new(),
            far_types_until: None,
        }
    }

    pub(super) fn keep(&mut self, message: Message) {
        if self.messages.len() == KEPT {
            self.messages.pop_front();
        }
        self.messages.push_back(message);
    }
}

impl World {
    pub(crate) fn conversation_of(&self, key: &str, id: &str) -> Option<(&App, &Conversation)> {
        let app = self.apps.get(key)?;
        Some((app, app.conversations.get(id)?))
    }

    pub(super) fn conversation_mut(&mut self, key: &str, id: &str) -> Option<&mut Conversation> {
        self.apps.get_mut(key)?.conversations.get_mut(id)
    }

    /// An event about the conversation itself, from `communication`.
    pub(crate) fn tell_conversation(&mut self, key: &str, id: &str, change: &'static str) {
        let Some((app, conversation)) = self.conversation_of(key, id) else {
            return;
        };
        let own = (Kind::Conversation, app.hrefs.to(Kind::Conversation, &[id]));
        let event = Event::new(
            (Kind::Communication, app.hrefs.to(Kind::Communication, &[])),
            Urgency::High,
            change,
            own,
        );
        let event = if change == "deleted" {
            event
        } else {
            event.embed(self.conversation_value(app, conversation))
        };
        self.tell(key, event);
    }

    /// `messaging updated`, from the conversation.
    pub(crate) fn tell_messaging(&mut self, key: &str, id: &str, reason: Option<Reason>) {
        let Some((app, conversation)) = self.conversation_of(key, id) else {
            return;
        };
        let own = (Kind::Messaging, app.hrefs.to(Kind::Messaging, &[id]));
        let event = Event::new(from_conversation(app, id), Urgency::High, "updated", own)
            .embed(messaging_value(app, conversation));
        self.tell(
            key,
            if let Some(reason) = reason {
                event.because(reason)
            } else {
                event
            },
        );
    }

    /// `localParticipant added`.
    pub(crate) fn tell_local_participant(&mut self, key: &str, id: &str) {
        let Some((app, conversation)) = self.conversation_of(key, id) else {
            return;
        };
        let own = (
            Kind::LocalParticipant,
            app.hrefs.to(Kind::LocalParticipant, &[id]),
        );
        let event = Event::new(from_conversation(app, id), Urgency::High, "added", own)
            .embed(self.participant_value(app, conversation, true));
        self.tell(key, event);
    }

    /// The far side came or went: `participant` and `participantMessaging`.
    fn tell_participant(&mut self, key: &str, id: &str, change: &'static str) {
        let Some((app, conversation)) = self.conversation_of(key, id) else {
            return;
        };
        let arguments = [id, conversation.peer.as_str()];
        let who = Event::new(
            from_conversation(app, id),
            Urgency::High,
            change,
            (
                Kind::Participant,
                app.hrefs.to(Kind::Participant, &arguments),
            ),
        )
        .titled(self.name_of(&conversation.peer));
        let how = Event::new(
            from_conversation(app, id),
            Urgency::High,
            change,
            (
                Kind::ParticipantMessaging,
                app.hrefs.to(Kind::ParticipantMessaging, &arguments),
            ),
        );
        if change == "deleted" {
            self.tell(key, how);
            self.tell(key, who);
        } else {
            let who = who.embed(self.participant_value(app, conversation, false));
            self.tell(key, who);
            self.tell(key, how);
        }
    }

    /// Messaging works from now on: events 4 to 6 of an outgoing start, and the same on the other side.
    pub(crate) fn connect(&mut self, key: &str, id: &str, far: Far, formats: Vec<Format>) {
        let Some(conversation) = self.conversation_mut(key, id) else {
            return;
        };
        conversation.far = far;
        conversation.formats = formats;
        conversation.messaging = MessagingState::Connected;
        self.tell_conversation(key, id, "updated");
        self.tell_participant(key, id, "added");
        self.tell_messaging(key, id, None);
    }

    /// stopMessaging, on this side; the other side learns it.
    pub(crate) fn stop_messaging(&mut self, key: &str, id: &str) -> Result<(), Refusal> {
        let (_, conversation) = self.conversation_of(key, id).ok_or_else(no_conversation)?;
        if conversation.messaging == MessagingState::Disconnected {
            return Err(Refusal::wrong_state(
                "Messaging has ended in this conversation.",
            ));
        }
        self.withdraw_call_of(key, id);
        self.part(key, id);
        self.disconnect(key, id, Reason::ENDED_HERE);
        Ok(())
    }

    /// DELETE of the conversation: it is gone on this side and over on the other.
    pub(crate) fn leave(&mut self, key: &str, id: &str) -> Result<(), Refusal> {
        self.conversation_of(key, id).ok_or_else(no_conversation)?;
        self.withdraw_call_of(key, id);
        self.part(key, id);
        self.remove_conversation(key, id);
        Ok(())
    }

    /// Tells the far side that this one is gone.
    fn part(&mut self, key: &str, id: &str) {
        let Some(conversation) = self.conversation_mut(key, id) else {
            return;
        };
        if let Far::App(far_key, far_id) = std::mem::replace(&mut conversation.far, Far::Nobody) {
            self.disconnect(&far_key, &far_id, Reason::ENDED_THERE);
        }
    }

    /// Messaging ends in this conversation, which can be taken up again by addMessaging for some minutes.
    pub(crate) fn disconnect(&mut self, key: &str, id: &str, reason: Reason) {
        self.stop_typing(key, id);
        let Some(conversation) = self.conversation_mut(key, id) else {
            return;
        };
        if conversation.messaging == MessagingState::Disconnected {
            return;
        }
        let was_connected = conversation.messaging == MessagingState::Connected;
        conversation.messaging = MessagingState::Disconnected;
        conversation.far = Far::Nobody;
        self.tell_messaging(key, id, Some(reason));
        if was_connected {
            self.tell_participant(key, id, "deleted");
        }
        self.tell_conversation(key, id, "updated");
        self.schedule(QUIET, Alarm::Quiet(key.to_owned(), id.to_owned()));
    }

    pub(crate) fn clear_quiet(&mut self, key: &str, id: &str) {
        if self
            .conversation_of(key, id)
            .is_some_and(|(_, conversation)| conversation.messaging == MessagingState::Disconnected)
        {
            self.remove_conversation(key, id);
        }
    }

    /// `conversation deleted`, and no trace of it.
    pub(crate) fn remove_conversation(&mut self, key: &str, id: &str) {
        self.tell_conversation(key, id, "deleted");
        if let Some(app) = self.apps.get_mut(key) {
            app.conversations.remove(id);
            app.invitations
                .retain(|_, invitation| invitation.conversation != id);
        }
    }

    /// The application ends: every conversation and call with it.
    pub(crate) fn end_conversations(&mut self, key: &str) {
        let ids: Vec<String> = self
            .apps
            .get(key)
            .map(|app| app.conversations.keys().cloned().collect())
            .unwrap_or_default();
        for id in ids {
            self.withdraw_call_of(key, &id);
            self.part(key, &id);
            if let Some(app) = self.apps.get_mut(key) {
                app.conversations.remove(&id);
                app.invitations
                    .retain(|_, invitation| invitation.conversation != id);
            }
        }
    }
}

pub(super) fn from_conversation(app: &App, id: &str) -> (Kind, String) {
    (Kind::Conversation, app.hrefs.to(Kind::Conversation, &[id]))
}

pub(crate) fn no_conversation() -> Refusal {
    Refusal::not_found("conversation").sub("ConversationNotFound")
}
