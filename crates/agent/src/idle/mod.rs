//! Whether the person uses this computer. While they do, Lync is told so at least every four minutes (reportMyActivity);
//! once they do not, nothing is told, and Lync shows them as inactive by itself. Where it cannot be seen nothing is
//! guessed: then only what they do in Causeway counts.

mod mutter;
mod wayland;
mod x11;

use std::time::Duration;

use causeway_engine::Handle;
use tokio::sync::watch;
use tracing::info;
use zbus::Connection;

/// Without any input for so long, nobody is there.
const IDLE: Duration = Duration::from_secs(120);
/// How often an active person is told: more seldom than the link allows, so that none of it is put off into a time in
/// which they are gone already, and often enough for the four minutes.
const EVERY: Duration = Duration::from_secs(160);
/// Until a desktop that went away is looked for again.
const AGAIN: Duration = Duration::from_secs(30);

/// Tells the engine as long as it runs. `seen`: who shows whether somebody is there; stays empty where nobody does.
pub(crate) async fn attend(engine: Handle, seen: watch::Sender<Option<&'static str>>) {
    // Who shows the tray says so where there is no bus.
    let bus = Connection::session().await.ok();
    let (told, active) = watch::channel(false);
    tokio::select! {
        () = look(bus, &told, &seen) => {
            seen.send_replace(None);
            info!("this desktop does not show whether somebody uses it");
        }
        () = report(&engine, active) => {}
    }
}

/// Whoever shows it, one after the other; comes back where nobody does. What X11 says in a Wayland session is about
/// the windows of X11 alone, and is not asked for.
async fn look(
    bus: Option<Connection>,
    active: &watch::Sender<bool>,
    seen: &watch::Sender<Option<&'static str>>,
) {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let mut found = true;
    while std::mem::take(&mut found) {
        if let Some(bus) = &bus {
            found |= mutter::follow(bus, active, seen).await;
        }
        if !found && is_set("WAYLAND_DISPLAY") {
            found |= wayland::follow(active, seen).await;
        } else if !found && is_set("DISPLAY") {
            found |= x11::follow(active, seen).await;
        }
        active.send_replace(false);
        if found {
            tokio::time::sleep(AGAIN).await;
        }
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

/// Runs a conversation that blocks in a thread of its own. True: it had begun, and has ended.
async fn in_a_thread<E: std::fmt::Display>(
    name: &'static str,
    active: &watch::Sender<bool>,
    seen: &watch::Sender<Option<&'static str>>,
    talk: impl FnOnce(watch::Sender<bool>, &dyn Fn()) -> Result<(), E> + Send + 'static,
) -> bool {
    let (ended, end) = tokio::sync::oneshot::channel();
    let (active, seen) = (active.clone(), seen.clone());
    let begun = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let noted = begun.clone();
    let thread = std::thread::Builder::new().name(name.to_owned());
    let started = thread.spawn(move || {
        let begins = || {
            noted.store(true, std::sync::atomic::Ordering::Release);
            seen.send_replace(Some(name));
        };
        if let Err(error) = talk(active, &begins) {
            info!(%error, from = name, "whether somebody is there is not shown");
        }
        // Nobody waits any more when the agent ends.
        let _ = ended.send(());
    });
    if started.is_ok() {
        let _ = end.await;
    }
    begun.load(std::sync::atomic::Ordering::Acquire)
}
