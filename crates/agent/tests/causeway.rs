//! The real program, without any account: it starts, is one, and ends. With the signals and modes of Unix; what there is of it on
//! Windows is a story of its own, by Wine.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::Duration;

use causeway_api::door::Client;
use causeway_api::{Changes, Command as Ask, Desk, Kind, Reply, Side, SideState, View, Wish};
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
            Kind::State {
                side: Side::Lync,
                ..
            }
        )
    }));
    drop((client, changes));
    assert_eq!(agent.signal("INT").code(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_one_without_a_screen_says_that_there_is_no_window() {
    let house = House::new();
    let agent = house.start();
    for (wish, exit) in [
        (&[][..], 5),
        (&["--show"], 5),
        (&["--show", "people"], 5),
        (&["sip:bob@contoso.example"], 5),
        (&["--autostart"], 0),
    ] {
        let second = house.run(wish);
        assert_eq!(second.status.code(), Some(exit), "{wish:?}");
        let said = std::str::from_utf8(&second.stderr).unwrap();
        assert!(said.starts_with("Causeway runs already on "), "{said}");
        assert_eq!(said.contains("no screen"), exit == 5, "{said}");
    }
    assert_eq!(agent.signal("TERM").code(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_one_hands_its_wish_to_the_window_of_the_first() {
    let house = House::new();
    let agent = house.start();
    let window = Client::connect(house.data_dir(), "causeway-window")
        .await
        .unwrap()
        .unwrap();
    let (_, mut changes) = window.subscribe().await.unwrap();
    let stranger = house.enter().await;
    let (_, mut others) = stranger.subscribe().await.unwrap();
    for (wish, wanted) in [
        (&[][..], Wish::default()),
        (&["--show"], Wish::page(View::Chats)),
        (&["--show", "bridge"], Wish::page(View::Bridge)),
        (
            &["xmpp:carol@xmpp.example/home?message"],
            Wish::chat("xmpp:carol@xmpp.example"),
        ),
        (
            &["im:bob@contoso.example"],
            Wish::chat("bob@contoso.example"),
        ),
    ] {
        assert_eq!(house.run(wish).status.code(), Some(0), "{wish:?}");
        let told = soon(changes.next()).await.unwrap();
        assert_eq!(told.kind, Kind::Show(wanted));
    }
    // Nobody but the window is told, and its events are numbered through.
    agent.signal("TERM");
    while let Some(event) = soon(others.next()).await {
        assert!(!matches!(event.kind, Kind::Show(_)), "{event:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_window_is_started_once_and_told_what_was_asked_for_last() {
    let house = House::with_window("echo \"$@\" >> \"$2/started\"; exec sleep 600");
    let agent = house.start();
    assert_eq!(house.run(&["--show", "people"]).status.code(), Some(0));
    assert_eq!(
        house.run(&["sip:bob@contoso.example"]).status.code(),
        Some(0)
    );
    let window = Client::connect(house.data_dir(), "causeway-window")
        .await
        .unwrap()
        .unwrap();
    let (_, mut changes) = window.subscribe().await.unwrap();
    let told = soon(changes.next()).await.unwrap();
    assert_eq!(told.kind, Kind::Show(Wish::chat("sip:bob@contoso.example")));
    assert_eq!(agent.signal("TERM").code(), Some(0));
    let started = std::fs::read_to_string(house.data_dir().join("started")).unwrap();
    let wanted = format!("--data-dir {}\n", house.data_dir().display());
    assert_eq!(started, wanted, "once");
}

#[test]
fn a_computer_without_the_window_says_what_to_install() {
    let house = House::with_window("");
    std::fs::remove_file(house.bin().join("causeway-window")).unwrap();
    let agent = house.start();
    let second = house.run(&["--show"]);
    assert_eq!(second.status.code(), Some(5));
    let said = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(said.contains("not installed"), "{said}");
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

#[tokio::test(flavor = "multi_thread")]
async fn the_start_with_the_session_is_chosen_through_the_door_and_told() {
    let house = House::new();
    let agent = house.start();
    let client = house.enter().await;
    let starts = async || {
        let Reply::Desktop(desktop) = client.request(Ask::Desktop).await.unwrap() else {
            panic!("not the desktop")
        };
        desktop.starts_at_login
    };
    let entry = house
        .data_dir()
        .join("own/autostart/im.causeway.Causeway.desktop");
    for on in [true, false] {
        client.request(Ask::StartAtLogin { on }).await.unwrap();
        assert_eq!(starts().await, Some(on));
        let text = std::fs::read_to_string(&entry).unwrap();
        assert_eq!(text.contains("Hidden=true"), !on, "{text}");
        assert_eq!(text.contains("--autostart"), on, "{text}");
    }
    drop(client);
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

/// Generous: only a hang takes that long.
async fn soon<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), work)
        .await
        .expect("it hangs")
}

/// A person's files.
struct House(TempDir);

impl House {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// With the agent installed beside a window that runs this script, on a computer with a screen.
    fn with_window(script: &str) -> Self {
        let house = Self::new();
        std::fs::create_dir(house.bin()).unwrap();
        let agent = house.bin().join("causeway");
        std::fs::copy(env!("CARGO_BIN_EXE_causeway"), agent).unwrap();
        let window = house.bin().join("causeway-window");
        std::fs::write(&window, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&window, std::fs::Permissions::from_mode(0o700)).unwrap();
        house
    }

    fn bin(&self) -> std::path::PathBuf {
        self.0.path().join("bin")
    }

    fn configure(&self, text: &str) {
        std::fs::write(self.0.path().join("config.toml"), text).unwrap();
    }

    fn data_dir(&self) -> &std::path::Path {
        self.0.path()
    }

    fn command(&self, line: &[&str]) -> Command {
        let installed = self.bin().join("causeway");
        let has_screen = installed.exists();
        let mut command = Command::new(if has_screen {
            installed
        } else {
            env!("CARGO_BIN_EXE_causeway").into()
        });
        command
            .arg("--config")
            .arg(self.0.path().join("config.toml"))
            .arg("--data-dir")
            .arg(self.data_dir())
            .args(line)
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .env("XDG_RUNTIME_DIR", self.0.path())
            .env("XDG_CONFIG_HOME", self.0.path().join("own"))
            .env("XDG_CONFIG_DIRS", self.0.path().join("shared"))
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("DISPLAY")
            .env("NO_COLOR", "1");
        if has_screen {
            command.env("DISPLAY", ":no-such-screen");
        }
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
