//! `causewayctl --json` as a function.

use std::io::{Seek as _, Write as _};
use std::path::PathBuf;
use std::process::Stdio;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{ChildStdout, Command};

use crate::desktop::Desktop;
use crate::program::{self, Program};
use crate::wait::PATIENCE;

/// A configuration and a data directory.
#[derive(Clone, Debug)]
pub struct Ctl {
    /// `--config`.
    pub config: PathBuf,
    /// `--data-dir`.
    pub data_dir: PathBuf,
}

/// What a verb answered.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Exit code.
    pub exit: i32,
    /// The document on standard output; null where there was none.
    pub json: Value,
    /// Standard error.
    pub stderr: String,
}

impl Answer {
    /// The document of a verb that is expected to work.
    ///
    /// # Panics
    /// When it did not.
    pub fn done(self) -> Value {
        assert_eq!(self.exit, 0, "{self:?}");
        self.json
    }

    /// `error.code`, empty where there is none.
    pub fn code(&self) -> &str {
        self.json["error"]["code"].as_str().unwrap_or_default()
    }
}

impl Ctl {
    /// Runs a verb to its end.
    ///
    /// # Panics
    /// When it does not end in time, or prints something that is not one JSON document.
    pub async fn run(&self, arguments: &[&str]) -> Answer {
        self.run_in(arguments, &[]).await
    }

    /// As [`run`](Self::run), with variables of the environment besides.
    ///
    /// # Panics
    /// As [`run`](Self::run).
    pub async fn run_in(&self, arguments: &[&str], environment: &[(&str, String)]) -> Answer {
        let mut command = self.command(arguments);
        command.envs(environment.iter().cloned());
        command.stdin(Stdio::null());
        answer(command, arguments).await
    }

    /// As [`run`](Self::run), on a desktop, with this on standard input.
    ///
    /// # Panics
    /// As [`run`](Self::run).
    pub async fn run_on(&self, desktop: &Desktop, arguments: &[&str], input: &str) -> Answer {
        let mut typed = tempfile::tempfile().expect("a temporary file");
        typed
            .write_all(input.as_bytes())
            .and_then(|()| typed.rewind())
            .expect("it can be written");
        let mut command = self.command(arguments);
        desktop.entered_by(&mut command);
        command.stdin(typed);
        answer(command, arguments).await
    }

    /// As [`run`](Self::run), on a desktop and with variables of the environment besides.
    ///
    /// # Panics
    /// As [`run`](Self::run).
    pub async fn run_on_in(
        &self,
        desktop: &Desktop,
        arguments: &[&str],
        environment: &[(&str, String)],
    ) -> Answer {
        let mut command = self.command(arguments);
        desktop.entered_by(&mut command);
        command.envs(environment.iter().cloned());
        command.stdin(Stdio::null());
        answer(command, arguments).await
    }

    /// Runs a verb for a person at a terminal who types this, and says what they see. The terminal is that of `script`
    /// (util-linux).
    ///
    /// # Panics
    /// When it does not end in time.
    pub async fn on_a_terminal(&self, arguments: &[&str], typed: &str) -> String {
        let program = program::path("causewayctl");
        let line = format!(
            "'{}' --config '{}' --data-dir '{}' {}",
            program.display(),
            self.config.display(),
            self.data_dir.display(),
            arguments.join(" ")
        );
        let mut command = Command::new("script");
        command.args(["-qefc", &line, "/dev/null"]);
        self.keep_apart(&mut command);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut script = command.kill_on_drop(true).spawn().expect("script runs");
        let mut keyboard = script.stdin.take().expect("it is piped");
        let written = keyboard.write_all(typed.as_bytes()).await;
        written.expect("script reads");
        let output = tokio::time::timeout(PATIENCE * 2, script.wait_with_output()).await;
        let output = output.unwrap_or_else(|_| panic!("causewayctl {arguments:?} does not end"));
        drop(keyboard);
        String::from_utf8_lossy(&output.expect("it ran").stdout).into_owned()
    }

