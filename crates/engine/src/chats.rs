//! Chats for a screen: what was written, what is unread, what is typed and not sent.

use std::collections::HashMap;

use causeway_api::{Chat, Direction, Kind, Reply, Side};

use crate::{
    address::Target,
    commands::reply,
    core::Core,
    problems,
    send::Answer,
    store::{Keep, Transaction},
    unit::{Unit, Write},
};

/// So many texts are told at once.
const MOST_TEXTS: u32 = 500;
/// A draft is at most as long as a text that can be sent.
const LONGEST_DRAFT: usize = 100_000;
/// An id of ours is a network's name and an address.
const LONGEST_ID: usize = 2048;

/// Unread texts of each conversation that has any.
pub(crate) type Unread = HashMap<String, u32>;

impl Core {
    /// The chats in which something was written.
    pub(crate) fn list_chats(&self, answer: Answer) {
        let unread = self.unread.clone();
        let relay = self.relay_conversation();
        self.answer_from_store(answer, move |t| {
            let mut chats = t.chats(&unread)?;
            // Copies for our person's own phone are no chat with anybody.
            chats.retain(|chat| Some(&chat.conversation) != relay.as_ref());
            Ok(Reply::Chats { chats })
        });
    }

    /// A page of what was written in a chat.
    pub(crate) fn history(
        &self,
        conversation: String,
        before: Option<String>,
        limit: u32,
        answer: Answer,
    ) {
        self.answer_from_store(answer, move |t| {
            let limit = limit.clamp(1, MOST_TEXTS);
            let (texts, more) = t.past(&conversation, before.as_deref(), limit)?;
            Ok(Reply::History { texts, more })
        });
    }

    /// Texts of all chats with these words.
    pub(crate) fn search_history(&self, words: String, limit: u32, answer: Answer) {
        self.answer_from_store(answer, move |t| {
            let (texts, more) = t.search_history(&words, limit.clamp(1, MOST_TEXTS))?;
            Ok(Reply::History { texts, more })
        });
    }

    /// The chat with somebody, also where nothing was written yet.
    pub(crate) fn chat_with(&self, target: &Target, answer: Answer) {
        let (side, address, conversation) = match target {
            Target::Lync(sip) => (
                Side::Lync,
                sip.as_str().to_owned(),
                crate::lync::conversation(sip.as_str()),
            ),
            Target::Xmpp(jid) => (Side::Xmpp, jid.to_string(), crate::xmpp::conversation(jid)),
        };
        let name = self.bridge.person(&address).map(|person| person.name);
        let unread = self.unread.get(&conversation).copied().unwrap_or_default();
        self.answer_from_store(answer, move |t| {
            let (last, draft) = t.chat(&conversation)?;
            let chat = Chat {
                conversation,
                side,
                address,
                name,
                last,
                unread,
                draft,
            };
            Ok(Reply::Chats { chats: vec![chat] })
        });
    }

    /// A text was told: it makes its chat unread, or shows that our person has read what came before.
    pub(crate) fn count_unread(&mut self, direction: Direction, conversation: &str) {
        match direction {
            Direction::Out => self.mark_read(conversation),
            // What the relay address writes is our person's own.
            Direction::In if self.relay_conversation().as_deref() == Some(conversation) => {}
            Direction::In => {
                let count = self
                    .unread
                    .get(conversation)
                    .map_or(1, |count| count.saturating_add(1));
                self.unread.insert(conversation.to_owned(), count);
                self.tell_unread(conversation, count);
            }
        }
    }

    /// The unread chats, for a snapshot.
    pub(crate) fn unread_kinds(&self) -> impl Iterator<Item = Kind> {
        let relay = self.relay_conversation();
        self.unread
            .iter()
            .filter(move |(conversation, _)| Some(*conversation) != relay.as_ref())
            .map(|(conversation, count)| Kind::Unread {
                conversation: conversation.clone(),
                count: *count,
            })
    }

    /// Our person has read everything in a chat.
    pub(crate) fn mark_read(&mut self, conversation: &str) {
        if self.unread.remove(conversation).is_none() {
            return;
        }
        let mut unit = Unit::default();
        unit.write(Write::Read(conversation.to_owned()));
        self.carry_out(unit);
        self.tell_unread(conversation, 0);
    }

    fn tell_unread(&self, conversation: &str, count: u32) {
        self.tell(Kind::Unread {
            conversation: conversation.to_owned(),
            count,
        });
    }

    /// The conversation with the address that texts are relayed to.
    fn relay_conversation(&self) -> Option<String> {
        let relay_to = &self.configuration.settings.bridge.relay_to.value;
        relay_to.as_ref().map(crate::xmpp::conversation)
    }

    /// Keeps what is typed and not sent.
    pub(crate) fn save_draft(&self, conversation: String, text: String, answer: Answer) {
        let known = ["lync:", "xmpp:"]
            .iter()
            .any(|network| conversation.starts_with(network));
        if !known || conversation.len() > LONGEST_ID || text.chars().count() > LONGEST_DRAFT {
            let remedy = "Give the id of a conversation and at most 100,000 characters.";
            return reply(answer, Err(problems::usage("draft", remedy)));
        }
        self.answer_from_store(answer, move |t| {
            t.save_draft(&conversation, &text)?;
            Ok(Reply::Done)
        });
    }

    /// Takes a text that failed out of the history.
    pub(crate) fn discard(&self, id: String, answer: Answer) {
        let (done, audience, now) = (
            self.store
                .transaction(Keep::Kill, move |t| Ok((t.discard(&id)?, id))),
            self.audience.clone(),
            self.now,
        );
        tokio::spawn(async move {
            let result = done.await.and_then(|(conversation, id)| {
                let conversation = conversation.ok_or_else(|| {
                    problems::usage(
                        "discard",
                        "Only a text that failed can be taken out of the history.",
                    )
                })?;
                audience.tell(now, Kind::Discarded { conversation, id });
                Ok(Reply::Done)
            });
            reply(answer, result);
        });
    }

    /// Answers from the store, without holding up the loop.
    fn answer_from_store(
        &self,
        answer: Answer,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<Reply> + Send + 'static,
    ) {
        let done = self.store.transaction(Keep::Kill, work);
        tokio::spawn(async move { reply(answer, done.await) });
    }
}
