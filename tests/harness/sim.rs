//! The simulated Lync front end, in the verbs of its people.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde::Deserialize;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;

use crate::program::{self, Program};
use crate::wait::{PATIENCE, until};

/// A running `causeway-sim`.
pub struct Sim {
    program: Option<Program>,
    dir: TempDir,
    port: u16,
    extra: Vec<String>,
    ready: Ready,
    http: reqwest::Client,
}

/// The line that it prints when it is ready (contract.md).
#[derive(Clone, Deserialize)]
pub struct Ready {
    /// Autodiscovery root.
    pub discovery: String,
    /// PEM file of its CA.
    pub ca: PathBuf,
    /// Base of the control verbs.
    pub control: String,
    /// Who can sign in.
    pub people: Vec<Account>,
}

/// A person of the cast.
#[derive(Clone, Deserialize)]
pub struct Account {
    /// Address without a scheme.
    pub address: String,
    /// Logon name.
    pub user: String,
    /// Password.
    pub password: String,
    /// Display name.
    pub name: String,
}

/// A free loopback port. It is free again when this returns; whoever takes it next should do so soon.
///
/// # Panics
/// When the system has none.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free loopback port");
    listener
        .local_addr()
        .expect("a bound socket has an address")
        .port()
}

impl Sim {
    /// Starts with the given people file and further arguments.
    ///
    /// # Panics
    /// When it does not get ready.
    pub async fn start(people: &str, arguments: &[&str]) -> Self {
        let dir = TempDir::new().expect("a temporary directory");
        let file = dir.path().join("people.toml");
        std::fs::write(&file, people).expect("the people file can be written");
        let mut extra = vec!["--people".to_owned(), file.display().to_string()];
        extra.extend(arguments.iter().map(|&argument| argument.to_owned()));
        Self::launch(dir, free_port(), extra).await
    }

    /// Starts with the cast that it has built in, on that port of loopback, with further arguments.
    ///
    /// # Panics
    /// When it does not get ready.
    pub async fn at(port: u16, arguments: &[&str]) -> Self {
        let dir = TempDir::new().expect("a temporary directory");
        let extra = arguments.iter().map(|&argument| argument.to_owned());
        Self::launch(dir, port, extra.collect()).await
    }

    /// Starts with the cast that it has built in.
    ///
    /// # Panics
    /// When it does not get ready.
    pub async fn with_its_own_cast() -> Self {
        Self::at(free_port(), &[]).await
    }

    /// Another pool of the same organisation, with the same people and the same authority.
    ///
    /// # Panics
    /// As [`at`](Self::at).
    pub async fn beside(&self) -> Self {
        let dir = TempDir::new().expect("a temporary directory");
        for name in ["ca.pem", "ca.key"] {
            std::fs::copy(self.dir.path().join(name), dir.path().join(name))
                .expect("the authority lies in the directory");
        }
        Self::launch(dir, free_port(), self.extra.clone()).await
    }

