//! Conversations of two, seen from one application: state, messages, typing, end (UCWA reference, conversation, messaging).

use std::collections::VecDeque;
use std::time::Duration;

use serde_json::{Value, json};

use super::event::{Event, Reason, Ticket, Urgency};
use super::person::Received;
use super::{Alarm, App, Format, Text, World, link};
use crate::clock::Moment;
use crate::href::Kind;
use crate::input::Address;
use crate::reply::Refusal;

/// The server takes typing back after this time.
const TYPING: Duration = Duration::from_secs(10);
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
    fn word(self) -> &'static str {
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

/// A message as the owner of the conversation sees it.
pub(crate) struct Message {
    pub(crate) id: String,
    pub(crate) outgoing: bool,
    pub(crate) operation: String,
    pub(crate) at: Moment,
    pub(crate) text: Text,
    pub(crate) status: &'static str,
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

    fn keep(&mut self, message: Message) {
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

    fn conversation_mut(&mut self, key: &str, id: &str) -> Option<&mut Conversation> {
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

    /// Takes a message from an application: its id, and by then it is on its way.
    pub(crate) fn send_message(
        &mut self,
        key: &str,
        id: &str,
        operation: String,
        text: Text,
    ) -> Result<String, Refusal> {
        let now = self.now();
        let message = self.random.id();
        let forced = self.faults.take_failure();
        let Some((app, conversation)) = self.conversation_of(key, id) else {
            return Err(no_conversation());
        };
        let (owner, far, peer) = (
            app.owner.clone(),
            conversation.far.clone(),
            conversation.peer.clone(),
        );
        let thread = conversation.thread.clone();
        if conversation.messaging != MessagingState::Connected {
            return Err(Refusal::wrong_state(
                "Messaging is not connected in this conversation.",
            ));
        }
        if !conversation.formats.contains(&text.format) {
            return Err(Refusal::unsupported_media_type(
                "This format was not negotiated for the conversation.",
            ));
        }
        if let Some(conversation) = self.conversation_mut(key, id) {
            conversation.keep(Message {
                id: message.clone(),
                outgoing: true,
                operation,
                at: now,
                text: text.clone(),
                status: "Pending",
            });
        }
        let ticket = Ticket {
            app: Some(key.to_owned()),
            conversation: id.to_owned(),
            message: message.clone(),
            received: None,
        };
        match (forced, far) {
            (Some(reason), _) => self.settle(&ticket, Err(reason)),
            (None, Far::Nobody) => self.settle(&ticket, Err(Reason::UNREACHABLE)),
            (None, Far::App(far_key, far_id)) => self.deliver(&far_key, &far_id, text, ticket),
            (None, Far::Played) => {
                let outcome = self.receive_played(&owner, &peer, text, thread);
                self.settle(&ticket, outcome);
            }
        }
        Ok(message)
    }

    /// A message reaches the application of the person to whom it was written. It has arrived when it is fetched.
    pub(crate) fn deliver(&mut self, key: &str, id: &str, text: Text, mut ticket: Ticket) {
        let now = self.now();
        let message = self.random.id();
        self.stop_typing(key, id);
        let odd = ["bad-data-uri", "base64"]
            .into_iter()
            .find(|what| self.faults.take(what, None).is_some());
        let started_too = self.faults.take("started-too", None).is_some();
        let Some(conversation) = self.conversation_mut(key, id) else {
            self.settle(&ticket, Err(Reason::UNREACHABLE));
            return;
        };
        let received = Received {
            at: now.rfc3339(),
            from: conversation.peer.to_string(),
            text: text.body.clone(),
            format: text.format.word(),
            thread: conversation.thread.clone(),
        };
        conversation.keep(Message {
            id: message.clone(),
            outgoing: false,
            operation: String::new(),
            at: now,
            text,
            status: "Success",
        });
        let Some((app, conversation)) = self.conversation_of(key, id) else {
            return;
        };
        let Some(kept) = conversation.messages.back() else {
            return;
        };
        ticket.received = Some(Box::new((app.owner.clone(), received)));
        let mut value = self.message_value(app, conversation, kept);
        match odd {
            Some("base64") => {
                value["_links"][kept.text.format.link()]["href"] = kept.text.base64_uri().into()
            }
            Some(_) => {
                value["_links"][kept.text.format.link()]["href"] =
                    "data:text/plain;base64,this is *not* base64".into()
            }
            None => {}
        }
        let own = || (Kind::Message, app.hrefs.to(Kind::Message, &[id, &message]));
        let started = started_too
            .then(|| Event::new(from_conversation(app, id), Urgency::High, "started", own()));
        let event = Event::new(
            from_conversation(app, id),
            Urgency::High,
            "completed",
            own(),
        )
        .success()
        .embed(value)
        .ticket(ticket);
        if let Some(started) = started {
            self.tell(key, started);
        }
        self.tell(key, event);
        if self.faults.take("unknown-event", None).is_some() {
            self.tell_unknown(key);
        }
    }

    /// An event that no client knows: it must be skipped.
    pub(crate) fn tell_unknown(&mut self, key: &str) {
        let Some(app) = self.apps.get(key) else {
            return;
        };
        let href = app.hrefs.to(Kind::Communication, &[]);
        let event = Event::new(
            (Kind::Communication, href.clone()),
            Urgency::High,
            "transmogrified",
            (Kind::Communication, format!("{href}/hologram")),
        )
        .named("hologram");
        self.tell(key, event);
    }

    /// Tells the sender what became of a message.
    pub(crate) fn settle(&mut self, ticket: &Ticket, outcome: Result<(), Reason>) {
        let Some(key) = &ticket.app else {
            self.settle_played(ticket, outcome);
            return;
        };
        let Some(message) =
            self.conversation_mut(key, &ticket.conversation)
                .and_then(|conversation| {
                    conversation
                        .messages
                        .iter_mut()
                        .find(|message| message.id == ticket.message)
                })
        else {
            return;
        };
        message.status = if outcome.is_ok() {
            "Success"
        } else {
            "Failure"
        };
        let Some((app, conversation)) = self.conversation_of(key, &ticket.conversation) else {
            return;
        };
        let Some(message) = conversation
            .messages
            .iter()
            .find(|message| message.id == ticket.message)
        else {
            return;
        };
        let mut value = self.message_value(app, conversation, message);
        let own = (
            Kind::Message,
            app.hrefs
                .to(Kind::Message, &[&conversation.id, &message.id]),
        );
        let event = Event::new(
            from_conversation(app, &conversation.id),
            Urgency::High,
            "completed",
            own,
        );
        let event = match outcome {
            Ok(()) => event.success().embed(value),
            Err(reason) => {
                value["_links"]["failedDeliveryParticipant"] = json!([link(app.hrefs.to(
                    Kind::Participant,
                    &[&conversation.id, conversation.peer.as_str()]
                ))]);
                event.failure(reason).embed(value)
            }
        };
        let key = key.clone();
        self.tell(&key, event);
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

    fn stop_typing(&mut self, key: &str, id: &str) {
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

    pub(crate) fn conversation_value(&self, app: &App, conversation: &Conversation) -> Value {
        let id = [conversation.id.as_str()];
        let state = match (conversation.messaging, conversation.incoming) {
            (MessagingState::Connected, _) => "Connected",
            (MessagingState::Connecting, true) => "Incoming",
            (MessagingState::Connecting, false) => "Connecting",
            (MessagingState::Disconnected, _) => "Disconnected",
        };
        let modalities: &[&str] = if conversation.messaging == MessagingState::Connected {
            &["Messaging"]
        } else {
            &[]
        };
        let count = if conversation.messaging == MessagingState::Connected {
            2
        } else {
            1
        };
        json!({
            "rel": "conversation", "state": state, "threadId": conversation.thread, "subject": conversation.subject, "importance": conversation.importance,
            "activeModalities": modalities, "participantCount": count, "recording": false, "created": conversation.created.ucwa(), "audienceMessaging": "Disabled", "audienceMute": "Disabled",
            "_links": {
                "self": link(app.hrefs.to(Kind::Conversation, &id)), "messaging": link(app.hrefs.to(Kind::Messaging, &id)),
                "participants": link(app.hrefs.to(Kind::Participants, &id)), "localParticipant": link(app.hrefs.to(Kind::LocalParticipant, &id)),
            },
        })
    }

    pub(crate) fn participant_value(
        &self,
        app: &App,
        conversation: &Conversation,
        local: bool,
    ) -> Value {
        let address = if local {
            &app.owner
        } else {
            &conversation.peer
        };
        let arguments = [conversation.id.as_str(), address.as_str()];
        let own = if local {
            app.hrefs.to(Kind::LocalParticipant, &[&conversation.id])
        } else {
            app.hrefs.to(Kind::Participant, &arguments)
        };
        let contact = |kind| link(app.hrefs.to(kind, &[address.as_str()]));
        let mut links = json!({ "self": link(own), "conversation": link(app.hrefs.to(Kind::Conversation, &[&conversation.id])) });
        if local {
            links["me"] = link(app.hrefs.to(Kind::Me, &[]));
        } else {
            links["contact"] = contact(Kind::Contact);
            links["contactPresence"] = contact(Kind::ContactPresence);
            links["participantMessaging"] =
                link(app.hrefs.to(Kind::ParticipantMessaging, &arguments));
            if self
                .people
                .get(address)
                .is_some_and(|person| person.has_photo)
            {
                links["contactPhoto"] = contact(Kind::Photo);
            }
        }
        json!({
            "rel": "participant", "name": self.name_of(address), "uri": address.uri(), "role": "Attendee", "sourceNetwork": "SameEnterprise",
            "local": local, "anonymous": false, "inLobby": false, "organizer": false, "_links": links,
        })
    }

    pub(crate) fn message_value(
        &self,
        app: &App,
        conversation: &Conversation,
        message: &Message,
    ) -> Value {
        let id = conversation.id.as_str();
        let mut links = json!({ "self": link(app.hrefs.to(Kind::Message, &[id, &message.id])), "messaging": link(app.hrefs.to(Kind::Messaging, &[id])) });
        if message.outgoing {
            links["participant"] = link(app.hrefs.to(Kind::LocalParticipant, &[id]));
        } else {
            links["participant"] = json!({ "href": app.hrefs.to(Kind::Participant, &[id, conversation.peer.as_str()]), "title": self.name_of(&conversation.peer) });
            links["contact"] = link(app.hrefs.to(Kind::Contact, &[conversation.peer.as_str()]));
        }
        links[message.text.format.link()] = link(message.text.data_uri());
        let mut value = json!({ "rel": "message", "direction": if message.outgoing { "Outgoing" } else { "Incoming" }, "timeStamp": message.at.ucwa(), "status": message.status, "_links": links });
        if !message.operation.is_empty() {
            value["operationId"] = message.operation.clone().into();
        }
        value
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

pub(crate) fn messaging_value(app: &App, conversation: &Conversation) -> Value {
    let id = [conversation.id.as_str()];
    let formats: Vec<&str> = conversation
        .formats
        .iter()
        .map(|format| format.word())
        .collect();
    let mut links = json!({ "self": link(app.hrefs.to(Kind::Messaging, &id)), "conversation": link(app.hrefs.to(Kind::Conversation, &id)) });
    let more: &[Kind] = match conversation.messaging {
        MessagingState::Connecting => &[Kind::StopMessaging],
        MessagingState::Connected => &[
            Kind::SendMessage,
            Kind::SetIsTyping,
            Kind::TypingParticipants,
            Kind::StopMessaging,
        ],
        MessagingState::Disconnected => &[Kind::AddMessaging],
    };
    for kind in more {
        links[kind.rel()] = link(app.hrefs.to(*kind, &id));
    }
    json!({ "rel": "messaging", "state": conversation.messaging.word(), "negotiatedMessageFormats": formats, "_links": links })
}

fn from_conversation(app: &App, id: &str) -> (Kind, String) {
    (Kind::Conversation, app.hrefs.to(Kind::Conversation, &[id]))
}

pub(crate) fn no_conversation() -> Refusal {
    Refusal::not_found("conversation").sub("ConversationNotFound")
}
