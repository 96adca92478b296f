//! One client at the door, from its greeting to its end.

use std::collections::HashMap;
use std::time::Duration;

use futures::StreamExt;
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::timeout;
use tokio_util::codec::{FramedRead, FramedWrite, LinesCodec, LinesCodecError};
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

use super::frame::{self, FromClient, FromServer, Hello, LONGEST, PROTOCOL, STEP};
use super::socket;
use crate::{Changes, Code, Command, Desk, Problem};

/// Long enough for a program that is being swapped in.
const HANDSHAKE: Duration = Duration::from_secs(5);

/// How long the last lines to a client may take.
const FAREWELL: Duration = Duration::from_secs(1);

/// Lines that wait for one client. A client that reads too slowly holds up its own answers, nobody else's.
const QUEUE: usize = 64;

/// Requests of one client in progress; further ones are read when one of them is answered.
const MOST_REQUESTS: usize = 64;

/// Subscriptions of one client at a time.
const MOST_SUBSCRIPTIONS: usize = 16;

type Lines = FramedRead<socket::FromVisitor, LinesCodec>;

/// Serves one connection until its client leaves or `closing` is cancelled.
pub(super) async fn serve<D: Desk>(
    stream: socket::Visitor,
    desk: D,
    ours: Hello,
    closing: CancellationToken,
) {
    let is_ours = matches!(socket::visitor_is_ours(&stream), Ok(true));
    let (read, write) = socket::visitor_halves(stream);
    let mut lines = FramedRead::new(read, frame::lines());
    let (out, outbox) = mpsc::channel(QUEUE);
    let mut writer = tokio::spawn(frame::write(
        outbox,
        FramedWrite::new(write, frame::lines()),
    ));
    let greeted = match is_ours {
        true => closing
            .run_until_cancelled(greet(&mut lines, &ours))
            .await
            .unwrap_or_else(|| Err(Box::new(refused(closing_down())))),
        false => Err(Box::new(refused(stranger()))),
    };
    match greeted {
        Ok(theirs) => {
            tell(&out, &FromServer::Welcome(ours)).await;
            let mut visit = Visit {
                desk: desk.visited_by(&theirs.program),
                out,
                requests: JoinSet::new(),
                following: HashMap::new(),
            };
            visit.run(lines, &closing).await;
            visit.leave(&closing).await;
        }
        Err(farewell) => {
            tell(&out, &farewell).await;
            drop(out);
        }
    }
    if timeout(FAREWELL, &mut writer).await.is_err() {
        writer.abort();
    }
}

/// Waits for the client's greeting; `Err` says why it is turned away.
async fn greet(lines: &mut Lines, ours: &Hello) -> Result<Hello, Box<FromServer>> {
    let line = match timeout(HANDSHAKE, lines.next()).await {
        Ok(Some(Ok(line))) => line,
        Ok(Some(Err(error))) => return Err(Box::new(refused(unreadable(&error)))),
        Ok(None) | Err(_) => return Err(Box::new(refused(no_greeting()))),
    };
    let theirs = match frame::decode(&line) {
        Ok(FromClient::Hello(hello)) => hello,
        Ok(
            FromClient::Request { .. }
            | FromClient::Subscribe { .. }
            | FromClient::Unsubscribe { .. },
        ) => return Err(Box::new(refused(no_greeting()))),
        Err(problem) => return Err(Box::new(refused(problem))),
    };
    if theirs.protocol == PROTOCOL {
        debug!(program = %theirs.program, version = %theirs.version, "let in");
        return Ok(theirs);
    }
    warn!(program = %theirs.program, version = %theirs.version, protocol = theirs.protocol, "turned away: other protocol");
    Err(Box::new(FromServer::Incompatible {
        problem: incompatible(&theirs, ours),
        ours: ours.clone(),
    }))
}

/// A client that was let in.
struct Visit<D: Desk> {
    desk: D,
    out: mpsc::Sender<String>,
    requests: JoinSet<()>,
    following: HashMap<u64, AbortHandle>,
}

impl<D: Desk> Visit<D> {
    /// Reads frames until the client has no more, says something else, or the door closes.
    async fn run(&mut self, mut lines: Lines, closing: &CancellationToken) {
        loop {
            let line = tokio::select! {
                () = closing.cancelled() => return,
                () = self.out.closed() => return,
                Some(_) = self.requests.join_next() => continue,
                line = lines.next(), if self.requests.len() < MOST_REQUESTS => line,
            };
            let frame = match line {
                None => return,
                Some(Ok(line)) => frame::decode(&line),
                Some(Err(error)) => Err(unreadable(&error)),
            };
            if let Err(problem) = frame.and_then(|frame| self.take(frame)) {
                warn!(code = %problem.code, "a client was not understood");
                tell(&self.out, &refused(problem)).await;
                return;
            }
        }
    }

