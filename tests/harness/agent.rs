//! The resident agent.

use std::process::{ExitStatus, Stdio};

use causeway_api::door::Client;
use tokio::process::Command;
use tokio::time::timeout;

use crate::ctl::Ctl;
use crate::desktop::Desktop;
use crate::program::{self, Program};
use crate::screen::Screen;
use crate::wait::{PATIENCE, until};

/// A running `causeway`.
pub struct Agent {
    /// The process.
    pub program: Program,
}

impl Agent {
    /// Starts it on the directories of `ctl` and waits until the door answers.
    ///
    /// # Panics
    /// When it does not.
    pub async fn start(ctl: &Ctl) -> Self {
        Self::launch(ctl, "debug", |_| {}).await
    }

    /// As [`start`](Self::start), with another `--log`.
    ///
    /// # Panics
    /// When it does not.
    pub async fn start_with_log(ctl: &Ctl, level: &str) -> Self {
        Self::launch(ctl, level, |_| {}).await
    }

    /// As [`start`](Self::start), with variables of the environment besides.
    ///
    /// # Panics
    /// When it does not.
    pub async fn start_in(ctl: &Ctl, environment: &[(&str, String)]) -> Self {
        Self::launch(ctl, "debug", |command| {
            command.envs(environment.iter().cloned());
        })
        .await
    }

    /// As [`start`](Self::start), on a desktop.
    ///
    /// # Panics
    /// When it does not.
    pub async fn start_on(ctl: &Ctl, desktop: &Desktop) -> Self {
        Self::launch(ctl, "debug", |command| desktop.entered_by(command)).await
    }

    /// As [`start`](Self::start), on a desktop with a display, so that it can open the window; what that keeps goes with
    /// `ctl`.
    ///
    /// # Panics
    /// When it does not.
    pub async fn start_at(ctl: &Ctl, desktop: &Desktop, screen: &Screen) -> Self {
        // Found beside the agent.
        program::window();
        Self::launch(ctl, "debug", |command| {
            desktop.entered_by(command);
            keep_apart(command, ctl);
            command
                .env("DISPLAY", screen.name())
                .env("NO_AT_BRIDGE", "1");
        })
        .await
    }

    /// As [`start`](Self::start), after changes to its environment.
    ///
    /// # Panics
    /// When it does not.
    pub async fn start_prepared(ctl: &Ctl, prepare: impl FnOnce(&mut Command)) -> Self {
        Self::launch(ctl, "debug", prepare).await
    }

    /// As [`start`](Self::start), on the desktop of whoever runs this; what its window keeps goes with `ctl`.
    ///
    /// # Panics
    /// When it does not.
    pub async fn start_here(ctl: &Ctl) -> Self {
        let bus = std::env::var_os("DBUS_SESSION_BUS_ADDRESS");
        let runtime = std::env::var_os("XDG_RUNTIME_DIR");
        Self::launch(ctl, "info", |command| {
            for (name, value) in [
                ("DBUS_SESSION_BUS_ADDRESS", bus),
                ("XDG_RUNTIME_DIR", runtime),
            ] {
                if let Some(value) = value {
                    command.env(name, value);
                }
            }
            keep_apart(command, ctl);
        })
        .await
    }

    /// Starts `causeway` once more on these directories and waits for its end: where one runs, it hands over and goes.
    ///
    /// # Panics
    /// When it does not end.
    pub async fn start_again(ctl: &Ctl) -> ExitStatus {
        let mut command = command(ctl);
        let log = ctl.data_dir.with_extension("again.log");
        command.stdout(Stdio::null());
        let mut again = Program::start(command, &log);
        let ended = timeout(PATIENCE, again.child().wait()).await;
        ended
            .unwrap_or_else(|_| panic!("causeway stays: {}", again.log_text()))
            .expect("its end is known")
    }

    async fn launch(ctl: &Ctl, level: &str, prepare: impl FnOnce(&mut Command)) -> Self {
        let mut command = command(ctl);
        command.args(["--log", level]);
        prepare(&mut command);
        command.stdout(Stdio::null());
        let agent = Self {
            program: Program::start(command, &ctl.data_dir.with_extension("agent.log")),
        };
        until("the agent's door", async || {
            let door = Client::connect(&ctl.data_dir, "the stories").await;
            door.ok().flatten().map(drop)
        })
        .await;
        agent
    }
}

fn command(ctl: &Ctl) -> Command {
    let mut command = Command::new(program::path("causeway"));
    command
        .arg("--config")
        .arg(&ctl.config)
        .arg("--data-dir")
        .arg(&ctl.data_dir)
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .env("XDG_RUNTIME_DIR", ctl.data_dir.with_extension("run"))
        .env("KRB5CCNAME", ctl.no_ticket());
    command
}

/// What the web view keeps goes with `ctl`.
fn keep_apart(command: &mut Command, ctl: &Ctl) {
    command
        .env("XDG_DATA_HOME", ctl.data_dir.with_extension("share"))
        .env("XDG_CACHE_HOME", ctl.data_dir.with_extension("cache"));
}
