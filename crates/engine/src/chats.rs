//! Chats for a screen: what was written, what is unread, what is typed and not sent.

use std::collections::{HashMap, HashSet};

use causeway_api::{
    Chat, ChatPart, DeliveryState, Direction, Hit, Kind, Past, Problem, Reply, SendWhen, Side,
};

use crate::{
    address::Target,
    commands::reply,
    core::{Core, Found},
    problems,
    send::Answer,
    store::{Keep, StoredChat, Transaction, Within},
    unit::{Unit, Write},
};

/// So many texts are told at once.
const MOST_TEXTS: u32 = 500;
/// A chat has one conversation for each network; nobody needs more.
const MOST_CONVERSATIONS: usize = 16;
/// A draft is at most as long as a text that can be sent.
const LONGEST_DRAFT: usize = 100_000;
/// An id of ours is a network's name and an address.
const LONGEST_ID: usize = 2048;

/// Which page of a history.
pub(crate) enum Place {
    /// The youngest texts.
    End,
    /// What stands before this text.
    Before(String),
    /// What stands around it, itself among it.
    Around(String),
    /// What stands after it.
    After(String),
}

impl Place {
    /// As asked; of several the last one counts.
    pub(crate) fn new(
        before: Option<String>,
        around: Option<String>,
        after: Option<String>,
    ) -> Self {
        let asked = [
            after.map(Self::After),
            around.map(Self::Around),
            before.map(Self::Before),
        ];
        asked.into_iter().flatten().next().unwrap_or(Self::End)
    }
}

/// Unread texts of each conversation that has any.
pub(crate) type Unread = HashMap<String, u32>;

impl Core {
    /// The chats in which something was written.
    pub(crate) fn list_chats(&self, answer: Answer) {
        let relay = self.relay_conversation();
        let unread = self.unread.clone();
        let people: Vec<_> = self.bridge.people().iter().map(parts_of).collect();
        let held = self.held.ids();
        self.answer_from_store(answer, move |t| {
            let mut stored = t.chats()?;
            // Copies for our person's own phone are no chat with anybody.
            stored.retain(|chat| !chat.closed && Some(&chat.conversation) != relay.as_ref());
            let mut chats: Vec<Chat> = Vec::with_capacity(stored.len());
            for conversation in &stored {
                let count = unread
                    .get(&conversation.conversation)
                    .copied()
                    .unwrap_or_default();
                let draft = t.draft(&conversation.conversation)?;
                let part = |chat: &&mut Chat| {
                    chat.conversations
                        .iter()
                        .any(|part| part.id == conversation.conversation)
                };
                match chats.iter_mut().find(part) {
                    Some(chat) => add(chat, conversation, count, draft),
                    None => chats.push(begin(conversation, count, draft, &people)),
                }
            }
            chats
                .iter_mut()
                .for_each(|chat| mark(&held, &mut chat.last));
            Ok(Reply::Chats { chats })
        });
    }

    /// The chat with somebody, also where nothing was written yet.
    pub(crate) fn chat_with(&self, target: &Target, answer: Answer) {
        let part = match target {
            Target::Lync(sip) => lync_part(sip.as_str()),
            Target::Xmpp(jid) => xmpp_part(&jid.to_string()),
        };
        let person = self.bridge.person(&part.address);
        let unread = self.unread.clone();
        let held = self.held.ids();
        self.answer_from_store(answer, move |t| {
            let mut conversations = vec![part];
            let others = person.iter().flat_map(parts_of);
            for other in others {
                if !conversations.contains(&other) {
                    conversations.push(other);
                }
            }
            let ids: Vec<String> = conversations.iter().map(|part| part.id.clone()).collect();
            let (mut texts, _) = t.past(&ids, None, 1)?;
            mark(&held, &mut texts);
            let mut draft = String::new();
            for id in &ids {
                if draft.is_empty() {
                    draft = t.draft(id)?;
                }
            }
            let chat = Chat {
                name: person.map(|person| person.name),
                last: texts.pop(),
                unread: ids.iter().filter_map(|id| unread.get(id)).sum(),
                first_unread: None,
                pinned: false,
                draft,
                conversations,
            };
            Ok(Reply::Chats { chats: vec![chat] })
        });
    }

