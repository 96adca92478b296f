//! The end of the door in front of which programs stand.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::{SinkExt, StreamExt};
use jiff::Timestamp;
use tokio::io::AsyncRead;
use tokio::sync::{broadcast, mpsc, oneshot, watch};
use tokio::time::timeout;
use tokio_util::codec::{FramedRead, FramedWrite, LinesCodec};
use tracing::debug;

use super::frame::{self, FromClient, FromServer, Hello, STEP};
use super::socket;
use crate::{Changes, Code, Command, Desk, Event, Kind, Problem, Reply, Snapshot};

/// A running engine greets at once; longer means that it hangs or is not one.
const HANDSHAKE: Duration = Duration::from_secs(5);

/// Changes that a listener may be behind before it is told to ask anew.
const BACKLOG: usize = 1024;

/// A connection to a running engine. Cheap to clone; it ends with the last clone and the last [`Listening`].
#[derive(Clone, Debug)]
pub struct Client {
    out: mpsc::Sender<String>,
    waiting: Arc<Mutex<Waiting>>,
    ids: Arc<AtomicU64>,
    server: Arc<Server>,
}

#[derive(Debug)]
struct Server {
    hello: Hello,
    process: Option<socket::PeerProcess>,
    connected: watch::Receiver<()>,
}

type Answer<T> = oneshot::Sender<Result<T, Problem>>;

/// Who waits for what.
#[derive(Debug, Default)]
struct Waiting {
    /// Set when the connection is lost: nobody answers any more.
    lost: Option<Problem>,
    replies: HashMap<u64, Answer<Reply>>,
    snapshots: HashMap<u64, Answer<(Snapshot, broadcast::Receiver<Event>)>>,
    listeners: HashMap<u64, broadcast::Sender<Event>>,
}

impl Client {
    /// Connects to the engine that runs on a data directory; `None` where none does. `program` is told to it.
    ///
    /// # Errors
    /// [`Code::VersionMismatch`] where the two do not understand each other, [`Code::TimeLimit`] where it does not
    /// greet, [`Code::NotOffered`] where it is another user's, [`Code::Storage`] where the socket cannot be used.
    pub async fn connect(data_dir: &Path, program: &str) -> Result<Option<Self>, Problem> {
        let stream = match socket::connect(data_dir).await {
            Ok(Some(stream)) => stream,
            Ok(None) => return Ok(None),
            Err(error) => return Err(unusable(&error)),
        };
        if !socket::host_is_ours(&stream).map_err(|error| unusable(&error))? {
            return Err(of_another_user());
        }
        timeout(HANDSHAKE, Self::greet(stream, program))
            .await
            .unwrap_or_else(|_| Err(silent()))
    }

    async fn greet(stream: socket::Host, program: &str) -> Result<Option<Self>, Problem> {
        let process = socket::peer_process(&stream);
        let (read, write) = socket::host_halves(stream);
        let mut lines = FramedRead::new(read, frame::lines());
        let mut sink = FramedWrite::new(write, frame::lines());
        let greeting = frame::encode(&FromClient::Hello(Hello::of(program)))?;
        if sink.send(greeting).await.is_err() {
            // It ended between our connecting and our greeting.
            return Ok(None);
        }
        let hello = match lines.next().await {
            None | Some(Err(_)) => return Ok(None),
            Some(Ok(line)) => match frame::decode(&line)? {
                FromServer::Welcome(hello) => hello,
                FromServer::Incompatible { problem, .. } | FromServer::Refused { problem } => {
                    return if problem.code == Code::AgentGone {
                        Ok(None)
                    } else {
                        Err(problem)
                    };
                }
                FromServer::Reply { .. }
                | FromServer::Failed { .. }
                | FromServer::Subscribed { .. }
                | FromServer::Event { .. }
                | FromServer::Ended { .. } => return Err(silent()),
            },
        };
        let (out, outbox) = mpsc::channel(64);
        let (lost, connected) = watch::channel(());
        let waiting = Arc::new(Mutex::new(Waiting::default()));
        tokio::spawn(frame::write(outbox, sink));
        tokio::spawn(read_lines(lines, waiting.clone(), lost));
        Ok(Some(Self {
            out,
            waiting,
            ids: Arc::default(),
            server: Arc::new(Server {
                hello,
                process,
                connected,
            }),
        }))
    }

    /// The other program's greeting.
    #[must_use]
    pub fn server(&self) -> &Hello {
        &self.server.hello
    }

    /// Is anybody at the other end still?
    #[must_use]
    pub fn is_connected(&self) -> bool {
        lock(&self.waiting).lost.is_none()
    }

    /// Resolves when the connection is lost and the other program has ended, as far as the system tells.
    pub async fn ended(&self) {
        let mut connected = self.server.connected.clone();
        while connected.changed().await.is_ok() {}
        socket::ended(self.server.process.as_ref()).await;
    }

    fn next_id(&self) -> u64 {
        self.ids.fetch_add(1, Ordering::Relaxed)
    }

    async fn tell(&self, frame: &FromClient) -> Result<(), Problem> {
        let line = frame::encode(frame)?;
        self.out.send(line).await.map_err(|_| gone())
    }
}

impl Desk for Client {
    type Changes = Listening;

