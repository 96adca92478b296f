//! What is said on the socket: one JSON object a line, the greeting first.

use futures::SinkExt;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use tokio::io::AsyncWrite;
use tokio::sync::mpsc;
use tokio_util::codec::{FramedWrite, LinesCodec};

use crate::{Code, Command, Event, Problem, Reply, Snapshot};

/// Grows whenever an older program could not understand a newer one. Equal numbers understand each other.
pub const PROTOCOL: u32 = 1;

/// Bytes of one line. The largest is a snapshot: some 400 bytes for each person.
pub const LONGEST: usize = 8 << 20;

/// The greeting of either end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// [`PROTOCOL`] of the sender.
    pub protocol: u32,
    /// Version of the sender's program, to be shown.
    pub version: String,
    /// `causeway`, `causewayctl`, `causeway-window`.
    pub program: String,
}

impl Hello {
    /// The greeting of a program of this version.
    #[must_use]
    pub fn of(program: &str) -> Self {
        Self {
            protocol: PROTOCOL,
            version: env!("CARGO_PKG_VERSION").into(),
            program: program.into(),
        }
    }
}

/// From the program in front of the door.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "frame", rename_all = "kebab-case")]
pub enum FromClient {
    /// First of all.
    Hello(Hello),
    /// Answered with `reply` or `failed` of the same id, in any order.
    Request {
        /// Chosen by the client; ids are not used twice.
        id: u64,
        /// The question or order.
        ask: Command,
    },
    /// Answered with `subscribed`, then `event`s of the same id.
    Subscribe {
        /// Chosen by the client.
        id: u64,
    },
    /// No more events of that id.
    Unsubscribe {
        /// Of the subscription.
        id: u64,
    },
}

/// From the engine behind the door.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "frame", rename_all = "kebab-case")]
pub enum FromServer {
    /// The greeting was understood.
    Welcome(Hello),
    /// The two programs do not understand each other. The connection is closed.
    Incompatible {
        /// The server's greeting.
        ours: Hello,
        /// Which program to start anew.
        problem: Problem,
    },
    /// Answer to a request.
    Reply {
        /// Of the request.
        id: u64,
        /// The answer.
        reply: Reply,
    },
    /// The request or subscription could not be carried out.
    Failed {
        /// Of the request.
        id: u64,
        /// Why.
        problem: Problem,
    },
    /// The subscription stands.
    Subscribed {
        /// Of the subscription.
        id: u64,
        /// Everything known now.
        snapshot: Snapshot,
    },
    /// A change.
    Event {
        /// Of the subscription.
        id: u64,
        /// The change.
        event: Event,
    },
    /// The engine has ended: no more events of that id.
    Ended {
        /// Of the subscription.
        id: u64,
    },
    /// A line that was not understood, or a stranger. The connection is closed.
    Refused {
        /// Why.
        problem: Problem,
    },
}

/// The step named in problems of the door itself.
pub(crate) const STEP: &str = "door";

/// Cuts a byte stream into lines, none longer than [`LONGEST`].
pub(crate) fn lines() -> LinesCodec {
    LinesCodec::new_with_max_length(LONGEST)
}

/// Writes what waits in one go. Ends when nobody sends any more, or the other end has gone.
pub(crate) async fn write(
    mut outbox: mpsc::Receiver<String>,
    mut sink: FramedWrite<impl AsyncWrite + Unpin, LinesCodec>,
) {
    while let Some(line) = outbox.recv().await {
        let mut written = sink.feed(line).await;
        while let (Ok(()), Ok(line)) = (&written, outbox.try_recv()) {
            written = sink.feed(line).await;
        }
        if written.is_err() || SinkExt::<String>::flush(&mut sink).await.is_err() {
            return;
        }
    }
}

/// A frame as a line without its end.
///
/// # Errors
/// `Code::Internal` where it would be longer than the other end accepts.
pub(crate) fn encode(frame: &impl Serialize) -> Result<String, Problem> {
    match serde_json::to_string(frame) {
        Ok(line) if line.len() <= LONGEST => Ok(line),
        Ok(line) => Err(Problem::new(
            Code::Internal,
            STEP,
            format!(
                "The answer has {} bytes; the door carries {LONGEST}",
                line.len()
            ),
            "Ask for less at once",
        )),
        Err(error) => Err(Problem::new(
            Code::Internal,
            STEP,
            format!("The answer cannot be written as JSON: {error}"),
            "Report this as a bug",
        )),
    }
}

/// A line as a frame. The error names the place in the line, not its content.
pub(crate) fn decode<T: DeserializeOwned>(line: &str) -> Result<T, Problem> {
    serde_json::from_str(line).map_err(|error| {
        let what = match error.classify() {
            serde_json::error::Category::Data => "a frame of this version",
            serde_json::error::Category::Io
            | serde_json::error::Category::Syntax
            | serde_json::error::Category::Eof => "a JSON object",
        };
        Problem::new(
            Code::VersionMismatch,
            STEP,
            format!("The line is not {what} (at byte {})", error.column()),
            "Send one JSON object a line, as docs/agent.md describes, from a program of the same version",
        )
    })
}
