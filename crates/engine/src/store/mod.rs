//! What survives the end of the program: one SQLite database in the data directory.
//!
//! All statements run on one thread of their own. Callers hand it closures over a [`Transaction`]; whatever waits
//! when the thread looks is committed together, so that thousands of small writes a second share few flushes.
//! A closure takes effect as a whole or not at all, and its answer comes after the commit.
//!
//! What was answered survives `kill -9` in any case. Loss of power is another matter: a flush of the disk costs from a
//! quarter of a millisecond to six (measured, the latter on a busy disk), too much for every event of the network.
//! So [`Keep::Kill`] answers at once and the disk follows within 200 ms, and [`Keep::PowerLoss`] waits for the disk: it
//! is for what a person typed and was told to be safe. The journal is written with [`Keep::Kill`].

mod account;
mod chats;
mod counts;
mod crossings;
mod data_dir;
mod facts;
mod journal;
mod known;
mod messages;
mod outgoing;
mod problems;
mod retention;
mod schema;
mod search;
mod transaction;
mod writer;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use causeway_api::Problem;
use tokio::sync::oneshot;

pub(crate) use account::KnownServer;
pub use account::{ChosenStatus, Pause, PersonLink, Slot};
pub use chats::{StoredChat, Within};
pub(crate) use counts::counts;
pub use data_dir::DataDir;
pub use outgoing::Outgoing;
pub(crate) use problems::is_refusal;
pub use transaction::Transaction;

use crate::config::History;

/// How much a commit has to survive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Keep {
    /// The end of the program by any means: the system has the data, and the disk within 200 ms.
    Kill,
    /// Loss of power as well: the disk has the data.
    PowerLoss,
}

/// Handle to the database. Clones speak to the same thread; it ends with the last of them.
#[derive(Clone)]
pub struct Store {
    writer: writer::Writer,
}

impl Store {
    /// Opens the database of `dir`, creates it where there is none and brings an older one up to date.
    ///
    /// A damaged database is moved aside and a fresh one begun; the second value says so. The directory stays
    /// locked until the database is closed. Blocking.
    ///
    /// # Errors
    /// `Code::Storage` where the disk is full or not writable, or the database is of a newer version.
    pub fn open(dir: DataDir, history: History) -> Result<(Self, Option<Problem>), Problem> {
        let (connection, kept, damage) = schema::open(&dir, &history)?;
        let writer = writer::Writer::start(dir, connection, kept)?;
        Ok((Self { writer }, damage))
    }

    /// Runs `work` in a transaction. Its place in the order is taken at the call, not when the future is first polled,
    /// so several may be under way at once. An error of `work` undoes all of it.
    ///
    /// # Errors
    /// `Code::Storage` where the disk is full, not writable or damaged: nothing of `work` took effect.
    pub fn transaction<R, W>(
        &self,
        keep: Keep,
        work: W,
    ) -> impl Future<Output = Result<R, Problem>> + Send + use<R, W>
    where
        R: Send + 'static,
        W: FnOnce(&Transaction<'_>) -> rusqlite::Result<R> + Send + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        self.writer.submit(keep, work, move |result| {
            // Nobody waits any more: the work is done all the same.
            let _ = sender.send(result);
        });
        async move {
            receiver
                .await
                .unwrap_or_else(|_| Err(problems::thread_ended()))
        }
    }

    /// The journal of raw event pages for the UCWA client of this account. Pages of others stay until theirs is back.
    #[must_use]
    pub fn journal(&self, account: &str) -> Arc<dyn ucwa::client::Journal> {
        Arc::new(journal::StoreJournal::new(
            self.writer.clone(),
            account.to_lowercase(),
        ))
    }

    /// Changes what is kept of the history and for how long. Texts that may no longer be kept are removed.
    ///
    /// # Errors
    /// As [`Store::transaction`].
    pub async fn set_history(&self, history: History) -> Result<(), Problem> {
        self.transaction(Keep::Kill, move |t| t.set_history(&history))
            .await
    }

    /// Finishes everything submitted before, closes the database and gives the directory free.
    pub async fn close(self) {
        let (sender, receiver) = oneshot::channel();
        self.writer.close(move || {
            let _ = sender.send(());
        });
        // An error means that the thread is gone, which is what we wait for.
        let _ = receiver.await;
    }
}
