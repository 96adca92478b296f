//! Conversations: whom they are with, whether texts can be sent in them, and their ends.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Instant;

use url::Url;

use super::fetch::{Fetch, resource};
use super::incoming::Waiting;
use super::invitations::Invitation;
use super::outbox::{Ordinary, What};
use super::request::{Content, Response};
use super::timers::Timer;
use super::{Now, Phase, Session};
use crate::wire::events::Event as WireEvent;
use crate::wire::messaging::{self};
use crate::wire::words::{ConversationState, EventType, MessagingState};
use crate::wire::{Href, Links};
use crate::{Body, Event, PageId, SipUri};

#[derive(Default)]
pub(super) struct Conversations {
    pub(super) by_href: HashMap<Url, Conversation>,
    /// Incoming ones that have not ended.
    pub(super) invitations: HashMap<Url, Invitation>,
    /// Thread of the last conversation with a person: the next one goes on in it.
    pub(super) threads: HashMap<SipUri, String>,
    /// Texts that have been told.
    pub(super) told: Told,
    /// Texts of invitations whose repetition had not come when their conversations were dropped.
    first_texts: VecDeque<(Url, Body)>,
}

/// Keys of texts that have been told. They outlive their conversations: after `resync` the server gives pages again.
#[derive(Default)]
pub(super) struct Told {
    keys: HashSet<String>,
    in_order: VecDeque<String>,
}

impl Told {
    /// Whether this is the first time.
    pub(super) fn is_new(&mut self, key: &str) -> bool {
        if !self.keys.insert(key.to_owned()) {
            return false;
        }
        self.in_order.push_back(key.to_owned());
        if self.in_order.len() > REMEMBERED
            && let Some(oldest) = self.in_order.pop_front()
        {
            self.keys.remove(&oldest);
        }
        true
    }
}

#[derive(Default)]
pub(super) struct Conversation {
    pub(super) thread: String,
    /// `None` until an invitation or the participants tell.
    pub(super) with: Option<SipUri>,
    pub(super) name: String,
    pub(super) subject: String,
    /// Our own participant.
    pub(super) local: Option<Url>,
    /// Where texts are sent, when they can be.
    pub(super) send: Option<Url>,
    pub(super) typing: Option<Url>,
    /// `Event::Conversation` was told.
    pub(super) told: bool,
    /// Text of the incoming invitation, until the first message event, which repeats it.
    pub(super) first_text: Option<Body>,
    /// Our invitation carried a text, and its message event has not come.
    pub(super) own_first: bool,
    /// Messages that wait until it is known who writes.
    pub(super) waiting: Vec<Waiting>,
    /// The other person types, since when.
    pub(super) types: Option<Instant>,
    /// When we last said that our person types.
    pub(super) typed: Option<Instant>,
}

/// Texts of invitations remembered beyond their conversations.
const FIRST_TEXTS: usize = 64;
/// Texts remembered, to tell each once.
const REMEMBERED: usize = 4096;

impl Conversation {
    /// One that an earlier run met.
    pub(super) fn known(
        thread: String,
        with: SipUri,
        name: String,
        first_text: Option<Body>,
    ) -> Self {
        Self {
            thread,
            with: Some(with),
            name,
            first_text,
            ..Self::default()
        }
    }
}

impl Session {
    pub(super) fn conversation_event(
        &mut self,
        href: Url,
        event: &WireEvent,
        page: PageId,
        now: Now,
    ) {
        if event.kind == EventType::Deleted {
            self.conversation_ends(&href, now);
        } else if let Some(conversation) = event.embedded() {
            self.take_conversation(&href, &conversation, now);
        } else {
            self.hold(page);
            self.fetch_now(
                href.clone(),
                Fetch::Conversation {
                    href,
                    page: Some(page),
                },
            );
        }
    }

    pub(super) fn take_conversation(
        &mut self,
        href: &Url,
        read: &messaging::Conversation,
        now: Now,
    ) {
        if read.state == Some(ConversationState::Disconnected) {
            self.conversation_ends(href, now);
            return;
        }
        let local = read
            .links
            .href("localParticipant")
            .and_then(|href| self.resolve(href));
        let conversation = self.conversation(href, now);
        if let Some(thread) = read.thread_id.clone().filter(|thread| !thread.is_empty()) {
            conversation.thread = thread;
        }
        if let Some(subject) = read.subject.clone() {
            conversation.subject = subject;
        }
        conversation.local = local.or(conversation.local.take());
    }

