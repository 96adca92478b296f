//! How much there is, for a report: numbers by kind and state, nobody's name and no text.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};
use serde_json::{Map, Value, json};

use super::schema;

/// What is counted, and by what.
const COUNTED: [(&str, &str, &str); 9] = [
    ("messages", "message", "side || ' ' || direction"),
    ("chats", "chat", "'all'"),
    ("drafts", "chat WHERE draft <> ''", "'all'"),
    ("outgoing", "outgoing", "side || ' ' || state"),
    ("journal", "journal", "'pages'"),
    ("known", "known", "side"),
    ("facts", "fact", "kind"),
    ("accounts", "account", "'all'"),
    ("people_joined_by_hand", "person_link", "'all'"),
];

/// Counts with a connection of its own, which only reads: whoever has the database open is not held up.
pub(crate) fn counts(data_dir: &Path) -> Value {
    let path = data_dir.join(schema::FILE);
    let Ok(metadata) = path.metadata() else {
        return json!({ "database": "none" });
    };
    let mut told = Map::new();
    told.insert("bytes".into(), metadata.len().into());
    let log = data_dir.join(schema::LOG);
    told.insert(
        "log_bytes".into(),
        log.metadata().map_or(0, |log| log.len()).into(),
    );
    told.insert("set_aside".into(), set_aside(data_dir).into());
    match counted(&path) {
        Ok(counts) => told.extend(counts),
        Err(error) => {
            told.insert("error".into(), error.to_string().into());
        }
    }
    told.into()
}

fn counted(path: &Path) -> rusqlite::Result<Map<String, Value>> {
    let sql = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let version: i64 = sql.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let mut told = Map::new();
    told.insert("version".into(), version.into());
    for (name, from, by) in COUNTED {
        let mut statement =
            sql.prepare(&format!("SELECT {by}, count(*) FROM {from} GROUP BY 1"))?;
        let counts = statement
            .query_map([], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?.into()))
            })?
            .collect::<rusqlite::Result<Map<String, Value>>>()?;
        told.insert(name.into(), counts.into());
    }
    Ok(told)
}

/// Damaged databases that lie beside it.
fn set_aside(data_dir: &Path) -> usize {
    let begin = format!("{}.damaged-", schema::FILE);
    let entries = std::fs::read_dir(data_dir).into_iter().flatten().flatten();
    entries
        .filter(|entry| {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            name.starts_with(&begin) && !name.ends_with("-wal") && !name.ends_with("-shm")
        })
        .count()
}
