//! Both ends over a real socket.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{
    AsyncBufRead, AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader, Lines,
};
use tokio::sync::{Notify, broadcast};
use tokio::time::timeout;

use super::frame::{LONGEST, PROTOCOL};
use super::socket::{self, Listener};
use super::{Client, Door, Reached, reach};
use crate::{Changes, Code, Command, Desk, Event, Kind, Problem, Reply, Side, SideState, Snapshot};

const PROGRAM: &str = "test";

#[tokio::test]
async fn a_question_gets_its_answer_and_a_failure_its_cause() {
    let house = House::open();
    let client = house.enter().await;
    assert_eq!(client.server().program, PROGRAM);
    assert_eq!(client.request(Command::Links).await, Ok(links()));
    let refused = client.request(Command::Contacts).await.unwrap_err();
    assert_eq!(refused.code, Code::Busy);
}

#[tokio::test]
async fn a_slow_answer_does_not_hold_up_a_quick_one() {
    let house = House::open();
    let client = house.enter().await;
    let slow = tokio::spawn({
        let client = client.clone();
        async move { client.request(Command::Check { again: false }).await }
    });
    house.desk.began.notified().await;
    assert_eq!(client.request(Command::Links).await, Ok(links()));
    assert!(!slow.is_finished());
    house.desk.go_on.notify_one();
    assert_eq!(soon(slow).await.unwrap(), Ok(Reply::Done));
}

#[tokio::test]
async fn two_clients_get_the_snapshot_then_every_change() {
    let house = House::open();
    let (one, two) = (house.enter().await, house.enter().await);
    let (snapshot, mut first) = one.subscribe().await.unwrap();
    let (_, mut second) = two.subscribe().await.unwrap();
    assert_eq!(snapshot.events, vec![event(1)]);
    house.desk.tell(2);
    house.desk.tell(3);
    for changes in [&mut first, &mut second] {
        assert_eq!(soon(changes.next()).await, Some(event(2)));
        assert_eq!(soon(changes.next()).await, Some(event(3)));
    }
}

