//! Invitations to a conversation: they ring at every available client of the person called until one answers
//! (UCWA reference, messagingInvitation).

use super::conversation::{Far, no_conversation};
use super::event::{Reason, Ticket};
use super::invitation::Invitation;
use super::{Alarm, App, Conversation, Format, MessagingState, RINGING, Text, World};
use crate::input::Address;
use crate::reply::Refusal;

/// Conversations of one application at a time.
const CONVERSATIONS: usize = 1000;

/// Who calls.
#[derive(Clone, Debug)]
pub(crate) enum Caller {
    /// An application, by its key, invitation and conversation.
    App(String, String, String),
    /// A played client of this person.
    Played(Address),
}

/// An invitation that rings.
pub(crate) struct Call {
    pub(super) from: Caller,
    /// Applications that ring, each with its invitation and conversation.
    pub(super) legs: Vec<(String, String, String)>,
    pub(super) first: Option<Text>,
    /// Texts of a played client that wait for the answer, the first one included.
    pub(super) waiting: Vec<(Text, Ticket)>,
}

/// What startMessaging or addMessaging asks for.
pub(crate) struct Wish {
    pub(crate) to: Address,
    pub(crate) operation: String,
    pub(crate) thread: Option<String>,
    pub(crate) subject: String,
    pub(crate) importance: String,
    pub(crate) message: Option<Text>,
}

impl World {
    /// startMessaging: the id of the invitation. What becomes of it comes as events.
    pub(crate) fn start_messaging(&mut self, key: &str, wish: Wish) -> Result<String, Refusal> {
        let now = self.now();
        let app = self.apps.get(key).ok_or_else(Refusal::no_application)?;
        if app.conversations.len() >= CONVERSATIONS {
            return Err(Refusal::wrong_state("There are too many conversations.")
                .sub("TooManyConversations"));
        }
        if app.invitations.values().any(|invitation| {
            !invitation.incoming
                && invitation.operation == wish.operation
                && invitation.state == "Connecting"
        }) {
            return Err(Refusal::wrong_state("This operationId is in use.").sub("AlreadyExists"));
        }
        let live = |conversation: &Conversation| {
            conversation.messaging != MessagingState::Disconnected && conversation.peer == wish.to
        };
        if let Some(thread) = &wish.thread
            && app.conversations.values().any(|conversation| {
                live(conversation) && conversation.thread.eq_ignore_ascii_case(thread)
            })
        {
            return Err(
                Refusal::wrong_state("There is a conversation with this threadId.")
                    .sub("ThreadIdAlreadyExists"),
            );
        }
        let id = self.random.id();
        let thread = wish
            .thread
            .clone()
            .unwrap_or_else(|| format!("{:032x}", self.random.wide()));
        let conversation = Conversation {
            thread,
            subject: wish.subject.clone(),
            importance: wish.importance.clone(),
            ..Conversation::new(id.clone(), wish.to.clone(), false, now)
        };
        if let Some(app) = self.apps.get_mut(key) {
            app.conversations.insert(id.clone(), conversation);
        }
        Ok(self.invite(key, &id, wish, true))
    }

    /// addMessaging: takes up a conversation again whose messaging has ended.
    pub(crate) fn add_messaging(
        &mut self,
        key: &str,
        id: &str,
        operation: String,
        message: Option<Text>,
    ) -> Result<String, Refusal> {
        let conversation = self
            .apps
            .get_mut(key)
            .and_then(|app| app.conversations.get_mut(id))
            .ok_or_else(no_conversation)?;
        if conversation.messaging != MessagingState::Disconnected {
            return Err(
                Refusal::wrong_state("Messaging is part of this conversation already.")
                    .sub("AlreadyExists"),
            );
        }
        conversation.messaging = MessagingState::Connecting;
        conversation.incoming = false;
        let wish = Wish {
            to: conversation.peer.clone(),
            operation,
            thread: None,
            subject: conversation.subject.clone(),
            importance: conversation.importance.clone(),
            message,
        };
        Ok(self.invite(key, id, wish, false))
    }

