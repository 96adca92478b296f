//! What the bridge remembers, opaque to the store.

use causeway_bridge::Fact;
use rusqlite::params;
use serde_json::Value;

use super::Transaction;
use super::transaction::{conversion, micros};

impl Transaction<'_> {
    /// Keeps a fact in place of the one of the same kind and key, or forgets that one where it has no value.
    ///
    /// # Errors
    /// Of SQLite.
    pub fn remember(&self, fact: &Fact) -> rusqlite::Result<()> {
        let Some(value) = &fact.value else {
            self.sql
                .prepare_cached("DELETE FROM fact WHERE kind = ? AND key = ?")?
                .execute([fact.kind, &fact.key])?;
            return Ok(());
        };
        // A row that is replaced gets a new number: they come back in the order in which they were last written.
        self.sql
            .prepare_cached(
                "INSERT OR REPLACE INTO fact (kind, key, value, expires) VALUES (?, ?, ?, ?)",
            )?
            .execute(params![
                fact.kind,
                fact.key,
                value.to_string(),
                fact.expires.map(micros)
            ])?;
        Ok(())
    }

    /// Kind, key and value of all facts that have not expired, in the order in which they were last written:
    /// what [`causeway_bridge::Memory::from_facts`] takes.
    ///
    /// # Errors
    /// Of SQLite.
    pub fn facts(&self) -> rusqlite::Result<Vec<(String, String, Value)>> {
        let mut statement = self.sql.prepare_cached(
            "SELECT kind, key, value FROM fact WHERE expires IS NULL OR expires > ? ORDER BY position",
        )?;
        let rows = statement.query_map([micros(self.now)], |row| {
            let value: String = row.get(2)?;
            let value = serde_json::from_str(&value).map_err(|error| conversion(2, error))?;
            Ok((row.get(0)?, row.get(1)?, value))
        })?;
        rows.collect()
    }
}
