//! Reading small files that a person named: never waits for ever, never reads without end.

use std::fs::File;
use std::io::{Error, ErrorKind, Read, Result};
use std::path::Path;

use secrecy::zeroize::Zeroizing;

use crate::own_files;

/// Opens a plain file. Anything else (directory, pipe, device) is an error at once.
///
/// # Errors
/// Of the system, or `InvalidInput`.
pub(crate) fn open(path: &Path) -> Result<File> {
    let file = own_files::reading().open(path)?;
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(Error::new(
            ErrorKind::InvalidInput,
            "it is not a plain file",
        ))
    }
}

/// Reads all of it, at most `limit` bytes. What was read is wiped from memory when it is dropped.
///
/// # Errors
/// Of the system, or `FileTooLarge`.
pub(crate) fn read(file: &File, limit: usize) -> Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::new());
    // Reserved beforehand: a vector that grows leaves copies behind.
    let expected = usize::try_from(file.metadata()?.len())
        .unwrap_or(usize::MAX)
        .min(limit);
    bytes.reserve_exact(expected + 1);
    file.take(limit as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > limit {
        return Err(Error::new(
            ErrorKind::FileTooLarge,
            format!("it is larger than {} KiB", limit / 1024),
        ));
    }
    Ok(bytes)
}