    /// The conversation of that URL; a new one has some time to connect.
    pub(super) fn conversation(&mut self, href: &Url, now: Now) -> &mut Conversation {
        let settle = now.instant + self.setup.limits.invitation;
        let timers = &mut self.timers;
        let first_texts = &mut self.conversations.first_texts;
        self.conversations
            .by_href
            .entry(href.clone())
            .or_insert_with(|| {
                timers.set(settle, Timer::Settle(href.clone()));
                let first = first_texts.iter().position(|(own, _)| own == href);
                Conversation {
                    // Should the server never name a thread, the conversation is one of its own.
                    thread: href.to_string(),
                    first_text: first
                        .and_then(|at| first_texts.remove(at))
                        .map(|(_, text)| text),
                    ..Conversation::default()
                }
            })
    }

    /// Conversations and invitations that an earlier run left open.
    pub(super) fn read_conversations(&mut self) {
        let invitations = self.conversations.invitations.values_mut();
        let accepts: Vec<Url> = invitations
            .filter_map(|invitation| invitation.accept.take())
            .collect();
        for accept in accepts {
            self.post(accept, Content::Empty, What::Ordinary(Ordinary::Accept));
        }
        if let Some(url) = self.communication_link("conversations") {
            self.get(url, What::Ordinary(Ordinary::OpenConversations));
        }
    }

    pub(super) fn conversations_read(&mut self, response: &Response) {
        let Some(list) = resource::<messaging::Conversations>(response.status, &response.body)
        else {
            return;
        };
        let embedded = list
            .embedded
            .conversation
            .iter()
            .filter_map(|conversation| conversation.links.href("self"));
        let named = list.links.all("conversation").map(|link| &link.href);
        let urls: Vec<Url> = embedded
            .chain(named)
            .filter_map(|href| self.resolve(href))
            .collect();
        for url in urls {
            self.fetch_now(
                url.clone(),
                Fetch::Conversation {
                    href: url,
                    page: None,
                },
            );
        }
    }

    pub(super) fn conversation_read(
        &mut self,
        href: &Url,
        page: Option<PageId>,
        status: u16,
        body: &[u8],
        now: Now,
    ) {
        match resource::<messaging::Conversation>(status, body) {
            Some(read) => {
                self.take_conversation(href, &read, now);
                self.ask_the_rest(href, &read.links, page);
            }
            None if status == 404 => self.conversation_ends(href, now),
            None => {}
        }
        self.release_if(page);
    }

    /// Participants and messaging of a conversation that was not met by an invitation.
    fn ask_the_rest(&mut self, href: &Url, links: &Links, page: Option<PageId>) {
        let Some(conversation) = self.conversations.by_href.get(href) else {
            return;
        };
        let (with, send) = (conversation.with.is_some(), conversation.send.is_some());
        let link = |rel| links.href(rel).and_then(|href| self.resolve(href));
        let (participants, messaging) = (link("participants"), link("messaging"));
        if let (false, Some(url)) = (with, participants) {
            if let Some(page) = page {
                self.hold(page);
            }
            self.fetch_now(
                url,
                Fetch::Participants {
                    conversation: href.clone(),
                    page,
                },
            );
        }
        if let (false, Some(url)) = (send, messaging) {
            self.fetch_now(
                url,
                Fetch::Messaging {
                    conversation: href.clone(),
                },
            );
        }
    }

    pub(super) fn messaging_event(
        &mut self,
        owner: Option<Url>,
        href: Url,
        event: &WireEvent,
        now: Now,
    ) {
        let Some(owner) = owner else { return };
        match event.embedded() {
            Some(messaging) => self.take_messaging(&owner, &messaging, now),
            None => self.fetch_now(
                href,
                Fetch::Messaging {
                    conversation: owner,
                },
            ),
        }
    }

    pub(super) fn messaging_read(&mut self, href: &Url, status: u16, body: &[u8], now: Now) {
        if let Some(messaging) = resource::<messaging::Messaging>(status, body) {
            self.take_messaging(href, &messaging, now);
        }
    }

