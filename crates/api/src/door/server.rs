//! The engine's end of the door.

use std::io;
use std::path::Path;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::warn;

use super::frame::{Hello, STEP};
use super::socket::Listener;
use super::visit;
use crate::{Code, Desk, Problem};

/// An open door. Dropping it closes it without waiting.
#[derive(Debug)]
pub struct Door {
    accepting: CancellationToken,
    accept: Option<JoinHandle<()>>,
    serving: CancellationToken,
    visits: TaskTracker,
}

impl Door {
    /// Opens the door of a data directory and serves everybody who is of the same user. The caller holds the lock of
    /// that directory; a socket left behind by a killed program is replaced. `program` is told to clients.
    ///
    /// # Errors
    /// [`Code::Storage`] where the socket cannot be made.
    pub fn open<D: Desk>(data_dir: &Path, program: &str, desk: D) -> Result<Self, Problem> {
        let listener = Listener::bind(data_dir).map_err(|error| cannot_open(data_dir, &error))?;
        let accepting = CancellationToken::new();
        let serving = CancellationToken::new();
        let visits = TaskTracker::new();
        let ours = Hello::of(program);
        let accepted = accept(listener, desk, ours, serving.clone(), visits.clone());
        let accept = tokio::spawn({
            let accepting = accepting.clone();
            async move {
                accepting.run_until_cancelled(accepted).await;
            }
        });
        Ok(Self {
            accepting,
            accept: Some(accept),
            serving,
            visits,
        })
    }

    /// Lets nobody in any more; whoever is in stays. The socket is gone when this returns: do it before the lock of
    /// the data directory is given up, else the socket of the next one could be removed.
    pub async fn shut(&mut self) {
        self.accepting.cancel();
        if let Some(accept) = self.accept.take() {
            // An error would be a panic that has been reported already.
            let _ = accept.await;
        }
    }

    /// Shuts the door and, after the last answers, ends every connection.
    pub async fn close(mut self) {
        self.shut().await;
        self.serving.cancel();
        self.visits.close();
        self.visits.wait().await;
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
    mut listener: Listener,
    desk: D,
    ours: Hello,
    serving: CancellationToken,
    visits: TaskTracker,
) {
    loop {
        match listener.accept().await {
            Ok(stream) => {
                visits.spawn(visit::serve(
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
