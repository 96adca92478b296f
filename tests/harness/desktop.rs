//! A desktop of the test's own: a private session bus, a tray host, and a notification service.

use std::collections::HashMap;
use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use futures::StreamExt as _;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;
use zbus::connection::Builder;
use zbus::message::{Header, Type};
use zbus::zvariant::{OwnedValue, Structure, Value};
use zbus::{Connection, MatchRule, MessageStream, Proxy};

use crate::program::Program;
use crate::wait::until;

/// Nothing is started by this bus, so that no service of the machine meddles.
const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

/// A session bus without anything on it.
pub struct Desktop {
    _bus: Program,
    _dir: TempDir,
    address: String,
    connection: Connection,
}

impl Desktop {
    /// Starts the bus.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn new() -> Self {
        let dir = TempDir::new().expect("a temporary directory");
        let configuration = dir.path().join("bus.conf");
        std::fs::write(&configuration, BUS).expect("the bus can be configured");
        let (bus, address) = start_bus(dir.path(), &configuration).await;
        let connection = connect(&address).await;
        Self {
            _bus: bus,
            _dir: dir,
            address,
            connection,
        }
    }

    /// Lets a program find this desktop.
    pub fn entered_by(&self, command: &mut Command) {
        command
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
            .env("LANG", "C.UTF-8")
            .env_remove("LC_ALL")
            .env_remove("LC_MESSAGES")
            .env_remove("XDG_CURRENT_DESKTOP")
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("DISPLAY");
    }

    /// A panel that shows tray items.
    pub async fn tray(&self) -> Tray {
        let items = Arc::<Mutex<Vec<(String, Instant)>>>::default();
        let has_host = Arc::new(AtomicBool::new(true));
        let watcher = Watcher {
            items: items.clone(),
            has_host: has_host.clone(),
        };
        let connection = Builder::address(self.address.as_str())
            .and_then(|builder| builder.serve_at("/StatusNotifierWatcher", watcher))
            .and_then(|builder| builder.name("org.kde.StatusNotifierWatcher"))
            .expect("a tray host is well formed")
            .build()
            .await
            .expect("the bus takes a tray host");
        Tray {
            connection,
            items,
            has_host,
        }
    }

    /// A notification service with these capabilities.
    pub async fn notifications(&self, capabilities: &[&str]) -> Notifications {
        let seen = Arc::<Mutex<Seen>>::default();
        let service = Service {
            seen: seen.clone(),
            capabilities: capabilities.iter().map(|&name| name.to_owned()).collect(),
        };
        let connection = Builder::address(self.address.as_str())
            .and_then(|builder| builder.serve_at("/org/freedesktop/Notifications", service))
            .and_then(|builder| builder.name("org.freedesktop.Notifications"))
            .expect("a notification service is well formed")
            .build()
            .await
            .expect("the bus takes a notification service");
        Notifications { connection, seen }
    }

    /// Waits until somebody has this name on the bus.
    ///
    /// # Panics
    /// When nobody takes it.
    pub async fn has(&self, name: &str) {
        until(&format!("{name} on the bus"), async || {
            self.is_there(name).await.then_some(())
        })
        .await;
    }

    /// Waits until nobody has this name any more.
    ///
    /// # Panics
    /// When somebody keeps it.
    pub async fn loses(&self, name: &str) {
        until(&format!("{name} to leave the bus"), async || {
            (!self.is_there(name).await).then_some(())
        })
        .await;
    }

    async fn is_there(&self, name: &str) -> bool {
        let bus = zbus::fdo::DBusProxy::new(&self.connection).await;
        let bus = bus.expect("every bus has a driver");
        let name = name.try_into().expect("a name on a bus");
        bus.name_has_owner(name).await.expect("the bus answers")
    }

    /// Something on this bus, to be asked.
    ///
    /// # Panics
    /// When the names are none.
    pub async fn proxy(
        &self,
        name: &'static str,
        path: &'static str,
        interface: &'static str,
    ) -> Proxy<'static> {
        zbus::proxy::Builder::new(&self.connection)
            .destination(name)
            .and_then(|builder| builder.path(path))
            .and_then(|builder| builder.interface(interface))
            .expect("names are well formed")
            .cache_properties(zbus::proxy::CacheProperties::No)
            .build()
            .await
            .expect("the bus lets us ask")
    }

    /// Plasma's session manager, in a session that ends. It ends with the value.
    pub async fn ending_session(&self) -> Connection {
        Builder::address(self.address.as_str())
            .and_then(|builder| builder.serve_at("/KSMServer", EndingSession))
            .and_then(|builder| builder.name("org.kde.ksmserver"))
            .expect("a session manager is well formed")
            .build()
            .await
            .expect("the bus takes a session manager")
    }

    /// Lets a program take this bus for that of the system too.
    pub fn wakes(&self, command: &mut Command) {
        command.env("DBUS_SYSTEM_BUS_ADDRESS", &self.address);
    }

    /// The end of a sleep, as systemd-logind tells it.
    ///
    /// # Panics
    /// When the bus does not take it.
    pub async fn wakes_up(&self) {
        let name = "org.freedesktop.login1";
        let connection = Builder::address(self.address.as_str())
            .and_then(|builder| builder.name(name))
            .expect("a login manager is well formed")
            .build()
            .await
            .expect("the bus takes a login manager");
        let told = connection
            .emit_signal(
                None::<&str>,
                "/org/freedesktop/login1",
                "org.freedesktop.login1.Manager",
                "PrepareForSleep",
                &false,
            )
            .await;
        told.expect("the bus takes signals");
        // The signal has left when the answer to this is there.
        let _ = connection
            .call_method(
                Some("org.freedesktop.DBus"),
                "/",
                Some("org.freedesktop.DBus.Peer"),
                "Ping",
                &(),
            )
            .await;
    }

    /// GNOME's idle monitor, on which nobody has touched anything for so many milliseconds.
    pub async fn idle_monitor(&self, idle: u64) -> IdleMonitor {
        let connection = Builder::address(self.address.as_str())
            .and_then(|builder| builder.serve_at(MONITOR, Monitor { idle, watches: 0 }))
            .and_then(|builder| builder.name("org.gnome.Mutter.IdleMonitor"))
            .expect("an idle monitor is well formed")
            .build()
            .await
            .expect("the bus takes an idle monitor");
        IdleMonitor { connection }
    }

    /// The item behind a name that registered with a tray.
    pub async fn item(&self, name: &str) -> Item {
        let on = async |path: &'static str, interface: &'static str| {
            Proxy::new(&self.connection, name.to_owned(), path, interface)
                .await
                .expect("an item is well formed")
        };
        let rule = MatchRule::builder()
            .msg_type(Type::Signal)
            .sender(name.to_owned())
            .expect("a name on the bus")
            .build();
        let signals = MessageStream::for_match_rule(rule, &self.connection, Some(1024))
            .await
            .expect("signals can be heard");
        Item {
            item: on("/StatusNotifierItem", "org.kde.StatusNotifierItem").await,
            menu: on("/MenuBar", "com.canonical.dbusmenu").await,
            signals,
        }
    }
}

