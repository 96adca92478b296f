//! Chats as a screen shows them.

use causeway_api::{BridgeAction, DeliveryState, Direction, Message, Past, Side, Via};
use rusqlite::{OptionalExtension, Row, params};

use super::Transaction;
use super::messages::{COLUMNS, read};
use super::search;
use super::transaction::from_word;

/// Columns after those of [`read`]: what became of the text, and of the copy that the bridge made of it.
const PAST: &str = "o.state, o.reason, o.origin IS NOT NULL,
    (SELECT copy.state FROM outgoing copy WHERE copy.origin = m.id ORDER BY copy.position DESC LIMIT 1)
    FROM message m LEFT JOIN outgoing o ON o.id = m.id";

/// One conversation with what a screen keeps of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredChat {
    /// Its id.
    pub conversation: String,
    /// The youngest text.
    pub last: Past,
    /// Our person closed it, and nothing was written since.
    pub closed: bool,
    /// Kept on top.
    pub pinned: bool,
    /// The first text that was not read.
    pub first_unread: Option<String>,
}

impl StoredChat {
    /// The other person: SIP URI or bare JID.
    #[must_use]
    pub fn address(&self) -> &str {
        let message = &self.last.message;
        match message.direction {
            Direction::In => &message.from,
            Direction::Out => &message.to,
        }
    }
}