    /// Starts a verb that prints one JSON object per line until it is ended.
    pub fn stream(&self, arguments: &[&str]) -> Stream {
        self.stream_in(arguments, &[])
    }

    /// As [`stream`](Self::stream), with variables of the environment besides.
    pub fn stream_in(&self, arguments: &[&str], environment: &[(&str, String)]) -> Stream {
        let mut command = self.command(arguments);
        command
            .envs(environment.iter().cloned())
            .stdout(Stdio::piped());
        let mut program = Program::start(command, &self.data_dir.with_extension("log"));
        let stdout = program
            .child()
            .stdout
            .take()
            .expect("standard output is piped");
        Stream {
            program,
            lines: BufReader::new(stdout).lines(),
            seen: Vec::new(),
        }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(program::path("causewayctl"));
        command
            .arg("--json")
            .arg("--config")
            .arg(&self.config)
            .arg("--data-dir")
            .arg(&self.data_dir);
        if !arguments.contains(&"--log") {
            command.args(["--log", "debug"]);
        }
        command.args(arguments);
        self.keep_apart(&mut command);
        command
    }

    /// No key store: a test must neither find nor leave secrets of the person who runs it.
    fn keep_apart(&self, command: &mut Command) {
        command
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .env("XDG_RUNTIME_DIR", self.data_dir.with_extension("run"))
            .env("KRB5CCNAME", self.no_ticket());
    }

    /// A cache without a ticket, for the same reason.
    pub(crate) fn no_ticket(&self) -> String {
        format!("FILE:{}", self.data_dir.with_extension("tickets").display())
    }
}

async fn answer(mut command: Command, arguments: &[&str]) -> Answer {
    let output = command.kill_on_drop(true).output();
    let output = tokio::time::timeout(PATIENCE * 2, output).await;
    let output = output.unwrap_or_else(|_| panic!("causewayctl {arguments:?} does not end"));
    let output = output.expect("causewayctl starts");
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    let json = match stdout.trim() {
        "" => Value::Null,
        text => serde_json::from_str(text)
            .unwrap_or_else(|error| panic!("{arguments:?}: {error}: {text}")),
    };
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    Answer {
        exit: output.status.code().unwrap_or(-1),
        json,
        stderr,
    }
}

/// The lines of a running verb.
pub struct Stream {
    /// The program behind it.
    pub program: Program,
    lines: Lines<BufReader<ChildStdout>>,
    seen: Vec<Value>,
}

impl Stream {
    /// The first object, seen before or to come, for which `wanted` holds.
    ///
    /// # Panics
    /// When it does not come in time, or the program ends.
    pub async fn find(&mut self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        if let Some(value) = self.seen.iter().find(|value| wanted(value)) {
            return value.clone();
        }
        self.next(what, wanted).await
    }

    /// The next object for which `wanted` holds.
    ///
    /// # Panics
    /// As [`find`](Self::find).
    pub async fn next(&mut self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            let line = match tokio::time::timeout(PATIENCE, self.lines.next_line()).await {
                Ok(Ok(Some(line))) => line,
                ended => panic!(
                    "waited in vain for {what} ({ended:?}); seen: {:#?}; log: {}",
                    self.seen,
                    self.program.log_text()
                ),
            };
            let value: Value =
                serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
            self.seen.push(value.clone());
            if wanted(&value) {
                return value;
            }
        }
    }

    /// Reads a line and forgets it; false at the end.
    pub async fn skip(&mut self) -> bool {
        matches!(self.lines.next_line().await, Ok(Some(_)))
    }

    /// Both sides are signed in.
    pub async fn both_sides_ready(&mut self) {
        for side in ["lync", "xmpp"] {
            self.find(&format!("{side} ready"), |event| {
                event["kind"] == "state"
                    && event["side"] == side
                    && event["state"]
                        .as_str()
                        .is_some_and(|state| state.starts_with("ready"))
            })
            .await;
        }
    }

    /// Everything seen so far.
    pub fn seen(&self) -> &[Value] {
        &self.seen
    }
}
