//! What can be done in one transaction; the verbs stand beside their tables.

use std::cell::Cell;

use jiff::Timestamp;
use rusqlite::Connection;

use super::retention::Kept;

/// An open transaction.
pub struct Transaction<'a> {
    pub(super) sql: &'a Connection,
    pub(super) kept: &'a Cell<Kept>,
    pub(super) now: Timestamp,
}

impl<'a> Transaction<'a> {
    pub(super) fn new(sql: &'a Connection, kept: &'a Cell<Kept>, now: Timestamp) -> Self {
        Self { sql, kept, now }
    }
}

/// Times are kept as microseconds since 1970.
pub(super) fn micros(time: Timestamp) -> i64 {
    time.as_microsecond()
}

/// The way back; a number out of range can only come from a damaged file.
pub(super) fn timestamp(column: usize, micros: i64) -> rusqlite::Result<Timestamp> {
    Timestamp::from_microsecond(micros).map_err(|error| conversion(column, error))
}

/// A value in the file that this version does not understand.
pub(super) fn conversion(
    column: usize,
    error: impl std::error::Error + Send + Sync + 'static,
) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Null, Box::new(error))
}

/// Enumerations of the door are kept by the words of their JSON form.
pub(super) fn word<T: serde::Serialize>(value: T) -> rusqlite::Result<String> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        Ok(other) => Err(rusqlite::Error::ToSqlConversionFailure(
            format!("not a word: {other}").into(),
        )),
        Err(error) => Err(rusqlite::Error::ToSqlConversionFailure(Box::new(error))),
    }
}

/// The way back.
pub(super) fn from_word<T: serde::de::DeserializeOwned>(
    column: usize,
    word: String,
) -> rusqlite::Result<T> {
    serde_json::from_value(serde_json::Value::String(word))
        .map_err(|error| conversion(column, error))
}
