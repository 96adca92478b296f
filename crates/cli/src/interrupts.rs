//! Being told to stop.

use std::future::Future;

use causeway_api::{Code, Problem};
use causeway_engine::signals::{Signal, Signals};

/// Who wants us to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Interrupt {
    /// The person: Ctrl-C, or a closed terminal.
    Person,
    /// A service manager.
    Terminate,
}

/// Listens from its making on, so that none is lost between two steps.
#[derive(Debug)]
pub(crate) struct Interrupts(Signals);

impl Interrupts {
    /// # Errors
    /// [`Code::Internal`] where the system refuses.
    pub(crate) fn new() -> Result<Self, Problem> {
        Signals::new().map(Self)
    }

    /// The next one.
    pub(crate) async fn next(&mut self) -> Interrupt {
        match self.0.next().await {
            Signal::Interrupt | Signal::HangUp => Interrupt::Person,
            Signal::Terminate => Interrupt::Terminate,
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
