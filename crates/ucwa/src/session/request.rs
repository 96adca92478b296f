//! Requests and answers as plain values.

use std::time::Duration;

use bytes::Bytes;
use secrecy::SecretString;
use url::Url;

use crate::{Error, Facts};

/// Number of a request; its answer is handed back under it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RequestId(pub u64);

/// HTTP method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// GET
    Get,
    /// POST
    Post,
    /// PUT
    Put,
    /// DELETE
    Delete,
}

/// A request to be sent, with the token of its host.
#[derive(Clone, Debug)]
pub struct Request {
    /// Number.
    pub id: RequestId,
    /// Method.
    pub verb: Verb,
    /// Where to.
    pub url: Url,
    /// Body.
    pub content: Content,
    /// It is the pending event request: it goes over a connection of its own.
    pub events: bool,
    /// How long the answer may take.
    pub limit: Duration,
}

/// Body of a request.
#[derive(Clone)]
pub enum Content {
    /// None; a POST says `Content-Length: 0`.
    Empty,
    /// JSON.
    Json(String),
    /// Input of revision 2 of a resource, JSON or nothing, with `X-MS-RequiresMinResourceVersion: 2`.
    Edit(Option<String>),
    /// JSON that takes the place of what was read under this tag, of revision 2 likewise: with `If-Match`.
    Replace {
        /// JSON.
        body: String,
        /// As in the header `If-Match`.
        etag: String,
    },
    /// text/plain, the text itself.
    Text(String),
    /// application/x-www-form-urlencoded; holds a password.
    Form(SecretString),
    /// multipart/batching with this content type.
    Batch {
        /// `Content-Type`, with the boundary.
        content_type: String,
        /// Body.
        body: String,
    },
}

impl std::fmt::Debug for Content {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Empty => f.write_str("Empty"),
            Self::Json(body) => write!(f, "Json({} bytes)", body.len()),
            Self::Edit(body) => {
                write!(f, "Edit({} bytes)", body.as_ref().map_or(0, String::len))
            }
            Self::Replace { body, .. } => write!(f, "Replace({} bytes)", body.len()),
            Self::Text(body) => write!(f, "Text({} bytes)", body.len()),
            Self::Form(_) => f.write_str("Form"),
            Self::Batch { body, .. } => write!(f, "Batch({} bytes)", body.len()),
        }
    }
}

/// An answer.
#[derive(Clone, Debug, Default)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// `Content-Type`.
    pub content_type: String,
    /// `Location`.
    pub location: Option<String>,
    /// `ETag`.
    pub etag: Option<String>,
    /// `Retry-After`.
    pub retry_after: Option<Duration>,
    /// Body.
    pub body: Bytes,
    /// For errors.
    pub facts: Facts,
}

/// There is no answer.
#[derive(Clone, Debug)]
pub enum Failure {
    /// The request certainly did not reach the server.
    NotSent(Error),
    /// The request may have reached the server.
    Lost(Error),
}

impl Failure {
    /// Why.
    #[must_use]
    pub fn error(&self) -> &Error {
        match self {
            Self::NotSent(error) | Self::Lost(error) => error,
        }
    }
}
