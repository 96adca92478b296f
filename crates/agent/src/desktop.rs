//! What the desktop tells of itself on the session bus: whether a tray is there, and what its panel looks like.

use std::time::Duration;

use futures::StreamExt as _;
use tokio::sync::watch;
use tokio::time::timeout;
use tracing::{debug, warn};
use zbus::fdo::DBusProxy;
use zbus::proxy::CacheProperties;
use zbus::zvariant::{OwnedValue, Value};
use zbus::{Connection, Proxy};

use crate::tray::draw::Panel;

/// StatusNotifierWatcher: whoever shows tray items registers there.
const WATCHER: &str = "org.kde.StatusNotifierWatcher";
const WATCHER_PATH: &str = "/StatusNotifierWatcher";
/// Settings of the desktop for programs (XDG desktop portal).
const PORTAL: &str = "org.freedesktop.portal.Desktop";
const PORTAL_PATH: &str = "/org/freedesktop/portal/desktop";
const SETTINGS: &str = "org.freedesktop.portal.Settings";
const APPEARANCE: &str = "org.freedesktop.appearance";

/// A healthy bus and its services answer at once.
const PATIENCE: Duration = Duration::from_secs(2);

/// The session bus; `None` where there is none, which is no failure: servers have none.
pub(crate) async fn session() -> Option<Connection> {
    match timeout(PATIENCE, Connection::session()).await {
        Ok(Ok(connection)) => Some(connection),
        Ok(Err(error)) => {
            warn!(%error, "no session bus: neither tray nor notifications");
            None
        }
        Err(_) => {
            warn!("the session bus does not answer: neither tray nor notifications");
            None
        }
    }
}

/// A proxy that asks anew each time.
pub(crate) async fn proxy(
    bus: &Connection,
    name: &'static str,
    path: &'static str,
    interface: &'static str,
) -> zbus::Result<Proxy<'static>> {
    zbus::proxy::Builder::new(bus)
        .destination(name)?
        .path(path)?
        .interface(interface)?
        .cache_properties(CacheProperties::No)
        .build()
        .await
}

/// Keeps `host` true while somebody shows tray items; `None` until that is known. Ends with the bus.
pub(crate) async fn watch_host(bus: Connection, host: watch::Sender<Option<bool>>) {
    if let Err(error) = follow_host(&bus, &host).await {
        warn!(%error, "the tray cannot be watched");
    }
    host.send_replace(Some(false));
}

async fn follow_host(bus: &Connection, host: &watch::Sender<Option<bool>>) -> zbus::Result<()> {
    let names = DBusProxy::new(bus).await?;
    let mut owners = names
        .receive_name_owner_changed_with_args(&[(0, WATCHER)])
        .await?;
    let watcher = proxy(bus, WATCHER, WATCHER_PATH, WATCHER).await?;
    let mut signals = watcher.receive_all_signals().await?;
    loop {
        let asked = watcher.get_property::<bool>("IsStatusNotifierHostRegistered");
        let present = matches!(timeout(PATIENCE, asked).await, Ok(Ok(true)));
        host.send_if_modified(|host| {
            debug!(present, "tray host");
            host.replace(present) != Some(present)
        });
        tokio::select! {
            owner = owners.next() => if owner.is_none() { return Ok(()) },
            signal = signals.next() => if signal.is_none() { return Ok(()) },
        }
    }
}

/// Keeps `panel` as the desktop's panel looks. Ends with the bus.
pub(crate) async fn watch_panel(bus: Connection, panel: watch::Sender<Panel>) {
    if let Err(error) = follow_panel(&bus, &panel).await {
        debug!(%error, "the desktop does not tell its colours");
    }
}

async fn follow_panel(bus: &Connection, panel: &watch::Sender<Panel>) -> zbus::Result<()> {
    let settings = proxy(bus, PORTAL, PORTAL_PATH, SETTINGS).await?;
    let mut changes = settings.receive_signal("SettingChanged").await?;
    loop {
        let looks = Panel {
            dark: is_always_dark() || read(&settings, "color-scheme").await == Some(1),
            contrast: read(&settings, "contrast").await == Some(1),
        };
        panel.send_if_modified(|panel| std::mem::replace(panel, looks) != looks);
        if changes.next().await.is_none() {
            return Ok(());
        }
    }
}

/// The panel before the desktop has told anything.
pub(crate) fn first_panel() -> Panel {
    Panel {
        dark: is_always_dark(),
        contrast: false,
    }
}

/// GNOME's top bar is black in its light theme too.
fn is_always_dark() -> bool {
    std::env::var("XDG_CURRENT_DESKTOP")
        .is_ok_and(|names| names.split(':').any(|name| name == "GNOME"))
}

async fn read(settings: &Proxy<'_>, key: &str) -> Option<u32> {
    let about = (APPEARANCE, key);
    let asked = settings.call::<_, _, OwnedValue>("Read", &about);
    let value = timeout(PATIENCE, asked).await.ok()?.ok()?;
    number(&value)
}

/// `Read` wraps the value once more than the interface says.
fn number(value: &Value<'_>) -> Option<u32> {
    if let Value::Value(inner) = value {
        number(inner)
    } else {
        u32::try_from(value).ok()
    }
}
