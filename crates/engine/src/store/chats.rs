//! Chats as a screen shows them.

use std::collections::HashMap;

use causeway_api::{Chat, Direction, Message, Past};
use rusqlite::{OptionalExtension, Row, params};

use super::Transaction;
use super::messages::{COLUMNS, read};
use super::search;
use super::transaction::from_word;

/// Columns after those of [`read`]: what became of the text, and of the copy that the bridge made of it.
const PAST: &str = "o.state, o.reason, o.origin IS NOT NULL,
    (SELECT copy.state FROM outgoing copy WHERE copy.origin = m.id ORDER BY copy.position DESC LIMIT 1)
    FROM message m LEFT JOIN outgoing o ON o.id = m.id";

impl Transaction<'_> {
    /// Chats with their last texts, the youngest first. Those that have only a draft are not among them. `unread` is
    /// what [`all_unread`](Self::all_unread) told and has changed since.
    ///
    /// # Errors
    /// Of SQLite.
    pub fn chats(&self, unread: &HashMap<String, u32>) -> rusqlite::Result<Vec<Chat>> {
        let sql = format!(
            "SELECT {columns}, {PAST}
             WHERE m.position = (SELECT l.position FROM message l WHERE l.conversation = m.conversation
                                 ORDER BY l.sent_at DESC, l.position DESC LIMIT 1)
             ORDER BY m.sent_at DESC, m.position DESC",
            columns = of_m(),
        );
        let mut statement = self.sql.prepare_cached(&sql)?;
        let last: Vec<Past> = statement.query_map([], past)?.collect::<Result<_, _>>()?;
        last.into_iter()
            .map(|last| {
                let conversation = last.message.conversation.clone();
                Ok(Chat {
                    side: last.message.side,
                    address: other(&last.message).to_owned(),
                    name: last.message.name.clone(),
                    unread: unread.get(&conversation).copied().unwrap_or_default(),
                    draft: self.draft(&conversation)?,
                    last: Some(last),
                    conversation,
                })
            })
            .collect()
    }

    /// What is kept of one chat: its last text and its draft.
    ///
    /// # Errors
    /// Of SQLite.
    pub fn chat(&self, conversation: &str) -> rusqlite::Result<(Option<Past>, String)> {
        let (mut texts, _) = self.past(conversation, None, 1)?;
        Ok((texts.pop(), self.draft(conversation)?))
    }

    /// The last `limit` texts of a conversation that stand before the text `before`, oldest first, and whether there
    /// are older ones. A `before` that is not there (any more) gives none.
    ///
    /// # Errors
    /// Of SQLite.
    pub fn past(
        &self,
        conversation: &str,
        before: Option<&str>,
        limit: u32,
    ) -> rusqlite::Result<(Vec<Past>, bool)> {
        let sql = format!(
            "SELECT {columns}, {PAST}
             WHERE m.conversation = ?1
               AND (?2 IS NULL OR (m.sent_at, m.position) < (SELECT b.sent_at, b.position FROM message b WHERE b.id = ?2))
             ORDER BY m.sent_at DESC, m.position DESC LIMIT ?3",
            columns = of_m(),
        );
        let mut statement = self.sql.prepare_cached(&sql)?;
        let rows = statement.query_map(params![conversation, before, one_more(limit)], past)?;
        let (mut texts, more) = first(rows.collect::<Result<_, _>>()?, limit);
        texts.reverse();
        Ok((texts, more))
    }

    /// Texts of all conversations with every word of `typed`, the youngest first, and whether there are more.
    ///
    /// # Errors
    /// Of SQLite.
    pub fn search_history(&self, typed: &str, limit: u32) -> rusqlite::Result<(Vec<Past>, bool)> {
        let Some(query) = search::query(typed).filter(|_| self.kept.get().any()) else {
            return Ok((Vec::new(), false));
        };
        let sql = format!(
            "SELECT {columns}, {PAST}
             WHERE m.position IN (SELECT rowid FROM message_words WHERE message_words MATCH ?1)
             ORDER BY m.sent_at DESC, m.position DESC LIMIT ?2",
            columns = of_m(),
        );
        let mut statement = self.sql.prepare_cached(&sql)?;
        let rows = statement.query_map(params![query, one_more(limit)], past)?;
        Ok(first(rows.collect::<Result<_, _>>()?, limit))
    }

    /// Everything in the conversation is read.
    ///
    /// # Errors
    /// Of SQLite.
    pub fn mark_read(&self, conversation: &str) -> rusqlite::Result<()> {
        self.sql
            .prepare_cached(
                "INSERT INTO chat (conversation, read_to)
                 SELECT ?1, max(position) FROM message WHERE conversation = ?1 HAVING count(*) > 0
                 ON CONFLICT (conversation) DO UPDATE SET read_to = excluded.read_to",
            )?
            .execute([conversation])?;
        Ok(())
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

    fn draft(&self, conversation: &str) -> rusqlite::Result<String> {
        Ok(self
            .sql
            .prepare_cached("SELECT draft FROM chat WHERE conversation = ?")?
            .query_row([conversation], |row| row.get(0))
            .optional()?
            .unwrap_or_default())
    }
}

/// The columns of a text, of the table called `m`.
fn of_m() -> String {
    COLUMNS
        .split(", ")
        .map(|column| format!("m.{column}"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// One row more than wanted tells that there are more.
fn one_more(limit: u32) -> i64 {
    i64::from(limit) + 1
}

fn first(mut rows: Vec<Past>, limit: u32) -> (Vec<Past>, bool) {
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > wanted;
    rows.truncate(wanted);
    (rows, more)
}

/// The other person of a text.
fn other(message: &Message) -> &str {
    match message.direction {
        Direction::In => &message.from,
        Direction::Out => &message.to,
    }
}

fn past(row: &Row<'_>) -> rusqlite::Result<Past> {
    let word = |column| -> rusqlite::Result<_> {
        row.get::<_, Option<String>>(column)?
            .map(|word| from_word(column, word))
            .transpose()
    };
    Ok(Past {
        message: read(row)?,
        state: word(10)?,
        reason: row.get(11)?,
        bridged: row.get(12)?,
        relayed: word(13)?,
    })
}