async fn start_bus(dir: &Path, configuration: &Path) -> (Program, String) {
    let mut command = Command::new("dbus-daemon");
    command
        .arg("--config-file")
        .arg(configuration)
        .args(["--nofork", "--nopidfile", "--print-address"])
        .stdout(Stdio::piped());
    let mut bus = Program::start(command, &dir.join("bus.log"));
    let stdout = bus.child().stdout.take().expect("standard output is piped");
    let line = BufReader::new(stdout).lines().next_line().await;
    let address = line
        .ok()
        .flatten()
        .unwrap_or_else(|| panic!("the bus does not start: {}", bus.log_text()));
    (bus, address.trim().to_owned())
}

async fn connect(address: &str) -> Connection {
    Builder::address(address)
        .expect("the bus has an address")
        .build()
        .await
        .expect("the bus lets us in")
}

const MONITOR: &str = "/org/gnome/Mutter/IdleMonitor/Core";

/// GNOME's idle monitor.
pub struct IdleMonitor {
    connection: Connection,
}

impl IdleMonitor {
    /// The watch with that number is told.
    ///
    /// # Panics
    /// When the bus does not take it.
    pub async fn fires(&self, watch: u32) {
        let told = self
            .connection
            .emit_signal(
                None::<&str>,
                MONITOR,
                "org.gnome.Mutter.IdleMonitor",
                "WatchFired",
                &watch,
            )
            .await;
        told.expect("the bus takes signals");
    }
}

