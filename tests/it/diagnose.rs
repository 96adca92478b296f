//! The report for a help desk: what is in it, and what keeps it from being written.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use causeway_tests::agent::Agent;
use causeway_tests::cast::{Solo, World};
use causeway_tests::ctl::Ctl;
use causeway_tests::island::story;
use causeway_tests::report;
use causeway_tests::sim::Sim;
use causeway_tests::wait::until;
use serde_json::Value;

fn json(files: &BTreeMap<String, String>, name: &str) -> Value {
    serde_json::from_str(&files[name]).expect("it is JSON")
}

async fn diagnose(ctl: &Ctl, report: &Path) -> BTreeMap<String, String> {
    let file = report.to_str().expect("a path of ours");
    let told = ctl.run(&["diagnose", "--force", file]).await.done();
    let metadata = report.metadata().expect("the report is there");
    assert_eq!(
        (&told["file"], told["bytes"].as_u64()),
        (&file.into(), Some(metadata.len()))
    );
    assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
    let files = report::unpacked(report);
    let text = |(name, content)| (name, String::from_utf8(content).expect("it is text"));
    files.into_iter().map(text).collect()
}

/// Where a value of the configuration comes from.
fn origin(files: &BTreeMap<String, String>, key: &str) -> Value {
    let configuration = json(files, "configuration.json");
    let entries = configuration["entries"]
        .as_array()
        .expect("entries")
        .clone();
    let entry = entries.into_iter().find(|entry| entry["key"] == key);
    entry.expect("every key is told")["origin"].clone()
}

#[tokio::test]
async fn a_report_tells_what_a_help_desk_asks_with_and_without_an_agent() {
    let world = World::new().await;
    let report = world.ctl.data_dir.with_extension("zip");

    let files = diagnose(&world.ctl, &report).await;
    assert_eq!(origin(&files, "lync.address"), "user");
    assert_eq!(origin(&files, "log.level"), "built-in");
    let check = json(&files, "check.json");
    assert_eq!(check["steps"][0]["state"], "ok", "{check}");
    assert_eq!(
        json(&files, "versions.json")["program"]["version"],
        env!("CARGO_PKG_VERSION")
    );
    assert_eq!(json(&files, "state.json"), Value::Null);
    assert!(files["README.txt"].contains("Addresses of people"));

    let _agent = Agent::start(&world.ctl).await;
    until("both sides are signed in", async || {
        let files = diagnose(&world.ctl, &report).await;
        let links = json(&files, "state.json")["links"].to_string();
        (links.matches("ready").count() == 2).then_some(())
    })
    .await;
    world
        .ctl
        .run(&["config", "set", "log.level", "trace"])
        .await
        .done();
    world.ctl.run(&["contacts"]).await.done();
    let files = diagnose(&world.ctl, &report).await;
    let state = json(&files, "state.json");
    assert_eq!(
        state["recent"]["lync"][0]["state"], "finding-server",
        "{state}"
    );
    assert_eq!(
        json(&files, "store.json")["messages"],
        serde_json::json!({})
    );
    assert!(json(&files, "versions.json")["desktop"]["offers"]["tray"] == false);
    let logs: String = files
        .iter()
        .filter(|(name, _)| name.starts_with("logs/"))
        .map(|(_, text)| text.as_str())
        .collect();
    assert!(logs.contains(" INFO "), "{logs}");
    assert!(
        logs.contains("DEBUG") || logs.contains("TRACE"),
        "the level holds at once: {logs}"
    );
}

#[test]
fn a_report_that_cannot_be_written_says_why_and_leaves_nothing_behind() {
    story(
        module_path!(),
        "a_report_that_cannot_be_written_says_why_and_leaves_nothing_behind",
        async || {
            let sim = Sim::with_its_own_cast().await;
            let anna = Solo::at(&sim);
            let _agent = Agent::start(&anna.ctl).await;
            let missing = anna
                .ctl
                .run(&["diagnose", "/nowhere/to/be/report.zip"])
                .await;
            assert_eq!(
                (missing.exit, missing.code()),
                (1, "CW-4102"),
                "{missing:?}"
            );

            let small = anna.ctl.data_dir.with_extension("small");
            std::fs::create_dir(&small).expect("a directory of ours");
            let mounted = Command::new("mount")
                .args(["-t", "tmpfs", "-o", "size=64k", "none"])
                .arg(&small)
                .status()
                .expect("mount runs");
            assert!(mounted.success());
            // What cannot be made smaller.
            let mut noise = vec![0; 1_000_000];
            let mut source = File::open("/dev/urandom").expect("the system has noise");
            source.read_exact(&mut noise).expect("enough of it");
            let log = anna.ctl.data_dir.join("logs/2026-01-01.000.log");
            std::fs::write(log, noise).expect("the directory of logs is there");
            let report = small.join("report.zip");
            let file = report.to_str().expect("a path of ours");
            let full = anna.ctl.run(&["diagnose", file]).await;
            assert_eq!((full.exit, full.code()), (1, "CW-4102"), "{full:?}");
            let message = full.json["error"]["message"].to_string();
            assert!(message.contains("disk is full"), "{message}");
            let left = std::fs::read_dir(&small).expect("a directory").count();
            assert_eq!(left, 0, "nothing is left behind");
        },
    );
}
