//! The XML stream: its transport, what comes out of it, and what its errors mean.

use std::borrow::Cow;
use std::io;

use futures::StreamExt;
use tokio::io::{AsyncRead, AsyncWrite, BufStream};
use tokio_xmpp::xmlstream::{
    FallibleStreamElement, ReadError, StreamElementError, StreamHeader, Timeouts, XmppStream,
    XmppStreamElement,
};
use xmpp_parsers::stream_error::{DefinedCondition, StreamError};

use super::guard::Guard;
use super::settings::Limits;
use crate::{Error, ErrorKind};

/// TCP, with or without TLS.
pub(super) trait Transport: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Transport for T {}

/// A buffered and limited transport.
pub(super) type Io = Guard<BufStream<Box<dyn Transport>>>;
/// An XML stream on it.
pub(super) type Stream = XmppStream<Io>;

/// Buffers and limits a transport.
pub(super) fn guarded(transport: Box<dyn Transport>) -> Io {
    Guard::new(BufStream::new(transport))
}

/// Stream header to the domain.
pub(super) fn header(domain: &str) -> StreamHeader<'_> {
    StreamHeader {
        from: None,
        to: Some(Cow::Borrowed(domain)),
        id: None,
    }
}

/// When silence is noticed and when it means that the connection is dead.
pub(super) fn timeouts(limits: &Limits) -> Timeouts {
    Timeouts {
        read_timeout: limits.quiet,
        response_timeout: limits.answer,
    }
}

/// What was read.
#[expect(
    clippy::large_enum_variant,
    reason = "read and used at once, never kept"
)]
pub(super) enum Incoming {
    /// An element that the library knows.
    Element(XmppStreamElement),
    /// A stanza that it cannot read. It counts as received (XEP-0198).
    BrokenStanza {
        /// `message`, `presence` or `iq`.
        name: String,
        /// Its `type`.
        kind: Option<String>,
        /// Its `from`.
        from: Option<String>,
        /// Its `id`.
        id: Option<String>,
    },
    /// Another element of a known name that it cannot read.
    BrokenNonza {
        /// Local name.
        name: String,
    },
    /// An element of no known name.
    Unknown,
    /// Nothing was read for a while: ask for a sign of life.
    Quiet,
}

/// Reads the next element. Stream errors, and the end of the stream, are errors here. Cancelling loses nothing.
pub(super) async fn next(stream: &mut Stream) -> Result<Incoming, Error> {
    let item = match stream.next().await {
        None | Some(Err(ReadError::StreamFooterReceived)) => {
            return Err(ErrorKind::Connection("closed by the server".to_owned()).into());
        }
        Some(Err(ReadError::SoftTimeout)) => return Ok(Incoming::Quiet),
        Some(Err(ReadError::HardError(error))) => return Err(broken(error)),
        Some(Err(ReadError::ParseError(error))) => {
            tracing::debug!(%error, "skipped an unknown element");
            return Ok(Incoming::Unknown);
        }
        Some(Ok(item)) => item,
    };
    match item {
        FallibleStreamElement::Ok(XmppStreamElement::StreamError(error)) => {
            Err(stream_error(&error.0))
        }
        FallibleStreamElement::Ok(element) => Ok(Incoming::Element(element)),
        FallibleStreamElement::Err(StreamElementError::InvalidStanza {
            name,
            header,
            error,
            ..
        }) => {
            tracing::debug!(%name, %error, "skipped a stanza that cannot be read");
            Ok(Incoming::BrokenStanza {
                name: name.to_string(),
                kind: header.type_,
                from: header.from,
                id: header.id,
            })
        }
        FallibleStreamElement::Err(StreamElementError::InvalidNonza { qname, error }) => {
            tracing::debug!(name = %qname.1, %error, "skipped an element that cannot be read");
            Ok(Incoming::BrokenNonza {
                name: qname.1.to_string(),
            })
        }
    }
}

/// Names a failure to read or write.
pub(super) fn broken(error: io::Error) -> Error {
    if error.kind() == io::ErrorKind::InvalidData && !ended_early(&error) {
        return ErrorKind::Protocol(error.to_string()).into();
    }
    ErrorKind::Connection(error.to_string()).into()
}

/// A connection that ends in the middle of the stream is broken XML to the parser, and a lost connection to everybody else.
fn ended_early(error: &io::Error) -> bool {
    let parser = error.get_ref().and_then(|cause| cause.downcast_ref());
    matches!(parser, Some(xso::exports::rxml::Error::InvalidEof(_)))
}

/// Names a stream error (RFC 6120 section 4.9).
pub(super) fn stream_error(error: &StreamError) -> Error {
    if error.condition == (DefinedCondition::Conflict) {
        return ErrorKind::Conflict.into();
    }
    let text = error.texts.values().next().cloned().unwrap_or_default();
    // The server goes away; it refuses nothing (RFC 6120 sections 4.9.3.4, 4.9.3.16 and 4.9.3.22).
    if let DefinedCondition::ConnectionTimeout
    | DefinedCondition::Reset
    | DefinedCondition::SystemShutdown = error.condition
    {
        return ErrorKind::Connection(error.condition.to_string()).into();
    }
    Error::refused(&error.condition.to_string(), text)
}
