//! The agent that stays: engine and door, until somebody ends it.

use std::path::Path;

use causeway_api::door::Door;
use causeway_api::{Code, Problem};
use causeway_engine::Engine;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing::info;

use crate::PROGRAM;

/// Opens the door and stays until a signal or `Command::Quit`. When this returns the queue is on disk, the links are
/// closed and the data directory is free.
///
/// # Errors
/// [`Code::Storage`] where the door cannot be opened.
pub(crate) async fn stay(mut engine: Engine, data_dir: &Path) -> Result<(), Problem> {
    let mut signals = Signals::new()?;
    let mut door = Door::open(data_dir, PROGRAM, engine.handle())?;
    info!(data_dir = %data_dir.display(), version = env!("CARGO_PKG_VERSION"), "ready");
    tokio::select! {
        name = signals.next() => info!(signal = name, "ending"),
        () = engine.ended() => info!("ending as asked through the door"),
    }
    door.shut().await;
    engine.stop().await;
    door.close().await;
    info!("ended");
    Ok(())
}

/// The signals that mean `--quit`: from service managers, from the keyboard, from a terminal that closes.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hang_up: Signal,
}

impl Signals {
    fn new() -> Result<Self, Problem> {
        let listen = |kind| {
            signal(kind).map_err(|error| {
                Problem::new(
                    Code::Internal,
                    "start",
                    format!("Signals cannot be received: {error}"),
                    "Report this as a bug",
                )
            })
        };
        Ok(Self {
            terminate: listen(SignalKind::terminate())?,
            interrupt: listen(SignalKind::interrupt())?,
            hang_up: listen(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
            _ = self.hang_up.recv() => "SIGHUP",
        }
    }
}
