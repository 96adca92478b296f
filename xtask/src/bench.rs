//! `cargo xtask bench`.

use std::process::Command;

use anyhow::Result;
use clap::Args;

use crate::ui::Ui;
use crate::{build, run, set_up};

/// Parts that need neither tray nor window.
const HEADLESS: [&str; 3] = ["texts", "contacts", "rest"];
/// Parts that need both.
const SCREEN: [&str; 3] = ["tray", "window", "page"];

/// Delay, throughput and memory of the bridge, and how quick tray and window are; see docs/bench.md.
#[derive(Args)]
pub(crate) struct Bench {
    /// Measures these parts only.
    #[arg(value_parser = HEADLESS.into_iter().chain(SCREEN).collect::<Vec<_>>())]
    parts: Vec<String>,

    /// One JSON document in place of tables.
    #[arg(long)]
    json: bool,
}

impl Bench {
    pub(crate) fn run(&self) -> Result<()> {
        let with_screen = self.parts.is_empty()
            || self
                .parts
                .iter()
                .any(|part| SCREEN.contains(&part.as_str()));
        set_up::set_up(if with_screen {
            &set_up::DESK
        } else {
            &set_up::HEADLESS
        })?;
        let programs = build::programs(true, &[])?;
        if with_screen {
            Ui::set_up()?.build()?;
            build::window_and_floor()?;
        }
        let mut command = Command::new(programs.join("causeway-bench"));
        command.env(build::BUILT, "1");
        if self.json {
            command.arg("--json");
        }
        command.args(&self.parts);
        run::become_program(&mut command)
    }
}
