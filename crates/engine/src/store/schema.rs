//! The database file: opening, bringing up to date, moving a damaged one aside.

use std::path::{Path, PathBuf};

use causeway_api::{Code, Problem};
use jiff::Timestamp;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use tracing::{info, warn};

use super::retention::{self, Kept};
use super::{DataDir, problems};
use crate::config::History;
use crate::own_files;

/// Name of the file in the data directory.
pub(super) const FILE: &str = "causeway.db";

/// Its write-ahead log.
pub(super) const LOG: &str = "causeway.db-wal";

/// This file beside it asks for a thorough look at the next start.
pub(super) const CHECK: &str = "check-database";

/// Each entry brings a database from the version of its index to the next. Never change one that was released.
const MIGRATIONS: &[&str] = &[V1, V2, V3];

/// The first version.
pub(super) const V1: &str = "
-- Raw event pages that were acknowledged to the server and are not worked through yet. Numbers are never used twice.
CREATE TABLE journal (
    page INTEGER PRIMARY KEY AUTOINCREMENT,
    body BLOB NOT NULL
);
-- Texts seen, by the key that their network gives them: what comes again is recognised, whatever the history keeps.
CREATE TABLE known (
    side TEXT NOT NULL,
    key TEXT NOT NULL,
    seen INTEGER NOT NULL,
    PRIMARY KEY (side, key)
) WITHOUT ROWID;
CREATE INDEX known_seen ON known (seen);
-- History. `position` gives full-text search a stable row number.
CREATE TABLE message (
    position INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    conversation TEXT NOT NULL,
    side TEXT NOT NULL,
    direction TEXT NOT NULL,
    sender TEXT NOT NULL,
    recipient TEXT NOT NULL,
    name TEXT,
    text TEXT NOT NULL,
    sent_at INTEGER NOT NULL,
    late INTEGER NOT NULL
);
CREATE INDEX message_conversation ON message (conversation, sent_at);
CREATE INDEX message_sent_at ON message (sent_at);
-- Texts on their way out, in the order they were accepted.
CREATE TABLE outgoing (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    side TEXT NOT NULL,
    recipient TEXT NOT NULL,
    thread TEXT,
    text TEXT NOT NULL,
    created INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    origin TEXT,
    reason TEXT
);
CREATE INDEX outgoing_unfinished ON outgoing (position) WHERE state IN ('queued', 'sending');
CREATE INDEX outgoing_changed ON outgoing (changed);
-- What the bridge remembers: routing of relayed texts, texts waiting for an answer.
CREATE TABLE fact (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    expires INTEGER,
    UNIQUE (kind, key)
);
CREATE INDEX fact_expires ON fact (expires) WHERE expires IS NOT NULL;
-- Endpoint and archive stamp of each account.
CREATE TABLE account (
    name TEXT PRIMARY KEY,
    endpoint TEXT,
    archive_stamp INTEGER
) WITHOUT ROWID;
-- Which two addresses are one person, said by hand.
CREATE TABLE person_link (
    lync TEXT NOT NULL,
    xmpp TEXT NOT NULL,
    joined INTEGER NOT NULL,
    default_network TEXT NOT NULL,
    PRIMARY KEY (lync, xmpp)
) WITHOUT ROWID;
-- Single values.
CREATE TABLE slot (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;
";

const V2: &str = "
-- What a screen keeps of a chat. Texts at a position above `read_to` are unread.
CREATE TABLE chat (
    conversation TEXT PRIMARY KEY,
    read_to INTEGER NOT NULL DEFAULT 0,
    -- Not shown in the list until a text comes after this one.
    closed_at INTEGER NOT NULL DEFAULT 0,
    pinned INTEGER NOT NULL DEFAULT 0,
    draft TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
INSERT INTO chat (conversation, read_to) SELECT conversation, max(position) FROM message GROUP BY conversation;
CREATE INDEX outgoing_origin ON outgoing (origin) WHERE origin IS NOT NULL;
";

const V3: &str = "
-- Whose they are: another account must not send or read them. Those of before name none and go to whoever signs in.
ALTER TABLE outgoing ADD COLUMN account TEXT NOT NULL DEFAULT '';
ALTER TABLE journal ADD COLUMN account TEXT NOT NULL DEFAULT '';
";

/// Opens the database of `dir`. The second value tells that a damaged one was moved aside.
pub(super) fn open(
    dir: &DataDir,
    history: &History,
) -> Result<(Connection, Kept, Option<Problem>), Problem> {
    let path = dir.path().join(FILE);
    let damage = match try_open(&path, history) {
        Ok((connection, kept)) => return Ok((connection, kept, None)),
        Err(OpenError::Damaged(what)) => what,
        Err(OpenError::Sqlite(error)) => {
            return Err(problems::sqlite(&error).with("path", path.display().to_string()));
        }
        Err(OpenError::Newer(version)) => {
            return Err(Problem::new(
                Code::Storage,
                "storage",
                format!(
                    "The database {} was written by a newer Causeway (version {version})",
                    path.display()
                ),
                "Install the newer version again, or choose another data directory with --data-dir",
            ));
        }
        Err(OpenError::File(error)) => return Err(problems::file("Cannot open", &path, &error)),
    };
    let aside = move_aside(&path)?;
    warn!(path = %path.display(), aside = %aside.display(), damage, "database is damaged; moved aside");
    let problem = Problem::new(
        Code::Storage,
        "storage",
        "The database was damaged. A fresh one was begun; history and texts that were still waiting to be sent are in the old file",
        format!("Check the disk. The damaged file is {}", aside.display()),
    )
    .with("damage", damage)
    .with("moved_to", aside.display().to_string());
    remove_if_there(&dir.path().join(CHECK))
        .map_err(|error| problems::file("Cannot remove", &dir.path().join(CHECK), &error))?;
    let (connection, kept) = try_open(&path, history).map_err(|error| match error {
        OpenError::Sqlite(error) => problems::sqlite(&error),
        OpenError::File(error) => problems::file("Cannot open", &path, &error),
        OpenError::Damaged(_) | OpenError::Newer(_) => problems::thread_ended(),
    })?;
    Ok((connection, kept, Some(problem)))
}

enum OpenError {
    Damaged(String),
    Newer(i64),
    Sqlite(rusqlite::Error),
    File(std::io::Error),
}

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Self::Damaged(error.to_string())
            }
            _ => Self::Sqlite(error),
        }
    }
}

