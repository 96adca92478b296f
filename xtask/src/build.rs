//! Building the programs that demo and bench start, and those that are shipped.

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

/// The window carries its page, which is built before, instead of asking a server for it. All calls of cargo say so,
/// since another choice of features would build what stands on it once more.
pub(crate) const WITH_PAGE: [&str; 2] = ["--features", "causeway-window/custom-protocol"];

/// The window alone.
pub(crate) const WINDOW: [&str; 4] = ["--package", "causeway-window", WITH_PAGE[0], WITH_PAGE[1]];

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
    directory(if release { "release" } else { "debug" })
}

/// Builds what people install and returns the directory in which it lies. The window is built on its own: together with
/// it, agent and `causewayctl` would carry features of libraries that it alone needs.
pub(crate) fn shipped() -> Result<PathBuf> {
    let mut resident = run::cargo(["build", "--release", "--locked"]);
    resident.args(["--package", "causeway-agent", "--package", "causeway-cli"]);
    run::step("agent and causewayctl", &mut resident)?;
    let mut window = run::cargo(["build", "--release", "--locked"]);
    run::step("window", window.args(WINDOW))?;
    directory("release")
}

/// Builds the window as it is shipped, and the empty one that the bench sets beside it.
pub(crate) fn window_and_floor() -> Result<()> {
    let mut window = run::cargo(["build", "--release", "--locked", "--bins"]);
    window
        .args(WINDOW)
        .args(["--features", "causeway-window/bench"]);
    run::step("window", &mut window)
}

/// Where cargo puts the programs of a profile.
pub(crate) fn directory(profile: &str) -> Result<PathBuf> {
    let metadata = run::output(&mut run::cargo([
        "metadata",
        "--format-version=1",
        "--no-deps",
    ]))?;
    let metadata: serde_json::Value = serde_json::from_str(&metadata)?;
    let target = metadata["target_directory"]
        .as_str()
        .context("cargo metadata names no target directory")?;
    Ok(PathBuf::from(target).join(profile))
}