/// Where texts are looked for.
#[derive(Clone, Copy, Debug)]
pub enum Within<'a> {
    /// In these conversations.
    These(&'a [String]),
    /// In all but these.
    AllBut(&'a [String]),
}

impl Transaction<'_> {
    /// Conversations with their last texts, the youngest first.
    ///
    /// # Errors
    /// Of SQLite.
    pub fn chats(&self) -> rusqlite::Result<Vec<StoredChat>> {
        let mut statement = self.sql.prepare_cached(&format!(
            "SELECT {columns}, {PAST}
             WHERE m.position = (SELECT l.position FROM message l WHERE l.conversation = m.conversation
                                 ORDER BY l.sent_at DESC, l.position DESC LIMIT 1)
             ORDER BY m.sent_at DESC, m.position DESC",
            columns = of_m(),
        ))?;
        let last: Vec<Past> = statement.query_map([], past)?.collect::<Result<_, _>>()?;
        last.into_iter().map(|last| self.with_marks(last)).collect()
    }

    fn with_marks(&self, last: Past) -> rusqlite::Result<StoredChat> {
        let conversation = last.message.conversation.clone();
        let marks = self
            .sql
            .prepare_cached(
                "SELECT closed_at >= (SELECT max(position) FROM message m WHERE m.conversation = chat.conversation),
                        pinned FROM chat WHERE conversation = ?",
            )?
            .query_row([&conversation], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let (closed, pinned) = marks.unwrap_or_default();
        let first_unread = self
            .sql
            .prepare_cached(
                "SELECT id FROM message WHERE conversation = ?1 AND direction = 'in'
                   AND position > coalesce((SELECT read_to FROM chat WHERE conversation = ?1), 0)
                 ORDER BY sent_at, position LIMIT 1",
            )?
            .query_row([&conversation], |row| row.get(0))
            .optional()?;
        Ok(StoredChat {
            conversation,
            last,
            closed,
            pinned,
            first_unread,
        })
    }

    /// The last `limit` texts of conversations that stand before the text `before`, oldest first, and whether there
    /// are older ones. A `before` that is not there (any more) gives none.
    ///
    /// # Errors
    /// Of SQLite.
    pub fn past(
        &self,
        conversations: &[String],
        before: Option<&str>,
        limit: u32,
    ) -> rusqlite::Result<(Vec<Past>, bool)> {
        let sql = format!(
            "SELECT {columns}, {PAST}
             WHERE m.conversation IN (SELECT value FROM json_each(?1))
               AND (?2 IS NULL OR (m.sent_at, m.position) < (SELECT b.sent_at, b.position FROM message b WHERE b.id = ?2))
             ORDER BY m.sent_at DESC, m.position DESC LIMIT ?3",
            columns = of_m(),
        );
        let (mut texts, more) = self.page(&sql, conversations, before, limit)?;
        texts.reverse();
        Ok((texts, more))
    }

    /// The first `limit` texts of conversations from the text `from` on, oldest first, and whether there are younger ones.
    ///
    /// # Errors
    /// Of SQLite.
    pub fn future(
        &self,
        conversations: &[String],
        from: &str,
        limit: u32,
    ) -> rusqlite::Result<(Vec<Past>, bool)> {
        let sql = format!(
            "SELECT {columns}, {PAST}
             WHERE m.conversation IN (SELECT value FROM json_each(?1))
               AND (m.sent_at, m.position) >= (SELECT b.sent_at, b.position FROM message b WHERE b.id = ?2)
             ORDER BY m.sent_at, m.position LIMIT ?3",
            columns = of_m(),
        );
        self.page(&sql, conversations, Some(from), limit)
    }

    /// Texts with every word of `typed`, the youngest first, and whether there are more.
    ///
    /// # Errors
    /// Of SQLite.
    pub fn search_history(
        &self,
        typed: &str,
        within: Within<'_>,
        limit: u32,
    ) -> rusqlite::Result<(Vec<Past>, bool)> {
        let Some(query) = search::query(typed).filter(|_| self.kept.get().any()) else {
            return Ok((Vec::new(), false));
        };
        let (wanted, named) = match within {
            Within::These(these) => ("IN", these),
            Within::AllBut(others) => ("NOT IN", others),
        };
        let sql = format!(
            "SELECT {columns}, {PAST}
             WHERE m.conversation {wanted} (SELECT value FROM json_each(?1))
               AND m.position IN (SELECT rowid FROM message_words WHERE message_words MATCH ?2)
             ORDER BY m.sent_at DESC, m.position DESC LIMIT ?3",
            columns = of_m(),
        );
        self.page(&sql, named, Some(&query), limit)
    }

    /// Runs a query that takes conversations as a JSON list, a word and a limit.
    fn page<C: serde::Serialize>(
        &self,
        sql: &str,
        conversations: C,
        word: Option<&str>,
        limit: u32,
    ) -> rusqlite::Result<(Vec<Past>, bool)> {
        let conversations = serde_json::to_string(&conversations)
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
        // One row more than wanted tells that there are more.
        let one_more = i64::from(limit) + 1;
        let mut statement = self.sql.prepare_cached(sql)?;
        let mut texts = statement
            .query_map(params![conversations, word, one_more], past)?
            .collect::<Result<Vec<_>, _>>()?;
        let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = texts.len() > wanted;
        texts.truncate(wanted);
        Ok((texts, more))
    }

    /// Everything in the conversation is read.
    ///
    /// # Errors
    /// Of SQLite.
    pub fn mark_read(&self, conversation: &str) -> rusqlite::Result<()> {
        self.mark_at_end(conversation, "read_to")
    }

    /// The conversation is off the list until something is written in it.
    ///
    /// # Errors
    /// Of SQLite.
    pub fn close_chat(&self, conversation: &str) -> rusqlite::Result<()> {
        self.mark_at_end(conversation, "closed_at")
    }

    /// Sets a mark of the conversation to its last text.
    fn mark_at_end(&self, conversation: &str, mark: &str) -> rusqlite::Result<()> {
        self.sql
            .prepare_cached(&format!(
                "INSERT INTO chat (conversation, {mark})
                 SELECT ?1, max(position) FROM message WHERE conversation = ?1 HAVING count(*) > 0
                 ON CONFLICT (conversation) DO UPDATE SET {mark} = excluded.{mark}"
            ))?
            .execute([conversation])?;
        Ok(())
    }

    /// A text and what came after it are unread. Answers how many received texts of the conversation are so now.
    ///
    /// # Errors
    /// Of SQLite.
    pub fn mark_unread(&self, conversation: &str, from: &str) -> rusqlite::Result<u32> {
        self.sql
            .prepare_cached(
                "UPDATE chat SET read_to = min(read_to, (SELECT position - 1 FROM message WHERE id = ?2))
                 WHERE conversation = ?1 AND EXISTS (SELECT 1 FROM message WHERE id = ?2 AND conversation = ?1)",
            )?
            .execute([conversation, from])?;
        self.unread(conversation)
    }

    /// The conversation is read up to a text, in whatever conversation that stands. Answers how many received texts of
    /// the conversation are unread now.
    ///
    /// # Errors
    /// Of SQLite.
    pub fn mark_read_to(&self, conversation: &str, up_to: &str) -> rusqlite::Result<u32> {
        self.sql
            .prepare_cached(
                "INSERT INTO chat (conversation, read_to)
                 SELECT ?1, position FROM message WHERE id = ?2
                 ON CONFLICT (conversation) DO UPDATE SET read_to = max(read_to, excluded.read_to)",
            )?
            .execute([conversation, up_to])?;
        self.unread(conversation)
    }

    /// How many received texts of a conversation are unread.
    fn unread(&self, conversation: &str) -> rusqlite::Result<u32> {
        let unread = self.all_unread()?.into_iter();
        Ok(unread
            .filter(|(unread, _)| unread == conversation)
            .map(|(_, count)| count)
            .sum())
    }

    /// Conversations with unread texts, and how many they have.
    ///
    /// # Errors
    /// Of SQLite.
    pub fn all_unread(&self) -> rusqlite::Result<Vec<(String, u32)>> {
        let mut statement = self.sql.prepare_cached(
            "SELECT m.conversation, count(*) FROM message m LEFT JOIN chat ON chat.conversation = m.conversation
             WHERE m.direction = 'in' AND m.position > coalesce(chat.read_to, 0) GROUP BY m.conversation",
        )?;
        statement
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect()
    }

    /// Keeps the conversation on top, or no longer.
    ///
    /// # Errors
    /// Of SQLite.
    pub fn pin_chat(&self, conversation: &str, on: bool) -> rusqlite::Result<()> {
        self.sql
            .prepare_cached(
                "INSERT INTO chat (conversation, pinned) VALUES (?1, ?2)
                 ON CONFLICT (conversation) DO UPDATE SET pinned = excluded.pinned",
            )?
            .execute(params![conversation, on])?;
        Ok(())
    }

    /// Keeps what is typed and not sent; an empty text removes it.
    ///
    /// # Errors
    /// Of SQLite.
    pub fn save_draft(&self, conversation: &str, text: &str) -> rusqlite::Result<()> {
        self.sql
            .prepare_cached(
                "INSERT INTO chat (conversation, draft) VALUES (?1, ?2)
                 ON CONFLICT (conversation) DO UPDATE SET draft = excluded.draft",
            )?
            .execute([conversation, text])?;
        Ok(())
    }

    /// What was typed and not sent.
    ///
    /// # Errors
    /// Of SQLite.
    pub fn draft(&self, conversation: &str) -> rusqlite::Result<String> {
        Ok(self
            .sql
            .prepare_cached("SELECT draft FROM chat WHERE conversation = ?")?
            .query_row([conversation], |row| row.get(0))
            .optional()?
            .unwrap_or_default())
    }

    /// Removes a text that was never handed to the network, with what the history has of it.
    ///
    /// # Errors
    /// Of SQLite.
    pub fn take_back(&self, id: &str) -> rusqlite::Result<()> {
        if self.withdraw(id)? {
            self.sql
                .prepare_cached("DELETE FROM message WHERE id = ?")?
                .execute([id])?;
        }
        Ok(())
    }

    /// Removes a text that failed. `None`: there is none with this id, or it did not fail; else its conversation.
    ///
    /// # Errors
    /// Of SQLite.
    pub fn discard(&self, id: &str) -> rusqlite::Result<Option<String>> {
        let conversation = self
            .sql
            .prepare_cached(
                "DELETE FROM message WHERE id = ?1 AND id IN (SELECT id FROM outgoing WHERE id = ?1 AND state = 'failed')
                 RETURNING conversation",
            )?
            .query_row([id], |row| row.get(0))
            .optional()?;
        if conversation.is_some() {
            self.sql
                .prepare_cached("DELETE FROM outgoing WHERE id = ?")?
                .execute([id])?;
        }
        Ok(conversation)
    }
}

/// The columns of a text, of the table called `m`.
fn of_m() -> String {
    format!("m.{}", COLUMNS.replace(", ", ", m."))
}

fn past(row: &Row<'_>) -> rusqlite::Result<Past> {
    let state = |column| -> rusqlite::Result<Option<DeliveryState>> {
        row.get::<_, Option<String>>(column)?
            .map(|word| from_word(column, word))
            .transpose()
    };
    let message = read(row)?;
    let via = match (row.get(12)?, state(13)?) {
        (true, _) => Some(BridgeAction::Answered),
        (false, Some(DeliveryState::Queued)) => Some(BridgeAction::Queued),
        (false, Some(DeliveryState::Failed)) => Some(BridgeAction::Bounced),
        (false, Some(DeliveryState::Sending | DeliveryState::Sent | DeliveryState::Delivered)) => {
            Some(BridgeAction::Relayed)
        }
        (false, None) => None,
    };
    Ok(Past {
        via: via.map(|state| Via {
            side: across(&message),
            state,
        }),
        message,
        delivery: state(10)?,
        reason: row.get(11)?,
        when_back: false,
    })
}

/// The other side of the bridge.
fn across(message: &Message) -> Side {
    match message.side {
        Side::Lync => Side::Xmpp,
        Side::Xmpp | Side::Gateway => Side::Lync,
    }
}
