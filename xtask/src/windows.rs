//! `cargo xtask test --windows`: what is written for Windows, built by MinGW and run by Wine. Wine is not Windows: this finds wrong
//! calls and wrong buffers, and says nothing of how Windows itself behaves.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result};

use crate::build::{self, BUILT, WITH_PAGE};
use crate::run::{cargo, output, root, step};
use crate::set_up;

const TARGET: &str = "x86_64-pc-windows-gnu";
/// The rooms that run on Windows: everything but the window, and the simulator.
const ROOMS: [&str; 6] = [
    "windows-native",
    "windows-auth",
    "causeway-api",
    "causeway-engine",
    "causeway-cli",
    "causeway-agent",
];
/// Who says whether a certificate was revoked.
const REVOCATION: &str =
    r"HKLM\Software\Microsoft\Cryptography\OID\EncodingType 1\CertDllVerifyRevocation\DEFAULT";
/// Tells the stories where the programs for Windows are.
const PROGRAMS: &str = "CAUSEWAY_WINDOWS_PROGRAMS";

pub(crate) fn test() -> Result<()> {
    set_up::set_up(&set_up::WINDOWS)?;
    standard_library()?;
    let programs = build::directory("")?.join(TARGET).join("debug");
    let wine = Wine::set_up(&build::directory("wine")?)?;
    let for_windows = |verb| {
        let mut cargo = cargo([verb, "--locked", "--target", TARGET]);
        cargo.args(ROOMS.iter().flat_map(|room| ["--package", room]));
        cargo
    };
    step(
        "lints of the code for Windows",
        for_windows("clippy").args(["--all-targets", "--", "--deny", "warnings"]),
    )?;
    step("its tests, by Wine", wine.run(&mut for_windows("test")))?;
    step(
        "the programs for Windows",
        for_windows("build").args(["--bins", "--examples"]),
    )?;
    step(
        "the simulator",
        cargo(["build", "--locked", "--workspace", "--bin", "causeway-sim"]).args(WITH_PAGE),
    )?;
    step(
        "handshakes by Windows' own interface and programs for Windows, by Wine",
        wine.run(cargo(["test", "--locked", "--workspace", "--test", "it"]).args(WITH_PAGE))
            .args(["--", "handshakes::wine", "on_wine"])
            .env(
                "CAUSEWAY_HANDSHAKE_EXE",
                programs.join("examples/handshake.exe"),
            )
            .env(PROGRAMS, &programs)
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

/// A Windows of Wine's, in a folder of its own, on a display that nobody sees: the icon of the tray needs one.
struct Wine {
    prefix: PathBuf,
    display: Display,
}

impl Wine {
    fn set_up(prefix: &Path) -> Result<Self> {
        let wine = Self {
            prefix: prefix.to_owned(),
            display: Display::start()?,
        };
        let system = prefix.join("drive_c/windows/system32");
        if !system.exists() {
            step(
                "a Windows of Wine's",
                wine.run(Command::new("wineboot").arg("--init")),
            )?;
        }
        for library in ["bcryptprimitives", "revocation"] {
            let built = system.join(library).with_extension("dll");
            if built.exists() {
                continue;
            }
            let mut compiler = Command::new("x86_64-w64-mingw32-gcc");
            compiler.args(["-shared", "-O1", "-o"]).arg(built);
            compiler.arg(root().join(format!("tests/wine/{library}.c")));
            step("what it lacks", compiler.arg("-ladvapi32"))?;
        }
        step(
            "whom it asks whether a certificate was revoked",
            wine.run(Command::new("wine").args(["reg", "add", REVOCATION]))
                .args([
                    "/v",
                    "Dll",
                    "/t",
                    "REG_MULTI_SZ",
                    "/d",
                    "revocation.dll",
                    "/f",
                ]),
        )?;
        Ok(wine)
    }

    /// With what makes `command` and its children use this Windows.
    fn run<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command
            .env("WINEPREFIX", &self.prefix)
            .env("DISPLAY", &self.display.name)
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

/// An X server without a screen. It ends with the value.
struct Display {
    server: Child,
    name: String,
}

impl Display {
    fn start() -> Result<Self> {
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-nolisten", "tcp"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("Xvfb does not start")?;
        let mut number = String::new();
        if let Some(told) = server.stdout.take() {
            BufReader::new(told).read_line(&mut number)?;
        }
        let name = format!(":{}", number.trim());
        Ok(Self { server, name })
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
