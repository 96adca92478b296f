//! Texts on their way out.

use causeway_api::{DeliveryState, Side};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};

use super::Transaction;
use super::transaction::{from_word, micros, timestamp, word};

/// A text that was accepted from a person and goes to a network.
#[derive(Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// Message id, also its id on the network where that takes ours.
    pub id: String,
    /// Where it goes.
    pub side: Side,
    /// SIP URI or JID.
    pub to: String,
    /// `threadId` or `<thread/>`.
    pub thread: Option<String>,
    /// Plain text. Empty once the network has taken it.
    pub text: String,
    /// When it was accepted.
    pub created: Timestamp,
    /// How far it is.
    pub state: DeliveryState,
    /// How often it was handed to the network.
    pub attempts: u32,
    /// The text of the other network that it was made from: the writer of that one is told what becomes of it.
    pub origin: Option<String>,
    /// Why it failed.
    pub reason: Option<String>,
    /// Address of the own account that it was written as; empty in a text of a version that did not note it.
    pub account: String,
}

impl std::fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outgoing")
            .field("id", &self.id)
            .field("side", &self.side)
            .field("state", &self.state)
            .field("attempts", &self.attempts)
            .field("text", &format_args!("{} bytes", self.text.len()))
            .finish_non_exhaustive()
    }
}

const COLUMNS: &str =
    "id, side, recipient, thread, text, created, state, attempts, origin, reason, account";

impl Transaction<'_> {
    /// Puts a text at the end of the queue. False: one with this id is there already and nothing was changed.
    ///
    /// # Errors
    /// Of SQLite.
    pub fn enqueue(&self, outgoing: &Outgoing) -> rusqlite::Result<bool> {
        let added = self
            .sql
            .prepare_cached(&format!(
                "INSERT INTO outgoing ({COLUMNS}, changed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING"
            ))?
            .execute(params![
                outgoing.id,
                word(outgoing.side)?,
                outgoing.to,
                outgoing.thread,
                outgoing.text,
                micros(outgoing.created),
                word(outgoing.state)?,
                outgoing.attempts,
                outgoing.origin,
                outgoing.reason,
                outgoing.account,
                micros(self.now),
            ])?;
        Ok(added == 1)
    }

    /// Notes that a text is handed to the network now: `sending`, one attempt more.
    ///
    /// # Errors
    /// Of SQLite.
    pub fn sending(&self, id: &str) -> rusqlite::Result<()> {
        self.sql
            .prepare_cached("UPDATE outgoing SET state = 'sending', attempts = attempts + 1, changed = ? WHERE id = ? AND state IN ('queued', 'sending')")?
            .execute(params![micros(self.now), id])?;
        Ok(())
    }

    /// Notes how far a text is. A final state stays: what comes later and says less is ignored. The text itself is
    /// removed once the network has it (the history has its own copy), and stays where it failed, to be sent again.
    ///
    /// Answers the text as it is now where this changed its state.
    ///
    /// # Errors
    /// Of SQLite.
    pub fn set_delivery(
        &self,
        id: &str,
        state: DeliveryState,
        reason: Option<&str>,
    ) -> rusqlite::Result<Option<Outgoing>> {
        let (below, taken) = match state {
            DeliveryState::Queued => ("('sending')", false),
            DeliveryState::Sending => ("('queued')", false),
            DeliveryState::Sent => ("('queued', 'sending')", true),
            DeliveryState::Delivered => ("('queued', 'sending', 'sent')", true),
            DeliveryState::Failed => ("('queued', 'sending', 'sent')", false),
        };
        let sql = format!(
            "UPDATE outgoing SET state = ?, reason = ?, changed = ?, text = CASE WHEN ? THEN '' ELSE text END
             WHERE id = ? AND state IN {below} RETURNING {COLUMNS}"
        );
        self.sql
            .prepare_cached(&sql)?
            .query_row(
                params![word(state)?, reason, micros(self.now), taken, id],
                read,
            )
            .optional()
    }

    /// Takes a text back that was never handed to the network. False: it is too late, or there is none.
    ///
    /// # Errors
    /// Of SQLite.
    pub fn withdraw(&self, id: &str) -> rusqlite::Result<bool> {
        let removed = self
            .sql
            .prepare_cached("DELETE FROM outgoing WHERE id = ? AND state = 'queued'")?
            .execute([id])?;
        Ok(removed == 1)
    }

    /// A text by its id, as long as it is remembered (30 days after it was finished).
    ///
    /// # Errors
    /// Of SQLite.
    pub fn outgoing(&self, id: &str) -> rusqlite::Result<Option<Outgoing>> {
        self.sql
            .prepare_cached(&format!("SELECT {COLUMNS} FROM outgoing WHERE id = ?"))?
            .query_row([id], read)
            .optional()
    }

    /// How many texts are in `queued` or `sending`.
    ///
    /// # Errors
    /// Of SQLite.
    pub fn unsent(&self) -> rusqlite::Result<u32> {
        self.sql
            .prepare_cached("SELECT count(*) FROM outgoing WHERE state IN ('queued', 'sending')")?
            .query_row([], |row| row.get(0))
    }

    /// All texts in `queued` or `sending`, in the order in which they were accepted.
    ///
    /// # Errors
    /// Of SQLite.
    pub fn unfinished(&self) -> rusqlite::Result<Vec<Outgoing>> {
        let mut statement = self.sql.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM outgoing WHERE state IN ('queued', 'sending') ORDER BY position"
        ))?;
        statement.query_map([], read)?.collect()
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Outgoing> {
    Ok(Outgoing {
        id: row.get(0)?,
        side: from_word(1, row.get(1)?)?,
        to: row.get(2)?,
        thread: row.get(3)?,
        text: row.get(4)?,
        created: timestamp(5, row.get(5)?)?,
        state: from_word(6, row.get(6)?)?,
        attempts: row.get(7)?,
        origin: row.get(8)?,
        reason: row.get(9)?,
        account: row.get(10)?,
    })
}
