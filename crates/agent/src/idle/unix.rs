//! Desktops of Unix: GNOME, whoever speaks Wayland's protocol for it, X11.

mod mutter;
mod wayland;
mod x11;

use std::time::Duration;

use tokio::sync::watch;
use tracing::info;
use zbus::Connection;

use super::IDLE;

/// Until a desktop that went away is looked for again.
const AGAIN: Duration = Duration::from_secs(30);

/// Whoever shows it, one after the other; comes back where nobody does. What X11 says in a Wayland session is about
/// the windows of X11 alone, and is not asked for.
pub(super) async fn look(active: &watch::Sender<bool>, seen: &watch::Sender<Option<&'static str>>) {
    // Who shows the tray says so where there is no bus.
    let bus = Connection::session().await.ok();
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
