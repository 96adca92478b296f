//! Building the programs that demo and bench start.

use std::path::PathBuf;

use anyhow::{Context as _, Result};

use crate::run;

/// The packages whose programs play together.
const PACKAGES: [&str; 4] = [
    "causeway-agent",
    "causeway-cli",
    "causeway-sim",
    "causeway-tests",
];

/// Tells the harness of the stories that the programs are fresh and need not be built again.
pub(crate) const BUILT: &str = "CAUSEWAY_BUILT";

/// The window with its page inside, which is built before.
pub(crate) const WINDOW: [&str; 4] = [
    "--package",
    "causeway-window",
    "--features",
    "causeway-window/custom-protocol",
];

/// Builds them, and what else is named, and returns the directory in which they lie.
pub(crate) fn programs(release: bool, more: &[&str]) -> Result<PathBuf> {
    let mut command = run::cargo(["build"]);
    command.args(more);
    for package in PACKAGES {
        command.args(["--package", package]);
    }
    if release {
        command.arg("--release");
    }
    run::step("building (the first time takes some minutes)", &mut command)?;
    let metadata = run::output(&mut run::cargo([
        "metadata",
        "--format-version=1",
        "--no-deps",
    ]))?;
    let metadata: serde_json::Value = serde_json::from_str(&metadata)?;
    let target = metadata["target_directory"]
        .as_str()
        .context("cargo metadata names no target directory")?;
    Ok(PathBuf::from(target).join(if release { "release" } else { "debug" }))
}
