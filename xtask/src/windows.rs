//! `cargo xtask test --windows`: what is written for Windows, built by MinGW and run by Wine. Wine is not Windows: this finds wrong
//! calls and wrong buffers, and says nothing of how Windows itself behaves.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::build::{self, BUILT, WITH_PAGE};
use crate::run::{cargo, output, root, step};
use crate::set_up;

const TARGET: &str = "x86_64-pc-windows-gnu";
/// The rooms with code for Windows. They build in seconds, and without a C compiler.
const ROOMS: [&str; 4] = ["--package", "sspi-native", "--package", "windows-auth"];

pub(crate) fn test() -> Result<()> {
    set_up::set_up(&set_up::WINDOWS)?;
    standard_library()?;
    let programs = build::directory("")?.join(TARGET).join("debug");
    let wine = Wine::set_up(&build::directory("wine")?)?;
    let for_windows = |verb| {
        let mut cargo = cargo([verb, "--locked", "--target", TARGET]);
        cargo.args(ROOMS);
        cargo
    };
    step(
        "lints of the code for Windows",
        for_windows("clippy").args(["--all-targets", "--", "--deny", "warnings"]),
    )?;
    step("its tests, by Wine", wine.run(&mut for_windows("test")))?;
    let handshake = programs.join("examples/handshake.exe");
    step(
        "handshakes by Windows' own interface, by Wine",
        wine.run(cargo(["test", "--locked", "--workspace", "--test", "it"]).args(WITH_PAGE))
            .args(["--", "handshakes::wine"])
            .env("CAUSEWAY_HANDSHAKE_EXE", handshake)
            .env(BUILT, "1"),
    )?;
    wine.end()
}

/// Rust's standard library for Windows, by rustup where it is not there.
fn standard_library() -> Result<()> {
    let folder =
        output(Command::new("rustc").args(["--print", "target-libdir", "--target", TARGET]))?;
    if Path::new(folder.trim()).exists() {
        return Ok(());
    }
    step(
        "Rust's standard library for Windows",
        Command::new("rustup").args(["target", "add", TARGET]),
    )
}

/// A Windows of Wine's, in a folder of its own.
struct Wine {
    prefix: PathBuf,
}

impl Wine {
    fn set_up(prefix: &Path) -> Result<Self> {
        let wine = Self {
            prefix: prefix.to_owned(),
        };
        let system = prefix.join("drive_c/windows/system32");
        if !system.exists() {
            step(
                "a Windows of Wine's",
                wine.run(Command::new("wineboot").arg("--init")),
            )?;
        }
        let random = system.join("bcryptprimitives.dll");
        if !random.exists() {
            let mut compiler = Command::new("x86_64-w64-mingw32-gcc");
            compiler.args(["-shared", "-O1", "-o"]).arg(random);
            compiler.arg(root().join("tests/wine/bcryptprimitives.c"));
            step("what Rust needs of it", compiler.arg("-ladvapi32"))?;
        }
        Ok(wine)
    }

    /// With what makes `command` and its children use this Windows.
    fn run<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command
            .env("WINEPREFIX", &self.prefix)
            .env("WINEARCH", "win64")
            .env("WINEDEBUG", "-all")
            // Neither .NET nor HTML, and no question whether to install them.
            .env("WINEDLLOVERRIDES", "mscoree=;mshtml=")
            .env("CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER", "wine")
    }

    /// Ends what Wine keeps running.
    fn end(&self) -> Result<()> {
        let ended = self.run(Command::new("wineserver").arg("--kill")).status();
        ended.map(drop).context("wineserver does not start")
    }
}