#[tokio::test]
async fn a_client_that_does_not_read_is_told_to_ask_anew_and_nobody_else_waits() {
    let house = House::open();
    let (mut lines, mut write) = house.raw().await;
    say(&mut write, &hello(PROTOCOL)).await;
    say(&mut write, &json!({ "frame": "subscribe", "id": 1 })).await;
    expect(&mut lines, "welcome").await;
    expect(&mut lines, "subscribed").await;
    let attentive = house.enter().await;
    let (_, mut changes) = attentive.subscribe().await.unwrap();
    // Far more than the socket, our queue and the desk's queue hold together.
    for seq in 2..20_000 {
        house.desk.tell(seq);
        assert_eq!(soon(changes.next()).await, Some(event(seq)));
    }
    // Now it reads: what had been sent before, then that something is missing.
    loop {
        let frame = expect(&mut lines, "event").await;
        if frame["event"]["kind"] == "resync" {
            break;
        }
        assert_ne!(frame["event"]["seq"], 19_999, "nothing was dropped");
    }
    say(&mut write, &json!({ "frame": "subscribe", "id": 2 })).await;
    while soon(lines.next_line())
        .await
        .unwrap()
        .unwrap()
        .contains(r#""event","id":1"#)
    {}
}

#[tokio::test]
async fn a_listener_that_falls_behind_is_told_and_still_gets_answers() {
    let house = House::open();
    let client = house.enter().await;
    let (_, mut changes) = client.subscribe().await.unwrap();
    for seq in 2..5_000 {
        house.desk.tell(seq);
        if seq % 100 == 0 {
            assert_eq!(client.request(Command::Links).await, Ok(links()));
        }
    }
    let resync = async { while changes.next().await.unwrap().kind != Kind::Resync {} };
    soon(resync).await;
    // What follows counts on from there.
    let (snapshot, _) = client.subscribe().await.unwrap();
    assert_eq!(snapshot, house.desk.snapshot());
}

#[tokio::test]
async fn a_dropped_subscription_ends_at_the_engine_too() {
    let house = House::open();
    let client = house.enter().await;
    let (_, changes) = client.subscribe().await.unwrap();
    assert_eq!(house.desk.changes.receiver_count(), 1);
    drop(changes);
    // Answered after the unsubscription was taken in.
    client.request(Command::Links).await.unwrap();
    let left = async {
        while house.desk.changes.receiver_count() > 0 {
            tokio::task::yield_now().await;
        }
    };
    soon(left).await;
}

#[tokio::test]
async fn an_old_program_is_told_to_start_again() {
    let house = House::open();
    let (mut lines, mut write) = house.raw().await;
    say(&mut write, &hello(PROTOCOL - 1)).await;
    let frame = expect(&mut lines, "incompatible").await;
    assert_eq!(frame["problem"]["code"], "CW-4104");
    assert_eq!(
        frame["problem"]["remedy"],
        "Start an-old-program again, it has been updated"
    );
    assert_eq!(soon(lines.next_line()).await.unwrap(), None);
}

#[tokio::test]
async fn a_program_that_meets_a_newer_agent_learns_what_to_do() {
    let data_dir = tempfile::tempdir().unwrap();
    let mut listener = Listener::bind(data_dir.path()).unwrap();
    let problem = Problem::new(Code::VersionMismatch, "door", "Too old", "Start me again");
    let answer = json!({ "frame": "incompatible", "problem": problem,
        "ours": { "protocol": PROTOCOL + 1, "version": "9.0.0", "program": "causeway" } });
    let agent = async {
        let stream = listener.accept().await.unwrap();
        let (read, mut write) = socket::visitor_halves(stream);
        let hello = BufReader::new(read)
            .lines()
            .next_line()
            .await
            .unwrap()
            .unwrap();
        assert!(hello.contains(r#""frame":"hello""#));
        say(&mut write, &answer).await;
    };
    let (met, ()) = tokio::join!(Client::connect(data_dir.path(), PROGRAM), agent);
    assert_eq!(met.unwrap_err(), problem);
}

#[tokio::test(start_paused = true)]
async fn neither_end_waits_for_ever_for_a_greeting() {
    let data_dir = tempfile::tempdir().unwrap();
    let mut listener = Listener::bind(data_dir.path()).unwrap();
    let silent = async {
        let held = listener.accept().await.unwrap();
        std::future::pending::<()>().await;
        drop(held);
    };
    tokio::select! {
        met = Client::connect(data_dir.path(), PROGRAM) => {
            assert_eq!(met.unwrap_err().code, Code::TimeLimit);
        }
        () = silent => {}
    }
    let house = House::open();
    let (mut lines, _write) = house.raw().await;
    let frame = expect(&mut lines, "refused").await;
    assert_eq!(frame["problem"]["code"], "CW-4104");
    assert_eq!(lines.next_line().await.unwrap(), None);
}

#[tokio::test]
async fn what_is_no_frame_is_answered_with_its_place_and_the_connection_closed() {
    for garbage in [
        "GET / HTTP/1.1",
        "{}",
        "[1,2]",
        "\u{0}",
        r#"{"frame":"request","id":-1,"ask":{}}"#,
        r#"{"frame":"request","id":1,"ask":{"command":"order-pizza"}}"#,
        r#"{"frame":"hello","protocol":1,"version":"1","program":"x"}"#,
    ] {
        let house = House::open();
        let (mut lines, mut write) = house.raw().await;
        say(&mut write, &hello(PROTOCOL)).await;
        expect(&mut lines, "welcome").await;
        write
            .write_all(format!("{garbage}\n").as_bytes())
            .await
            .unwrap();
        let frame = expect(&mut lines, "refused").await;
        assert_eq!(frame["problem"]["code"], "CW-4104", "{garbage}");
        assert_eq!(soon(lines.next_line()).await.unwrap(), None, "{garbage}");
        // Others are not concerned.
        assert_eq!(
            house.enter().await.request(Command::Links).await,
            Ok(links())
        );
    }
}

#[tokio::test]
async fn bytes_that_are_no_text_are_refused() {
    let house = House::open();
    let (mut lines, mut write) = house.raw().await;
    write.write_all(b"\xff\xfe\x00\n").await.unwrap();
    expect(&mut lines, "refused").await;
    assert_eq!(soon(lines.next_line()).await.unwrap(), None);
}

#[tokio::test]
async fn a_line_without_end_is_cut_off_at_the_limit() {
    let house = House::open();
    let (mut lines, mut write) = house.raw().await;
    say(&mut write, &hello(PROTOCOL)).await;
    expect(&mut lines, "welcome").await;
    let flood = async {
        let block = vec![b'a'; 64 << 10];
        // The other end stops reading, and closes, once it has seen enough.
        for _ in 0..LONGEST / block.len() + 64 {
            if write.write_all(&block).await.is_err() {
                return;
            }
        }
    };
    let told = async {
        let frame = expect(&mut lines, "refused").await;
        assert!(
            frame["problem"]["message"]
                .as_str()
                .unwrap()
                .contains("longer than 8388608 bytes")
        );
    };
    soon(async { tokio::join!(flood, told) }).await;
}

#[tokio::test]
async fn an_answer_that_does_not_fit_is_an_error_and_not_the_end() {
    let house = House::open();
    let client = house.enter().await;
    let too_long = client
        .request(Command::Search {
            text: "everyone".into(),
        })
        .await
        .unwrap_err();
    assert_eq!(too_long.code, Code::Internal);
    assert_eq!(client.request(Command::Links).await, Ok(links()));
}

#[tokio::test]
async fn a_question_that_does_not_fit_is_refused_before_it_is_sent() {
    let house = House::open();
    let client = house.enter().await;
    let text = "a".repeat(LONGEST);
    assert!(
        client
            .request(Command::Send {
                token: None,
                address: "sip:bob@contoso.example".into(),
                text,
                when: crate::SendWhen::Now,
            })
            .await
            .is_err()
    );
    assert_eq!(client.request(Command::Links).await, Ok(links()));
}

#[tokio::test]
async fn a_client_that_goes_in_the_middle_disturbs_nobody() {
    let house = House::open();
    let staying = house.enter().await;
    let going = house.enter().await;
    let asking = tokio::spawn(async move { going.request(Command::Check { again: false }).await });
    house.desk.began.notified().await;
    asking.abort();
    assert!(asking.await.is_err());
    house.desk.go_on.notify_one();
    assert_eq!(staying.request(Command::Links).await, Ok(links()));
}

#[cfg(unix)] // A pipe of Windows has no half that could be closed.
#[tokio::test]
async fn whoever_only_stops_asking_still_gets_the_answer() {
    let house = House::open();
    let (mut lines, mut write) = house.raw().await;
    say(&mut write, &hello(PROTOCOL)).await;
    say(
        &mut write,
        &json!({ "frame": "request", "id": 7, "ask": { "command": "check" } }),
    )
    .await;
    house.desk.began.notified().await;
    write.shutdown().await.unwrap();
    house.desk.go_on.notify_one();
    expect(&mut lines, "welcome").await;
    assert_eq!(expect(&mut lines, "reply").await["id"], 7);
    assert_eq!(soon(lines.next_line()).await.unwrap(), None);
}

#[tokio::test]
async fn the_last_answer_comes_before_the_door_closes_and_everybody_learns_of_it() {
    let mut house = House::open();
    let client = house.enter().await;
    let (_, mut changes) = client.subscribe().await.unwrap();
    assert_eq!(client.request(Command::Quit).await, Ok(Reply::Done));
    let mut door = house.door.take().unwrap();
    door.shut().await;
    assert!(
        Client::connect(house.data_dir.path(), PROGRAM)
            .await
            .unwrap()
            .is_none()
    );
    assert_eq!(client.request(Command::Links).await, Ok(links()));
    soon(door.close()).await;
    assert_eq!(soon(changes.next()).await, None);
    assert_eq!(
        client.request(Command::Links).await.unwrap_err().code,
        Code::AgentGone
    );
}

#[tokio::test]
async fn closing_does_not_wait_for_a_client_that_does_not_read() {
    let mut house = House::open();
    let (mut lines, mut write) = house.raw().await;
    say(&mut write, &hello(PROTOCOL)).await;
    say(&mut write, &json!({ "frame": "subscribe", "id": 1 })).await;
    expect(&mut lines, "welcome").await;
    for seq in 2..20_000 {
        house.desk.tell(seq);
        tokio::task::yield_now().await;
    }
    soon(house.door.take().unwrap().close()).await;
}

#[tokio::test]
async fn nobody_home_is_not_an_error() {
    let data_dir = tempfile::tempdir().unwrap();
    assert!(
        Client::connect(data_dir.path(), PROGRAM)
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn whoever_runs_is_reached_and_nothing_is_started() {
    let house = House::open();
    let reached = reach(
        house.data_dir.path(),
        PROGRAM,
        async || -> Result<(), Problem> { panic!("nothing is to be started") },
    );
    assert!(matches!(reached.await, Ok(Reached::Running(_))));
}

#[tokio::test(start_paused = true)]
async fn a_busy_directory_is_waited_for_until_it_is_free() {
    let data_dir = tempfile::tempdir().unwrap();
    let tries = AtomicUsize::new(0);
    let reached = reach(data_dir.path(), PROGRAM, async || {
        match tries.fetch_add(1, Ordering::Relaxed) {
            0..5 => Err(busy()),
            _ => Ok("ours"),
        }
    });
    assert!(matches!(reached.await, Ok(Reached::Ours("ours"))));
}

#[tokio::test(start_paused = true)]
async fn a_directory_that_stays_busy_is_given_up() {
    let data_dir = tempfile::tempdir().unwrap();
    let began = tokio::time::Instant::now();
    let reached = reach(data_dir.path(), PROGRAM, async || Err::<(), _>(busy()));
    assert_eq!(reached.await.unwrap_err().code, Code::DataDirBusy);
    assert!((9..12).contains(&began.elapsed().as_secs()));
}

/// A data directory with an open door.
struct House {
    data_dir: TempDir,
    desk: TestDesk,
    door: Option<Door>,
}

impl House {
    fn open() -> Self {
        let data_dir = tempfile::tempdir().unwrap();
        let desk = TestDesk::default();
        let door = Some(Door::open(data_dir.path(), PROGRAM, desk.clone()).unwrap());
        Self {
            data_dir,
            desk,
            door,
        }
    }

    async fn enter(&self) -> Client {
        soon(Client::connect(self.data_dir.path(), PROGRAM))
            .await
            .unwrap()
            .unwrap()
    }

    /// Without a client of ours.
    async fn raw(
        &self,
    ) -> (
        Lines<BufReader<impl AsyncRead + use<>>>,
        impl AsyncWrite + use<>,
    ) {
        let stream = socket::connect(self.data_dir.path())
            .await
            .unwrap()
            .unwrap();
        let (read, write) = socket::host_halves(stream);
        (BufReader::new(read).lines(), write)
    }
}

/// Answers by the command: `Links` at once, `Check` when told to, `Search` with more than fits.
#[derive(Clone)]
struct TestDesk {
    changes: broadcast::Sender<u64>,
    began: Arc<Notify>,
    go_on: Arc<Notify>,
}

impl Default for TestDesk {
    fn default() -> Self {
        Self {
            changes: broadcast::Sender::new(256),
            began: Arc::default(),
            go_on: Arc::default(),
        }
    }
}

impl TestDesk {
    fn tell(&self, seq: u64) {
        let _ = self.changes.send(seq);
    }

    fn snapshot(&self) -> Snapshot {
        Snapshot {
            seq: 1,
            events: vec![event(1)],
        }
    }
}

impl Desk for TestDesk {
    type Changes = TestChanges;

    #[expect(clippy::wildcard_enum_match_arm, reason = "no test asks anything else")]
    async fn request(&self, command: Command) -> Result<Reply, Problem> {
        match command {
            Command::Links => Ok(links()),
            Command::Check { .. } => {
                self.began.notify_one();
                self.go_on.notified().await;
                Ok(Reply::Done)
            }
            Command::Search { .. } => Err(Problem::new(
                Code::Internal,
                "search",
                "a".repeat(LONGEST),
                "",
            )),
            Command::Contacts => Err(Problem::new(Code::Busy, "contacts", "Busy", "Wait")),
            Command::Quit => Ok(Reply::Done),
            other => panic!("not expected here: {other:?}"),
        }
    }

    async fn subscribe(&self) -> Result<(Snapshot, TestChanges), Problem> {
        Ok((self.snapshot(), TestChanges(self.changes.subscribe())))
    }
}

struct TestChanges(broadcast::Receiver<u64>);

impl Changes for TestChanges {
    async fn next(&mut self) -> Option<Event> {
        match self.0.recv().await {
            Ok(seq) => Some(event(seq)),
            Err(broadcast::error::RecvError::Lagged(missed)) => Some(Event {
                kind: Kind::Resync,
                ..event(missed)
            }),
            Err(broadcast::error::RecvError::Closed) => None,
        }
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
        at: Timestamp::UNIX_EPOCH,
        kind,
    }
}

fn links() -> Reply {
    Reply::Links {
        links: vec![(Side::Lync, SideState::SigningIn)],
        bridge: true,
    }
}

fn busy() -> Problem {
    Problem::new(Code::DataDirBusy, "storage", "In use", "End the other one")
}

fn hello(protocol: u32) -> Value {
    json!({ "frame": "hello", "protocol": protocol, "version": "0.0.1", "program": "an-old-program" })
}

async fn say(write: &mut (impl AsyncWrite + Unpin), frame: &Value) {
    write
        .write_all(format!("{frame}\n").as_bytes())
        .await
        .unwrap();
}

async fn expect(lines: &mut Lines<impl AsyncBufRead + Unpin>, frame: &str) -> Value {
    let line = soon(lines.next_line()).await.unwrap().unwrap();
    let found: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(found["frame"], frame, "{line}");
    found
}

/// Generous: only a hang takes that long.
async fn soon<T>(work: impl Future<Output = T>) -> T {
    timeout(Duration::from_secs(60), work)
        .await
        .expect("it hangs")
}
