//! `cargo xtask test` and `cargo xtask ci`.

use anyhow::{Result, bail};
use clap::Args;

use crate::build::{self, BUILT, WITH_PAGE};
use crate::bundle;
use crate::run::{cargo, output, root, step, works};
use crate::set_up;
use crate::ui::Ui;
use crate::windows;

/// Everything that has to pass. The tests come last, so that their summary is what one sees.
#[derive(Args)]
pub(crate) struct Test {
    /// Without the window and the stories: no system packages but a C compiler, a minute when built before.
    #[arg(long)]
    fast: bool,
    /// Instead of all that: the part for Windows, built by MinGW and run by Wine, which need packages of their own.
    #[arg(long, conflicts_with = "fast")]
    windows: bool,
}

/// Without the parts that need a web view or an XMPP server.
const QUICK: [&str; 4] = [
    "--exclude",
    "causeway-window",
    "--exclude",
    "causeway-tests",
];

impl Test {
    pub(crate) fn run(&self) -> Result<()> {
        if self.windows {
            return windows::test();
        }
        let parts: &[&str] = if self.fast { &QUICK } else { &WITH_PAGE };
        set_up::set_up(if self.fast {
            &set_up::COMPILER
        } else {
            &set_up::EVERYTHING
        })?;
        step("format", &mut cargo(["fmt", "--all", "--check"]))?;
        if !self.fast {
            let page = Ui::set_up()?;
            page.test()?;
            page.build()?;
        }
        step(
            "lints",
            cargo(["clippy", "--locked", "--workspace", "--all-targets"])
                .args(parts)
                .args(["--", "--deny", "warnings"]),
        )?;
        step(
            "the UCWA library without its HTTP client",
            &mut cargo([
                "check",
                "--locked",
                "--package",
                "ucwa",
                "--no-default-features",
            ]),
        )?;
        step(
            "Windows authentication without Kerberos and NTLM",
            &mut cargo([
                "check",
                "--locked",
                "--package",
                "windows-auth",
                "--no-default-features",
            ]),
        )?;
        step(
            "documentation",
            cargo(["doc", "--locked", "--workspace", "--no-deps"])
                .args(parts)
                .env("RUSTDOCFLAGS", "--deny warnings"),
        )?;
        if works("cargo", &["deny", "--version"]) {
            step(
                "licences and sources",
                &mut cargo(["deny", "--offline", "check", "bans", "licenses", "sources"]),
            )?;
        } else {
            eprintln!(
                "\n── cargo-deny is not installed: licences and sources are not checked here"
            );
        }
        step(
            "examples in the documentation",
            cargo(["test", "--quiet", "--locked", "--workspace", "--doc"]).args(parts),
        )?;
        // The stories start the programs, which `cargo test` alone would not build.
        step(
            "building tests and programs",
            cargo(["build", "--locked", "--workspace", "--all-targets"]).args(parts),
        )?;
        step(
            "tests",
            cargo([
                "test",
                "--locked",
                "--workspace",
                "--all-targets",
                "--no-fail-fast",
            ])
            .args(parts)
            .env(BUILT, "1"),
        )?;
        if self.fast {
            Ok(())
        } else {
            bundle::trial(&build::directory("debug")?)
        }
    }
}

/// The whole test, after which the tree is as clean as before: nothing generated is stale.
pub(crate) fn ci() -> Result<()> {
    let tree = || {
        output(
            std::process::Command::new("git")
                .args(["status", "--porcelain"])
                .current_dir(root()),
        )
    };
    let before = tree()?;
    Test {
        fast: false,
        windows: false,
    }
    .run()?;
    let after = tree()?;
    if before != after {
        bail!("the run changed files that are committed:\n{after}");
    }
    Ok(())
}
