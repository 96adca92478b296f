//! The icon in the taskbar of Windows. Icon and menu live in a thread of their own, by its message loop.

use std::io;
use std::ops::ControlFlow;
use std::sync::mpsc::{self, TryRecvError};
use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;
use tracing::{debug, warn};
use tray_icon::menu::MenuEvent;
use tray_icon::{Icon, MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};
use windows_native::messages::{self, Waker};
use windows_native::screen;

use super::draw::{Panel, picture};
use super::icon::Tooltip;
use super::menu_windows::Shown;
use super::{Action, Click, Look};

/// UTF-16 units of a tooltip, without its end (`NOTIFYICONDATAW`).
const TOOLTIP: usize = 127;

/// The thread ends at once, unless a menu is open.
const PATIENCE: Duration = Duration::from_millis(500);

/// The item. Windows shows it as long as this is kept.
pub(crate) struct TrayItem {
    shown: (Look, Panel),
    /// What is to be shown. Gone when the item is to go.
    show: Option<mpsc::Sender<(Look, Panel)>>,
    waker: Waker,
    /// Disconnected when the thread has ended.
    ended: mpsc::Receiver<()>,
}

impl TrayItem {
    /// Puts the icon into the taskbar. While that starts the icon waits for it, and comes again when it starts anew.
    ///
    /// # Errors
    /// Of the system.
    pub(crate) async fn offer(
        look: Look,
        panel: Panel,
        clicks: UnboundedSender<Click>,
    ) -> io::Result<Self> {
        let (show, told) = mpsc::channel();
        let (begun, beginning) = oneshot::channel();
        let (running, ended) = mpsc::channel::<()>();
        let first = look.clone();
        let thread = std::thread::Builder::new().name("tray".into());
        thread.spawn(move || {
            let _running = running;
            let waker = Waker::of_this_thread();
            let item = Item::new(first, panel);
            let (item, outcome) = match item {
                Ok(item) => (Some(item), Ok(waker)),
                Err(error) => (None, Err(error)),
            };
            // An error means that nobody waits for it any more, which is seen below.
            let _ = begun.send(outcome);
            if let Some(item) = item
                && let Err(error) = item.live(&told, &clicks)
            {
                warn!(%error, "the icon is gone");
            }
        })?;
        let waker = beginning.await.map_err(io::Error::other)??;
        Ok(Self {
            shown: (look, panel),
            show: Some(show),
            waker,
            ended,
        })
    }

    /// Shows this from now on. What is shown already is not sent again.
    #[expect(clippy::unused_async, reason = "other desktops answer to it")]
    pub(crate) async fn show(&mut self, look: Look, panel: Panel) {
        if self.shown == (look.clone(), panel) {
            return;
        }
        self.shown = (look.clone(), panel);
        // An error means that the thread has ended, which was said.
        if let Some(show) = &self.show {
            let _ = show.send((look, panel));
            let _ = self.waker.wake();
        }
    }
}

impl Drop for TrayItem {
    /// Takes the icon away; without that its picture would stay until the pointer comes by.
    fn drop(&mut self) {
        self.show = None;
        let _ = self.waker.wake();
        let _ = self.ended.recv_timeout(PATIENCE);
    }
}

/// What the thread has.
struct Item {
    icon: TrayIcon,
    menu: Shown,
    look: Look,
    panel: Panel,
    /// The second click of two has been counted: its end is none.
    counted: bool,
}

impl Item {
    fn new(look: Look, panel: Panel) -> io::Result<Self> {
        screen::draw_in_its_pixels();
        let menu = Shown::new(look.menu.clone()).map_err(io::Error::other)?;
        let mut icon = TrayIconBuilder::new()
            .with_menu(Box::new(menu.native()))
            .with_menu_on_left_click(false)
            .with_tooltip(tooltip(&look.tooltip));
        if let Some(picture) = drawn(&look, panel) {
            icon = icon.with_icon(picture);
        }
        Ok(Self {
            icon: icon.build().map_err(io::Error::other)?,
            menu,
            look,
            panel,
            counted: false,
        })
    }