/// Numbers watches from 1: the first one is for idleness, those after it for the return.
struct Monitor {
    idle: u64,
    watches: u32,
}

#[zbus::interface(name = "org.gnome.Mutter.IdleMonitor")]
impl Monitor {
    fn add_idle_watch(&mut self, _interval: u64) -> u32 {
        self.watches += 1;
        self.watches
    }

    fn add_user_active_watch(&mut self) -> u32 {
        self.watches += 1;
        self.watches
    }

    fn get_idletime(&self) -> u64 {
        self.idle
    }
}

/// A tray host.
pub struct Tray {
    connection: Connection,
    items: Arc<Mutex<Vec<(String, Instant)>>>,
    has_host: Arc<AtomicBool>,
}

impl Tray {
    /// Name of the item that registers.
    pub async fn registered(&self) -> String {
        until("a tray item", async || {
            let items = self.items.lock().unwrap_or_else(PoisonError::into_inner);
            items.last().map(|(name, _)| name.clone())
        })
        .await
    }

    /// When each item registered, the first one first.
    pub fn registrations(&self) -> Vec<Instant> {
        let items = self.items.lock().unwrap_or_else(PoisonError::into_inner);
        items.iter().map(|(_, when)| *when).collect()
    }

    /// The panel goes and the watcher stays, or it comes back.
    pub async fn host(&self, is_there: bool) {
        self.has_host.store(is_there, Ordering::SeqCst);
        let signal = if is_there {
            "StatusNotifierHostRegistered"
        } else {
            "StatusNotifierHostUnregistered"
        };
        let told = self
            .connection
            .emit_signal(
                None::<&str>,
                "/StatusNotifierWatcher",
                "org.kde.StatusNotifierWatcher",
                signal,
                &(),
            )
            .await;
        told.expect("the bus takes signals");
    }

    /// Leaves the bus.
    pub async fn goes(self) {
        let _ = self.connection.close().await;
    }
}

struct Watcher {
    items: Arc<Mutex<Vec<(String, Instant)>>>,
    has_host: Arc<AtomicBool>,
}

#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    fn register_status_notifier_item(&self, service: &str) {
        let mut items = self.items.lock().unwrap_or_else(PoisonError::into_inner);
        items.push((service.to_owned(), Instant::now()));
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        self.has_host.load(Ordering::SeqCst)
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        self.items
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .map(|(name, _)| name.clone())
            .collect()
    }
}

struct EndingSession;

#[zbus::interface(name = "org.kde.KSMServerInterface")]
impl EndingSession {
    #[zbus(name = "isShuttingDown")]
    fn is_shutting_down(&self) -> bool {
        true
    }
}

/// Icon name, pictures, title, second line (StatusNotifierItem).
type ToolTip = (String, Vec<(i32, i32, Vec<u8>)>, String, String);

/// Revision and the root with what stands below it (com.canonical.dbusmenu).
type Layout = (u32, (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>));

/// A tray item, as a panel sees it.
pub struct Item {
    item: Proxy<'static>,
    menu: Proxy<'static>,
    signals: MessageStream,
}

/// A line of its menu.
#[derive(Clone, Debug)]
pub struct Line {
    id: i32,
    /// Text; empty for a line between items.
    pub label: String,
    /// It can be clicked.
    pub enabled: bool,
    /// It has a check mark.
    pub checked: bool,
}

impl Item {
    /// Waits until the tooltip's title and second line are these.
    pub async fn says(&self, title: &str, line: &str) {
        until(&format!("the tooltip {title:?}, {line:?}"), async || {
            let (_, _, said, below): ToolTip = self.get("ToolTip").await;
            (said == title && below == line).then_some(())
        })
        .await;
    }

