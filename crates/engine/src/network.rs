//! Notices that the computer is in another network: an address or a route came or went.

#[cfg_attr(target_os = "linux", path = "network_linux.rs")]
#[cfg_attr(windows, path = "network_windows.rs")]
#[cfg_attr(not(any(target_os = "linux", windows)), path = "network_absent.rs")]
mod moves;

use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::core::Found;
use moves::Moves;

/// A change comes in many pieces. It is told when nothing has moved for so long.
const CALM: Duration = Duration::from_millis(1500);
/// It is told by then, calm or not.
const LONGEST: Duration = Duration::from_secs(5);

/// Tells each change until it is aborted.
pub(crate) fn watch(found: mpsc::UnboundedSender<Found>) -> JoinHandle<()> {
    tokio::spawn(async move {
        if let Err(error) = follow(&found).await {
            tracing::info!(%error, "changes of the network cannot be seen; lost connections are noticed later");
        }
    })
}

async fn follow(found: &mpsc::UnboundedSender<Found>) -> std::io::Result<()> {
    let mut moves = Moves::new()?;
    loop {
        moves.next().await?;
        let _ = tokio::time::timeout(LONGEST, async {
            while let Ok(Ok(())) = tokio::time::timeout(CALM, moves.next()).await {}
        })
        .await;
        if moves.made_a_difference() && found.send(Found::Network).is_err() {
            return Ok(());
        }
    }
}
