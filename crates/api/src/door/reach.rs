//! The one engine of a data directory: running already, or ours.

use std::path::Path;
use std::time::Duration;

use tokio::time::Instant;

use super::Client;
use crate::{Code, Problem};

/// How long another program may keep the data directory without a door before we give up.
const PATIENCE: Duration = Duration::from_secs(10);

/// How often it is looked at.
const PAUSE: Duration = Duration::from_millis(50);

/// Who answers.
#[derive(Debug)]
pub enum Reached<T> {
    /// A running program, through its door.
    Running(Client),
    /// What `start` made.
    Ours(T),
}

/// Connects to whoever runs on the data directory, else calls `start`. Where `start` finds the directory busy, another
/// program is just starting or does one thing: waits up to ten seconds for its door or its end.
///
/// # Errors
/// Those of [`Client::connect`] and of `start`; [`Code::DataDirBusy`] after ten seconds.
pub async fn reach<T>(
    data_dir: &Path,
    program: &str,
    mut start: impl AsyncFnMut() -> Result<T, Problem>,
) -> Result<Reached<T>, Problem> {
    let until = Instant::now() + PATIENCE;
    loop {
        if let Some(client) = Client::connect(data_dir, program).await? {
            return Ok(Reached::Running(client));
        }
        match start().await {
            Ok(ours) => return Ok(Reached::Ours(ours)),
            Err(problem) if problem.code == Code::DataDirBusy && Instant::now() < until => {
                tokio::time::sleep(PAUSE).await;
            }
            Err(problem) => return Err(problem),
        }
    }
}
