//! Being told by the system to end.

#[cfg_attr(unix, path = "signals_unix.rs")]
#[cfg_attr(windows, path = "signals_windows.rs")]
mod system;

use std::fmt;

use causeway_api::{Code, Problem};

/// Who tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// The person, at the keyboard.
    Interrupt,
    /// The terminal, which closes.
    HangUp,
    /// A service manager, or the end of the session.
    Terminate,
}

/// As a log names it.
impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Interrupt => "SIGINT",
            Self::HangUp => "SIGHUP",
            Self::Terminate => "SIGTERM",
        })
    }
}

/// Listens from its making on, so that none is lost between two steps.
#[derive(Debug)]
pub struct Signals(system::Signals);

impl Signals {
    /// # Errors
    /// [`Code::Internal`] where the system refuses.
    pub fn new() -> Result<Self, Problem> {
        system::Signals::new().map(Self).map_err(|error| {
            Problem::new(
                Code::Internal,
                "start",
                format!("Signals cannot be received: {error}"),
                "Report this as a bug",
            )
        })
    }

    /// The next one.
    pub async fn next(&mut self) -> Signal {
        self.0.next().await
    }
}