    /// A property, read from the item.
    ///
    /// # Panics
    /// When it has none of that name and type.
    pub async fn get<T>(&self, name: &str) -> T
    where
        T: TryFrom<OwnedValue>,
        T::Error: Into<zbus::Error>,
    {
        let properties = zbus::fdo::PropertiesProxy::builder(self.item.connection())
            .destination(self.item.destination().to_owned())
            .and_then(|builder| builder.path(self.item.path().to_owned()))
            .expect("an item has a name and a path")
            .build()
            .await
            .expect("an item has properties");
        let interface = self.item.interface().to_owned();
        let value = properties.get(interface, name).await;
        let value = value.unwrap_or_else(|error| panic!("{name}: {error}"));
        value
            .try_into()
            .unwrap_or_else(|error: T::Error| panic!("{name}: {}", error.into()))
    }

    /// Left click.
    pub async fn activate(&self) {
        let done: zbus::Result<()> = self.item.call("Activate", &(0, 0)).await;
        done.expect("the item can be clicked");
    }

    /// Middle click.
    pub async fn secondary_activate(&self) {
        let done: zbus::Result<()> = self.item.call("SecondaryActivate", &(0, 0)).await;
        done.expect("the item can be clicked");
    }

    /// The menu from the top, menus within it in their place.
    pub async fn menu(&self) -> Vec<Line> {
        let asked: zbus::Result<Layout> = self
            .menu
            .call("GetLayout", &(0, -1, Vec::<String>::new()))
            .await;
        let (_, (_, _, items)) = asked.expect("the item has a menu");
        let mut lines = Vec::new();
        for item in &items {
            read(item, &mut lines);
        }
        lines
    }

    /// Waits until the menu has a line that begins so.
    pub async fn shows(&self, label: &str) -> Line {
        until(&format!("{label:?} in the menu"), async || {
            let lines = self.menu().await;
            lines.into_iter().find(|line| line.label.starts_with(label))
        })
        .await
    }

    /// Clicks on the line that begins so; again, where the menu was built anew just now and its lines have other numbers.
    pub async fn click(&self, label: &str) {
        until(&format!("a click on {label:?}"), async || {
            let line = self.shows(label).await;
            let what = (line.id, "clicked", Value::from(0_i32), 0_u32);
            let done: zbus::Result<()> = self.menu.call("Event", &what).await;
            done.ok()
        })
        .await;
    }

    /// Names of the signals that came since this was asked last, up to the next answer of the item.
    pub async fn signals(&mut self) -> Vec<String> {
        // What was sent before this answer is here before it.
        let _: String = self.get("Id").await;
        let mut names = Vec::new();
        while let Some(Some(Ok(message))) = futures::FutureExt::now_or_never(self.signals.next()) {
            names.extend(message.header().member().map(ToString::to_string));
        }
        names
    }
}

/// `(ia{sv}av)`, as com.canonical.dbusmenu nests it.
fn read(value: &Value<'_>, lines: &mut Vec<Line>) {
    let value = if let Value::Value(inner) = value {
        inner
    } else {
        value
    };
    let Ok(structure) = value.downcast_ref::<&Structure<'_>>() else {
        return;
    };
    let [Value::I32(id), Value::Dict(properties), Value::Array(items)] = structure.fields() else {
        return;
    };
    let text = |name: &str| {
        let found = properties.get::<&str, Value<'_>>(&name).ok().flatten();
        found.map(|value| plain(&value))
    };
    lines.push(Line {
        id: *id,
        label: text("label").unwrap_or_default(),
        enabled: text("enabled").is_none_or(|enabled| enabled != "false"),
        checked: text("toggle-state").is_some_and(|state| state == "1"),
    });
    for item in items.iter() {
        read(item, lines);
    }
}

fn plain(value: &Value<'_>) -> String {
    if let Value::Value(inner) = value {
        plain(inner)
    } else if let Value::Str(text) = value {
        text.to_string()
    } else if let Value::I32(number) = value {
        number.to_string()
    } else {
        bool::try_from(value).is_ok_and(|flag| flag).to_string()
    }
}

