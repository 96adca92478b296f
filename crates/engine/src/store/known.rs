//! Which texts were seen already.

use causeway_api::Side;
use rusqlite::params;

use super::Transaction;
use super::transaction::{micros, word};

impl Transaction<'_> {
    /// Notes that the text with this key of its network was seen. False: it was seen before, by this run or an earlier one.
    ///
    /// # Errors
    /// Of SQLite.
    pub fn first_seen(&self, side: Side, key: &str) -> rusqlite::Result<bool> {
        let added = self
            .sql
            .prepare_cached("INSERT OR IGNORE INTO known (side, key, seen) VALUES (?, ?, ?)")?
            .execute(params![word(side)?, key, micros(self.now)])?;
        Ok(added == 1)
    }
}
