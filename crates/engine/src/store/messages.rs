//! History.

use causeway_api::Message;
use rusqlite::{OptionalExtension, Row, params};

use super::Transaction;
use super::transaction::{from_word, micros, timestamp, word};

pub(super) const COLUMNS: &str =
    "id, conversation, side, direction, sender, recipient, name, text, sent_at, late";

impl Transaction<'_> {
    /// Adds a text to the history, as far as the history keeps any. `key` is the network's own name of it
    /// (`ucwa::Message::key`, XEP-0359 id). False: it is known already and nothing was added; what follows from it was done then.
    ///
    /// # Errors
    /// Of SQLite.
    pub fn add_message(&self, message: &Message, key: &str) -> rusqlite::Result<bool> {
        if !self.first_seen(message.side, key)? {
            return Ok(false);
        }
        if self.kept.get().any() {
            self.sql
                .prepare_cached(&format!("INSERT OR IGNORE INTO message ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"))?
                .execute(params![
                    message.id,
                    message.conversation,
                    word(message.side)?,
                    word(message.direction)?,
                    message.from,
                    message.to,
                    message.name,
                    message.text,
                    micros(message.sent_at),
                    message.late,
                ])?;
        }
        Ok(true)
    }

    /// A text by our id.
    ///
    /// # Errors
    /// Of SQLite.
    pub fn message(&self, id: &str) -> rusqlite::Result<Option<Message>> {
        self.sql
            .prepare_cached(&format!("SELECT {COLUMNS} FROM message WHERE id = ?"))?
            .query_row([id], read)
            .optional()
    }
}

pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Message> {
    Ok(Message {
        id: row.get(0)?,
        conversation: row.get(1)?,
        side: from_word(2, row.get(2)?)?,
        direction: from_word(3, row.get(3)?)?,
        from: row.get(4)?,
        to: row.get(5)?,
        name: row.get(6)?,
        text: row.get(7)?,
        sent_at: timestamp(8, row.get(8)?)?,
        late: row.get(9)?,
        relay: false,
    })
}