    /// A page of what was written in a chat.
    pub(crate) fn history(
        &self,
        conversations: Vec<String>,
        place: Place,
        limit: u32,
        answer: Answer,
    ) {
        if let Err(problem) = check_ids(&conversations) {
            return reply(answer, Err(problem));
        }
        let limit = limit.clamp(1, MOST_TEXTS);
        let held = self.held.ids();
        self.answer_from_store(answer, move |t| {
            let (mut messages, more_before, more_after) = match place {
                Place::End => {
                    let (texts, more) = t.past(&conversations, None, limit)?;
                    (texts, more, false)
                }
                Place::Before(id) => {
                    let (texts, more) = t.past(&conversations, Some(&id), limit)?;
                    (texts, more, true)
                }
                Place::After(id) => {
                    let (mut texts, more) = t.future(&conversations, &id, limit + 1)?;
                    if texts.first().is_some_and(|text| text.message.id == id) {
                        texts.remove(0);
                    }
                    (texts, true, more)
                }
                Place::Around(id) => {
                    let (mut texts, before) = t.past(&conversations, Some(&id), limit / 2)?;
                    let (after, more) = t.future(&conversations, &id, limit - limit / 2)?;
                    texts.extend(after);
                    (texts, before, more)
                }
            };
            mark(&held, &mut messages);
            Ok(Reply::History {
                messages,
                more_before,
                more_after,
            })
        });
    }

    /// Texts with these words.
    pub(crate) fn search_history(
        &self,
        words: String,
        conversations: Option<Vec<String>>,
        limit: u32,
        answer: Answer,
    ) {
        // What the bridge carried to the person's own phone and back stands in the chats that it came from.
        let copies: Vec<_> = self.relay_conversation().into_iter().collect();
        self.answer_from_store(answer, move |t| {
            let limit = limit.clamp(1, MOST_TEXTS);
            let within = conversations
                .as_deref()
                .map_or(Within::AllBut(&copies), Within::These);
            let (texts, more) = t.search_history(&words, within, limit)?;
            let hits = texts.into_iter().map(|message| Hit { message }).collect();
            Ok(Reply::Hits { hits, more })
        });
    }