    fn take(&mut self, frame: FromClient) -> Result<(), Problem> {
        match frame {
            FromClient::Hello(_) => return Err(second_greeting()),
            FromClient::Request { id, ask } => {
                self.requests
                    .spawn(answer(self.desk.clone(), id, ask, self.out.clone()));
            }
            FromClient::Subscribe { id } => {
                self.following.retain(|_, task| !task.is_finished());
                if self.following.len() >= MOST_SUBSCRIPTIONS || self.following.contains_key(&id) {
                    return Err(too_many_subscriptions());
                }
                let task = tokio::spawn(follow(self.desk.clone(), id, self.out.clone()));
                self.following.insert(id, task.abort_handle());
            }
            FromClient::Unsubscribe { id } => {
                if let Some(task) = self.following.remove(&id) {
                    task.abort();
                }
            }
        }
        Ok(())
    }

    /// A client that only closed its sending half still gets its answers; when the door closes they are few and quick.
    async fn leave(mut self, closing: &CancellationToken) {
        for task in self.following.values() {
            task.abort();
        }
        let answered = async { while self.requests.join_next().await.is_some() {} };
        tokio::select! {
            () = answered => {}
            () = self.out.closed() => {}
            () = async { closing.cancelled().await; tokio::time::sleep(FAREWELL).await } => {}
        }
    }
}

async fn answer<D: Desk>(desk: D, id: u64, ask: Command, out: mpsc::Sender<String>) {
    let frame = match desk.request(ask).await {
        Ok(reply) => FromServer::Reply { id, reply },
        Err(problem) => FromServer::Failed { id, problem },
    };
    tell_of(&out, id, &frame).await;
}

async fn follow<D: Desk>(desk: D, id: u64, out: mpsc::Sender<String>) {
    let (snapshot, mut changes) = match desk.subscribe().await {
        Ok(subscription) => subscription,
        Err(problem) => return tell_of(&out, id, &FromServer::Failed { id, problem }).await,
    };
    tell_of(&out, id, &FromServer::Subscribed { id, snapshot }).await;
    while let Some(event) = changes.next().await {
        tell_of(&out, id, &FromServer::Event { id, event }).await;
    }
    tell(&out, &FromServer::Ended { id }).await;
}

/// A frame about `id`, or, where it does not fit through the door, that it does not.
async fn tell_of(out: &mpsc::Sender<String>, id: u64, frame: &FromServer) {
    match frame::encode(frame) {
        Ok(line) => send(out, line).await,
        Err(problem) => tell(out, &FromServer::Failed { id, problem }).await,
    }
}

async fn tell(out: &mpsc::Sender<String>, frame: &FromServer) {
    match frame::encode(frame) {
        Ok(line) => send(out, line).await,
        Err(problem) => warn!(%problem, "a frame was not sent"),
    }
}

async fn send(out: &mpsc::Sender<String>, line: String) {
    // An error only means that the client has gone.
    let _ = out.send(line).await;
}

fn refused(problem: Problem) -> FromServer {
    FromServer::Refused { problem }
}

fn stranger() -> Problem {
    Problem::new(
        Code::NotOffered,
        STEP,
        "This Causeway belongs to another user of this computer",
        "Run the command as the user who runs Causeway",
    )
}

fn no_greeting() -> Problem {
    Problem::new(
        Code::VersionMismatch,
        STEP,
        format!("No greeting came first, within {} s", HANDSHAKE.as_secs()),
        "Use a program of the same version as the running Causeway",
    )
}

fn second_greeting() -> Problem {
    Problem::new(
        Code::VersionMismatch,
        STEP,
        "The greeting came twice",
        "Use a program of the same version as the running Causeway",
    )
}

fn too_many_subscriptions() -> Problem {
    Problem::new(
        Code::NotOffered,
        STEP,
        format!("More than {MOST_SUBSCRIPTIONS} subscriptions, or one id twice"),
        "End a subscription before beginning another one",
    )
}

fn closing_down() -> Problem {
    Problem::new(
        Code::AgentGone,
        STEP,
        "Causeway is ending",
        "Start Causeway again",
    )
}

fn unreadable(error: &LinesCodecError) -> Problem {
    let what = match error {
        LinesCodecError::MaxLineLengthExceeded => format!("A line is longer than {LONGEST} bytes"),
        LinesCodecError::Io(error) => format!("A line cannot be read: {error}"),
    };
    Problem::new(Code::VersionMismatch, STEP, what, "Send less at once")
}

fn incompatible(theirs: &Hello, ours: &Hello) -> Problem {
    let remedy = if theirs.protocol < PROTOCOL {
        format!("Start {} again, it has been updated", theirs.program)
    } else {
        "End the running Causeway (causeway --quit) and start it again, it has been updated".into()
    };
    Problem::new(
        Code::VersionMismatch,
        STEP,
        format!(
            "{} {} and the running {} {} do not understand each other",
            theirs.program, theirs.version, ours.program, ours.version
        ),
        remedy,
    )
    .with("protocol", PROTOCOL)
    .with("their_protocol", theirs.protocol)
}
