//! Whether the person uses this computer. While they do, Lync is told so at least every four minutes (reportMyActivity);
//! once they do not, nothing is told, and Lync shows them as inactive by itself. Where it cannot be seen nothing is
//! guessed: then only what they do in Causeway counts.

#[cfg_attr(unix, path = "unix.rs")]
#[cfg_attr(windows, path = "windows.rs")]
mod system;

use std::time::Duration;

use causeway_engine::Handle;
use tokio::sync::watch;
use tracing::info;

/// Without any input for so long, nobody is there.
const IDLE: Duration = Duration::from_secs(120);
/// How often an active person is told: more seldom than the link allows, so that none of it is put off into a time in
/// which they are gone already, and often enough for the four minutes.
const EVERY: Duration = Duration::from_secs(160);

/// Tells the engine as long as it runs. `seen`: who shows whether somebody is there; stays empty where nobody does.
pub(crate) async fn attend(engine: Handle, seen: watch::Sender<Option<&'static str>>) {
    let (told, active) = watch::channel(false);
    tokio::select! {
        () = system::look(&told, &seen) => {
            seen.send_replace(None);
            info!("this desktop does not show whether somebody uses it");
        }
        () = report(&engine, active) => {}
    }
}

async fn report(engine: &Handle, mut active: watch::Receiver<bool>) {
    loop {
        if active.wait_for(|active| *active).await.is_err() {
            return std::future::pending().await;
        }
        engine.person_is_here(true).await;
        let gone = active.wait_for(|active| !*active);
        if tokio::time::timeout(EVERY, gone).await.is_ok() {
            engine.person_is_here(false).await;
        }
    }
}
