//! Limits on what a server can make us hold: bytes and nesting of one stanza.
//!
//! The XML parser below limits single tokens only. An element tree without end would fill the memory, a deeply nested one
//! overflows the stack of every recursive reader, so both are counted before the parser sees them.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncBufRead, AsyncRead, AsyncWrite, ReadBuf};

/// Largest stanza. A roster of ten thousand contacts is smaller.
const LARGEST: usize = 2 * 1024 * 1024;
/// Deepest nesting. Carbons of quoted forwards stay below twenty.
const DEEPEST: usize = 64;

/// A connection whose incoming stanzas are limited.
#[derive(Debug)]
pub(super) struct Guard<Io> {
    io: Io,
    meter: Meter,
    /// Bytes at the front of the buffer that the meter has seen.
    seen: usize,
    restart: AtomicBool,
}

impl<Io> Guard<Io> {
    pub(super) fn new(io: Io) -> Self {
        Self {
            io,
            meter: Meter::default(),
            seen: 0,
            restart: AtomicBool::new(false),
        }
    }

    /// The connection without limits.
    pub(super) fn into_inner(self) -> Io {
        self.io
    }

    /// A new stream header follows (RFC 6120 section 4.3.3): the old stream element is never closed.
    pub(super) fn restart(&self) {
        self.restart.store(true, Ordering::Relaxed);
    }
}

impl<Io: AsyncBufRead + Unpin> AsyncBufRead for Guard<Io> {
    fn poll_fill_buf(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
        let this = self.get_mut();
        if this.restart.swap(false, Ordering::Relaxed) {
            this.meter = Meter::default();
        }
        let Poll::Ready(bytes) = Pin::new(&mut this.io).poll_fill_buf(context)? else {
            return Poll::Pending;
        };
        for byte in bytes.get(this.seen..).unwrap_or_default() {
            this.meter.count(*byte)?;
        }
        this.seen = bytes.len();
        Poll::Ready(Ok(bytes))
    }

    fn consume(self: Pin<&mut Self>, amount: usize) {
        let this = self.get_mut();
        this.seen = this.seen.saturating_sub(amount);
        Pin::new(&mut this.io).consume(amount);
    }
}

impl<Io: AsyncBufRead + Unpin> AsyncRead for Guard<Io> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let Poll::Ready(bytes) = self.as_mut().poll_fill_buf(context)? else {
            return Poll::Pending;
        };
        let taken = bytes.len().min(into.remaining());
        into.put_slice(bytes.get(..taken).unwrap_or_default());
        self.consume(taken);
        Poll::Ready(Ok(()))
    }
}

impl<Io: AsyncWrite + Unpin> AsyncWrite for Guard<Io> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(context)
    }
}

/// Follows the nesting of XML, just well enough to count. What is not XML is left to the parser to refuse.
#[derive(Debug, Default)]
struct Meter {
    state: Lexer,
    depth: usize,
    bytes: usize,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Lexer {
    #[default]
    Text,
    /// After `<`.
    Open,
    /// Inside a start tag; whether the last byte was a `/`.
    Start(bool),
    /// Inside a start tag's attribute value, up to this quote.
    Value(u8),
    /// Inside an end tag.
    End,
    /// Inside `<?…>`.
    Instruction,
    /// Inside `<!…`: how many bytes of its opening `[CDATA[` are seen.
    Declaration(usize),
    /// Inside `<![CDATA[`: how many `]` were just seen.
    Cdata(u8),
}

impl Meter {
    fn count(&mut self, byte: u8) -> io::Result<()> {
        self.bytes += 1;
        self.step(byte);
        if self.depth <= 1 && self.state == Lexer::Text {
            // Between stanzas.
            self.bytes = 0;
        }
        let wrong = |what| Err(io::Error::new(io::ErrorKind::InvalidData, what));
        if self.bytes > LARGEST {
            return wrong("a stanza is too large");
        }
        if self.depth > DEEPEST {
            return wrong("a stanza is nested too deeply");
        }
        Ok(())
    }

    fn step(&mut self, byte: u8) {
        const CDATA: &[u8] = b"[CDATA[";
        self.state = match (self.state, byte) {
            (Lexer::Text, b'<') => Lexer::Open,
            (Lexer::Text, _) => Lexer::Text,
            (Lexer::Open, b'/') => Lexer::End,
            (Lexer::Open, b'?') => Lexer::Instruction,
            (Lexer::Open, b'!') => Lexer::Declaration(0),
            (Lexer::Open, _) => Lexer::Start(false),
            (Lexer::Start(empty), b'>') => {
                self.depth += usize::from(!empty);
                Lexer::Text
            }
            (Lexer::Start(_), b'\'' | b'"') => Lexer::Value(byte),
            (Lexer::Start(_), _) => Lexer::Start(byte == b'/'),
            (Lexer::Value(quote), _) if byte == quote => Lexer::Start(false),
            (Lexer::Value(quote), _) => Lexer::Value(quote),
            (Lexer::End, b'>') => {
                self.depth = self.depth.saturating_sub(1);
                Lexer::Text
            }
            (Lexer::End, _) => Lexer::End,
            (Lexer::Instruction, b'>') => Lexer::Text,
            (Lexer::Instruction, _) => Lexer::Instruction,
            (Lexer::Declaration(at), _) if CDATA.get(at) == Some(&byte) => {
                if at + 1 == CDATA.len() {
                    Lexer::Cdata(0)
                } else {
                    Lexer::Declaration(at + 1)
                }
            }
            (Lexer::Declaration(_), b'>') => Lexer::Text,
            (Lexer::Declaration(_), _) => Lexer::Declaration(CDATA.len()),
            (Lexer::Cdata(closing), b']') => Lexer::Cdata((closing + 1).min(2)),
            (Lexer::Cdata(2), b'>') => Lexer::Text,
            (Lexer::Cdata(_), _) => Lexer::Cdata(0),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(text: &str) -> io::Result<Meter> {
        let mut meter = Meter::default();
        text.bytes().try_for_each(|byte| meter.count(byte))?;
        Ok(meter)
    }

    #[test]
    fn a_long_stream_of_ordinary_stanzas_is_let_through() {
        let stanza = "<message a='>' b=\"/\"><body>x &lt; y</body><e/><![CDATA[</message> ]] ]]]></message> ";
        let meter = run(&format!(
            "<?xml version='1.0'?><stream>{}",
            stanza.repeat(100_000)
        ))
        .unwrap();
        assert_eq!((meter.depth, meter.bytes), (1, 0));
    }

    #[test]
    fn a_stanza_without_end_is_stopped() {
        assert!(run(&format!("<stream><message><body>{}", "x".repeat(LARGEST))).is_err());
        assert!(run(&format!("<stream a='{}", "x".repeat(LARGEST))).is_err());
        assert!(run(&format!("<stream><m>{}", "<a/>".repeat(LARGEST / 4))).is_err());
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300)) {
            let mut meter = Meter::default();
            let _ = bytes.iter().try_for_each(|byte| meter.count(*byte));
        }
    }

    #[test]
    fn nesting_without_end_is_stopped() {
        assert!(run(&format!("<stream>{}", "<a>".repeat(DEEPEST - 1))).is_ok());
        assert!(run(&format!("<stream>{}", "<a>".repeat(DEEPEST))).is_err());
    }
}
