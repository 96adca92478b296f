//! How much of the history is kept, where, and for how long.

use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;

use super::Transaction;
use super::search;
use super::transaction::micros;
use crate::config::{History, HistoryMode};

/// What is too old is removed once a day.
pub(super) const PURGE_EVERY: SignedDuration = SignedDuration::from_hours(24);
/// Keys of texts: longer than any network tells a text again.
const KNOWN_DAYS: u32 = 90;
/// The history that was kept in memory, with its index.
const FORGET_MEMORY: &str =
    "DROP TABLE IF EXISTS temp.message_words; DROP TABLE IF EXISTS temp.message";
/// Finished texts of the queue: as long as their outcome may be asked for.
const FINISHED_DAYS: u32 = 30;

/// The history settings in force.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kept {
    mode: HistoryMode,
    days: u32,
}

impl Kept {
    /// Texts are kept at all.
    pub(super) fn any(self) -> bool {
        match self.mode {
            HistoryMode::Disk | HistoryMode::Memory => true,
            HistoryMode::Off => false,
        }
    }

    /// Texts may stay on the disk after they were delivered.
    pub(super) fn on_disk(self) -> bool {
        self.mode == HistoryMode::Disk
    }

    /// Removes what is too old at `now`.
    pub(super) fn purge(self, sql: &Connection, now: Timestamp) -> rusqlite::Result<()> {
        let before = |days| micros(now - SignedDuration::from_hours(24 * i64::from(days)));
        sql.execute("DELETE FROM message WHERE sent_at < ?", [before(self.days)])?;
        sql.execute("DELETE FROM known WHERE seen < ?", [before(KNOWN_DAYS)])?;
        sql.execute(
            "DELETE FROM outgoing WHERE changed < ? AND state NOT IN ('queued', 'sending')",
            [before(FINISHED_DAYS)],
        )?;
        sql.execute("DELETE FROM fact WHERE expires <= ?", [micros(now)])?;
        Ok(())
    }
}

/// Puts the history settings in force.
///
/// In memory the history is a temporary table of the same name, which SQLite finds first; it goes with the program.
/// In the modes `memory` and `off` nothing stays on the disk, what an earlier mode had left there neither.
pub(super) fn apply(sql: &Connection, history: &History, now: Timestamp) -> rusqlite::Result<Kept> {
    let kept = Kept {
        mode: history.mode.value,
        days: history.days.value,
    };
    match kept.mode {
        HistoryMode::Disk => {
            sql.execute_batch(FORGET_MEMORY)?;
            search::index(sql, "main")?;
        }
        HistoryMode::Memory => {
            let table: String = sql.query_row(
                "SELECT replace(sql, 'CREATE TABLE message', 'CREATE TEMP TABLE IF NOT EXISTS message')
                 FROM main.sqlite_schema WHERE type = 'table' AND name = 'message'",
                [],
                |row| row.get(0),
            )?;
            sql.execute_batch(&table)?;
            search::index(sql, "temp")?;
            sql.execute_batch("DELETE FROM main.message")?;
        }
        HistoryMode::Off => {
            sql.execute_batch(FORGET_MEMORY)?;
            sql.execute_batch("DELETE FROM main.message")?;
        }
    }
    kept.purge(sql, now)?;
    Ok(kept)
}

impl Transaction<'_> {
    pub(super) fn set_history(&self, history: &History) -> rusqlite::Result<()> {
        self.kept.set(apply(self.sql, history, self.now)?);
        Ok(())
    }
}
