//! Texts that come in: by invitations, which are accepted at once, and by messages.

use jiff::Timestamp;
use url::Url;

use super::fetch::{Fetch, resource};
use super::outbox::{Ordinary, What};
use super::request::Content;
use super::{Now, Session};
use crate::wire::data_uri;
use crate::wire::events::Event as WireEvent;
use crate::wire::messaging::{self, MessagingInvitation, Participant};
use crate::wire::words::{Direction, EventType, Status};
use crate::wire::{Href, Reason};
use crate::{Body, Event, Failure, Message, Outcome, PageId};

/// An incoming invitation.
pub(super) struct Invitation {
    conversation: Url,
    /// Where it is accepted, as long as that has not been done.
    pub(super) accept: Option<Url>,
}

/// A text that waits until it is known who wrote it. Its page is held.
pub(super) struct Waiting {
    pub(super) key: String,
    pub(super) body: Body,
    pub(super) sent_at: Timestamp,
    pub(super) page: PageId,
}

/// How an operation ended, as an event tells it.
pub(super) fn outcome(status: Option<&Status>, reason: Option<&Reason>) -> Outcome {
    if status == Some(&Status::Failure) {
        Outcome::Failed(failure(reason.cloned().unwrap_or_default()))
    } else {
        Outcome::Delivered
    }
}

pub(super) fn failure(reason: Reason) -> Failure {
    let text = Option::unwrap_or_default;
    Failure {
        code: text(reason.code),
        subcode: text(reason.subcode),
        message: text(reason.message),
    }
}

impl Session {
    pub(super) fn invitation_event(
        &mut self,
        href: Url,
        event: &WireEvent,
        page: PageId,
        now: Now,
    ) {
        let completed = event.kind == EventType::Completed;
        if let Some(invitation) = event.embedded::<MessagingInvitation>() {
            let missed = completed && event.status == Some(Status::Failure);
            self.take_invitation(&href, &invitation, missed, page, now);
        } else if !completed {
            self.hold(page);
            self.fetch_now(
                href.clone(),
                Fetch::Invitation {
                    href: href.clone(),
                    page,
                },
            );
        }
        if completed {
            self.invitation_completed(
                &href,
                &outcome(event.status.as_ref(), event.reason.as_ref()),
                now,
            );
        }
    }

    pub(super) fn invitation_read(
        &mut self,
        href: &Url,
        page: PageId,
        status: u16,
        body: &[u8],
        now: Now,
    ) {
        if let Some(invitation) = resource(status, body) {
            self.take_invitation(href, &invitation, false, page, now);
        }
        self.release(page);
    }

    fn take_invitation(
        &mut self,
        href: &Url,
        invitation: &MessagingInvitation,
        missed: bool,
        page: PageId,
        now: Now,
    ) {
        let conversation = self.link(&invitation.links, "conversation");
        if invitation.direction == Some(Direction::Outgoing) {
            if let Some(id) = invitation.operation_id.as_deref() {
                self.invitation_is_out(id, href, conversation, now);
            }
            return;
        }
        // One that was missed or taken elsewhere before we saw it is the other place's.
        if missed && !self.conversations.invitations.contains_key(href) {
            return;
        }
        let Some(conversation) = conversation else {
            tracing::debug!("an invitation without conversation is skipped");
            return;
        };
        let accept = self.link(&invitation.links, "accept");
        if self.conversations.invitations.contains_key(href) {
            return;
        }
        let replaying = self.channel.replaying;
        if let (false, Some(accept)) = (replaying, accept.clone()) {
            // Within about 30 s, so at once: what a person makes of the text is another matter.
            self.post(accept, Content::Empty, What::Ordinary(Ordinary::Accept));
        }
        let accept = accept.filter(|_| replaying);
        self.conversations.invitations.insert(
            href.clone(),
            Invitation {
                conversation: conversation.clone(),
                accept,
            },
        );

        let known = self.conversation(&conversation, now);
        if let Some(thread) = invitation
            .thread_id
            .clone()
            .filter(|thread| !thread.is_empty())
        {
            known.thread = thread;
        }
        let from = invitation.embedded.from.first();
        if let Some(from) = from.filter(|from| from.uri.is_some()) {
            self.take_participant(&conversation, from, now);
        } else if let Some(link) = invitation.links.get("from")
            && let Some(url) = self.resolve(&link.href)
        {
            self.hold(page);
            let name = link.title.clone().unwrap_or_default();
            self.fetch_now(
                url,
                Fetch::Inviter {
                    invitation: conversation.clone(),
                    name,
                    page,
                },
            );
        }
        self.tell_conversation(&conversation);
        let key = format!("{href}#message");
        if let Some(body) = invitation.links.href("message").and_then(read_text)
            && self.conversations.told.is_new(&key)
        {
            self.conversation(&conversation, now).first_text = Some(body.clone());
            self.message_came(&conversation, key, body, now.clock, page);
        }
    }

