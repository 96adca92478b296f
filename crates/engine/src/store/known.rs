//! Which texts were seen already.

use causeway_api::Side;
use rusqlite::params;

use super::Transaction;
use super::transaction::{from_word, micros, word};

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

    /// The last `limit` texts seen, oldest first.
    ///
    /// # Errors
    /// Of SQLite.
    pub fn last_seen(&self, limit: u32) -> rusqlite::Result<Vec<(Side, String)>> {
        let mut statement = self
            .sql
            .prepare_cached("SELECT side, key FROM known ORDER BY seen DESC LIMIT ?")?;
        let rows =
            statement.query_map([limit], |row| Ok((from_word(0, row.get(0)?)?, row.get(1)?)))?;
        let mut seen: Vec<_> = rows.collect::<Result<_, _>>()?;
        seen.reverse();
        Ok(seen)
    }
}