    /// Rings at the person called, or fails; the caller's conversation is there and connecting.
    fn invite(&mut self, key: &str, conversation: &str, wish: Wish, is_new: bool) -> String {
        let (id, call) = (self.random.id(), self.random.id());
        let invitation = Invitation {
            id: id.clone(),
            call: call.clone(),
            conversation: conversation.to_owned(),
            incoming: false,
            state: "Connecting",
            operation: wish.operation,
            message: wish.message.clone(),
            accepted_by: None,
        };
        let Some(app) = self.apps.get_mut(key) else {
            return id;
        };
        let owner = app.owner.clone();
        app.invitations.insert(id.clone(), invitation);
        self.tell_invitation(key, &id, "started", None);
        self.tell_conversation(key, conversation, if is_new { "added" } else { "updated" });
        if is_new {
            self.tell_local_participant(key, conversation);
        }
        self.tell_messaging(key, conversation, None);
        let from = Caller::App(key.to_owned(), id.clone(), conversation.to_owned());
        match self.reach(&owner, &wish.to) {
            Err(reason) => self.refuse_caller(&from, reason),
            Ok(Reached::Ringing) => {
                self.calls.insert(
                    call.clone(),
                    Call {
                        from,
                        legs: Vec::new(),
                        first: wish.message,
                        waiting: Vec::new(),
                    },
                );
                self.schedule(RINGING, Alarm::Ring(call));
            }
            Ok(Reached::Played) => {
                let thread = self
                    .conversation_of(key, conversation)
                    .map(|(_, conversation)| conversation.thread.clone())
                    .unwrap_or_default();
                let formats = self.apps.get(key).map(App::formats).unwrap_or_default();
                let first = wish
                    .message
                    .map(|text| self.receive_played(&owner, &wish.to, text, thread));
                match first {
                    Some(Err(reason)) => self.refuse_caller(&from, reason),
                    Some(Ok(())) | None => {
                        self.connect(key, conversation, Far::Played, formats);
                        self.caller_accepted(&from, &wish.to);
                    }
                }
            }
            Ok(Reached::Apps(keys)) => {
                self.calls.insert(
                    call.clone(),
                    Call {
                        from,
                        legs: Vec::new(),
                        first: wish.message,
                        waiting: Vec::new(),
                    },
                );
                self.ring(&call, &owner, keys);
            }
        }
        id
    }

    /// Where a person can be reached for a chat now, or why not.
    pub(super) fn reach(&mut self, from: &Address, to: &Address) -> Result<Reached, Reason> {
        if self.faults.take("decline", None).is_some() {
            return Err(Reason::DECLINED);
        }
        if self.faults.take("no-answer", None).is_some() {
            return Ok(Reached::Ringing);
        }
        if !self.domains.contains(to.domain()) {
            return Err(Reason::NO_FEDERATION);
        }
        let person = self.people.get(to).ok_or(Reason::UNKNOWN)?;
        if self.blocks(to, from) {
            return Err(Reason::NOT_ALLOWED);
        }
        if person.published.availability == "DoNotDisturb" && from != to {
            return Err(Reason::DO_NOT_DISTURB);
        }
        let played = person.played.is_some();
        let keys = self.apps_of(to, |app| {
            app.available.as_ref().is_some_and(|available| {
                available
                    .modalities
                    .iter()
                    .any(|modality| modality.eq_ignore_ascii_case("Messaging"))
            })
        });
        match (keys.is_empty(), played) {
            (false, _) => Ok(Reached::Apps(keys)),
            (true, true) => Ok(Reached::Played),
            (true, false) => Err(Reason::UNREACHABLE),
        }
    }

