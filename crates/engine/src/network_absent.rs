//! Where nobody says that something moved.

use std::io;

/// Nothing.
pub(super) struct Moves;

impl Moves {
    pub(super) fn new() -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(super) async fn next(&mut self) -> io::Result<()> {
        std::future::pending().await
    }

    pub(super) fn made_a_difference(&mut self) -> bool {
        false
    }
}
