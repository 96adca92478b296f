//! The real program, without any account: it starts, is one, and ends.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::Duration;

use causeway_api::door::Client;
use causeway_api::{Command as Ask, Desk, Reply, Side, SideState};
use tempfile::TempDir;

#[tokio::test(flavor = "multi_thread")]
async fn it_stays_up_without_any_configuration_and_says_so() {
    let house = House::new();
    let agent = house.start();
    let client = house.enter().await;
    assert_eq!(client.server().program, "causeway");
    let Reply::Links { links, .. } = client.request(Ask::Links).await.unwrap() else {
        panic!("not the links")
    };
    assert!(
        links
            .iter()
            .all(|(_, state)| *state == SideState::SignedOut),
        "{links:?}"
    );
    drop(client);
    assert_eq!(agent.signal("TERM").code(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn it_stays_up_where_a_server_cannot_be_reached() {
    let house = House::new();
    // A port that nobody listens on: ours, until it is dropped.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    house.configure(&format!(
        "[lync]\naddress = \"anna@contoso.example\"\ndiscovery_url = \"https://127.0.0.1:{port}/\"\nproxy = \"none\"\n"
    ));
    let agent = house.start();
    let client = house.enter().await;
    let (snapshot, changes) = client.subscribe().await.unwrap();
    assert!(snapshot.events.iter().any(|event| {
        matches!(
            event.kind,
            causeway_api::Kind::State {
                side: Side::Lync,
                ..
            }
        )
    }));
    drop((client, changes));
    assert_eq!(agent.signal("INT").code(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_one_hands_over_to_the_first_and_says_so() {
    let house = House::new();
    let agent = house.start();
    for wish in [
        &[][..],
        &["--show"],
        &["--show", "people"],
        &["sip:bob@contoso.example"],
        &["--autostart"],
    ] {
        let second = house.run(wish);
        assert_eq!(second.status.code(), Some(0), "{wish:?}");
        let said = std::str::from_utf8(&second.stderr).unwrap();
        assert!(said.starts_with("Causeway runs already on "), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
    assert_eq!(agent.signal("TERM").code(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn quit_waits_for_the_end_of_the_running_one() {
    let house = House::new();
    let mut agent = house.start();
    assert_eq!(house.run(&["--quit"]).status.code(), Some(0));
    // Ended already, not only told so.
    assert_eq!(
        agent.0.try_wait().unwrap().and_then(|status| status.code()),
        Some(0)
    );
    assert!(
        Client::connect(house.data_dir(), "test")
            .await
            .unwrap()
            .is_none()
    );
    assert_eq!(
        house.run(&["--quit"]).status.code(),
        Some(0),
        "nothing to end is no failure"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_one_is_replaced() {
    let house = House::new();
    assert_eq!(house.start().signal("KILL").code(), None);
    assert!(
        Client::connect(house.data_dir(), "test")
            .await
            .unwrap()
            .is_none()
    );
    let agent = house.start();
    house.enter().await.request(Ask::Links).await.unwrap();
    assert_eq!(agent.signal("TERM").code(), Some(0));
}

#[test]
fn wrong_usage_ends_with_two() {
    let house = House::new();
    for line in [
        &["--frobnicate"][..],
        &["--quit", "--show"],
        &["mailto:bob@contoso.example"],
    ] {
        assert_eq!(house.run(line).status.code(), Some(2), "{line:?}");
    }
}

/// A person's files.
struct House(TempDir);

impl House {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn configure(&self, text: &str) {
        std::fs::write(self.0.path().join("config.toml"), text).unwrap();
    }

    fn data_dir(&self) -> &std::path::Path {
        self.0.path()
    }

    fn command(&self, line: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_causeway"));
        command
            .arg("--config")
            .arg(self.0.path().join("config.toml"))
            .arg("--data-dir")
            .arg(self.data_dir())
            .args(line)
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .env("NO_COLOR", "1");
        command
    }

    fn run(&self, line: &[&str]) -> Output {
        self.command(line).output().unwrap()
    }

    /// Starts it and waits until it says that it is ready.
    fn start(&self) -> Agent {
        let mut child = self.command(&[]).stderr(Stdio::piped()).spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains(" ready ") {
            line.clear();
            assert_ne!(
                log.read_line(&mut line).unwrap(),
                0,
                "it ended before it was ready"
            );
        }
        // Read on, so that its log never waits for us.
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        Agent(child)
    }

    async fn enter(&self) -> Client {
        let entered = Client::connect(self.data_dir(), "test");
        tokio::time::timeout(Duration::from_secs(60), entered)
            .await
            .unwrap()
            .unwrap()
            .unwrap()
    }
}

/// A running agent. One that a failed test left behind is killed.
struct Agent(Child);

impl Agent {
    fn signal(mut self, name: &str) -> ExitStatus {
        let sent = Command::new("kill")
            .args([&format!("-{name}"), &self.0.id().to_string()])
            .status();
        assert!(sent.unwrap().success());
        self.0.wait().unwrap()
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        // It has ended already where the test went well.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
