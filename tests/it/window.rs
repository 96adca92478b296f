//! The window starts, without engine, agent or network.

use std::process::Stdio;

use causeway_tests::program::{self, Program};
use causeway_tests::wait::until;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;

#[tokio::test]
async fn the_window_opens_on_a_bare_display() {
    let dir = TempDir::new().unwrap();
    let (_server, display) = display(&dir).await;
    let mut command = Command::new(program::path("causeway-window"));
    command
        .env("DISPLAY", &display)
        .env("HOME", dir.path())
        .env("XDG_RUNTIME_DIR", dir.path())
        .env("NO_AT_BRIDGE", "1")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("DBUS_SESSION_BUS_ADDRESS");
    let mut window = Program::start(command, &dir.path().join("window.log"));
    until("a window with the title Causeway", async || {
        assert!(window.pid() > 0, "it runs");
        let tree = Command::new("xwininfo")
            .args(["-display", &display, "-root", "-tree"])
            .output()
            .await
            .expect("xwininfo is installed (cargo xtask set-up)");
        String::from_utf8_lossy(&tree.stdout)
            .contains("\"Causeway\"")
            .then_some(())
    })
    .await;
    window.kill().await;
}

/// A display without a screen, on a number that is free.
async fn display(dir: &TempDir) -> (Program, String) {
    let mut command = Command::new("Xvfb");
    command
        .args([
            "-displayfd",
            "1",
            "-screen",
            "0",
            "1024x768x24",
            "-nolisten",
            "tcp",
        ])
        .stdout(Stdio::piped());
    let mut server = Program::start(command, &dir.path().join("xvfb.log"));
    let stdout = server
        .child()
        .stdout
        .take()
        .expect("standard output is piped");
    let number = BufReader::new(stdout)
        .lines()
        .next_line()
        .await
        .ok()
        .flatten()
        .unwrap_or_else(|| panic!("Xvfb does not start: {}", server.log_text()));
    (server, format!(":{}", number.trim()))
}