/// Pages in the write-ahead log after which they are carried over into the database: 16 MiB.
const LOG_PAGES: i64 = 4096;
/// SQLite's default.
const PAGE_BYTES: i64 = 4096;

fn try_open(path: &Path, history: &History) -> Result<(Connection, Kept), OpenError> {
    // Made here, so that it is private from its first byte on; SQLite gives its side files the same mode.
    own_files::file()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .map_err(OpenError::File)?;
    // A clean end removes the write-ahead log. One that is left means that the program or the machine was cut off.
    let cut_off = std::fs::metadata(side_file(path, "-wal")).is_ok_and(|wal| wal.len() > 0);
    let asked = path.with_file_name(CHECK);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // A text takes some fifteen pages and a checkpoint flushes the disk twice: they come together for several hundred
    // texts. The log is not let grow beyond that.
    connection.pragma_update(None, "wal_autocheckpoint", LOG_PAGES)?;
    connection.pragma_update(None, "journal_size_limit", LOG_PAGES * PAGE_BYTES)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    // Texts that are removed are overwritten, not only unlinked.
    connection.pragma_update(None, "secure_delete", true)?;
    if cut_off || asked.exists() {
        let found: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if found != "ok" {
            return Err(OpenError::Damaged(found));
        }
        info!(cut_off, "looked through the database; it is whole");
        remove_if_there(&asked).map_err(OpenError::File)?;
    }
    migrate(&mut connection)?;
    let transaction = connection.transaction()?;
    let kept = retention::apply(&transaction, history, Timestamp::now())?;
    transaction.commit()?;
    Ok((connection, kept))
}

fn migrate(connection: &mut Connection) -> Result<(), OpenError> {
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let Some(missing) = usize::try_from(version)
        .ok()
        .and_then(|done| MIGRATIONS.get(done..))
    else {
        return Err(OpenError::Newer(version));
    };
    for (to, statements) in (version + 1..).zip(missing) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(statements)?;
        transaction.pragma_update(None, "user_version", to)?;
        transaction.commit()?;
    }
    Ok(())
}

/// Renames the database and its side files: the old write-ahead log must never meet the fresh database.
fn move_aside(path: &Path) -> Result<PathBuf, Problem> {
    let stamp = Timestamp::now().strftime("%Y%m%dT%H%M%SZ");
    let aside = side_file(path, &format!(".damaged-{stamp}"));
    for side in ["", "-wal", "-shm"] {
        let (from, to) = (side_file(path, side), side_file(&aside, side));
        match std::fs::rename(&from, &to) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(problems::file("Cannot move aside", &from, &error)),
        }
    }
    Ok(aside)
}

fn side_file(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn remove_if_there(path: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