    async fn request(&self, ask: Command) -> Result<Reply, Problem> {
        let id = self.next_id();
        let (answer, answered) = oneshot::channel();
        lock(&self.waiting).check()?.replies.insert(id, answer);
        self.tell(&FromClient::Request { id, ask }).await?;
        answered
            .await
            .unwrap_or_else(|_| Err(lock(&self.waiting).why()))
    }

    async fn subscribe(&self) -> Result<(Snapshot, Listening), Problem> {
        let id = self.next_id();
        let (answer, answered) = oneshot::channel();
        lock(&self.waiting).check()?.snapshots.insert(id, answer);
        self.tell(&FromClient::Subscribe { id }).await?;
        let (snapshot, events) = answered
            .await
            .unwrap_or_else(|_| Err(lock(&self.waiting).why()))?;
        let listening = Listening {
            id,
            seq: snapshot.seq,
            events,
            client: self.clone(),
        };
        Ok((snapshot, listening))
    }
}

/// The changes of one subscription. Ends it when dropped.
#[derive(Debug)]
pub struct Listening {
    id: u64,
    seq: u64,
    events: broadcast::Receiver<Event>,
    client: Client,
}

impl Changes for Listening {
    async fn next(&mut self) -> Option<Event> {
        let event = match self.events.recv().await {
            Ok(event) => event,
            Err(broadcast::error::RecvError::Lagged(_)) => Event {
                seq: self.seq + 1,
                at: Timestamp::now(),
                kind: Kind::Resync,
            },
            Err(broadcast::error::RecvError::Closed) => return None,
        };
        self.seq = event.seq;
        Some(event)
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        lock(&self.client.waiting).listeners.remove(&self.id);
        // Where the line does not fit now, the engine's events for this id are thrown away when they come.
        if let Ok(line) = frame::encode(&FromClient::Unsubscribe { id: self.id }) {
            let _ = self.client.out.try_send(line);
        }
    }
}

impl Waiting {
    fn check(&mut self) -> Result<&mut Self, Problem> {
        match &self.lost {
            Some(problem) => Err(problem.clone()),
            None => Ok(self),
        }
    }

    fn why(&self) -> Problem {
        self.lost.clone().unwrap_or_else(gone)
    }

    /// Hands a frame to whom it concerns; `Err` ends the connection.
    fn take(&mut self, frame: FromServer) -> Result<(), Problem> {
        match frame {
            FromServer::Reply { id, reply } => {
                if let Some(answer) = self.replies.remove(&id) {
                    let _ = answer.send(Ok(reply));
                }
            }
            FromServer::Failed { id, problem } => {
                self.listeners.remove(&id);
                if let Some(answer) = self.replies.remove(&id) {
                    let _ = answer.send(Err(problem));
                } else if let Some(answer) = self.snapshots.remove(&id) {
                    let _ = answer.send(Err(problem));
                }
            }
            FromServer::Subscribed { id, snapshot } => {
                if let Some(answer) = self.snapshots.remove(&id) {
                    let (events, listener) = broadcast::channel(BACKLOG);
                    if answer.send(Ok((snapshot, listener))).is_ok() {
                        self.listeners.insert(id, events);
                    }
                }
            }
            FromServer::Event { id, event } => {
                if let Some(listener) = self.listeners.get(&id) {
                    let _ = listener.send(event);
                }
            }
            FromServer::Ended { id } => {
                self.listeners.remove(&id);
            }
            FromServer::Refused { problem } | FromServer::Incompatible { problem, .. } => {
                return Err(problem);
            }
            FromServer::Welcome(_) => {}
        }
        Ok(())
    }
}

/// Until the other end closes the connection, or the last who could ask for something here is gone.
async fn read_lines(
    mut lines: FramedRead<impl AsyncRead + Unpin, LinesCodec>,
    waiting: Arc<Mutex<Waiting>>,
    lost: watch::Sender<()>,
) {
    let why = loop {
        let line = tokio::select! {
            line = lines.next() => line,
            () = lost.closed() => break gone(),
        };
        let frame = match line {
            Some(Ok(line)) => frame::decode(&line),
            None | Some(Err(_)) => break gone(),
        };
        let taken = frame.and_then(|frame| lock(&waiting).take(frame));
        if let Err(problem) = taken {
            break problem;
        }
    };
    debug!(code = %why.code, "the connection to the agent ended");
    *lock(&waiting) = Waiting {
        lost: Some(why),
        ..Waiting::default()
    };
}

fn lock(waiting: &Mutex<Waiting>) -> MutexGuard<'_, Waiting> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}

fn gone() -> Problem {
    Problem::new(
        Code::AgentGone,
        STEP,
        "Causeway ended before it answered",
        "Start Causeway again; texts that it had accepted are sent then",
    )
}

fn silent() -> Problem {
    Problem::new(
        Code::TimeLimit,
        STEP,
        format!(
            "The running Causeway did not greet within {} s",
            HANDSHAKE.as_secs()
        ),
        "End it and start it again",
    )
}

fn of_another_user() -> Problem {
    Problem::new(
        Code::NotOffered,
        STEP,
        "The data directory is used by a Causeway of another user",
        "Choose another directory with --data-dir",
    )
}

fn unusable(error: &std::io::Error) -> Problem {
    Problem::new(
        Code::Storage,
        STEP,
        format!("The local socket cannot be used: {error}"),
        "Make the data directory yours, or choose another one with --data-dir",
    )
}
