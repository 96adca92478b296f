//! The proxy settings of a desktop: the real portal (xdg-desktop-portal) and the real runner of scripts (glib-networking), as GNOME
//! uses them.

use std::fmt::Write as _;

use tempfile::TempDir;
use tokio::process::Command;

use crate::desktop::Desktop;
use crate::program::{Program, are_installed};

const PORTAL: &str = "/usr/libexec/xdg-desktop-portal";
const RUNNER: &str = "/usr/libexec/glib-pacrunner";

/// What a person sets there.
pub struct ProxySettings {
    dir: TempDir,
    _portal: Program,
    _runner: Program,
}

impl ProxySettings {
    /// No proxy, to begin with. `None` where a program for it is not installed, which is said.
    ///
    /// # Panics
    /// When the services do not start.
    pub async fn of(desktop: &Desktop) -> Option<Self> {
        if !are_installed("no desktop with proxy settings", &[PORTAL, RUNNER]) {
            return None;
        }
        let dir = TempDir::new().expect("a temporary directory");
        write(&dir, "mode='none'\n");
        let start = |path: &str, log: &str| {
            let mut command = Command::new(path);
            desktop.entered_by(&mut command);
            command
                .env("HOME", dir.path())
                .env("XDG_RUNTIME_DIR", dir.path())
                .env("XDG_CONFIG_HOME", dir.path())
                .env("XDG_CURRENT_DESKTOP", "GNOME")
                .env("GSETTINGS_BACKEND", "keyfile");
            Program::start(command, &dir.path().join(log))
        };
        let runner = start(RUNNER, "runner.log");
        let portal = start(PORTAL, "portal.log");
        desktop.has("org.gtk.GLib.PACRunner").await;
        desktop.has("org.freedesktop.portal.Desktop").await;
        Some(Self {
            dir,
            _portal: portal,
            _runner: runner,
        })
    }

    /// This proxy, for everything.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn name(&self, port: u16) {
        let mut text = "mode='manual'\n".to_owned();
        for scheme in ["http", "https"] {
            let _ = write!(
                text,
                "[system/proxy/{scheme}]\nhost='127.0.0.1'\nport={port}\n"
            );
        }
        write(&self.dir, &text);
    }

    /// None.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn name_none(&self) {
        write(&self.dir, "mode='none'\n");
    }

    /// Whatever the script at this URL says.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn follow(&self, script: &str) {
        write(
            &self.dir,
            &format!("mode='auto'\nautoconfig-url='{script}'\n"),
        );
    }

    /// The URL of a script that answers so for the hosts of Contoso.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn script(&self, answer: &str) -> String {
        let path = self.dir.path().join("proxy.pac");
        let text = format!(
            "function FindProxyForURL(url, host) {{\n  return dnsDomainIs(host, \".contoso.example\") ? \"{answer}\" : \"DIRECT\";\n}}\n"
        );
        std::fs::write(&path, text).expect("the script can be written");
        format!("file://{}", path.display())
    }
}

/// The settings as GLib keeps them in a file (`org.gnome.system.proxy`); the portal follows the file.
fn write(dir: &TempDir, text: &str) {
    let settings = dir.path().join("glib-2.0/settings");
    std::fs::create_dir_all(&settings).expect("a directory of the settings");
    let file = settings.join("keyfile");
    std::fs::write(file, format!("[system/proxy]\n{text}")).expect("the settings can be written");
}
