//! `cargo xtask demo`.

use std::process::Command;

use anyhow::Result;
use clap::Args;

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
        if !self.headless {
            eprintln!("The screens are not there yet: showing the demo in this terminal.");
        }
        set_up::set_up(&set_up::HEADLESS)?;
        let programs = build::programs(false)?;
        let mut command = Command::new(programs.join("causeway-demo"));
        command.env(build::BUILT, "1");
        if let Some(seconds) = self.seconds {
            command.args(["--seconds", &seconds.to_string()]);
        }
        run::become_program(&mut command)
    }
}
