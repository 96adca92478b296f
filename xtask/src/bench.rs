//! `cargo xtask bench`.

use std::process::Command;

use anyhow::Result;
use clap::Args;

use crate::{build, run, set_up};

/// Delay, throughput and memory of the bridge; see docs/bench.md.
#[derive(Args)]
pub(crate) struct Bench {
    /// Measures these parts only.
    #[arg(value_parser = ["texts", "contacts", "rest"])]
    parts: Vec<String>,

    /// One JSON document in place of tables.
    #[arg(long)]
    json: bool,
}

impl Bench {
    pub(crate) fn run(&self) -> Result<()> {
        set_up::set_up(&set_up::HEADLESS)?;
        let programs = build::programs(true, &[])?;
        let mut command = Command::new(programs.join("causeway-bench"));
        command.env(build::BUILT, "1");
        if self.json {
            command.arg("--json");
        }
        command.args(&self.parts);
        run::become_program(&mut command)
    }
}
