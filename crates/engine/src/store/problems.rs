//! What SQLite and the file system say, in words for people.

use causeway_api::{Code, Problem};
use rusqlite::{Error, ErrorCode};

const STEP: &str = "storage";
const DAMAGE: &str = "damage";
const REFUSAL: &str = "refused";

/// A failed statement or commit.
pub(super) fn sqlite(error: &Error) -> Problem {
    let (message, remedy) = match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => (
            "The disk is full: nothing more can be stored",
            "Free space on the disk of the data directory",
        ),
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => (
            "The data directory cannot be written",
            "Give the user of this program the right to write there, or choose another one with --data-dir",
        ),
        Some(ErrorCode::SystemIoFailure) => (
            "The disk of the data directory reports an error",
            "Check the disk and its free space",
        ),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => (
            "The database is damaged",
            "Restart the program: it then moves the damaged database aside and begins a fresh one",
        ),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => (
            "Another program has the database open",
            "End the other program that uses this data directory",
        ),
        _ => (
            "The database refused a statement",
            "Report this as a bug, with the detail",
        ),
    };
    let problem =
        Problem::new(Code::Storage, STEP, message, remedy).with("sqlite", error.to_string());
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => problem.with(DAMAGE, true),
        Some(
            ErrorCode::DiskFull
            | ErrorCode::ReadOnly
            | ErrorCode::CannotOpen
            | ErrorCode::PermissionDenied
            | ErrorCode::SystemIoFailure
            | ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked,
        ) => problem,
        _ => problem.with(REFUSAL, true),
    }
}

/// The database itself is broken.
pub(super) fn is_damage(problem: &Problem) -> bool {
    problem.detail.contains_key(DAMAGE)
}

/// The statement itself was refused, whatever the state of the disk: it will be refused again.
pub(crate) fn is_refusal(problem: &Problem) -> bool {
    problem.detail.contains_key(REFUSAL)
}

/// A failed file operation on `path`.
pub(super) fn file(what: &str, path: &std::path::Path, error: &std::io::Error) -> Problem {
    Problem::new(
        Code::Storage,
        STEP,
        format!("{what} {}: {error}", path.display()),
        "Give the user of this program the right to write there, or choose another place with --data-dir",
    )
    .with("path", path.display().to_string())
}

/// The database thread is gone; only a bug of ours ends it early.
pub(super) fn thread_ended() -> Problem {
    Problem::new(
        Code::Storage,
        STEP,
        "The database was closed",
        "Restart the program",
    )
}
