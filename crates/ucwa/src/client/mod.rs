//! The link: discovery, sign-in and the driver that moves the session machine's requests over HTTP.

mod check;
mod cookies;
mod dial;
mod discovery;
mod driver;
mod handshake;
mod http;
mod journal;
mod methods;
mod proxy;
mod redirect;
mod settings;
mod tls;
mod tokens;
mod tunnel;
mod windows;

use std::sync::Arc;

use tokio::sync::mpsc;

pub use self::check::{Step, StepFacts, StepReport, check};
pub use self::handshake::ticket;
pub use self::journal::{Journal, Kept, MemoryJournal};
pub use self::proxy::{ProxyAnswer, ProxyResolver};
pub use self::settings::{Method, Mode, Proxy, ProxyLogin, Settings};

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

/// Starts the link in a task of the current tokio run-time. The task ends after `State::Stopped` has been told.
///
/// # Panics
/// Outside a tokio run-time.
pub fn start(settings: Settings, journal: Arc<dyn Journal>) -> (Link, mpsc::Receiver<Event>) {
    let (commands, from_callers) = mpsc::unbounded_channel();
    let (events, receiver) = mpsc::channel(EVENTS);
    tokio::spawn(driver::run(settings, journal, from_callers, events));
    (Link { commands }, receiver)
}

/// Events that wait for the caller in the channel; more wait in the session.
const EVENTS: usize = 256;
