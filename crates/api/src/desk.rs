//! Whoever answers questions: an engine in this process, or one at the other end of the door.

use std::future::Future;

use serde::{Deserialize, Serialize};

use crate::{Command, Event, Problem, Reply};

/// Takes commands and tells what happens. Clones speak to the same engine.
pub trait Desk: Clone + Send + Sync + 'static {
    /// What tells the changes after a snapshot.
    type Changes: Changes;

    /// The desk for one visitor at the door, kept as long as the connection is. Whoever cares which program asks, or
    /// when it leaves, gives each visitor a desk of its own.
    #[must_use]
    fn visited_by(&self, program: &str) -> Self {
        let _ = program;
        self.clone()
    }

    /// Carries out a command and waits for its answer.
    ///
    /// # Errors
    /// The cause with its remedy.
    fn request(&self, command: Command) -> impl Future<Output = Result<Reply, Problem>> + Send;

    /// Everything known now, and every change from now on.
    ///
    /// # Errors
    /// [`Code::AgentGone`](crate::Code::AgentGone) or [`Code::Internal`](crate::Code::Internal) when the engine has ended.
    fn subscribe(&self) -> impl Future<Output = Result<(Snapshot, Self::Changes), Problem>> + Send;
}

/// The changes after a snapshot, each with a higher `seq`.
pub trait Changes: Send + 'static {
    /// The next change; `None` when the engine has ended.
    ///
    /// INVARIANT: a caller that is slow never holds up the engine or other callers. It loses changes and is told so
    /// with [`Kind::Resync`](crate::Kind::Resync); it then subscribes anew.
    fn next(&mut self) -> impl Future<Output = Option<Event>> + Send;
}

/// What is known at one moment, as the events that would lead there: states of the links, people, presences,
/// subscriptions, open conversations.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Snapshot {
    /// `seq` of the last of `events`; changes go on with higher numbers.
    pub seq: u64,
    /// Numbered from 1.
    pub events: Vec<Event>,
}
