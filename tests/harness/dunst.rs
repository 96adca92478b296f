//! A real notification service, with a pointer on it: dunst on a display of the test's own.

use std::path::Path;
use std::process::Stdio;

use tokio::process::Command;
use zbus::Proxy;

use crate::desktop::Desktop;
use crate::program::Program;
use crate::screen::Screen;
use crate::wait::until;

/// A left click does what a click is for (as in GNOME and KDE), and what is shown stays until the test has seen it.
const CONFIGURATION: &str = "[global]
mouse_left_click = do_action, close_current
timeout = 0
idle_threshold = 0
font = DejaVu Sans 14
width = 400
origin = top-right
offset = 20x20
";

/// The running service.
pub struct Dunst {
    _program: Program,
    control: Proxy<'static>,
}

impl Dunst {
    /// Starts it; `None` where it is not installed, which is said.
    ///
    /// # Panics
    /// When it does not come up.
    pub async fn start(dir: &Path, desktop: &Desktop, screen: &Screen) -> Option<Self> {
        if !crate::program::is_installed("dunst") {
            return None;
        }
        let configuration = dir.join("dunstrc");
        std::fs::write(&configuration, CONFIGURATION).expect("dunst can be configured");
        let mut command = Command::new("dunst");
        command
            .arg("-conf")
            .arg(&configuration)
            .args(["-verbosity", "debug"]);
        desktop.entered_by(&mut command);
        command
            .env("HOME", dir)
            .env("DISPLAY", screen.name())
            .stdout(Stdio::null());
        let program = Program::start(command, &dir.join("dunst.log"));
        desktop.has("org.freedesktop.Notifications").await;
        let control = desktop.proxy(
            "org.freedesktop.Notifications",
            "/org/freedesktop/Notifications",
            "org.dunstproject.cmd0",
        );
        Some(Self {
            _program: program,
            control: control.await,
        })
    }

    /// Waits until so many notifications are on the screen.
    ///
    /// # Panics
    /// When there are never so many.
    pub async fn displays(&self, count: u32) {
        until(
            &format!("{count} notifications on the screen"),
            async || (self.displayed().await == count).then_some(()),
        )
        .await;
    }

    async fn displayed(&self) -> u32 {
        let displayed = self.control.get_property("displayedLength").await;
        displayed.expect("dunst tells how many it displays")
    }

    /// The person does not want to be disturbed, or does again.
    ///
    /// # Panics
    /// When dunst does not take it.
    pub async fn pauses(&self, on: bool) {
        let set = self.control.set_property("paused", on).await;
        set.expect("dunst can be paused");
    }

    /// How many it holds back.
    ///
    /// # Panics
    /// When dunst does not tell.
    pub async fn waiting(&self) -> u32 {
        let waiting = self.control.get_property("waitingLength").await;
        waiting.expect("dunst tells how many wait")
    }
}
