//! Windows says when an address came or went, to a thread that waits for it.

use std::io;

use tokio::sync::mpsc;
use windows_native::network::wait_for_change;

/// What moves.
pub(super) struct Moves(mpsc::UnboundedReceiver<io::Result<()>>);

impl Moves {
    pub(super) fn new() -> io::Result<Self> {
        let (tell, told) = mpsc::unbounded_channel();
        let thread = std::thread::Builder::new().name("network".into());
        // It ends with the first change that nobody hears of any more, or with the program.
        thread.spawn(move || {
            loop {
                let changed = wait_for_change();
                let ends = changed.is_err();
                if tell.send(changed).is_err() || ends {
                    return;
                }
            }
        })?;
        Ok(Self(told))
    }

    /// The next one.
    pub(super) async fn next(&mut self) -> io::Result<()> {
        let told = self.0.recv().await;
        told.unwrap_or_else(|| Err(io::ErrorKind::UnexpectedEof.into()))
    }

    /// Renewals are not told.
    pub(super) fn made_a_difference(&mut self) -> bool {
        true
    }
}
