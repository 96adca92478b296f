//! Invitations to a conversation. Those of others are accepted at once; those of ours tell what became of their text.

use url::Url;

use super::fetch::{Fetch, resource};
use super::incoming::{outcome, read_text};
use super::outbox::{Ordinary, What};
use super::request::Content;
use super::{Now, Session};
use crate::wire::events::Event as WireEvent;
use crate::wire::messaging::{MessagingInvitation, Participant};
use crate::wire::words::{Direction, EventType, Status};
use crate::{Outcome, PageId};

/// An incoming invitation.
pub(super) struct Invitation {
    pub(super) conversation: Url,
    /// Where it is accepted, as long as that has not been done.
    pub(super) accept: Option<Url>,
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
}
