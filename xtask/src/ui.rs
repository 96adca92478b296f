//! The window's page: Node.js, its packages, its own checks, and the built files that the window carries.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::run::{root, step};

/// What Vite 8 needs; the Node.js of some distributions is older.
const OLDEST: (u32, u32) = (20, 19);

/// The page's tools, ready to be called.
pub(crate) struct Ui {
    path: OsString,
}

impl Ui {
    /// Finds or fetches Node.js and installs the packages that the lock file names.
    pub(crate) fn set_up() -> Result<Self> {
        let ui = Self { path: node()? };
        let packages = folder().join("node_modules/.package-lock.json");
        if !is_newer(&packages, &folder().join("package-lock.json")) {
            ui.npm(
                "packages of the window's page",
                &["ci", "--no-audit", "--no-fund"],
            )?;
        }
        Ok(ui)
    }

    /// Types, lints, and tests of the page in a browser without a screen.
    pub(crate) fn test(&self) -> Result<()> {
        self.npm("the window's page: types and lints", &["run", "check"])?;
        self.npm("the window's page: tests", &["test"])
    }

    /// Builds the files that the window carries.
    pub(crate) fn build(&self) -> Result<()> {
        self.npm("the window's page", &["run", "build"])
    }

    fn npm(&self, title: &str, arguments: &[&str]) -> Result<()> {
        step(
            title,
            Command::new("npm")
                .args(arguments)
                .current_dir(folder())
                .env("PATH", &self.path),
        )
    }
}

fn folder() -> PathBuf {
    root().join("ui")
}

/// A search path on which `node` is recent enough; where the system's is not, npm's own registry has one.
fn node() -> Result<OsString> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    if version().is_some_and(|version| version >= OLDEST) {
        return Ok(path);
    }
    let own = root().join("target/node");
    let programs = own.join("node_modules/node/bin");
    if !programs.join("node").exists() {
        step(
            &format!("Node.js {}.{} or later", OLDEST.0, OLDEST.1),
            Command::new("npm")
                .args([
                    "install",
                    "--no-save",
                    "--no-audit",
                    "--no-fund",
                    "--prefix",
                ])
                .arg(&own)
                .arg("node@22"),
        )?;
    }
    let all = std::iter::once(programs).chain(std::env::split_paths(&path));
    std::env::join_paths(all).context("the search path of this system cannot be used")
}

/// Version of the system's Node.js: first two numbers.
fn version() -> Option<(u32, u32)> {
    let output = Command::new("node").arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let mut numbers = text.trim().trim_start_matches('v').split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

fn is_newer(file: &Path, than: &Path) -> bool {
    let time = |path: &Path| path.metadata().and_then(|data| data.modified()).ok();
    time(file) >= time(than) && file.exists()
}
