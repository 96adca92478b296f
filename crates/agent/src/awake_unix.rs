//! The end of a sleep, as systemd-logind tells it (org.freedesktop.login1, `PrepareForSleep`): connections that look as
//! if they stood are then mostly dead, and waits have not gone on meanwhile.

use causeway_engine::Handle;
use futures::StreamExt as _;
use tracing::{debug, info};
use zbus::{Connection, Proxy};

/// Tells the engine of each end of a sleep. Comes back where nobody tells.
pub(crate) async fn attend(engine: Handle) {
    if let Err(error) = follow(&engine).await {
        debug!(%error, "nobody tells of sleep and waking");
    }
}

async fn follow(engine: &Handle) -> zbus::Result<()> {
    let bus = Connection::system().await?;
    let manager = Proxy::new(
        &bus,
        "org.freedesktop.login1",
        "/org/freedesktop/login1",
        "org.freedesktop.login1.Manager",
    )
    .await?;
    let mut told = manager.receive_signal("PrepareForSleep").await?;
    while let Some(signal) = told.next().await {
        let begins: bool = signal.body().deserialize()?;
        if !begins {
            info!("the computer woke up");
            engine.woke_up().await;
        }
    }
    Ok(())
}
