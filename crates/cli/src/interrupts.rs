//! Being told to stop.

use std::future::Future;

use causeway_api::{Code, Problem};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::outcome::internal;

/// Who wants us to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Interrupt {
    /// The person: Ctrl-C, or a closed terminal.
    Person,
    /// A service manager.
    Terminate,
}

/// Listens for signals from its making on, so that none is lost between two steps.
#[derive(Debug)]
pub(crate) struct Interrupts {
    interrupt: Signal,
    hang_up: Signal,
    terminate: Signal,
}

impl Interrupts {
    /// # Errors
    /// [`Code::Internal`] where the system refuses.
    pub(crate) fn new() -> Result<Self, Problem> {
        let listen = |kind| {
            signal(kind).map_err(|error| internal(format!("Signals cannot be received: {error}")))
        };
        Ok(Self {
            interrupt: listen(SignalKind::interrupt())?,
            hang_up: listen(SignalKind::hangup())?,
            terminate: listen(SignalKind::terminate())?,
        })
    }

    /// The next one.
    pub(crate) async fn next(&mut self) -> Interrupt {
        tokio::select! {
            _ = self.interrupt.recv() => Interrupt::Person,
            _ = self.hang_up.recv() => Interrupt::Person,
            _ = self.terminate.recv() => Interrupt::Terminate,
        }
    }

    /// Does something unless it is interrupted.
    ///
    /// # Errors
    /// Those of `work`; [`Code::Interrupted`].
    pub(crate) async fn or<T>(
        &mut self,
        work: impl Future<Output = Result<T, Problem>>,
    ) -> Result<T, Problem> {
        tokio::select! {
            result = work => result,
            _ = self.next() => Err(interrupted()),
        }
    }
}

/// Stopped before the end.
pub(crate) fn interrupted() -> Problem {
    Problem::new(
        Code::Interrupted,
        "interrupted",
        "Interrupted before the end",
        "Run the command again; texts that had been accepted stay in the queue",
    )
}
