//! What the desktop tells of itself on the session bus: whether a tray is there, and what its panel looks like.

use std::time::Duration;

use futures::StreamExt as _;
use tokio::sync::watch;
use tokio::time::timeout;
use tracing::{debug, warn};
use zbus::fdo::DBusProxy;
use zbus::proxy::{CacheProperties, MethodFlags};
use zbus::zvariant::{OwnedValue, Value};
use zbus::{Connection, Proxy};

use crate::tray::draw::{Ground, Panel};

/// What a desktop's services are reached by.
pub(crate) use zbus::Connection as Bus;

/// StatusNotifierWatcher: whoever shows tray items registers there.
const WATCHER: &str = "org.kde.StatusNotifierWatcher";
const WATCHER_PATH: &str = "/StatusNotifierWatcher";
/// Plasma's session manager.
const SESSION: &str = "org.kde.ksmserver";
const SESSION_PATH: &str = "/KSMServer";
const SESSION_INTERFACE: &str = "org.kde.KSMServerInterface";
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

/// The session is ending and its windows are being closed: Plasma does that to each of them as a person would
/// (`org.kde.KSMServerInterface`). Other desktops end the programs.
pub(crate) async fn session_ends() -> bool {
    let asked = async {
        let bus = Connection::session().await?;
        let manager = proxy(&bus, SESSION, SESSION_PATH, SESSION_INTERFACE).await?;
        let flags = MethodFlags::NoAutoStart.into();
        let ends: Option<bool> = manager
            .call_with_flags("isShuttingDown", flags, &())
            .await?;
        zbus::Result::Ok(ends == Some(true))
    };
    matches!(timeout(PATIENCE, asked).await, Ok(Ok(true)))
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
            ground: ground(read(&settings, "color-scheme").await),
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
        ground: ground(None),
        contrast: false,
    }
}

/// What the panel looks like where programs are to look so (`color-scheme`; 1: dark, 2: light). GNOME's top bar is black in
/// its light theme too; Plasma's panel follows; of other panels only that is known which goes with a dark session.
fn ground(scheme: Option<u32>) -> Ground {
    match scheme {
        _ if is_current("GNOME") => Ground::Dark,
        Some(1) => Ground::Dark,
        Some(2) if is_current("KDE") => Ground::Light,
        Some(_) | None => Ground::Unknown,
    }
}

/// The package with which this desktop shows tray items; Debian, Ubuntu, Fedora and Arch name it alike.
pub(crate) fn tray_package() -> Option<&'static str> {
    is_current("GNOME").then_some("gnome-shell-extension-appindicator")
}

/// A desktop session tells programs where its screen is.
pub(crate) fn has_screen() -> bool {
    ["WAYLAND_DISPLAY", "DISPLAY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// The variables of the session have said it.
pub(crate) fn language() -> Option<String> {
    None
}

/// One of the names of the desktop (`XDG_CURRENT_DESKTOP`).
fn is_current(desktop: &str) -> bool {
    std::env::var("XDG_CURRENT_DESKTOP")
        .is_ok_and(|names| names.split(':').any(|name| name == desktop))
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
