//! What can go wrong on this computer.

use std::os::unix::fs::PermissionsExt as _;

use causeway_tests::cast::Solo;
use causeway_tests::sim::Sim;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::UnixStream;

use super::Met;

async fn anna() -> (Sim, Solo) {
    let sim = Sim::with_its_own_cast().await;
    let anna = Solo::at(&sim);
    (sim, anna)
}

pub(super) async fn bad_config() -> Met {
    let (_sim, anna) = anna().await;
    Met::told(
        &anna
            .ctl
            .run(&["config", "set", "lync.mode", "sometimes"])
            .await,
    )
}

pub(super) async fn managed() -> Met {
    let (_sim, anna) = anna().await;
    std::fs::write("/etc/causeway/policy.toml", "[history]\ndays = 30\n")
        .expect("the policy can be written");
    Met::told(&anna.ctl.run(&["config", "set", "history.days", "10"]).await)
}

pub(super) async fn secret_file_mode() -> Met {
    let (_sim, anna) = anna().await;
    let open = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(anna.password_file(), open).expect("a file of ours");
    Met::told(&anna.ctl.run(&["check"]).await)
}

pub(super) async fn data_dir_busy() -> Met {
    let (_sim, anna) = anna().await;
    let mut bridge = anna.ctl.stream(&["bridge", "run"]);
    bridge.find("a start", |_| true).await;
    Met::told(&anna.ctl.run(&["bridge", "run"]).await)
}

/// The data directory is to be where a file is.
pub(super) async fn storage() -> Met {
    let (_sim, anna) = anna().await;
    std::fs::write(&anna.ctl.data_dir, "").expect("it can be written");
    Met::told(&anna.ctl.run(&["bridge", "run"]).await)
}

pub(super) async fn key_store() -> Met {
    let (_sim, anna) = anna().await;
    anna.without("password_file");
    Met::told(&anna.ctl.run(&["logout"]).await)
}

/// A program of a later version comes to the door of the running one.
pub(super) async fn version_mismatch() -> Met {
    let (_sim, anna) = anna().await;
    let mut bridge = anna.ctl.stream(&["bridge", "run"]);
    bridge.find("a start", |_| true).await;
    let door = anna.ctl.data_dir.join("door/socket");
    let stream = UnixStream::connect(&door).await.expect("the door");
    let mut stream = BufReader::new(stream);
    let hello =
        json!({"frame": "hello", "protocol": 99, "version": "9.0.0", "program": "causewayctl"});
    stream
        .write_all(format!("{hello}\n").as_bytes())
        .await
        .expect("the door reads");
    let mut line = String::new();
    stream.read_line(&mut line).await.expect("the door answers");
    let answer: Value = serde_json::from_str(&line).expect("JSON");
    Met::event(&answer["problem"])
}

pub(super) async fn agent_gone() -> Met {
    let (_sim, anna) = anna().await;
    let mut bridge = anna.ctl.stream(&["bridge", "run"]);
    bridge.find("a start", |_| true).await;
    let mut watch = anna.ctl.stream(&["watch"]);
    watch.find("the snapshot", |_| true).await;
    bridge.program.kill().await;
    let end = watch
        .find("the end", |line| line["error"]["code"].is_string())
        .await;
    Met::event(&end["error"])
}

pub(super) async fn file_exists() -> Met {
    let (_sim, anna) = anna().await;
    let file = anna.ctl.data_dir.with_extension("zip");
    std::fs::write(&file, "").expect("it can be written");
    let file = file.to_str().expect("a path of ours");
    Met::told(&anna.ctl.run(&["diagnose", file]).await)
}

pub(super) async fn interrupted() -> Met {
    let (sim, anna) = anna().await;
    sim.fault(json!({"what": "silent", "on": "token", "count": -1}))
        .await;
    let mut check = anna.ctl.stream(&["check"]);
    // The signal is caught as soon as the first request is out.
    causeway_tests::wait::until("a request", async || {
        (!sim.requests().await.is_empty()).then_some(())
    })
    .await;
    let pid = Pid::from_raw(check.program.pid().try_into().expect("a process id"));
    kill_process(pid.expect("a process id"), Signal::INT).expect("it runs");
    let end = check
        .find("the end", |line| line["error"].is_object())
        .await;
    Met::event(&end["error"])
}
