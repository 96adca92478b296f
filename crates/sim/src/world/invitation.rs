//! One side's view of a call: the messagingInvitation (UCWA reference, messagingInvitation).

use serde_json::{Value, json};

use super::call::answered;
use super::event::{Event, Reason, Urgency};
use super::{App, Text, World, link};
use crate::href::Kind;
use crate::input::Address;
use crate::reply::Refusal;

/// One side's messagingInvitation.
pub(crate) struct Invitation {
    pub(crate) id: String,
    pub(crate) call: String,
    pub(crate) conversation: String,
    pub(crate) incoming: bool,
    pub(crate) state: &'static str,
    pub(crate) operation: String,
    pub(crate) message: Option<Text>,
    pub(crate) accepted_by: Option<Address>,
}

impl World {
    pub(super) fn set_invitation(
        &mut self,
        key: &str,
        id: &str,
        state: &'static str,
        accepted_by: Option<Address>,
    ) {
        if let Some(invitation) = self
            .apps
            .get_mut(key)
            .and_then(|app| app.invitations.get_mut(id))
        {
            invitation.state = state;
            invitation.accepted_by = accepted_by;
        }
    }

    /// Call and conversation of an incoming invitation that still rings.
    pub(super) fn ringing(&self, key: &str, id: &str) -> Result<(String, String), Refusal> {
        let invitation = self
            .apps
            .get(key)
            .and_then(|app| app.invitations.get(id))
            .ok_or_else(|| Refusal::not_found("invitation"))?;
        if !invitation.incoming || !self.calls.contains_key(&invitation.call) {
            return Err(answered());
        }
        Ok((invitation.call.clone(), invitation.conversation.clone()))
    }

    pub(super) fn tell_invitation(
        &mut self,
        key: &str,
        id: &str,
        change: &'static str,
        outcome: Option<Result<(), Reason>>,
    ) {
        if change == "started" && self.faults.take("completed-only", None).is_some() {
            return;
        }
        let Some(app) = self.apps.get(key) else {
            return;
        };
        let Some(invitation) = app.invitations.get(id) else {
            return;
        };
        let own = (
            Kind::MessagingInvitation,
            app.hrefs.to(Kind::MessagingInvitation, &[id]),
        );
        let event = Event::new(
            (Kind::Communication, app.hrefs.to(Kind::Communication, &[])),
            Urgency::High,
            change,
            own,
        )
        .embed(self.invitation_value(app, invitation));
        let event = match outcome {
            None => event,
            Some(Ok(())) => event.success(),
            Some(Err(reason)) => event.failure(reason),
        };
        self.tell(key, event);
    }

    pub(crate) fn invitation_value(&self, app: &App, invitation: &Invitation) -> Value {
        let id = [invitation.id.as_str()];
        let Some(conversation) = app.conversations.get(&invitation.conversation) else {
            return json!({ "rel": "messagingInvitation" });
        };
        let mut links = json!({
            "self": link(app.hrefs.to(Kind::MessagingInvitation, &id)), "conversation": link(app.hrefs.to(Kind::Conversation, &[&conversation.id])),
            "messaging": link(app.hrefs.to(Kind::Messaging, &[&conversation.id])),
        });
        let peer = link(app.hrefs.to(Kind::Contact, &[conversation.peer.as_str()]));
        let mut embedded = json!({});
        if invitation.incoming {
            links["from"] = json!({ "href": app.hrefs.to(Kind::Participant, &[&conversation.id, conversation.peer.as_str()]), "title": self.name_of(&conversation.peer) });
            links["to"] = link(app.hrefs.to(Kind::Contact, &[app.owner.as_str()]));
            embedded["from"] = self.participant_value(app, conversation, false);
        } else {
            links["from"] = link(app.hrefs.to(Kind::LocalParticipant, &[&conversation.id]));
            links["to"] = peer.clone();
        }
        if invitation.state == "Connecting" {
            let more: &[Kind] = if invitation.incoming {
                &[Kind::Accept, Kind::Decline]
            } else {
                &[Kind::Cancel]
            };
            for kind in more {
                links[kind.rel()] = link(app.hrefs.to(*kind, &id));
            }
        }
        if let Some(message) = &invitation.message {
            links["message"] = link(message.data_uri());
        }
        if invitation.accepted_by.is_some() && !invitation.incoming {
            links["acceptedByContact"] = peer;
            embedded["acceptedByParticipant"] =
                json!([self.participant_value(app, conversation, false)]);
        }
        let to = if invitation.incoming {
            app.owner.uri()
        } else {
            conversation.peer.uri()
        };
        json!({
            "rel": "messagingInvitation", "direction": if invitation.incoming { "Incoming" } else { "Outgoing" }, "state": invitation.state, "threadId": conversation.thread,
            "subject": conversation.subject, "importance": conversation.importance, "operationId": invitation.operation, "to": to, "_links": links, "_embedded": embedded,
        })
    }
}
