//! The database thread: takes what waits, commits it together, then answers.

use std::cell::Cell;
use std::fs::File;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::time::{Duration, Instant};

use causeway_api::Problem;
use jiff::Timestamp;
use rusqlite::Connection;
use tracing::{error, warn};

use super::retention::{Kept, PURGE_EVERY};
use super::{DataDir, Keep, Transaction, problems, schema};

/// So many pieces of work share a commit at most; it bounds how long the first of them waits.
const GROUP: usize = 256;
/// So long the disk may lag behind what was committed without a flush.
const FLUSH_WITHIN: Duration = Duration::from_millis(200);
/// Nothing to do for so long counts as a quiet moment.
const QUIET: Duration = Duration::from_secs(1);

/// Sends work to the database thread.
#[derive(Clone)]
pub(super) struct Writer {
    orders: Sender<Order>,
}

enum Order {
    Work(Keep, Work),
    Close(Box<dyn FnOnce() + Send>),
}

/// Runs with a transaction, or with the reason why there is none, and gives back what failed and how to answer once
/// the fate of the commit is known.
type Work = Box<dyn FnOnce(Result<&Transaction<'_>, Problem>) -> (Option<Problem>, Answer) + Send>;
type Answer = Box<dyn FnOnce(Result<(), Problem>) + Send>;

impl Writer {
    /// Starts the thread. It ends when told to close, or with the last handle.
    pub(super) fn start(dir: DataDir, connection: Connection, kept: Kept) -> Result<Self, Problem> {
        let (orders, receiver) = channel();
        let path = dir.path().to_owned();
        let log = File::open(dir.path().join(schema::LOG))
            .map_err(|error| problems::file("Cannot open", &path, &error))?;
        let thread = Thread {
            connection,
            dir,
            kept: Cell::new(kept),
            synchronous: None,
            purged: None,
            flusher: Flusher::start(log)
                .map_err(|error| problems::file("Cannot start the thread for", &path, &error))?,
            unflushed: None,
            texts_in_log: false,
        };
        std::thread::Builder::new()
            .name("store".into())
            .spawn(move || thread.run(&receiver))
            .map_err(|error| problems::file("Cannot start the thread for", &path, &error))?;
        Ok(Self { orders })
    }

    /// Queues `work`; `answer` is called on the database thread after the commit, or not at all if the thread is gone.
    pub(super) fn submit<R, W, A>(&self, keep: Keep, work: W, answer: A)
    where
        R: Send + 'static,
        W: FnOnce(&Transaction<'_>) -> rusqlite::Result<R> + Send + 'static,
        A: FnOnce(Result<R, Problem>) + Send + 'static,
    {
        let work: Work = Box::new(move |transaction| {
            let result = transaction.and_then(|transaction| {
                work(transaction).map_err(|error| problems::sqlite(&error))
            });
            let failure = result.as_ref().err().cloned();
            (failure, Box::new(move |commit| answer(commit.and(result))))
        });
        // A closed store drops `answer`, which tells the caller.
        let _ = self.orders.send(Order::Work(keep, work));
    }

    /// Lets the thread finish what was submitted before and end; `closed` is called when the directory is free.
    pub(super) fn close(&self, closed: impl FnOnce() + Send + 'static) {
        let _ = self.orders.send(Order::Close(Box::new(closed)));
    }
}

/// A thread that flushes the write-ahead log: a busy disk takes milliseconds for it, in which texts would wait.
struct Flusher {
    asked: SyncSender<()>,
}

impl Flusher {
    /// `log`: the write-ahead log, opened beside SQLite only to flush it. The thread ends with the value.
    fn start(log: File) -> std::io::Result<Self> {
        let (asked, asks) = sync_channel(1);
        std::thread::Builder::new()
            .name("flush".into())
            .spawn(move || {
                while asks.recv().is_ok() {
                    if let Err(error) = log.sync_data() {
                        warn!(%error, "write-ahead log not flushed");
                    }
                }
            })?;
        Ok(Self { asked })
    }

    /// Begins to flush what was written until now, and does not wait for the end.
    fn flush(&self) {
        // Where one waits already, it comes after what was written until now as well.
        let _ = self.asked.try_send(());
    }
}

struct Thread {
    connection: Connection,
    /// Holds the lock of the directory.
    dir: DataDir,
    /// What is kept of the history.
    kept: Cell<Kept>,
    /// What `PRAGMA synchronous` was set to.
    synchronous: Option<Keep>,
    /// When what is too old was last removed.
    purged: Option<Timestamp>,
    /// Flushes the write-ahead log.
    flusher: Flusher,
    /// When the oldest commit was made that the disk may not have yet.
    unflushed: Option<Instant>,
    /// The write-ahead log may hold texts that the database does not hold any more and that must not stay.
    texts_in_log: bool,
}

impl Thread {
    fn run(mut self, orders: &Receiver<Order>) {
        let mut closed = None;
        while closed.is_none() {
            self.purge();
            let Some(first) = self.next(orders) else {
                break;
            };
            let mut group = Vec::new();
            let mut keep = Keep::Kill;
            for order in std::iter::once(first).chain(orders.try_iter()) {
                match order {
                    Order::Work(wanted, work) => {
                        keep = keep.max(wanted);
                        group.push(work);
                    }
                    Order::Close(notice) => closed = Some(notice),
                }
                if closed.is_some() || group.len() == GROUP {
                    break;
                }
            }
            if !group.is_empty() {
                self.commit(keep, group);
            }
        }
        // INVARIANT: the lock is given free after the database is closed and before anybody is told so.
        if let Err((_, error)) = self.connection.close() {
            warn!(%error, "database not closed in order");
        }
        drop(self.dir);
        if let Some(closed) = closed {
            closed();
        }
    }

    /// Waits for the next order, and meanwhile does what is due: flushes, and in a quiet moment empties the log.
    fn next(&mut self, orders: &Receiver<Order>) -> Option<Order> {
        loop {
            let wait = match self.unflushed {
                Some(since) => FLUSH_WITHIN.saturating_sub(since.elapsed()),
                None if self.texts_in_log => QUIET,
                None => return orders.recv().ok(),
            };
            match orders.recv_timeout(wait) {
                Ok(order) => return Some(order),
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) if self.unflushed.is_some() => self.flush(),
                Err(RecvTimeoutError::Timeout) => self.empty_log(),
            }
        }
    }

    fn flush(&mut self) {
        self.unflushed = None;
        self.flusher.flush();
    }

    fn empty_log(&mut self) {
        match self
            .connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        {
            Ok(()) => self.texts_in_log = false,
            Err(error) => warn!(%error, "write-ahead log not emptied"),
        }
    }

    /// Runs a group in one transaction and answers.
    fn commit(&mut self, keep: Keep, group: Vec<Work>) {
        let mut answers = Vec::with_capacity(group.len());
        let mut fate = self.begin(keep).map_err(|error| problems::sqlite(&error));
        for work in group {
            let (failure, answer) = match &fate {
                Ok(()) => self.run_one(work),
                Err(problem) => work(Err(problem.clone())),
            };
            answers.push(answer);
            // A full disk may have undone the whole transaction, not only this piece of work: then all of them are told.
            if let Some(problem) = failure {
                self.note_damage(&problem);
                if fate.is_ok() && self.connection.is_autocommit() {
                    fate = Err(problem);
                }
            }
        }
        let fate = fate.and_then(|()| self.end().map_err(|error| problems::sqlite(&error)));
        self.texts_in_log = !self.kept.get().on_disk();
        match (keep, self.unflushed) {
            (Keep::PowerLoss, _) if fate.is_ok() => self.unflushed = None,
            (_, None) => self.unflushed = Some(Instant::now()),
            (_, Some(since)) if since.elapsed() >= FLUSH_WITHIN => self.flush(),
            (_, Some(_)) => {}
        }
        if let Err(problem) = &fate {
            self.note_damage(problem);
            error!(detail = ?problem.detail, "a group of {} was not stored: {problem}", answers.len());
        }
        for answer in answers {
            answer(fate.clone());
        }
    }

    fn begin(&mut self, keep: Keep) -> rusqlite::Result<()> {
        if self.synchronous != Some(keep) {
            // FULL flushes the write-ahead log with every commit, NORMAL only at checkpoints.
            let level = match keep {
                Keep::PowerLoss => "FULL",
                Keep::Kill => "NORMAL",
            };
            self.connection.pragma_update(None, "synchronous", level)?;
            self.synchronous = Some(keep);
        }
        self.connection.execute_batch("BEGIN IMMEDIATE")
    }

    fn end(&mut self) -> rusqlite::Result<()> {
        self.connection.execute_batch("COMMIT").inspect_err(|_| {
            // Fails only where SQLite has undone it already.
            let _ = self.connection.execute_batch("ROLLBACK");
        })
    }

    fn run_one(&mut self, work: Work) -> (Option<Problem>, Answer) {
        let kept = &self.kept;
        let savepoint = match self.connection.savepoint() {
            Ok(savepoint) => savepoint,
            Err(error) => return work(Err(problems::sqlite(&error))),
        };
        let (failure, answer) = work(Ok(&Transaction::new(&savepoint, kept, Timestamp::now())));
        if failure.is_some() {
            // Dropping it undoes this piece of work alone.
            return (failure, answer);
        }
        match savepoint.commit() {
            Ok(()) => (None, answer),
            Err(error) => {
                let problem = problems::sqlite(&error);
                let told = problem.clone();
                (Some(problem), Box::new(move |_| answer(Err(told))))
            }
        }
    }

    /// A damage that is met while running is looked into at the next start.
    fn note_damage(&self, problem: &Problem) {
        if problems::is_damage(problem)
            && let Err(error) = std::fs::write(self.dir.path().join(schema::CHECK), "")
        {
            warn!(%error, "damage not noted");
        }
    }

    /// Once a day, between two groups.
    fn purge(&mut self) {
        let now = Timestamp::now();
        if self
            .purged
            .is_some_and(|last| now.duration_since(last) < PURGE_EVERY)
        {
            return;
        }
        self.purged = Some(now);
        let kept = self.kept.get();
        let result = self
            .begin(Keep::Kill)
            .and_then(|()| kept.purge(&self.connection, now))
            .and_then(|()| self.end());
        if let Err(error) = result {
            warn!(%error, "what is too old was not removed");
            let _ = self.connection.execute_batch("ROLLBACK");
        }
    }
}
