//! Which Lync conversation a text on the XMPP side belongs to.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Fact, Memory, Output, ids,
    memory::{CONVERSATION, TEXT},
    names::Addressee,
    people::sip_key,
    recent::Recent,
};

/// The last conversation is taken to be meant while it is younger than this (product.md: 10 minutes).
pub(crate) const YOUNG: SignedDuration = SignedDuration::from_mins(10);
/// How long an answer finds its way by reply or thread.
const KEPT: SignedDuration = SignedDuration::from_hours(24 * 30);
const MOST_CONVERSATIONS: usize = 500;
const MOST_TEXTS: usize = 10_000;

/// A Lync conversation that texts were carried to or from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Conversation {
    /// `threadId`.
    #[serde(skip)]
    pub(crate) thread: String,
    /// The other person.
    #[serde(flatten)]
    pub(crate) with: Addressee,
    /// When the first and the last text was carried, either way.
    pub(crate) began: Timestamp,
    pub(crate) last: Timestamp,
    /// Grows with every text carried; clocks stand still or go back, this does not.
    #[serde(skip)]
    turn: u64,
}

/// A text that was sent to XMPP or came from there.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct CarriedText {
    pub(crate) thread: Arc<str>,
    /// Id of the Lync message that this is the last part of.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) ends: Option<String>,
}

/// All of them that are remembered.
pub(crate) struct Conversations {
    by_thread: HashMap<String, Conversation>,
    by_text: Recent<Uuid, CarriedText>,
    turn: u64,
}

impl Conversations {
    pub(crate) fn restore(memory: &Memory) -> Self {
        let mut this = Self {
            by_thread: HashMap::new(),
            by_text: Recent::new(MOST_TEXTS),
            turn: 0,
        };
        let mut kept: Vec<_> = memory.of::<Conversation>(CONVERSATION).collect();
        kept.sort_by_key(|(_, conversation)| conversation.last);
        for (thread, conversation) in kept {
            this.turn += 1;
            let conversation = Conversation {
                thread: thread.to_owned(),
                turn: this.turn,
                ..conversation
            };
            this.by_thread.insert(thread.to_owned(), conversation);
        }
        for (id, text) in memory.of::<CarriedText>(TEXT) {
            if let Ok(id) = Uuid::try_parse(id) {
                this.by_text.insert(id, text);
            }
        }
        this
    }

    /// Notes that a text of this conversation was carried.
    pub(crate) fn carried(
        &mut self,
        thread: &str,
        with: &Addressee,
        now: Timestamp,
        out: &mut Vec<Output>,
    ) {
        self.turn += 1;
        let began = self.by_thread.get(thread).map_or(now, |known| known.began);
        let conversation = Conversation {
            thread: thread.to_owned(),
            with: with.clone(),
            began,
            last: now,
            turn: self.turn,
        };
        out.push(Output::Remember(Fact::keep(
            CONVERSATION,
            thread.to_owned(),
            &conversation,
            now + KEPT,
        )));
        self.by_thread.insert(thread.to_owned(), conversation);
        if self.by_thread.len() > MOST_CONVERSATIONS
            && let Some(oldest) = self
                .by_thread
                .values()
                .min_by_key(|known| known.turn)
                .map(|known| known.thread.clone())
        {
            self.by_thread.remove(&oldest);
            out.push(Output::Remember(Fact::forget(CONVERSATION, oldest)));
        }
    }

    /// Notes which conversation an answer to this text belongs to.
    pub(crate) fn remember_text(
        &mut self,
        id: Uuid,
        thread: &str,
        ends: Option<String>,
        now: Timestamp,
        out: &mut Vec<Output>,
    ) {
        let text = CarriedText {
            thread: thread.into(),
            ends,
        };
        out.push(Output::Remember(Fact::keep(
            TEXT,
            id.to_string(),
            &text,
            now + KEPT,
        )));
        if let Some(oldest) = self.by_text.insert(id, text) {
            out.push(Output::Remember(Fact::forget(TEXT, oldest.to_string())));
        }
    }

    pub(crate) fn knows_text(&self, id: Uuid) -> bool {
        self.by_text.contains(&id)
    }

    pub(crate) fn text_mut(&mut self, id: Uuid) -> Option<&mut CarriedText> {
        self.by_text.get_mut(&id)
    }

    /// Rule 1: the conversation of the text that was replied to: one of ours, or an earlier answer of the same writer.
    pub(crate) fn of_reply(&self, reply_to: &str) -> Option<&Conversation> {
        let id = ids::marked(reply_to).unwrap_or_else(|| written(reply_to));
        self.by_thread.get(&*self.by_text.get(&id)?.thread)
    }

    /// Rule 2.
    pub(crate) fn of_thread(&self, thread: &str) -> Option<&Conversation> {
        self.by_thread.get(thread)
    }

    /// The conversation with a person that was last used.
    pub(crate) fn with(&self, address: &str) -> Option<&Conversation> {
        let key = sip_key(address);
        self.by_thread
            .values()
            .filter(|known| sip_key(&known.with.address) == key)
            .max_by_key(|known| known.turn)
    }

    /// Rule 4: the last conversation while it is young.
    pub(crate) fn last(&self, now: Timestamp) -> Option<&Conversation> {
        self.by_thread
            .values()
            .max_by_key(|known| known.turn)
            .filter(|known| now < known.last + YOUNG)
    }

    /// Rule 4 for a text that comes late: what came after it was written says nothing about whom it was meant for, so
    /// only a conversation without rivals is taken.
    pub(crate) fn last_at(&self, written: Timestamp) -> Option<&Conversation> {
        let mut young = self
            .by_thread
            .values()
            .filter(|known| written < known.last + YOUNG);
        let only = young.next().filter(|known| known.began <= written)?;
        young.next().is_none().then_some(only)
    }

    /// Whether a conversation is with somebody who fits.
    pub(crate) fn has(&self, fits: impl Fn(&Addressee) -> bool) -> bool {
        self.by_thread.values().any(|known| fits(&known.with))
    }

    /// People last written with, the latest first, each once.
    pub(crate) fn latest(&self, most: usize) -> Vec<Addressee> {
        let mut all: Vec<&Conversation> = self.by_thread.values().collect();
        all.sort_by_key(|known| std::cmp::Reverse(known.turn));
        let mut seen = HashSet::new();
        let once = all
            .into_iter()
            .filter(|known| seen.insert(sip_key(&known.with.address)));
        once.take(most).map(|known| known.with.clone()).collect()
    }
}

/// The name under which an XMPP text is remembered by its own id.
pub(crate) fn written(stanza: &str) -> Uuid {
    ids::name(&["written", stanza])
}
