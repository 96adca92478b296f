//! Where event pages are kept until their consequences are stored.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use crate::PageId;

/// Resolves when a body is safe.
pub type Kept = Pin<Box<dyn Future<Output = io::Result<PageId>> + Send>>;

/// Keeps the bodies of event pages. Asking for the next page acknowledges this one, so a body is on disk before.
pub trait Journal: Send + Sync + 'static {
    /// Returns when the body is safe. May block for a millisecond: it is called on a thread for blocking work.
    ///
    /// # Errors
    /// When the body could not be stored; the page is then asked for again.
    fn append(&self, body: &[u8]) -> io::Result<PageId>;

    /// What the link calls: [`append`](Self::append) on a thread for blocking work. A journal that writes on a thread
    /// of its own answers from there instead; that spares two wake-ups for each page.
    fn keep(self: Arc<Self>, body: Vec<u8>) -> Kept {
        Box::pin(async move {
            let appended = tokio::task::spawn_blocking(move || self.append(&body)).await;
            appended.map_err(io::Error::other)?
        })
    }

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
