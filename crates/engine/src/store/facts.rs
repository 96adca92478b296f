//! What the bridge remembers, opaque to the store.

use jiff::Timestamp;
use rusqlite::params;
use serde_json::Value;

use super::Transaction;
use super::transaction::{conversion, micros, timestamp};

/// One fact.
#[derive(Clone, PartialEq)]
pub struct StoredFact {
    /// What it is about, e.g. `relayed`.
    pub kind: String,
    /// Which one of its kind; a fact replaces the one of the same kind and key.
    pub key: String,
    /// The fact itself. May hold a text that waits for an answer.
    pub value: Value,
    /// When it is of no use any more.
    pub expires: Option<Timestamp>,
}

impl std::fmt::Debug for StoredFact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoredFact")
            .field("kind", &self.kind)
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

impl Transaction<'_> {
    /// Keeps a fact.
    ///
    /// # Errors
    /// Of SQLite.
    pub fn remember(&self, fact: &StoredFact) -> rusqlite::Result<()> {
        self.sql
            .prepare_cached("INSERT OR REPLACE INTO fact (kind, key, value, written, expires) VALUES (?, ?, ?, ?, ?)")?
            .execute(params![fact.kind, fact.key, fact.value.to_string(), micros(self.now), fact.expires.map(micros)])?;
        Ok(())
    }

    /// Forgets a fact.
    ///
    /// # Errors
    /// Of SQLite.
    pub fn forget(&self, kind: &str, key: &str) -> rusqlite::Result<()> {
        self.sql
            .prepare_cached("DELETE FROM fact WHERE kind = ? AND key = ?")?
            .execute([kind, key])?;
        Ok(())
    }

    /// All facts that have not expired, in the order in which they were last written.
    ///
    /// # Errors
    /// Of SQLite.
    pub fn facts(&self) -> rusqlite::Result<Vec<StoredFact>> {
        let mut statement = self.sql.prepare_cached(
            "SELECT kind, key, value, expires FROM fact WHERE expires IS NULL OR expires > ? ORDER BY written, kind, key",
        )?;
        let rows = statement.query_map([micros(self.now)], |row| {
            let value: String = row.get(2)?;
            let expires: Option<i64> = row.get(3)?;
            Ok(StoredFact {
                kind: row.get(0)?,
                key: row.get(1)?,
                value: serde_json::from_str(&value).map_err(|error| conversion(2, error))?,
                expires: expires.map(|expires| timestamp(3, expires)).transpose()?,
            })
        })?;
        rows.collect()
    }
}
