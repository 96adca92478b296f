//! How a conversation and those in it are shown (UCWA reference, conversation, participant, messaging).

use serde_json::{Value, json};

use super::{App, Conversation, MessagingState, World, link};
use crate::href::Kind;

impl World {
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
