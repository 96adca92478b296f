//! Messages: taken from the sender, delivered when fetched, settled with the sender (UCWA reference, message).

use serde_json::{Value, json};

use super::conversation::{Far, from_conversation, no_conversation};
use super::event::{Event, Reason, Ticket, Urgency};
use super::person::Received;
use super::{App, Conversation, MessagingState, Text, World, link};
use crate::clock::Moment;
use crate::href::Kind;
use crate::reply::Refusal;

/// A message as the owner of the conversation sees it.
pub(crate) struct Message {
    pub(crate) id: String,
    pub(crate) outgoing: bool,
    pub(crate) operation: String,
    pub(crate) at: Moment,
    pub(crate) text: Text,
    pub(crate) status: &'static str,
}

impl World {
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
        let refused = forced.or_else(|| self.blocks(&peer, &owner).then_some(Reason::NOT_ALLOWED));
        match (refused, far) {
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
}
