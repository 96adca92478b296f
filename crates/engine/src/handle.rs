//! The way to a running engine.

use std::sync::Arc;

use causeway_api::{Code, Command, Desktop, Event, Kind, Problem, Reply, Snapshot};
use jiff::Timestamp;
use tokio::sync::{broadcast, mpsc, oneshot};

use crate::diagnose::{self, Wanted};

/// Events that a subscriber may be behind before it is told to ask anew.
const BACKLOG: usize = 1024;

/// Asks the engine and listens to it. Cheap to clone; the engine lives on without handles.
#[derive(Clone, Debug)]
pub struct Handle {
    asks: mpsc::Sender<Ask>,
}

/// What a handle puts to the loop.
#[derive(Debug)]
pub(crate) enum Ask {
    Request(Command, oneshot::Sender<Result<Reply, Problem>>),
    Subscribe(oneshot::Sender<Subscription>),
    Diagnose(Wanted, oneshot::Sender<Result<Reply, Problem>>),
    /// Our person uses the computer, or does no longer.
    Activity(bool),
    /// The computer woke up.
    Awake,
}

impl Handle {
    pub(crate) fn new(asks: mpsc::Sender<Ask>) -> Self {
        Self { asks }
    }

    /// Carries out a command and waits for its answer.
    ///
    /// # Errors
    /// The cause with its remedy; [`Code::Internal`] when the engine has ended meanwhile.
    pub async fn request(&self, command: Command) -> Result<Reply, Problem> {
        let (answer, answered) = oneshot::channel();
        self.asks
            .send(Ask::Request(command, answer))
            .await
            .map_err(|_| ended())?;
        answered.await.map_err(|_| ended())?
    }

    /// As [`Command::Diagnose`], with what the desktop session offers.
    ///
    /// # Errors
    /// As [`Handle::request`].
    pub async fn diagnose(
        &self,
        file: &str,
        overwrite: bool,
        desktop: Desktop,
    ) -> Result<Reply, Problem> {
        let wanted = Wanted {
            file: diagnose::path(file)?,
            overwrite,
            desktop: Some(desktop),
        };
        let (answer, answered) = oneshot::channel();
        let ask = Ask::Diagnose(wanted, answer);
        self.asks.send(ask).await.map_err(|_| ended())?;
        answered.await.map_err(|_| ended())?
    }

    /// Our person uses this computer, said again and again while they do, or does no longer. Lync shows them as inactive
    /// where nobody says so for some minutes.
    pub async fn person_is_here(&self, here: bool) {
        // An engine that has ended tells nobody.
        let _ = self.asks.send(Ask::Activity(here)).await;
    }

    /// The computer woke up: connections that seem to stand may be dead.
    pub async fn woke_up(&self) {
        let _ = self.asks.send(Ask::Awake).await;
    }

    /// Everything known now, and every change from now on.
    ///
    /// # Errors
    /// [`Code::Internal`] when the engine has ended.
    pub async fn subscribe(&self) -> Result<Subscription, Problem> {
        let (answer, answered) = oneshot::channel();
        self.asks
            .send(Ask::Subscribe(answer))
            .await
            .map_err(|_| ended())?;
        answered.await.map_err(|_| ended())
    }

    /// Everything known now.
    ///
    /// # Errors
    /// [`Code::Internal`] when the engine has ended.
    pub async fn snapshot(&self) -> Result<Snapshot, Problem> {
        Ok(self.subscribe().await?.into_snapshot())
    }
}

fn ended() -> Problem {
    Problem::new(
        Code::Internal,
        "engine",
        "The engine has ended.",
        "Start Causeway again.",
    )
}

/// A snapshot and the changes after it.
#[derive(Debug)]
pub struct Subscription {
    snapshot: Snapshot,
    seq: u64,
    changes: broadcast::Receiver<Arc<Change>>,
}

impl Subscription {
    /// What was known when the subscription began.
    #[must_use]
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// Takes the snapshot and gives up the changes.
    #[must_use]
    pub fn into_snapshot(self) -> Snapshot {
        self.snapshot
    }

    /// The next change, numbered on from the snapshot; `None` when the engine has ended.
    /// [`Kind::Resync`] says that changes were lost because the caller was slow: subscribe anew.
    pub async fn next(&mut self) -> Option<Event> {
        let (at, kind) = match self.changes.recv().await {
            Ok(change) => (change.at, change.kind.clone()),
            Err(broadcast::error::RecvError::Lagged(_)) => (Timestamp::now(), Kind::Resync),
            Err(broadcast::error::RecvError::Closed) => return None,
        };
        self.seq += 1;
        Some(Event {
            seq: self.seq,
            at,
            kind,
        })
    }
}

#[derive(Debug)]
struct Change {
    at: Timestamp,
    kind: Kind,
}

/// The loop's end of all subscriptions. Never blocks: a slow subscriber loses events and is told so.
#[derive(Clone, Debug)]
pub(crate) struct Audience {
    changes: broadcast::Sender<Arc<Change>>,
}

impl Audience {
    pub(crate) fn new() -> Self {
        Self {
            changes: broadcast::Sender::new(BACKLOG),
        }
    }

    /// Tells every subscriber.
    pub(crate) fn tell(&self, at: Timestamp, kind: Kind) {
        // An error only means that nobody listens.
        let _ = self.changes.send(Arc::new(Change { at, kind }));
    }

    /// A subscription that begins with `known`.
    pub(crate) fn subscribe(&self, at: Timestamp, known: Vec<Kind>) -> Subscription {
        let events: Vec<Event> = (1..)
            .zip(known)
            .map(|(seq, kind)| Event { seq, at, kind })
            .collect();
        let seq = events.last().map_or(0, |event| event.seq);
        Subscription {
            snapshot: Snapshot { seq, events },
            seq,
            changes: self.changes.subscribe(),
        }
    }
}

#[cfg(test)]
mod tests {
    use causeway_api::{Side, SideState};

    use super::*;

    fn stopped() -> Kind {
        Kind::State {
            side: Side::Lync,
            state: SideState::Stopped,
            error: None,
        }
    }

    #[tokio::test]
    async fn changes_are_numbered_on_from_the_snapshot() {
        let audience = Audience::new();
        let mut subscription =
            audience.subscribe(Timestamp::UNIX_EPOCH, vec![stopped(), stopped()]);
        assert_eq!(subscription.snapshot().seq, 2);
        audience.tell(Timestamp::UNIX_EPOCH, stopped());
        assert_eq!(subscription.next().await.map(|event| event.seq), Some(3));
    }

    #[tokio::test]
    async fn a_slow_subscriber_is_told_to_ask_anew_and_goes_on() {
        let audience = Audience::new();
        let mut subscription = audience.subscribe(Timestamp::UNIX_EPOCH, Vec::new());
        for _ in 0..BACKLOG * 2 {
            audience.tell(Timestamp::UNIX_EPOCH, stopped());
        }
        let first = subscription.next().await.unwrap();
        assert_eq!(first.kind, Kind::Resync);
        assert_eq!(subscription.next().await.unwrap().kind, stopped());
    }

    #[tokio::test]
    async fn the_stream_ends_with_the_engine() {
        let audience = Audience::new();
        let mut subscription = audience.subscribe(Timestamp::UNIX_EPOCH, Vec::new());
        drop(audience);
        assert_eq!(subscription.next().await, None);
    }
}
