//! Typing, in both directions.

use std::time::{Duration, Instant};

use url::Url;

use super::outbox::{Ordinary, What};
use super::request::Content;
use super::timers::Timer;
use super::{Now, Session};
use crate::{Event, SipUri};

/// The other side's typing is forgotten after so long, should its end not be told.
const TYPING: Duration = Duration::from_secs(30);
/// Our own typing is told no more often.
const TYPED: Duration = Duration::from_secs(5);

impl Session {
    /// The other person types or stopped.
    pub(super) fn types(&mut self, href: &Url, on: bool, now: Now) {
        let Some(conversation) = self.conversations.by_href.get_mut(href) else {
            return;
        };
        if conversation.types.is_some() != on
            && let Some(address) = conversation.with.clone()
        {
            let thread = conversation.thread.clone();
            self.tell(Event::Typing {
                thread,
                address,
                on,
            });
        }
        let Some(conversation) = self.conversations.by_href.get_mut(href) else {
            return;
        };
        conversation.types = on.then_some(now.instant);
        if on {
            self.timers.set(
                now.instant + TYPING,
                Timer::TypingEnds(href.clone(), now.instant),
            );
        }
    }

    pub(super) fn typing_lapsed(&mut self, href: &Url, since: Instant, now: Now) {
        if self
            .conversations
            .by_href
            .get(href)
            .is_some_and(|conversation| conversation.types == Some(since))
        {
            self.types(href, false, now);
        }
    }

    pub(super) fn send_typing(&mut self, to: &SipUri, now: Now) {
        let Some(href) = self.conversation_with(to).map(|(href, _)| href.clone()) else {
            return;
        };
        let Some(conversation) = self.conversations.by_href.get_mut(&href) else {
            return;
        };
        let Some(url) = conversation.typing.clone() else {
            return;
        };
        if conversation
            .typed
            .is_none_or(|last| now.instant.duration_since(last) >= TYPED)
        {
            conversation.typed = Some(now.instant);
            self.post(url, Content::Empty, What::Ordinary(Ordinary::Typing));
        }
    }
}
