//! What the bridge carried, from the texts that were made from others.

use causeway_api::{BridgeAction, BridgeEntry, Crossed, DeliveryState, Side};
use jiff::Timestamp;
use rusqlite::{Row, params};

use super::Transaction;
use super::transaction::{from_word, micros, timestamp};

impl Transaction<'_> {
    /// What crossed since then, and what still waits from whatever time.
    ///
    /// # Errors
    /// Of SQLite.
    pub fn crossed_since(&self, since: Timestamp) -> rusqlite::Result<Crossed> {
        self.sql
            .prepare_cached(
                "SELECT count(*) FILTER (WHERE state IN ('sending', 'sent', 'delivered') AND created >= ?1),
                        count(*) FILTER (WHERE state = 'queued'),
                        count(*) FILTER (WHERE state = 'failed' AND created >= ?1)
                 FROM outgoing WHERE origin IS NOT NULL",
            )?
            .query_row([micros(since)], |row| {
                Ok(Crossed {
                    across: row.get(0)?,
                    waiting: row.get(1)?,
                    returned: row.get(2)?,
                })
            })
    }

    /// The last texts that crossed or were to, youngest first.
    ///
    /// # Errors
    /// Of SQLite.
    pub fn crossings(&self, limit: u32) -> rusqlite::Result<Vec<BridgeEntry>> {
        self.sql
            .prepare_cached(
                "SELECT o.created, o.state, o.side, o.recipient, o.reason, m.sender
                 FROM outgoing o LEFT JOIN message m ON m.id = o.origin
                 WHERE o.origin IS NOT NULL ORDER BY o.position DESC LIMIT ?",
            )?
            .query_map(params![limit], entry)?
            .collect()
    }
}

fn entry(row: &Row<'_>) -> rusqlite::Result<BridgeEntry> {
    let to_side: Side = from_word(2, row.get(2)?)?;
    let state: DeliveryState = from_word(1, row.get(1)?)?;
    let recipient: String = row.get(3)?;
    let writer: Option<String> = row.get(5)?;
    let (from_side, carried, address) = match to_side {
        Side::Lync => (Side::Xmpp, BridgeAction::Answered, recipient),
        // To our own person's phone: the other person is who wrote.
        Side::Xmpp | Side::Gateway => (
            Side::Lync,
            BridgeAction::Relayed,
            writer.unwrap_or(recipient),
        ),
    };
    Ok(BridgeEntry {
        at: timestamp(0, row.get(0)?)?,
        action: match state {
            DeliveryState::Queued => BridgeAction::Queued,
            DeliveryState::Failed => BridgeAction::Bounced,
            DeliveryState::Sending | DeliveryState::Sent | DeliveryState::Delivered => carried,
        },
        from_side,
        to_side,
        address,
        reason: row.get(4)?,
    })
}