    /// Every available client of the person called rings.
    pub(super) fn ring(&mut self, call: &str, from: &Address, keys: Vec<String>) {
        let now = self.now();
        for key in keys {
            let (id, conversation_id) = (self.random.id(), self.random.id());
            let Some(ringing) = self.calls.get(call) else {
                return;
            };
            let first = ringing.first.clone();
            let (thread, subject, importance) = match &ringing.from {
                Caller::App(caller, _, conversation) => self
                    .conversation_of(caller, conversation)
                    .map(|(_, conversation)| {
                        (
                            conversation.thread.clone(),
                            conversation.subject.clone(),
                            conversation.importance.clone(),
                        )
                    })
                    .unwrap_or_default(),
                Caller::Played(_) => (
                    format!("{:032x}", self.random.wide()),
                    String::new(),
                    "Normal".to_owned(),
                ),
            };
            let conversation = Conversation {
                thread,
                subject,
                importance,
                ..Conversation::new(conversation_id.clone(), from.clone(), true, now)
            };
            let invitation = Invitation {
                id: id.clone(),
                call: call.to_owned(),
                conversation: conversation_id.clone(),
                incoming: true,
                state: "Connecting",
                operation: self.random.guid(),
                message: first,
                accepted_by: None,
            };
            let Some(app) = self.apps.get_mut(&key) else {
                continue;
            };
            app.conversations
                .insert(conversation_id.clone(), conversation);
            app.invitations.insert(id.clone(), invitation);
            if let Some(ringing) = self.calls.get_mut(call) {
                ringing
                    .legs
                    .push((key.clone(), id.clone(), conversation_id.clone()));
            }
            self.tell_invitation(&key, &id, "started", None);
            self.tell_conversation(&key, &conversation_id, "added");
            self.tell_local_participant(&key, &conversation_id);
            self.tell_messaging(&key, &conversation_id, None);
        }
        self.schedule(RINGING, Alarm::Ring(call.to_owned()));
    }

    /// accept: this client takes the conversation, the others stop ringing.
    pub(crate) fn accept(&mut self, key: &str, id: &str) -> Result<(), Refusal> {
        let (call_id, leg) = self.ringing(key, id)?;
        let Some(call) = self.calls.remove(&call_id) else {
            return Err(answered());
        };
        let callee = self
            .apps
            .get(key)
            .map(|app| app.owner.clone())
            .ok_or_else(Refusal::no_application)?;
        let own = self.apps.get(key).map(App::formats).unwrap_or_default();
        let (far, caller, formats) = match &call.from {
            Caller::App(caller_key, _, conversation) => {
                let theirs = self
                    .apps
                    .get(caller_key)
                    .map(App::formats)
                    .unwrap_or_default();
                let common: Vec<Format> = own
                    .into_iter()
                    .filter(|format| theirs.contains(format))
                    .collect();
                (
                    Far::App(caller_key.clone(), conversation.clone()),
                    self.apps.get(caller_key).map(|app| app.owner.clone()),
                    common,
                )
            }
            Caller::Played(address) => (Far::Played, Some(address.clone()), own),
        };
        self.set_invitation(key, id, "Connected", caller);
        self.tell_invitation(key, id, "updated", None);
        self.connect(key, &leg, far, formats.clone());
        self.tell_invitation(key, id, "completed", Some(Ok(())));
        for (other_key, other_id, other_conversation) in
            call.legs.iter().filter(|(other, _, _)| other != key)
        {
            self.stop_ringing(other_key, other_id, other_conversation, Reason::ELSEWHERE);
        }
        if let Caller::App(caller_key, _, conversation) = &call.from {
            self.connect(
                caller_key,
                conversation,
                Far::App(key.to_owned(), leg.clone()),
                formats,
            );
            self.caller_accepted(&call.from, &callee);
            if let Some(first) = call.first {
                let ticket = Ticket {
                    app: Some(caller_key.clone()),
                    conversation: conversation.clone(),
                    message: String::new(),
                    received: None,
                };
                self.deliver(key, &leg, first, ticket);
            }
        }
        for (text, ticket) in call.waiting {
            self.deliver(key, &leg, text, ticket);
        }
        Ok(())
    }

