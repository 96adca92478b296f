//! Events on stdout, one a line.

mod line;

use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use causeway_api::Event;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::text::Paint;

/// Lines that wait for a slow reader. When they are this many, the engine's queue for us fills up, then it says `resync`.
const QUEUE: usize = 256;

/// How long a slow reader may take for the last lines.
const FAREWELL: Duration = Duration::from_secs(2);

/// The stream. Writing happens on a thread of its own: a reader that stops reading stops nothing else.
pub(crate) struct Stream {
    lines: mpsc::Sender<String>,
    writer: JoinHandle<()>,
    json: bool,
    paint: Paint,
    seq: AtomicU64,
}

/// Nobody reads any more.
#[derive(Debug)]
pub(crate) struct ReaderGone;

impl Stream {
    /// As JSON, or for people.
    pub(crate) fn to_stdout(json: bool, paint: Paint) -> Self {
        let (lines, waiting) = mpsc::channel(QUEUE);
        let writer = tokio::task::spawn_blocking(move || {
            // An error means that the reader has gone; whoever sends next learns it.
            let _ = write(waiting, io::stdout().lock());
        });
        Self {
            lines,
            writer,
            json,
            paint,
            seq: AtomicU64::new(0),
        }
    }

    /// Prints an event. The numbers of this stream begin with 1 and grow by one, whatever is subscribed anew behind it.
    ///
    /// # Errors
    /// [`ReaderGone`].
    pub(crate) async fn tell(&self, event: Event) -> Result<(), ReaderGone> {
        let seq = self.seq.fetch_add(1, Ordering::Relaxed) + 1;
        let event = Event { seq, ..event };
        let line = if self.json {
            serde_json::to_string(&event).ok()
        } else {
            line::of(&event, self.paint)
        };
        match line {
            Some(line) => self.lines.send(line).await.map_err(|_| ReaderGone),
            None => Ok(()),
        }
    }

    /// Waits until the last line is written.
    pub(crate) async fn end(self) {
        drop(self.lines);
        // A reader that does not read does not get the rest.
        let _ = timeout(FAREWELL, self.writer).await;
    }
}

/// Every line is flushed as soon as no other one waits.
fn write(mut lines: mpsc::Receiver<String>, mut out: impl Write) -> io::Result<()> {
    while let Some(line) = lines.blocking_recv() {
        writeln!(out, "{line}")?;
        while let Ok(line) = lines.try_recv() {
            writeln!(out, "{line}")?;
        }
        out.flush()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_that_goes_ends_the_writer() {
        let (lines, waiting) = mpsc::channel(4);
        lines.try_send("one".to_owned()).unwrap();
        assert!(write(waiting, Broken).is_err());
        assert!(lines.is_closed());
    }

    struct Broken;

    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
}
