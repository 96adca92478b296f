//! The live connection of an account: sign-in, stream, supervision.
//!
//! Built on the XML streams of `tokio-xmpp`, not on its ready-made client: that one retries refused passwords, falls back
//! to PLAIN and hides why a stream ended.

mod catch_up;
mod certificate;
mod connect;
mod desk;
mod dns;
mod guard;
mod ladder;
mod login;
mod session;
mod settings;
mod sm;
mod step;
mod stream;
mod supervisor;
mod tls;

pub use settings::{Limits, Settings, Tls};
pub use step::{Step, StepFacts, StepReport};

use tokio::sync::mpsc;

use crate::{Command, Event};

/// Events that wait for their reader before the link stops reading from the server.
const EVENTS: usize = 1024;

/// Hands commands to a running link. The link signs out when the last clone is dropped.
#[derive(Clone, Debug)]
pub struct Link {
    commands: mpsc::UnboundedSender<Command>,
}

impl Link {
    /// Hands over a command. Never blocks; after `Stopped` it does nothing.
    pub fn send(&self, command: Command) {
        // Every text taken is told `Acked` or `Unacked`; after `Stopped` nothing is taken.
        let _ = self.commands.send(command);
    }
}

/// Starts a link in a task of its own (inside a tokio run-time). It lives until `SignOut`, until it is refused, or until
/// the receiver or every `Link` is dropped; its last event is `Stopped`.
#[must_use]
pub fn start(settings: Settings) -> (Link, mpsc::Receiver<Event>) {
    let (commands, taken) = mpsc::unbounded_channel();
    let (told, events) = mpsc::channel(EVENTS);
    tokio::spawn(supervisor::supervise(settings, taken, told));
    (Link { commands }, events)
}

/// Walks the ladder once and signs out again. Steps after a failed one have no report.
pub async fn check(settings: Settings) -> Vec<StepReport> {
    let mut ladder = ladder::Ladder::new(None);
    // Failures are in the reports.
    if let Ok(signed_in) = Box::pin(connect::sign_in(&settings, &mut ladder)).await {
        let _ = Box::pin(session::probe(signed_in, &settings, &mut ladder)).await;
    }
    ladder.reports()
}