    async fn launch(dir: TempDir, port: u16, extra: Vec<String>) -> Self {
        let (program, ready) = launch(dir.path(), port, &extra).await;
        // Only plain HTTP is spoken here, but the client wants to know its TLS provider all the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self {
            program: Some(program),
            dir,
            port,
            extra,
            ready,
            http: reqwest::Client::new(),
        }
    }

    /// What it said when it was ready.
    pub fn ready(&self) -> &Ready {
        &self.ready
    }

    /// The account of the person whose address starts with `name@`.
    ///
    /// # Panics
    /// When there is no such person.
    pub fn account(&self, name: &str) -> &Account {
        let found = self
            .ready
            .people
            .iter()
            .find(|person| person.address.split('@').next() == Some(name));
        found.unwrap_or_else(|| panic!("{name} is not in the cast"))
    }

    /// Process id, for measurements.
    pub fn pid(&self) -> u32 {
        self.program.as_ref().map_or(0, Program::pid)
    }

    /// Kills it: its applications, tokens and conversations are gone.
    pub async fn kill(&mut self) {
        if let Some(mut program) = self.program.take() {
            program.kill().await;
        }
    }

    /// Starts again on the same port with the same CA.
    pub async fn start_again(&mut self) {
        let (program, ready) = launch(self.dir.path(), self.port, &self.extra).await;
        self.program = Some(program);
        self.ready = ready;
    }

    /// `POST /people/ADDRESS/status`, as from that person's own client.
    pub async fn goes(&self, address: &str, availability: &str, activity: &str, note: &str) {
        self.post(
            &format!("people/{address}/status"),
            json!({"availability": availability, "activity": activity, "note": note}),
        )
        .await;
    }

    /// `POST /people/ADDRESS/message`, as from that person's own client.
    pub async fn writes(&self, from: &str, to: &str, text: &str) {
        self.post(
            &format!("people/{from}/message"),
            json!({"to": to, "text": text}),
        )
        .await;
    }

    /// `POST /people/ADDRESS/privacy`, as from that person's own client: what `to` may see; `None` is the usual level.
    pub async fn gives_level(&self, address: &str, to: &str, level: Option<&str>) {
        self.post(
            &format!("people/{address}/privacy"),
            json!({"to": to, "level": level}),
        )
        .await;
    }

    /// `POST /groups/ADDRESS`: a distribution group of the directory, new or changed.
    pub async fn has_group(&self, address: &str, name: &str, members: &[&str]) {
        self.post(
            &format!("groups/{address}"),
            json!({"name": name, "members": members}),
        )
        .await;
    }

    /// `POST /people/ADDRESS/password`: changed elsewhere.
    pub async fn changes_password(&self, address: &str, password: &str) {
        self.post(
            &format!("people/{address}/password"),
            json!({"password": password}),
        )
        .await;
    }

    /// The texts that arrived at that person, oldest first.
    pub async fn inbox(&self, address: &str) -> Vec<String> {
        let answer = self.get(&format!("people/{address}/inbox")).await;
        let entries = answer
            .as_array()
            .or_else(|| answer["messages"].as_array())
            .cloned()
            .unwrap_or_default();
        entries
            .iter()
            .filter_map(|entry| entry["text"].as_str().map(str::to_owned))
            .collect()
    }

    /// Waits until that person has a text that contains `part`.
    pub async fn receives(&self, address: &str, part: &str) -> String {
        until(&format!("{address} receives {part:?}"), async || {
            self.inbox(address)
                .await
                .into_iter()
                .find(|text| text.contains(part))
        })
        .await
    }

    /// `POST /faults`.
    pub async fn fault(&self, fault: Value) {
        self.post("faults", fault).await;
    }

    /// `POST /clock`.
    pub async fn advance(&self, seconds: u64) {
        self.post("clock", json!({"advance_s": seconds})).await;
    }

    /// Every request seen, parts of batches as well: method, path, rel, status, user, batched.
    pub async fn requests(&self) -> Vec<Value> {
        let answer = self.get("requests").await;
        answer
            .as_array()
            .or_else(|| answer["requests"].as_array())
            .cloned()
            .unwrap_or_default()
    }

    /// `DELETE /requests`.
    pub async fn forget_requests(&self) {
        let url = format!("{}/requests", self.ready.control);
        let answer = self.http.delete(&url).send().await;
        answer.unwrap_or_else(|error| panic!("{url}: {error}"));
    }

    /// How many requests came over the wire: a batch counts as one, whatever its parts.
    pub async fn http_requests(&self) -> usize {
        let requests = self.requests().await;
        requests
            .iter()
            .filter(|request| request["batched"] != true)
            .count()
    }

    /// How many requests of this kind (the link's name, such as `sendMessage`) that user made, whatever the answer.
    pub async fn count(&self, user: &str, rel: &str) -> usize {
        let requests = self.requests().await;
        requests
            .iter()
            .filter(|request| {
                request["rel"] == rel
                    && request["user"]
                        .as_str()
                        .is_some_and(|seen| seen.ends_with(user))
            })
            .count()
    }

    async fn post(&self, path: &str, body: Value) {
        let url = format!("{}/{path}", self.ready.control);
        let answer = self
            .http
            .post(&url)
            .json(&body)
            .send()
            .await
            .unwrap_or_else(|error| panic!("{url}: {error}"));
        let status = answer.status();
        assert!(
            status.is_success(),
            "{url}: {status} {}",
            answer.text().await.unwrap_or_default()
        );
    }

    async fn get(&self, path: &str) -> Value {
        let url = format!("{}/{path}", self.ready.control);
        let answer = self
            .http
            .get(&url)
            .send()
            .await
            .unwrap_or_else(|error| panic!("{url}: {error}"));
        answer
            .json()
            .await
            .unwrap_or_else(|error| panic!("{url}: {error}"))
    }
}

async fn launch(dir: &Path, port: u16, extra: &[String]) -> (Program, Ready) {
    let mut command = Command::new(program::path("causeway-sim"));
    command.args([
        "--listen",
        &format!("127.0.0.1:{port}"),
        "--control",
        "127.0.0.1:0",
        "--seed",
        "7",
        "--dir",
    ]);
    command.arg(dir).args(extra).stdout(Stdio::piped());
    let mut program = Program::start(command, &dir.join("sim.log"));
    let stdout = program
        .child()
        .stdout
        .take()
        .expect("standard output is piped");
    let line = tokio::time::timeout(PATIENCE, BufReader::new(stdout).lines().next_line()).await;
    match line {
        Ok(Ok(Some(line))) => {
            let ready =
                serde_json::from_str(&line).unwrap_or_else(|error| panic!("{line}: {error}"));
            (program, ready)
        }
        _ => panic!("the simulator did not get ready: {}", program.log_text()),
    }
}