    pub(super) fn inviter_read(
        &mut self,
        conversation: &Url,
        name: &str,
        page: PageId,
        status: u16,
        body: &[u8],
        now: Now,
    ) {
        if let Some(mut from) = resource::<Participant>(status, body) {
            if from.name.as_ref().is_none_or(String::is_empty) {
                from.name = Some(name.to_owned());
            }
            self.take_participant(conversation, &from, now);
            self.tell_conversation(conversation);
        }
        self.release(page);
    }

    fn invitation_completed(&mut self, href: &Url, outcome: &Outcome, now: Now) {
        if let Some(id) = self.texts.id_at(href) {
            self.text_settled(&id, outcome, now);
        } else if let Some(invitation) = self.conversations.invitations.remove(href)
            && matches!(outcome, Outcome::Failed(_))
        {
            self.conversation_lapsed(&invitation.conversation, now);
        }
    }

    pub(super) fn message_event(
        &mut self,
        owner: Option<Url>,
        href: Url,
        event: &WireEvent,
        page: PageId,
        now: Now,
    ) {
        let completed = event.kind == EventType::Completed;
        let ended = completed.then(|| outcome(event.status.as_ref(), event.reason.as_ref()));
        match (event.embedded::<messaging::Message>(), owner) {
            (Some(message), Some(owner)) => {
                self.take_message(&owner, &href, &message, ended, page, now)
            }
            (None, Some(owner)) => match (self.texts.id_at(&href), ended) {
                (Some(id), Some(ended)) => self.text_settled(&id, &ended, now),
                (Some(_), None) => {}
                (None, _) => {
                    self.hold(page);
                    self.fetch_now(
                        href.clone(),
                        Fetch::Message {
                            conversation: owner,
                            href,
                            page,
                        },
                    );
                }
            },
            (_, None) => tracing::debug!("a message without conversation is skipped"),
        }
    }

    pub(super) fn message_read(
        &mut self,
        conversation: &Url,
        href: &Url,
        page: PageId,
        status: u16,
        body: &[u8],
        now: Now,
    ) {
        if let Some(message) = resource::<messaging::Message>(status, body) {
            let ended = message
                .status
                .as_ref()
                .map(|status| outcome(Some(status), None));
            self.take_message(conversation, href, &message, ended, page, now);
        }
        self.release(page);
    }

    fn take_message(
        &mut self,
        owner: &Url,
        href: &Url,
        message: &messaging::Message,
        ended: Option<Outcome>,
        page: PageId,
        now: Now,
    ) {
        let sent_at = message
            .time_stamp
            .as_ref()
            .and_then(|date| date.timestamp())
            .unwrap_or(now.clock);
        if message.direction == Some(Direction::Outgoing) {
            self.own_message(owner, href, message, ended, sent_at, page, now);
            return;
        }
        let Some(body) = message.text().and_then(read_text) else {
            return;
        };
        // Each message is told at the first event that carries its text.
        if !self.conversations.told.is_new(href.as_str()) {
            return;
        }
        let repeated = self.conversation(owner, now).first_text.take();
        if repeated.is_some_and(|first| same_text(&first, &body)) {
            return;
        }
        self.stops_typing(owner, now);
        self.message_came(owner, href.to_string(), body, sent_at, page);
    }

