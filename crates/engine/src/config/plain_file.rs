//! Reading small files that a person named: never waits for ever, never reads without end.

use std::fs::{File, OpenOptions};
use std::io::{Error, ErrorKind, Read, Result};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rustix::fs::OFlags;
use secrecy::zeroize::Zeroizing;

/// Opens a plain file. Anything else (directory, pipe, device) is an error at once; opening a pipe would wait for its writer.
///
/// # Errors
/// Of the system, or `InvalidInput`.
pub(crate) fn open(path: &Path) -> Result<File> {
    let flags = i32::try_from(OFlags::NONBLOCK.bits()).unwrap_or_default();
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(flags)
        .open(path)?;
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
