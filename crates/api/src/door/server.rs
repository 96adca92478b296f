//! The engine's end of the door.

use std::io;
use std::path::Path;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::warn;

use super::frame::{Hello, STEP};
use super::socket_unix::Listener;
use super::visit;
use crate::{Code, Desk, Problem};

/// An open door. Dropping it closes it without waiting.
#[derive(Debug)]
pub struct Door {
    accepting: CancellationToken,
    serving: CancellationToken,
    tasks: TaskTracker,
}

impl Door {
    /// Opens the door of a data directory and serves everybody who is of the same user. The caller holds the lock of
    /// that directory; a socket left behind by a killed program is replaced. `program` is told to clients.
    ///
    /// # Errors
    /// [`Code::Storage`] where the socket cannot be made.
    pub fn open<D: Desk>(data_dir: &Path, program: &str, desk: D) -> Result<Self, Problem> {
        let listener = Listener::bind(data_dir).map_err(|error| cannot_open(data_dir, &error))?;
        let door = Self {
            accepting: CancellationToken::new(),
            serving: CancellationToken::new(),
            tasks: TaskTracker::new(),
        };
        let (accepting, serving, tasks) = (
            door.accepting.clone(),
            door.serving.clone(),
            door.tasks.clone(),
        );
        let ours = Hello::of(program);
        door.tasks.spawn(async move {
            accepting
                .run_until_cancelled(accept(listener, desk, ours, serving, tasks))
                .await;
        });
        Ok(door)
    }

    /// Lets nobody in any more and removes the socket; whoever is in stays.
    pub fn shut(&self) {
        self.accepting.cancel();
    }

    /// Shuts the door and, after the last answers, ends every connection.
    pub async fn close(self) {
        self.accepting.cancel();
        self.serving.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.accepting.cancel();
        self.serving.cancel();
    }
}

fn cannot_open(data_dir: &Path, error: &io::Error) -> Problem {
    Problem::new(
        Code::Storage,
        STEP,
        format!(
            "The local socket in {} cannot be made: {error}",
            data_dir.display()
        ),
        "Make the data directory writable, or choose another one with --data-dir",
    )
    .with("path", data_dir.display().to_string())
}

async fn accept<D: Desk>(
    listener: Listener,
    desk: D,
    ours: Hello,
    serving: CancellationToken,
    tasks: TaskTracker,
) {
    loop {
        match listener.accept().await {
            Ok(stream) => {
                tasks.spawn(visit::serve(
                    stream,
                    desk.clone(),
                    ours.clone(),
                    serving.clone(),
                ));
            }
            Err(error) => {
                // Out of file descriptors, mostly: gone when a connection ends.
                warn!(%error, "cannot accept at the door");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}