    /// A message of our own account: most often news of a text sent by us.
    #[expect(clippy::too_many_arguments, reason = "all of it comes from one event")]
    fn own_message(
        &mut self,
        owner: &Url,
        href: &Url,
        message: &messaging::Message,
        ended: Option<Outcome>,
        sent_at: Timestamp,
        page: PageId,
        now: Now,
    ) {
        if let Some(id) = message
            .operation_id
            .clone()
            .or_else(|| self.texts.id_at(href))
        {
            if let Some(ended) = ended {
                self.text_settled(&id, &ended, now);
            }
            return;
        }
        if std::mem::take(&mut self.conversation(owner, now).own_first) {
            return;
        }
        let with = self.conversation(owner, now).with.clone();
        if with.is_some_and(|with| self.texts.waits_for_its_answer(&with)) {
            // The event may be ahead of the 201 that names this message.
            if let Some(ended) = ended {
                self.texts.came_early(href.clone(), ended);
            }
            return;
        }
        if let Some(body) = message.text().and_then(read_text)
            && self.conversations.told.is_new(href.as_str())
        {
            self.tell_message(owner, href.to_string(), body, sent_at, page, true);
        }
    }

    fn message_came(
        &mut self,
        owner: &Url,
        key: String,
        body: Body,
        sent_at: Timestamp,
        page: PageId,
    ) {
        let Some(conversation) = self.conversations.by_href.get_mut(owner) else {
            return;
        };
        if conversation.with.is_some() {
            self.tell_message(owner, key, body, sent_at, page, false);
            return;
        }
        conversation.waiting.push(Waiting {
            key,
            body,
            sent_at,
            page,
        });
        let first = conversation.waiting.len() == 1;
        self.hold(page);
        let invited = self
            .conversations
            .invitations
            .values()
            .any(|invitation| invitation.conversation == *owner);
        if first && !invited {
            self.hold(page);
            self.fetch_now(
                owner.clone(),
                Fetch::Conversation {
                    href: owner.clone(),
                    page: Some(page),
                },
            );
        }
    }

    pub(super) fn tell_message(
        &mut self,
        owner: &Url,
        key: String,
        body: Body,
        sent_at: Timestamp,
        page: PageId,
        outgoing: bool,
    ) {
        let Some(conversation) = self.conversations.by_href.get(owner) else {
            return;
        };
        let Some(with) = conversation.with.clone() else {
            return;
        };
        let (thread, name) = (conversation.thread.clone(), conversation.name.clone());
        self.tell(Event::Message(Message {
            page: Some(page),
            key,
            thread,
            with,
            name,
            outgoing,
            body,
            sent_at,
        }));
    }
}

/// The text of a data URI, without the line end that clients put behind it. One that is not what it says is skipped.
fn read_text(href: &Href) -> Option<Body> {
    match data_uri::decode(href.as_str()) {
        Ok(Body::Plain(text)) => Some(Body::Plain(data_uri::without_line_end(&text).to_owned())),
        Ok(Body::Html(text)) => Some(Body::Html(data_uri::without_line_end(&text).to_owned())),
        Err(error) => {
            tracing::warn!(%error, "a text is skipped");
            None
        }
    }
}

fn same_text(one: &Body, other: &Body) -> bool {
    match (one, other) {
        (Body::Plain(one), Body::Plain(other)) | (Body::Html(one), Body::Html(other)) => {
            one.trim() == other.trim()
        }
        (Body::Plain(_), Body::Html(_)) | (Body::Html(_), Body::Plain(_)) => false,
    }
}