    /// A text was told: it makes its chat unread, or shows that our person has read what came before.
    pub(crate) fn count_unread(&mut self, direction: Direction, conversation: &str) {
        match direction {
            Direction::Out => self.mark_read(conversation),
            // What the relay address writes is our person's own.
            Direction::In if self.is_relay(conversation) => {}
            Direction::In => {
                let count = self.unread.get(conversation);
                let count = count.map_or(1, |count| count.saturating_add(1));
                self.set_unread(conversation.to_owned(), count);
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

    /// Our person has read everything in a conversation.
    pub(crate) fn mark_read(&mut self, conversation: &str) {
        if !self.unread.contains_key(conversation) {
            return;
        }
        let mut unit = Unit::default();
        unit.write(Write::Read(conversation.to_owned()));
        self.carry_out(unit);
        self.set_unread(conversation.to_owned(), 0);
    }

    /// So many texts of a conversation are unread now.
    pub(crate) fn set_unread(&mut self, conversation: String, count: u32) {
        if count == 0 {
            self.unread.remove(&conversation);
        } else {
            self.unread.insert(conversation.clone(), count);
        }
        self.tell(Kind::Unread {
            conversation,
            count,
        });
    }

    /// Our person has read everything up to a text; what arrived meanwhile stays unread.
    pub(crate) fn mark_read_to(&self, conversations: Vec<String>, up_to: String, answer: Answer) {
        if let Err(problem) = check_ids(&conversations) {
            return reply(answer, Err(problem));
        }
        self.count_anew(answer, move |t| {
            let counted = |id: String| Ok((t.mark_read_to(&id, &up_to)?, id));
            conversations.into_iter().map(counted).collect()
        });
    }

    /// A text and what came after it count as unread again.
    pub(crate) fn mark_unread(&self, conversation: String, from: String, answer: Answer) {
        self.count_anew(answer, move |t| {
            Ok(vec![(t.mark_unread(&conversation, &from)?, conversation)])
        });
    }

    /// Changes what is read; the loop learns how many texts are unread now.
    fn count_anew(
        &self,
        answer: Answer,
        change: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<Vec<(u32, String)>> + Send + 'static,
    ) {
        let found = self.found.clone();
        let done = self.store.transaction(Keep::Kill, change);
        tokio::spawn(async move {
            let result = done.await.map(|counted| {
                for (count, conversation) in counted {
                    // The loop may have ended meanwhile.
                    let _ = found.send(Found::Unread {
                        conversation,
                        count,
                    });
                }
                Reply::Done
            });
            reply(answer, result);
        });
    }

    /// Keeps conversations on top of the list, or no longer.
    pub(crate) fn pin_chat(&self, conversations: Vec<String>, on: bool, answer: Answer) {
        self.mark_all(conversations, answer, move |t, id| t.pin_chat(id, on));
    }

    /// Takes conversations off the list until something is written in them.
    pub(crate) fn close_chat(&self, conversations: Vec<String>, answer: Answer) {
        self.mark_all(conversations, answer, |t, id| t.close_chat(id));
    }

    /// Keeps what is typed and not sent.
    pub(crate) fn save_draft(&self, conversation: String, text: String, answer: Answer) {
        if text.chars().count() > LONGEST_DRAFT {
            let remedy = "Give at most 100,000 characters.";
            return reply(answer, Err(problems::usage("draft", remedy)));
        }
        self.mark_all(vec![conversation], answer, move |t, id| {
            t.save_draft(id, &text)
        });
    }

    /// Takes a text that failed, or waits for its reader, out of the history.
    pub(crate) fn discard(&mut self, id: String, answer: Answer) {
        if self.held.has(&id) {
            self.take_kept_back(&id, answer);
            return;
        }
        let (audience, now) = (self.audience.clone(), self.now);
        let done = self
            .store
            .transaction(Keep::Kill, move |t| Ok((t.discard(&id)?, id)));
        tokio::spawn(async move {
            let result = done.await.and_then(|(conversation, id)| {
                let conversation = conversation.ok_or_else(not_failed)?;
                audience.tell(now, Kind::Discarded { conversation, id });
                Ok(Reply::Done)
            });
            reply(answer, result);
        });
    }

    /// Sends a text that failed again. It is taken out of the history once the new one is on disk.
    pub(crate) fn retry(&mut self, id: String, when: SendWhen, answer: Answer) {
        if when == SendWhen::Now && self.held.has(&id) {
            self.send_now(&id, answer);
            return;
        }
        let found = self.found.clone();
        let done = self.store.transaction(Keep::Kill, move |t| {
            let failed = t.outgoing(&id)?;
            let failed = failed.filter(|text| text.state == DeliveryState::Failed);
            let Some(mut failed) = failed else {
                return Ok(None);
            };
            // Taken by the network before it failed: only the history has its words.
            if let (true, Some(message)) = (failed.text.is_empty(), t.message(&id)?) {
                failed.text = message.text;
            }
            Ok(Some(failed).filter(|text| !text.text.is_empty()))
        });
        tokio::spawn(async move {
            match done.await.and_then(|text| text.ok_or_else(not_failed)) {
                // The loop may have ended meanwhile: whoever asked learns it by the answer that never comes.
                Ok(text) => drop(found.send(Found::Retry { text, when, answer })),
                Err(problem) => reply(answer, Err(problem)),
            }
        });
    }

    /// What is written there is no chat with anybody.
    pub(crate) fn is_relay(&self, conversation: &str) -> bool {
        self.relay_conversation().as_deref() == Some(conversation)
    }

    /// The conversation with the address that texts are relayed to.
    fn relay_conversation(&self) -> Option<String> {
        let relay_to = &self.configuration.settings.bridge.relay_to.value;
        relay_to.as_ref().map(crate::xmpp::conversation)
    }

    /// Changes something that a screen keeps of each of these conversations.
    fn mark_all(
        &self,
        conversations: Vec<String>,
        answer: Answer,
        change: impl Fn(&Transaction<'_>, &str) -> rusqlite::Result<()> + Send + 'static,
    ) {
        if let Err(problem) = check_ids(&conversations) {
            return reply(answer, Err(problem));
        }
        self.answer_from_store(answer, move |t| {
            conversations.iter().try_for_each(|id| change(t, id))?;
            Ok(Reply::Done)
        });
    }

    /// Answers from the store, without holding up the loop.
    pub(crate) fn answer_from_store(
        &self,
        answer: Answer,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<Reply> + Send + 'static,
    ) {
        let done = self.store.transaction(Keep::Kill, work);
        tokio::spawn(async move { reply(answer, done.await) });
    }
}

/// A chat that begins with its youngest conversation.
fn begin(stored: &StoredChat, unread: u32, draft: String, people: &[Vec<ChatPart>]) -> Chat {
    let message = &stored.last.message;
    let part = ChatPart {
        id: stored.conversation.clone(),
        side: message.side,
        address: stored.address().to_owned(),
    };
    let person = people
        .iter()
        .find(|parts| parts.iter().any(|of_person| of_person.id == part.id));
    let others = person
        .into_iter()
        .flatten()
        .filter(|other| other.id != part.id)
        .cloned();
    Chat {
        name: message.name.clone(),
        unread,
        first_unread: stored.first_unread.clone(),
        pinned: stored.pinned,
        draft,
        last: Some(stored.last.clone()),
        conversations: std::iter::once(part.clone()).chain(others).collect(),
    }
}

/// An older conversation with the same person.
fn add(chat: &mut Chat, stored: &StoredChat, unread: u32, draft: String) {
    chat.unread += unread;
    chat.pinned |= stored.pinned;
    chat.first_unread = chat
        .first_unread
        .take()
        .or_else(|| stored.first_unread.clone());
    if chat.draft.is_empty() {
        chat.draft = draft;
    }
}

/// The conversations that a person can have.
fn parts_of(person: &causeway_bridge::Person) -> Vec<ChatPart> {
    let lync = person.lync.as_deref().map(lync_part);
    let xmpp = person.xmpp.as_deref().map(xmpp_part);
    lync.into_iter().chain(xmpp).collect()
}

fn lync_part(address: &str) -> ChatPart {
    ChatPart {
        id: crate::lync::conversation(address),
        side: Side::Lync,
        address: address.to_owned(),
    }
}

fn xmpp_part(address: &str) -> ChatPart {
    ChatPart {
        id: crate::xmpp::conversation(address),
        side: Side::Xmpp,
        address: address.to_owned(),
    }
}

/// Says of the texts among these that they wait for their reader.
fn mark<'a>(held: &HashSet<String>, texts: impl IntoIterator<Item = &'a mut Past>) {
    for text in texts {
        text.when_back = held.contains(&text.message.id);
    }
}

fn check_ids(conversations: &[String]) -> Result<(), Problem> {
    let is_ours = |id: &String| {
        id.len() <= LONGEST_ID && (id.starts_with("lync:") || id.starts_with("xmpp:"))
    };
    if conversations.len() <= MOST_CONVERSATIONS && conversations.iter().all(is_ours) {
        return Ok(());
    }
    let remedy = "Give the ids of the conversations of one chat.";
    Err(problems::usage("chat", remedy))
}

fn not_failed() -> Problem {
    problems::usage(
        "chat",
        "Only a text that failed or waits can be sent again or taken out of the history.",
    )
}
