//! Events on stdout, one a line.

mod line;

use std::io::{self, Write};
use std::time::Duration;

use causeway_api::Event;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::text::Paint;
use line::Lines;

/// Lines that wait for a slow reader. When they are this many, the engine's queue for us fills up, then it says `resync`.
const QUEUE: usize = 256;

/// How long a slow reader may take for the last lines.
const FAREWELL: Duration = Duration::from_secs(2);

/// The stream. Writing happens on a thread of its own: a reader that stops reading stops nothing else.
pub(crate) struct Stream {
    out: mpsc::Sender<String>,
    writer: JoinHandle<()>,
    form: Form,
    seq: u64,
}

enum Form {
    Json,
    People(Lines),
}

/// Nobody reads any more.
#[derive(Debug)]
pub(crate) struct ReaderGone;

impl Stream {
    /// As JSON, or for people.
    pub(crate) fn to_stdout(json: bool, paint: Paint) -> Self {
        let (out, waiting) = mpsc::channel(QUEUE);
        let writer = tokio::task::spawn_blocking(move || {
            // An error means that the reader has gone; whoever sends next learns it.
            let _ = write(waiting, io::stdout().lock());
        });
        let form = if json {
            Form::Json
        } else {
            Form::People(Lines::new(paint))
        };
        Self {
            out,
            writer,
            form,
            seq: 0,
        }
    }

    /// Prints an event. The numbers of this stream begin with 1 and grow by one, whatever is subscribed anew behind it.
    ///
    /// # Errors
    /// [`ReaderGone`].
    pub(crate) async fn tell(&mut self, event: Event) -> Result<(), ReaderGone> {
        self.seq += 1;
        let event = Event {
            seq: self.seq,
            ..event
        };
        let line = match &mut self.form {
            Form::Json => serde_json::to_string(&event).ok(),
            Form::People(lines) => lines.of(&event),
        };
        match line {
            Some(line) => self.out.send(line).await.map_err(|_| ReaderGone),
            None => Ok(()),
        }
    }

    /// Waits until the last line is written.
    pub(crate) async fn end(self) {
        drop(self.out);
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
