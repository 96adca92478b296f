//! The real program: what scripts see of it when no server is needed. With the signals and modes of Unix; what there is of it on
//! Windows is a story of its own, by Wine.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output, Stdio};

use causeway_api::door::Door;
use causeway_api::{
    Changes, Code, Desk, Event, Kind, Problem, Reply, SendState, Sent, Side, SideState, Snapshot,
};
use serde_json::{Value, json};
use tempfile::TempDir;

mod config {
    use super::*;

    #[test]
    fn a_key_that_is_set_is_shown_with_its_origin_and_line() {
        let home = Home::new("");
        let set = home.json(
            &["config", "set", "lync.address", "anna@contoso.example"],
            0,
        );
        assert_eq!(
            (&set["key"], &set["origin"]),
            (&json!("lync.address"), &json!("user"))
        );
        let shown = home.json(&["config", "show"], 0);
        let entry = shown["entries"]
            .as_array()
            .unwrap()
            .iter()
            .find(|entry| entry["key"] == "lync.address")
            .unwrap();
        assert!(
            entry["value"]
                .as_str()
                .unwrap()
                .ends_with("anna@contoso.example")
        );
        assert!(entry["source"].as_str().unwrap().contains("config.toml:"));
        let page = home.people(&["config", "show"], 0);
        assert!(
            page.lines()
                .any(|line| line.starts_with("lync.address") && line.contains(" user ")),
            "{page}"
        );
        assert!(
            page.lines()
                .any(|line| line.starts_with("history.days") && line.contains("built in")),
            "{page}"
        );
    }

    #[test]
    fn a_wrong_value_is_refused_and_says_what_is_right() {
        let home = Home::new("");
        let refused = home.json(&["config", "set", "lync.mode", "invisible"], 2);
        assert_eq!(refused["error"]["code"], "CW-4001");
        assert!(
            refused["error"]["message"]
                .as_str()
                .unwrap()
                .contains("watch-only"),
            "{refused}"
        );
        assert_eq!(
            home.json(&["config", "set", "lync.adress", "x"], 2)["error"]["code"],
            "CW-4001"
        );
    }

    #[test]
    fn a_file_with_errors_is_named_with_line_and_exit_code() {
        let home = Home::new(
            "[lync]\naddress = \"anna@contoso.example\"\nmode = \"invisible\"\ncolour = 1\n",
        );
        let found = home.json(&["config", "check"], 2);
        let issues = found["issues"].as_array().unwrap();
        let at = |line: u64| issues.iter().find(|issue| issue["line"] == line).unwrap();
        assert_eq!(at(3)["severity"], "error");
        assert_eq!(at(4)["severity"], "warning");
        assert_eq!(found["error"]["code"], "CW-4001");
        let output = home.run(&["config", "check"]);
        assert!(
            text(&output.stdout).contains("config.toml:3"),
            "{}",
            text(&output.stdout)
        );
        assert!(
            text(&output.stderr).starts_with("causewayctl: "),
            "{}",
            text(&output.stderr)
        );
    }

    #[test]
    fn issues_come_in_the_order_of_the_file() {
        let home = Home::new(
            "[xmpp]\ntls = \"maybe\"\n[lync]\nmode = \"invisible\"\ncolour = 1\n[bridge]\nenabled = 7\n",
        );
        let found = home.json(&["config", "check"], 2);
        let lines: Vec<_> = found["issues"]
            .as_array()
            .unwrap()
            .iter()
            .map(|issue| issue["line"].as_u64().unwrap())
            .collect();
        assert_eq!(lines, [2, 4, 5, 7]);
        assert_eq!(found["error"]["detail"]["line"], 2);
    }

    #[test]
    fn a_file_that_is_named_and_missing_is_wrong_usage() {
        let home = Home::new("");
        let path = home.path("elsewhere.toml");
        for line in [&["contacts"][..], &["check"], &["config", "show"]] {
            let refused = home.json(&[&["--config", &path], line].concat(), 2);
            assert!(
                refused["error"]["message"]
                    .as_str()
                    .unwrap()
                    .contains(&path),
                "{refused}"
            );
        }
        let set = ["--config", &path, "config", "set", "history.days", "7"];
        assert_eq!(home.json(&set, 0)["value"], 7);
    }

