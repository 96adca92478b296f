//! GNOME: `org.gnome.Mutter.IdleMonitor` on the session bus, under Wayland and X11 alike.

use futures::StreamExt as _;
use tokio::sync::watch;
use zbus::{Connection, Proxy};

use super::IDLE;

const NAME: &str = "org.gnome.Mutter.IdleMonitor";
const PATH: &str = "/org/gnome/Mutter/IdleMonitor/Core";

/// True: it was there, and is gone.
pub(super) async fn follow(
    bus: &Connection,
    active: &watch::Sender<bool>,
    seen: &watch::Sender<Option<&'static str>>,
) -> bool {
    let Ok(monitor) = Proxy::new(bus, NAME, PATH, NAME).await else {
        return false;
    };
    let begun = watch_input(&monitor, active, seen).await;
    if let Err(error) = &begun {
        tracing::debug!(%error, "no idle monitor of GNOME");
    }
    *seen.borrow() == Some("mutter")
}

async fn watch_input(
    monitor: &Proxy<'_>,
    active: &watch::Sender<bool>,
    seen: &watch::Sender<Option<&'static str>>,
) -> zbus::Result<()> {
    let mut fired = monitor.receive_signal("WatchFired").await?;
    let mut owner = monitor.receive_owner_changed().await?;
    let limit = u64::try_from(IDLE.as_millis()).unwrap_or(u64::MAX);
    let gone: u32 = monitor.call("AddIdleWatch", &(limit)).await?;
    let idle: u64 = monitor.call("GetIdletime", &()).await?;
    let mut back: Option<u32> = None;
    if idle >= limit {
        back = Some(monitor.call("AddUserActiveWatch", &()).await?);
    }
    active.send_replace(idle < limit);
    seen.send_replace(Some("mutter"));
    loop {
        let signal = tokio::select! {
            signal = fired.next() => match signal {
                Some(signal) => signal,
                None => return Ok(()),
            },
            // Whoever takes its place knows nothing of our watches. The owner of now is told as well.
            Some(owner) = owner.next() => match owner {
                Some(_) => continue,
                None => return Ok(()),
            },
        };
        let id: u32 = signal.body().deserialize()?;
        if id == gone {
            active.send_replace(false);
            back = Some(monitor.call("AddUserActiveWatch", &()).await?);
        } else if Some(id) == back {
            back = None;
            active.send_replace(true);
        }
    }
}
