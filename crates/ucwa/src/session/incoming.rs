//! Texts that come in as messages, and news of our own.

use jiff::Timestamp;
use url::Url;

use super::fetch::{Fetch, resource};
use super::{Now, Session};
use crate::wire::data_uri;
use crate::wire::events::Event as WireEvent;
use crate::wire::messaging::{self};
use crate::wire::words::{Direction, EventType, Status};
use crate::wire::{Href, Reason};
use crate::{Body, Event, Failure, Message, Outcome, PageId};

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
        self.types(owner, false, now);
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
            match ended {
                Some(ended) => self.text_settled(&id, &ended, now),
                None => self.text_is_out(&id, href),
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

    pub(super) fn message_came(
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
pub(super) fn read_text(href: &Href) -> Option<Body> {
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