    #[test]
    fn a_file_that_is_no_toml_is_named_by_every_verb() {
        let home = Home::new("[lync]\naddress = anna@contoso.example\n");
        for line in [
            &["contacts"][..],
            &["status", "get"],
            &["check"],
            &["login"],
        ] {
            let refused = home.json(line, 2);
            assert!(
                refused["error"]["message"]
                    .as_str()
                    .unwrap()
                    .contains("config.toml:2"),
                "{line:?}: {refused}"
            );
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_wrong_value_is_named_on_stderr_and_the_verb_goes_on() {
        let home = Home::new("[lync]\nmode = \"invisible\"\n");
        let _door = home.door();
        let output = home.run(&["send", "sip:bob@contoso.example", "hello"]);
        assert_eq!(output.status.code(), Some(0));
        let said = text(&output.stderr);
        assert!(said.contains("config.toml:2: lync.mode"), "{said}");
    }

    #[test]
    fn a_right_file_passes() {
        let home = Home::new("[lync]\naddress = \"anna@contoso.example\"\n");
        assert_eq!(home.json(&["config", "check"], 0)["issues"], json!([]));
    }

    #[test]
    fn the_schema_describes_the_keys() {
        let schema = Home::new("").json(&["config", "schema"], 0);
        assert!(schema["properties"]["lync"]["properties"]["address"].is_object());
    }
}

mod usage {
    use super::*;

    #[test]
    fn wrong_usage_is_an_error_object_too() {
        let home = Home::new("");
        for line in [
            &["frobnicate"][..],
            &["status", "set", "offline"],
            &["presence"],
            &["send", "bob", "hi"],
            &[],
        ] {
            let refused = home.json(line, 2);
            assert_eq!(refused["error"]["step"], "usage", "{line:?}");
            assert!(!refused["error"]["remedy"].as_str().unwrap().is_empty());
        }
        let refused = home.json(&["status", "set", "offline"], 2);
        assert!(
            refused["error"]["message"]
                .as_str()
                .unwrap()
                .contains("do-not-disturb"),
            "{refused}"
        );
        let refused = home.json(&["status", "set", "busy", "--until", "soon"], 2);
        assert!(
            refused["error"]["message"]
                .as_str()
                .unwrap()
                .contains("15:00"),
            "{refused}"
        );
    }

    #[test]
    fn verbs_of_later_versions_say_so() {
        let home = Home::new("");
        for verb in ["meeting", "gateway"] {
            let refused = home.json(&[verb, "list"], 2);
            let message = refused["error"]["message"].as_str().unwrap();
            assert!(message.contains("not in this version"), "{refused}");
        }
    }

    #[test]
    fn people_get_it_on_stderr() {
        let output = Home::new("").run(&["frobnicate"]);
        assert_eq!(output.status.code(), Some(2));
        assert!(output.stdout.is_empty());
        assert!(text(&output.stderr).contains("frobnicate"));
    }

    #[test]
    fn completions_name_the_verbs_and_need_no_configuration() {
        let home = Home::new("this is no TOML");
        for shell in ["bash", "fish", "zsh"] {
            let script = home.people(&["completion", shell], 0);
            assert!(script.contains("presence"), "{shell}: {script}");
        }
    }

    #[test]
    fn a_failure_says_where_its_page_is_and_the_page_is_there() {
        let home = Home::new("this is no TOML");
        let output = home.run(&["config", "set", "lync.mode", "sometimes"]);
        let told = text(&output.stderr);
        assert!(told.contains("causewayctl explain CW-4001"), "{told}");
        let page = home.people(&["explain", "CW-4001"], 0);
        assert!(page.starts_with("# CW-4001: "), "{page}");
        let document = home.json(&["explain", "1201"], 0);
        assert_eq!(document["code"], "CW-1201");
        assert_eq!(document["exit"], 3);
        home.json(&["explain", "CW-0000"], 2);
    }

    #[test]
    fn help_of_every_verb_has_an_example() {
        let home = Home::new("");
        for verb in [
            "check",
            "contacts",
            "presence",
            "send",
            "watch",
            "search",
            "login",
            "logout",
            "explain",
            "completion",
        ] {
            assert!(
                home.people(&[verb, "--help"], 0).contains("Example"),
                "{verb}"
            );
        }
        for verb in [
            ["status", "set"],
            ["status", "get"],
            ["bridge", "run"],
            ["config", "show"],
        ] {
            assert!(
                home.people(&[verb[0], verb[1], "--help"], 0)
                    .contains("Example"),
                "{verb:?}"
            );
        }
    }

    #[test]
    fn without_an_account_every_verb_says_which_key_is_missing() {
        let home = Home::new("");
        for line in [
            &["check"][..],
            &["contacts"],
            &["search", "bob"],
            &["bridge", "run"],
            &["login"],
            &["status", "get"],
        ] {
            let refused = home.json(line, 2);
            assert_eq!(refused["error"]["code"], "CW-4001", "{line:?}");
            assert!(
                refused.to_string().contains("lync.address"),
                "{line:?} {refused}"
            );
        }
    }

    #[test]
    fn a_password_file_wins_so_login_says_so() {
        let home = Home::new("");
        let file = home.write("password", "secret");
        fs::set_permissions(&file, PermissionsExt::from_mode(0o600)).unwrap();
        home.write(
            "config.toml",
            &format!("[lync]\naddress = \"anna@contoso.example\"\npassword_file = \"{file}\"\n"),
        );
        let refused = home.json(&["login", "--password-stdin"], 2);
        assert!(
            refused["error"]["message"]
                .as_str()
                .unwrap()
                .contains(&file),
            "{refused}"
        );
    }

    #[test]
    fn a_missing_password_line_is_named_and_nothing_is_stored() {
        let home = Home::new("[lync]\naddress = \"anna@contoso.example\"\n");
        let output = home.with_stdin(&["login", "--password-stdin"], "");
        assert_eq!(output.status.code(), Some(2));
        assert!(text(&output.stderr).contains("anna@contoso.example"));
    }
}

mod through_the_door {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn verbs_ask_the_engine_that_runs() {
        let home = Home::new("");
        let _door = home.door();
        let sent = home.json(&["send", "sip:bob@contoso.example", "hello"], 0);
        assert_eq!(
            sent,
            json!({ "id": "sip:bob@contoso.example hello", "state": "sent" })
        );
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_dash_sends_what_stands_on_stdin_without_its_last_newline() {
        let home = Home::new("");
        let _door = home.door();
        let output = home.with_stdin(
            &["--json", "send", "sip:bob@contoso.example", "-"],
            "two\nlines\n",
        );
        let sent: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(sent["id"], "sip:bob@contoso.example two\nlines");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_is_not_delivered_is_a_result_and_an_error() {
        let home = Home::new("");
        let _door = home.door();
        let failed = home.json(&["send", "sip:gone@contoso.example", "hello"], 7);
        assert_eq!(
            (&failed["state"], &failed["error"]["code"]),
            (&json!("failed"), &json!("CW-3001"))
        );
        let output = home.run(&["send", "sip:gone@contoso.example", "hello"]);
        assert!(output.stdout.is_empty());
        assert!(text(&output.stderr).contains("offline"));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_text_of_unknown_fate_has_a_code_of_its_own() {
        let home = Home::new("");
        let _door = home.door();
        let failed = home.json(&["send", "sip:unsure@contoso.example", "hello"], 7);
        assert_eq!(failed["error"]["code"], "CW-3002");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn every_code_ends_the_program_as_the_contract_says() {
        let home = Home::new("");
        let _door = home.door();
        for code in Code::ALL {
            let expected = code.exit() as i32;
            let refused = home.json(&["search", code.as_str()], expected);
            assert_eq!(refused["error"]["code"], code.as_str());
            for key in ["step", "message", "remedy"] {
                assert!(refused["error"][key].is_string(), "{refused}");
            }
            assert!(refused["error"]["detail"].is_object());
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn watch_numbers_its_lines_and_ends_when_its_time_is_over() {
        let home = Home::new("");
        let _door = home.door();
        let output = home.run(&["--json", "watch", "--for", "0.5"]);
        assert_eq!(output.status.code(), Some(0));
        let lines: Vec<Value> = text(&output.stdout)
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert!(lines.len() >= 3, "{lines:?}");
        for (line, seq) in lines.iter().zip(1..) {
            assert_eq!(line["seq"], json!(seq));
            // Whoever reads slower than this door tells is told to begin anew.
            assert!(
                ["state", "resync"].contains(&line["kind"].as_str().unwrap()),
                "{line}"
            );
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_reader_that_goes_ends_watch_quietly() {
        let home = Home::new("");
        let _door = home.door();
        let mut child = home
            .command(&["--json", "watch"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = tokio::task::spawn_blocking(move || child.wait_with_output())
            .await
            .unwrap()
            .unwrap();
        assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), ""));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn ctrl_c_ends_with_its_own_exit_code() {
        let home = Home::new("");
        let _door = home.door();
        let mut child = home
            .command(&["--json", "watch"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = String::new();
        let mut lines = std::io::BufReader::new(child.stdout.take().unwrap());
        std::io::BufRead::read_line(&mut lines, &mut first).unwrap();
        let killed = Command::new("kill")
            .args(["-INT", &child.id().to_string()])
            .status()
            .unwrap();
        assert!(killed.success());
        // Read on, so that it never waits for us.
        std::io::copy(&mut lines, &mut std::io::sink()).unwrap();
        let status = tokio::task::spawn_blocking(move || child.wait())
            .await
            .unwrap()
            .unwrap();
        assert_eq!(status.code(), Some(130));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_second_bridge_is_refused() {
        let home = Home::new("[lync]\naddress = \"anna@contoso.example\"\n");
        let _door = home.door();
        assert_eq!(home.json(&["bridge", "run"], 1)["error"]["code"], "CW-4101");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_change_goes_to_the_running_engine_only_where_it_reads_the_same_file() {
        let home = Home::new("");
        let _door = home.door();
        let other = home.write("other.toml", "");
        let output = home.run(&["--config", &other, "config", "set", "history.days", "7"]);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        assert!(fs::read_to_string(&other).unwrap().contains('7'));
        // The engine behind the door refuses, so a success would mean that it was not asked.
        assert_eq!(
            home.json(&["config", "set", "history.days", "7"], 5)["error"]["code"],
            "CW-4002"
        );
    }
}

/// A person's files, and the program run with them.
struct Home(TempDir);

impl Home {
    fn new(config: &str) -> Self {
        let home = Self(tempfile::tempdir().unwrap());
        home.write("config.toml", config);
        fs::create_dir(home.0.path().join("data")).unwrap();
        home
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }

    fn write(&self, name: &str, content: &str) -> String {
        fs::write(self.0.path().join(name), content).unwrap();
        self.path(name)
    }

    fn command(&self, line: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_causewayctl"));
        if !line.contains(&"--config") {
            command.args(["--config", &self.path("config.toml")]);
        }
        command.args(["--data-dir", &self.path("data")]).args(line);
        command
    }

    fn run(&self, line: &[&str]) -> Output {
        self.command(line).stdin(Stdio::null()).output().unwrap()
    }

    fn with_stdin(&self, line: &[&str], input: &str) -> Output {
        let mut child = self
            .command(line)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(input.as_bytes())
            .unwrap();
        child.wait_with_output().unwrap()
    }

    fn json(&self, line: &[&str], exit: i32) -> Value {
        let output = self.run(&[&["--json"], line].concat());
        assert_eq!(
            output.status.code(),
            Some(exit),
            "{line:?}: {}{}",
            text(&output.stdout),
            text(&output.stderr)
        );
        serde_json::from_slice(&output.stdout).unwrap()
    }

    fn people(&self, line: &[&str], exit: i32) -> String {
        let output = self.run(line);
        assert_eq!(
            output.status.code(),
            Some(exit),
            "{line:?}: {}",
            text(&output.stderr)
        );
        text(&output.stdout).to_owned()
    }

    /// As if an engine ran on the data directory.
    fn door(&self) -> Door {
        let desk = TestDesk {
            config: self.path("config.toml"),
        };
        Door::open(&self.0.path().join("data"), "causeway", desk).unwrap()
    }
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// Answers so that one sees what was asked.
#[derive(Clone)]
struct TestDesk {
    config: String,
}

impl Desk for TestDesk {
    type Changes = TestChanges;

    #[expect(clippy::wildcard_enum_match_arm, reason = "no test asks anything else")]
    async fn request(&self, command: causeway_api::Command) -> Result<Reply, Problem> {
        use causeway_api::Command;
        match command {
            Command::Send { address, .. } if address.starts_with("sip:gone") => {
                Ok(Reply::Sent(Sent {
                    id: "1".into(),
                    state: SendState::Failed,
                    reason: Some("the person is offline".into()),
                    code: Some(Code::NotDelivered),
                }))
            }
            Command::Send { address, .. } if address.starts_with("sip:unsure") => {
                Ok(Reply::Sent(Sent {
                    id: "2".into(),
                    state: SendState::Failed,
                    reason: Some("the connection broke".into()),
                    code: Some(Code::OutcomeUnknown),
                }))
            }
            Command::Send { address, text, .. } => Ok(Reply::Sent(Sent {
                id: format!("{address} {text}"),
                state: SendState::Sent,
                reason: None,
                code: None,
            })),
            Command::Search { text } => {
                let code = Code::ALL.iter().find(|code| code.as_str() == text).unwrap();
                Err(Problem::new(*code, "search", "As asked", "None"))
            }
            Command::ShowConfig => Ok(Reply::Config {
                file: self.config.clone(),
                entries: Vec::new(),
                issues: Vec::new(),
            }),
            Command::SetConfig { .. } => Err(Problem::new(
                Code::ManagedByPolicy,
                "configuration",
                "Locked",
                "Ask",
            )),
            other => panic!("not expected here: {other:?}"),
        }
    }

    async fn subscribe(&self) -> Result<(Snapshot, TestChanges), Problem> {
        Ok((
            Snapshot {
                seq: 1,
                events: vec![event(1)],
            },
            TestChanges(1),
        ))
    }
}

/// Many changes, as fast as they are taken, but never one without a pause for others.
struct TestChanges(u64);

impl Changes for TestChanges {
    async fn next(&mut self) -> Option<Event> {
        tokio::task::yield_now().await;
        self.0 += 1;
        Some(event(self.0))
    }
}

fn event(seq: u64) -> Event {
    let kind = Kind::State {
        side: Side::Lync,
        state: SideState::SigningIn,
        error: None,
    };
    Event {
        seq,
        at: jiff::Timestamp::UNIX_EPOCH,
        kind,
    }
}
