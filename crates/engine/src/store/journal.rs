//! The journal of raw UCWA event pages.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;

use rusqlite::params;
use tokio::sync::oneshot;
use ucwa::PageId;
use ucwa::client::{Journal, Kept};

use super::writer::Writer;
use super::{Keep, Transaction};

impl Transaction<'_> {
    /// Strikes a page off: all that follows from it is in this same transaction or an earlier one.
    ///
    /// # Errors
    /// Of SQLite.
    pub fn strike_off(&self, page: PageId) -> rusqlite::Result<()> {
        self.sql
            .prepare_cached("DELETE FROM journal WHERE page = ?")?
            .execute([page.0])?;
        Ok(())
    }

    fn append_page(&self, account: &str, body: &[u8]) -> rusqlite::Result<PageId> {
        self.sql
            .prepare_cached("INSERT INTO journal (account, body) VALUES (?, ?)")?
            .execute(params![account, body])?;
        Ok(PageId(self.sql.last_insert_rowid()))
    }

    fn pages_left(&self, account: &str) -> rusqlite::Result<Vec<(PageId, Vec<u8>)>> {
        let mut statement = self.sql.prepare_cached(
            "SELECT page, body FROM journal WHERE account IN (?, '') ORDER BY page",
        )?;
        let rows = statement.query_map([account], |row| Ok((PageId(row.get(0)?), row.get(1)?)))?;
        rows.collect()
    }
}

/// The face of the journal towards the UCWA client. Its answers come when the page
/// survives the end of this program; the disk follows within 200 ms.
pub(super) struct StoreJournal {
    writer: Writer,
    account: String,
}

impl StoreJournal {
    pub(super) fn new(writer: Writer, account: String) -> Self {
        Self { writer, account }
    }

    fn wait<R: Send + 'static>(
        &self,
        keep: Keep,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<R> + Send + 'static,
    ) -> io::Result<R> {
        let (sender, receiver) = sync_channel(1);
        self.writer.submit(keep, work, move |result| {
            // The receiver waits below.
            let _ = sender.send(result);
        });
        receiver
            .recv()
            .map_err(|_| closed())?
            .map_err(io::Error::other)
    }
}

impl Journal for StoreJournal {
    fn append(&self, body: &[u8]) -> io::Result<PageId> {
        let (account, body) = (self.account.clone(), body.to_vec());
        self.wait(Keep::Kill, move |t| t.append_page(&account, &body))
    }

    fn keep(self: Arc<Self>, body: Vec<u8>) -> Kept {
        let (sender, receiver) = oneshot::channel();
        let account = self.account.clone();
        self.writer.submit(
            Keep::Kill,
            move |t| t.append_page(&account, &body),
            move |result| {
                // A link that has stopped does not acknowledge the page: it comes again.
                let _ = sender.send(result);
            },
        );
        Box::pin(async move {
            let result = receiver.await.map_err(|_| closed())?;
            result.map_err(io::Error::other)
        })
    }

    fn left(&self) -> io::Result<Vec<(PageId, Vec<u8>)>> {
        let account = self.account.clone();
        self.wait(Keep::Kill, move |t| t.pages_left(&account))
    }
}

fn closed() -> io::Error {
    io::Error::other("the database was closed")
}
