//! `cargo xtask demo`.

use std::process::Command;

use anyhow::{Result, bail};
use clap::Args;

use crate::ui::Ui;
use crate::{build, run, set_up};

/// People of both networks talking, until Ctrl-C.
#[derive(Args)]
pub(crate) struct Demo {
    /// Without a window, in this terminal.
    #[arg(long)]
    headless: bool,
    /// End by itself after so many seconds, with success only if texts crossed in both directions.
    #[arg(long, value_name = "N")]
    seconds: Option<u64>,
}

impl Demo {
    pub(crate) fn run(&self) -> Result<()> {
        let (packages, more): (_, &[&str]) = if self.headless {
            (set_up::HEADLESS, &[])
        } else if has_screen() {
            (set_up::SCREEN, &build::WINDOW)
        } else {
            bail!(
                "there is no display to show a window on: run it in a desktop session, or with --headless in this terminal"
            );
        };
        set_up::set_up(&packages)?;
        if !self.headless {
            Ui::set_up()?.build()?;
        }
        let programs = build::programs(false, more)?;
        let mut command = Command::new(programs.join("causeway-demo"));
        command.env(build::BUILT, "1");
        if !self.headless {
            command.arg("--window");
        }
        if let Some(seconds) = self.seconds {
            command.args(["--seconds", &seconds.to_string()]);
        }
        run::become_program(&mut command)
    }
}

/// A desktop session tells programs where its screen is.
fn has_screen() -> bool {
    ["WAYLAND_DISPLAY", "DISPLAY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}
