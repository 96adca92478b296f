//! Where event pages are kept until their consequences are stored.

use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::PageId;

/// Keeps the bodies of event pages. Asking for the next page acknowledges this one, so a body is on disk before.
pub trait Journal: Send + Sync + 'static {
    /// Returns when the body is safe. May block for a millisecond: it is called from a task of its own.
    ///
    /// # Errors
    /// When the body could not be stored; the page is then asked for again.
    fn append(&self, body: &[u8]) -> io::Result<PageId>;

    /// Pages appended by an earlier run and not struck off, oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn left(&self) -> io::Result<Vec<(PageId, Vec<u8>)>>;
}

/// Keeps nothing beyond the process, for one-shot programs and tests: numbers pages, and has none left over.
#[derive(Debug, Default)]
pub struct MemoryJournal {
    last: AtomicI64,
    left: Mutex<Vec<(PageId, Vec<u8>)>>,
}

impl MemoryJournal {
    /// A journal in which an earlier run left these pages.
    #[must_use]
    pub fn with_left(left: Vec<(PageId, Vec<u8>)>) -> Self {
        let last = left.iter().map(|(page, _)| page.0).max().unwrap_or(0);
        Self {
            last: AtomicI64::new(last),
            left: Mutex::new(left),
        }
    }
}

impl Journal for MemoryJournal {
    fn append(&self, _body: &[u8]) -> io::Result<PageId> {
        Ok(PageId(self.last.fetch_add(1, Ordering::Relaxed) + 1))
    }

    fn left(&self) -> io::Result<Vec<(PageId, Vec<u8>)>> {
        let mut left = self.left.lock().map_err(|_| io::Error::other("poisoned"))?;
        Ok(std::mem::take(&mut *left))
    }
}