    /// decline: `Local` is for this client alone, `Global` for all of the user.
    pub(crate) fn decline(&mut self, key: &str, id: &str, everywhere: bool) -> Result<(), Refusal> {
        let (call_id, conversation) = self.ringing(key, id)?;
        self.stop_ringing(
            key,
            id,
            &conversation,
            Reason::new("LocalFailure", "Declined"),
        );
        let Some(call) = self.calls.get_mut(&call_id) else {
            return Err(answered());
        };
        call.legs.retain(|(other, _, _)| other != key);
        if everywhere || call.legs.is_empty() {
            self.end_call(&call_id, Reason::DECLINED, Reason::ELSEWHERE);
        }
        Ok(())
    }

    /// cancel: the caller withdraws.
    pub(crate) fn cancel(&mut self, key: &str, id: &str) -> Result<(), Refusal> {
        let invitation = self
            .apps
            .get(key)
            .and_then(|app| app.invitations.get(id))
            .ok_or_else(|| Refusal::not_found("invitation"))?;
        if invitation.incoming || !self.calls.contains_key(&invitation.call) {
            return Err(answered());
        }
        let call = invitation.call.clone();
        self.end_call(&call, Reason::CANCELED, Reason::MISSED);
        Ok(())
    }

    pub(crate) fn call_lapsed(&mut self, call: &str) {
        self.end_call(call, Reason::NO_ANSWER, Reason::MISSED);
    }

    /// A side of the conversation leaves while it still rings.
    pub(crate) fn withdraw_call_of(&mut self, key: &str, conversation: &str) {
        let calls: Vec<(String, bool)> = self
            .apps
            .get(key)
            .map(|app| {
                app.invitations
                    .values()
                    .filter(|invitation| {
                        invitation.conversation == conversation
                            && self.calls.contains_key(&invitation.call)
                    })
                    .map(|invitation| (invitation.call.clone(), invitation.incoming))
                    .collect()
            })
            .unwrap_or_default();
        for (call, incoming) in calls {
            if !incoming {
                self.end_call(&call, Reason::CANCELED, Reason::MISSED);
            } else if let Some(ringing) = self.calls.get_mut(&call) {
                ringing.legs.retain(|(other, _, _)| other != key);
                if ringing.legs.is_empty() {
                    self.end_call(&call, Reason::UNREACHABLE, Reason::MISSED);
                }
            }
        }
    }

    fn end_call(&mut self, call: &str, to_caller: Reason, to_called: Reason) {
        let Some(call) = self.calls.remove(call) else {
            return;
        };
        for (key, id, conversation) in &call.legs {
            self.stop_ringing(key, id, conversation, to_called);
        }
        self.refuse_caller(&call.from, to_caller);
        for (_, ticket) in call.waiting {
            self.settle(&ticket, Err(to_caller));
        }
    }

    fn stop_ringing(&mut self, key: &str, id: &str, conversation: &str, reason: Reason) {
        self.set_invitation(
            key,
            id,
            if reason.subcode == "Declined" {
                "Declined"
            } else {
                "Failed"
            },
            None,
        );
        self.tell_invitation(key, id, "completed", Some(Err(reason)));
        self.remove_conversation(key, conversation);
    }

    fn caller_accepted(&mut self, from: &Caller, by: &Address) {
        if let Caller::App(key, id, _) = from {
            self.set_invitation(key, id, "Connected", Some(by.clone()));
            self.tell_invitation(key, id, "completed", Some(Ok(())));
        }
    }

    fn refuse_caller(&mut self, from: &Caller, reason: Reason) {
        if let Caller::App(key, id, conversation) = from {
            let state = match reason.subcode {
                "Declined" => "Declined",
                "Canceled" => "Cancelled",
                _ => "Failed",
            };
            self.set_invitation(key, id, state, None);
            self.disconnect(key, conversation, reason);
            self.tell_invitation(key, id, "completed", Some(Err(reason)));
            self.remove_conversation(key, conversation);
        }
    }
}

/// Where a person was reached.
pub(super) enum Reached {
    Apps(Vec<String>),
    Played,
    /// Nowhere, but it rings (a fault that was asked for).
    Ringing,
}

pub(super) fn answered() -> Refusal {
    Refusal::wrong_state("The invitation is not waiting for this answer.")
}
