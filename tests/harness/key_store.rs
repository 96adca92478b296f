//! A real key store: gnome-keyring on a desktop of the test's own (Secret Service).

use std::process::Stdio;

use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use crate::desktop::Desktop;
use crate::program::{Program, is_installed};

/// What it is unlocked with.
const PASSWORD: &str = "the person's own";
const PROGRAM: &str = "gnome-keyring-daemon";

/// Keys of a person, as they lie on disk; a daemon that hands them out may run.
pub struct KeyStore {
    dir: TempDir,
    daemon: Option<Program>,
}

impl KeyStore {
    /// An empty one that is unlocked, as after the log-in to a desktop; `None` where gnome-keyring is not installed, which
    /// is said.
    ///
    /// # Panics
    /// When the daemon does not start.
    pub async fn unlocked(desktop: &Desktop) -> Option<Self> {
        if !is_installed(PROGRAM) {
            return None;
        }
        let dir = TempDir::new().expect("a temporary directory");
        let mut store = Self { dir, daemon: None };
        store.start(desktop, true).await;
        Some(store)
    }

    /// The daemon ends, and another one starts that somebody has unlocked, or nobody.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn comes_again(&mut self, desktop: &Desktop, unlocked: bool) {
        self.goes(desktop).await;
        self.start(desktop, unlocked).await;
    }

    /// The daemon ends. What it kept stays on disk.
    pub async fn goes(&mut self, desktop: &Desktop) {
        if let Some(mut daemon) = self.daemon.take() {
            daemon.kill().await;
            desktop.loses(SERVICE).await;
        }
    }

    async fn start(&mut self, desktop: &Desktop, unlock: bool) {
        let place = |name: &str| self.dir.path().join(name);
        let mut command = Command::new(PROGRAM);
        command.args(["--foreground", "--components=secrets"]);
        if unlock {
            command.arg("--unlock");
        }
        desktop.entered_by(&mut command);
        command
            .env("HOME", self.dir.path())
            .env("XDG_DATA_HOME", place("data"))
            .env("XDG_CACHE_HOME", place("cache"))
            .env("XDG_RUNTIME_DIR", self.dir.path())
            .stdout(Stdio::null());
        let mut daemon = Program::start(command, &place("daemon.log"));
        let mut typed = daemon.child().stdin.take().expect("it is piped");
        if unlock {
            let typing = typed.write_all(PASSWORD.as_bytes());
            typing.await.expect("it reads the password");
        }
        drop(typed);
        desktop.has(SERVICE).await;
        self.daemon = Some(daemon);
    }
}

/// Name of a key store on the bus.
const SERVICE: &str = "org.freedesktop.secrets";
