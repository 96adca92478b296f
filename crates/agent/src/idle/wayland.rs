//! KDE Plasma, Sway and other Wayland compositors: the protocol ext-idle-notify-v1.

use tokio::sync::watch;
use wayland_client::globals::{GlobalListContents, registry_queue_init};
use wayland_client::protocol::{wl_registry, wl_seat};
use wayland_client::{Connection, Dispatch, QueueHandle, delegate_noop};
use wayland_protocols::ext::idle_notify::v1::client::{
    ext_idle_notification_v1::{self, ExtIdleNotificationV1},
    ext_idle_notifier_v1::ExtIdleNotifierV1,
};

use super::IDLE;

/// True: it was there, and is gone.
pub(super) async fn follow(
    active: &watch::Sender<bool>,
    seen: &watch::Sender<Option<&'static str>>,
) -> bool {
    super::in_a_thread("wayland", active, seen, talk).await
}

struct Person(watch::Sender<bool>);

fn talk(active: watch::Sender<bool>, begins: &dyn Fn()) -> Result<(), Box<dyn std::error::Error>> {
    let display = Connection::connect_to_env()?;
    let (globals, mut queue) = registry_queue_init::<Person>(&display)?;
    let handle = queue.handle();
    let notifier: ExtIdleNotifierV1 = globals.bind(&handle, 1..=1, ())?;
    let seat: wl_seat::WlSeat = globals.bind(&handle, 1..=1, ())?;
    let limit = u32::try_from(IDLE.as_millis())?;
    notifier.get_idle_notification(limit, &seat, &handle, ());
    // The compositor tells that nobody is there only after the limit has passed from now on.
    active.send_replace(true);
    begins();
    let mut person = Person(active);
    loop {
        queue.blocking_dispatch(&mut person)?;
    }
}

impl Dispatch<ExtIdleNotificationV1, ()> for Person {
    fn event(
        person: &mut Self,
        _: &ExtIdleNotificationV1,
        event: ext_idle_notification_v1::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        match event {
            ext_idle_notification_v1::Event::Idled => drop(person.0.send_replace(false)),
            ext_idle_notification_v1::Event::Resumed => drop(person.0.send_replace(true)),
            // What later versions add.
            _ => {}
        }
    }
}

impl Dispatch<wl_registry::WlRegistry, GlobalListContents> for Person {
    fn event(
        _: &mut Self,
        _: &wl_registry::WlRegistry,
        _: wl_registry::Event,
        _: &GlobalListContents,
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
    }
}

delegate_noop!(Person: ignore ExtIdleNotifierV1);
delegate_noop!(Person: ignore wl_seat::WlSeat);