    fn take_messaging(&mut self, href: &Url, read: &messaging::Messaging, now: Now) {
        let send = read
            .links
            .href("sendMessage")
            .and_then(|href| self.resolve(href));
        let typing = read
            .links
            .href("setIsTyping")
            .and_then(|href| self.resolve(href));
        if send.is_none() && read.state == Some(MessagingState::Disconnected) {
            let begun = self
                .conversations
                .by_href
                .get(href)
                .is_some_and(|conversation| conversation.told || conversation.send.is_some());
            if begun {
                self.conversation_ends(href, now);
            }
            return;
        }
        let conversation = self.conversation(href, now);
        conversation.send = send;
        conversation.typing = typing;
        if conversation.send.is_some() {
            let with = conversation.with.clone();
            self.tell_conversation(href);
            if let Some(with) = with {
                self.send_next(&with);
            }
        }
    }

    /// Tells that a conversation has begun, once, as soon as it is known with whom.
    pub(super) fn tell_conversation(&mut self, href: &Url) {
        let Some(conversation) = self.conversations.by_href.get_mut(href) else {
            return;
        };
        let Some(with) = conversation.with.clone() else {
            return;
        };
        if !std::mem::replace(&mut conversation.told, true) {
            let event = Event::Conversation {
                thread: conversation.thread.clone(),
                with,
                active: true,
                subject: conversation.subject.clone(),
            };
            self.tell(event);
        }
    }

    pub(super) fn conversation_ends(&mut self, href: &Url, now: Now) {
        self.types(href, false, now);
        let Some(conversation) = self.conversations.by_href.remove(href) else {
            return;
        };
        for waiting in conversation.waiting {
            tracing::warn!(
                "a message is dropped: its conversation ended before it was known who wrote"
            );
            self.release(waiting.page);
        }
        if let Some(text) = conversation.first_text {
            self.conversations
                .first_texts
                .push_back((href.clone(), text));
            if self.conversations.first_texts.len() > FIRST_TEXTS {
                self.conversations.first_texts.pop_front();
            }
        }
        let Some(with) = conversation.with else {
            return;
        };
        self.conversations
            .threads
            .insert(with.clone(), conversation.thread.clone());
        if conversation.told {
            self.tell(Event::Conversation {
                thread: conversation.thread,
                with: with.clone(),
                active: false,
                subject: conversation.subject,
            });
        }
        self.send_next(&with);
    }

    /// The time in which a conversation connects is over. It does not run while nothing can be heard of it.
    pub(super) fn conversation_has_settled(&mut self, href: Url, now: Now) {
        if matches!(self.phase, Phase::Opening | Phase::Online) {
            self.conversation_lapsed(&href, now);
        } else if self.conversations.by_href.contains_key(&href) {
            let settle = now.instant + self.setup.limits.invitation;
            self.timers.set(settle, Timer::Settle(href));
        }
    }

    /// A conversation that has not connected in time does not keep texts waiting any longer.
    pub(super) fn conversation_lapsed(&mut self, href: &Url, now: Now) {
        if self
            .conversations
            .by_href
            .get(href)
            .is_some_and(|conversation| conversation.send.is_none())
        {
            self.conversation_ends(href, now);
        }
    }

    /// All conversations went with their application or event channel.
    pub(super) fn conversations_are_gone(&mut self, now: Now) {
        self.texts_are_unknown();
        self.conversations.invitations.clear();
        let all: Vec<Url> = self.conversations.by_href.keys().cloned().collect();
        for href in all {
            self.conversation_ends(&href, now);
        }
        self.release_all();
    }

    /// The open or opening conversation with that person.
    pub(super) fn conversation_with(&self, who: &SipUri) -> Option<(&Url, &Conversation)> {
        let with = |conversation: &Conversation| conversation.with.as_ref() == Some(who);
        let all = self
            .conversations
            .by_href
            .iter()
            .filter(|(_, conversation)| with(conversation));
        all.max_by_key(|(_, conversation)| conversation.send.is_some())
    }

    /// URL of a link of an invitation or message.
    pub(super) fn link(&self, links: &Links, rel: &str) -> Option<Url> {
        let href: &Href = links.href(rel)?;
        self.resolve(href)
    }
}