/// A notification service.
pub struct Notifications {
    connection: Connection,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    shown: Vec<Shown>,
    closed: Vec<u32>,
    silent: bool,
    inhibited: bool,
}

/// What it was asked to show.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Its number.
    pub id: u32,
    /// It took the place of one that was there.
    pub replaced: bool,
    /// Title.
    pub title: String,
    /// Body.
    pub body: String,
    /// Ids of the actions.
    pub actions: Vec<String>,
    /// It was to make no sound.
    pub quiet: bool,
    sender: String,
}

impl Notifications {
    /// Waits for one with this title.
    pub async fn shows(&self, title: &str) -> Shown {
        until(&format!("a notification {title:?}"), async || {
            let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            let found = seen.shown.iter().rev().find(|shown| shown.title == title);
            found.cloned()
        })
        .await
    }

    /// Everything so far.
    pub fn shown(&self) -> Vec<Shown> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.shown.clone()
    }

    /// Waits until the program has taken it away.
    pub async fn withdrawn(&self, shown: &Shown) {
        until("the notification to be taken away", async || {
            let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.closed.contains(&shown.id).then_some(())
        })
        .await;
    }

    /// A person presses `action`; only the program that showed it is told, as GNOME does it.
    pub async fn press(&self, shown: &Shown, action: &str) {
        self.tell(shown, "ActionInvoked", &(shown.id, action)).await;
    }

    /// A person writes an answer into it.
    pub async fn reply(&self, shown: &Shown, text: &str) {
        self.tell(shown, "NotificationReplied", &(shown.id, text))
            .await;
    }

    /// Leaves the bus.
    pub async fn goes(self) {
        let _ = self.connection.close().await;
    }

    /// From now on it takes notifications and does not answer.
    pub fn falls_silent(&self) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.silent = true;
    }

    /// The person does not want to be disturbed, or does again (capability `inhibitions`).
    pub fn is_inhibited(&self, on: bool) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.inhibited = on;
    }

    async fn tell<B>(&self, shown: &Shown, signal: &str, body: &B)
    where
        B: serde::Serialize + zbus::zvariant::DynamicType,
    {
        self.connection
            .emit_signal(
                Some(shown.sender.as_str()),
                "/org/freedesktop/Notifications",
                "org.freedesktop.Notifications",
                signal,
                body,
            )
            .await
            .expect("the bus takes signals");
    }
}

struct Service {
    seen: Arc<Mutex<Seen>>,
    capabilities: Vec<String>,
}

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Service {
    fn get_capabilities(&self) -> Vec<String> {
        self.capabilities.clone()
    }

    #[zbus(property)]
    fn inhibited(&self) -> bool {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.inhibited
    }

    fn get_server_information(&self) -> (&str, &str, &str, &str) {
        ("Stage", "Causeway", "1", "1.3")
    }

    #[expect(clippy::too_many_arguments, reason = "the specification has so many")]
    async fn notify(
        &self,
        #[zbus(header)] header: Header<'_>,
        _app_name: &str,
        replaces: u32,
        _app_icon: &str,
        title: &str,
        body: &str,
        actions: Vec<String>,
        hints: HashMap<String, OwnedValue>,
        _expires: i32,
    ) -> u32 {
        let (id, silent) = {
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            let id = if replaces == 0 {
                u32::try_from(seen.shown.len()).unwrap_or(0) + 1
            } else {
                replaces
            };
            seen.shown.push(Shown {
                id,
                replaced: replaces != 0,
                title: title.to_owned(),
                body: body.to_owned(),
                actions: actions.into_iter().step_by(2).collect(),
                quiet: hints.contains_key("suppress-sound"),
                sender: header.sender().map(ToString::to_string).unwrap_or_default(),
            });
            (id, seen.silent)
        };
        if silent {
            std::future::pending::<()>().await;
        }
        id
    }

    fn close_notification(&self, id: u32) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.closed.push(id);
    }
}