    /// Until nobody keeps the item any more.
    fn live(
        mut self,
        told: &mpsc::Receiver<(Look, Panel)>,
        clicks: &UnboundedSender<Click>,
    ) -> io::Result<()> {
        messages::run(|| {
            let mut last = None;
            loop {
                match told.try_recv() {
                    Ok(next) => last = Some(next),
                    Err(TryRecvError::Empty) => break,
                    Err(TryRecvError::Disconnected) => return ControlFlow::Break(()),
                }
            }
            if let Some((look, panel)) = last
                && let Err(error) = self.show(look, panel)
            {
                // The taskbar is starting anew, and asks for everything once it is there.
                debug!(%error, "the icon was not changed");
            }
            while let Ok(event) = MenuEvent::receiver().try_recv() {
                if let Some(action) = self.menu.clicked(event.id()) {
                    tell(clicks, action);
                }
            }
            while let Ok(event) = TrayIconEvent::receiver().try_recv() {
                if let Some(action) = self.pointed(&event) {
                    tell(clicks, action);
                }
            }
            ControlFlow::Continue(())
        })
    }

    fn show(&mut self, look: Look, panel: Panel) -> io::Result<()> {
        if look.menu != self.look.menu && !self.menu.changes_to(&look.menu) {
            self.menu = Shown::new(look.menu.clone()).map_err(io::Error::other)?;
            self.icon.set_menu(Some(Box::new(self.menu.native())));
        }
        if (look.icon, panel) != (self.look.icon, self.panel) {
            let icon = drawn(&look, panel);
            self.icon.set_icon(icon).map_err(io::Error::other)?;
        }
        if look.tooltip != self.look.tooltip {
            let tooltip = tooltip(&look.tooltip);
            self.icon
                .set_tooltip(Some(tooltip))
                .map_err(io::Error::other)?;
        }
        (self.look, self.panel) = (look, panel);
        Ok(())
    }

    /// What is done with the icon itself (ux.md 3.2). Two clicks are as one; the menu on the right opens by itself.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the library may learn more of a pointer"
    )]
    fn pointed(&mut self, event: &TrayIconEvent) -> Option<Action> {
        match event {
            TrayIconEvent::DoubleClick {
                button: MouseButton::Left,
                ..
            } => {
                self.counted = true;
                None
            }
            TrayIconEvent::Click {
                button,
                button_state: MouseButtonState::Up,
                ..
            } => match button {
                MouseButton::Left if std::mem::take(&mut self.counted) => None,
                MouseButton::Left => Some(Action::Toggle),
                MouseButton::Middle => Some(Action::NextUnread),
                MouseButton::Right => None,
            },
            _ => None,
        }
    }
}

fn tell(clicks: &UnboundedSender<Click>, action: Action) {
    // An error means that the agent is ending.
    let _ = clicks.send(Click {
        action,
        token: None,
    });
}

/// In the size of this taskbar.
fn drawn(look: &Look, panel: Panel) -> Option<Icon> {
    let picture = picture(look.icon, panel, screen::small_icon())?;
    let pixels = picture.argb.chunks_exact(4);
    let rgba = pixels.flat_map(|pixel| [pixel[1], pixel[2], pixel[3], pixel[0]]);
    Icon::from_rgba(rgba.collect(), picture.edge, picture.edge).ok()
}

/// In two lines, as long as Windows takes it.
fn tooltip(tooltip: &Tooltip) -> String {
    let mut left = TOOLTIP;
    format!("{}\n{}", tooltip.title, tooltip.line)
        .trim_end()
        .chars()
        .take_while(|character| {
            let fits = left.checked_sub(character.len_utf16());
            left = fits.unwrap_or(0);
            fits.is_some()
        })
        .collect()
}

#[cfg(test)]
#[path = "item_windows_tests.rs"]
mod tests;
