//! Events on stdout, one a line.

mod line;

use std::io::{self, Write};
use std::time::Duration;

use causeway_api::{Event, Kind};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

use crate::text::Paint;
use line::Lines;

/// Lines that wait for a slow reader. When they are this many, the engine's queue for us fills up, then it says `resync`.
const QUEUE: usize = 256;

/// How long a slow reader may take for the last lines.
const FAREWELL: Duration = Duration::from_secs(2);

/// After so long without news of people they are told.
const QUIET: Duration = Duration::from_millis(300);

/// And after so long in any case.
const LONGEST_HOLD: Duration = Duration::from_secs(2);

/// The stream. Writing happens on a thread of its own: a reader that stops reading stops nothing else.
pub(crate) struct Stream {
    out: mpsc::Sender<String>,
    writer: JoinHandle<()>,
    form: Form,
    seq: u64,
}

enum Form {
    Json,
    /// For the journal of a service.
    Bridge(Lines),
    People(Lines, Held),
}

/// Lines about people that wait for a moment of quiet: while a list loads, name, presence and note of a person come one
/// after the other, and people want to read the last word.
#[derive(Default)]
struct Held {
    lines: Vec<(String, String)>,
    /// When they are told, and when at the latest.
    due: Option<(Instant, Instant)>,
}

impl Held {
    fn hold(&mut self, who: String, line: String, now: Instant) {
        match self.lines.iter_mut().find(|(known, _)| *known == who) {
            Some((_, held)) => *held = line,
            None => self.lines.push((who, line)),
        }
        let latest = self.due.map_or(now + LONGEST_HOLD, |(_, latest)| latest);
        self.due = Some(((now + QUIET).min(latest), latest));
    }

    fn release(&mut self) -> Vec<(String, String)> {
        self.due = None;
        std::mem::take(&mut self.lines)
    }
}

/// Nobody reads any more.
#[derive(Debug)]
pub(crate) struct ReaderGone;

impl Stream {
    /// As JSON, or for people.
    pub(crate) fn to_stdout(json: bool, paint: Paint) -> Self {
        Self::new(match json {
            true => Form::Json,
            false => Form::People(Lines::new(paint), Held::default()),
        })
    }

    /// As [`Stream::to_stdout`], but people are told what becomes of the bridge alone: a service's lines go into the journal
    /// of the system, where no texts, notes and presence of others belong.
    pub(crate) fn of_a_bridge(json: bool, paint: Paint) -> Self {
        Self::new(match json {
            true => Form::Json,
            false => Form::Bridge(Lines::new(paint)),
        })
    }

    fn new(form: Form) -> Self {
        let (out, waiting) = mpsc::channel(QUEUE);
        let writer = tokio::task::spawn_blocking(move || {
            // An error means that the reader has gone; whoever sends next learns it.
            let _ = write(waiting, io::stdout().lock());
        });
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
            Form::Bridge(lines) if is_for_the_journal(&event.kind) => lines.of(&event),
            Form::Bridge(_) => None,
            Form::People(lines, held) => match (lines.of(&event), &event.kind) {
                (Some(line), Kind::Person(person)) => {
                    let addresses = &person.addresses;
                    let who = addresses.lync.as_ref().or(addresses.xmpp.as_ref());
                    held.hold(who.cloned().unwrap_or_default(), line, Instant::now());
                    None
                }
                (line, _) => line,
            },
        };
        match line {
            Some(line) => self.out.send(line).await.map_err(|_| ReaderGone),
            None => Ok(()),
        }
    }

    /// When [`Stream::settle`] has something to do.
    pub(crate) fn due(&self) -> Option<Instant> {
        match &self.form {
            Form::Json | Form::Bridge(_) => None,
            Form::People(_, held) => held.due.map(|(due, _)| due),
        }
    }

    /// Prints what was held back.
    ///
    /// # Errors
    /// [`ReaderGone`].
    pub(crate) async fn settle(&mut self) -> Result<(), ReaderGone> {
        let lines = match &mut self.form {
            Form::Json | Form::Bridge(_) => Vec::new(),
            Form::People(_, held) => held.release(),
        };
        for (_, line) in lines {
            self.out.send(line).await.map_err(|_| ReaderGone)?;
        }
        Ok(())
    }

    /// Waits until the last line is written.
    pub(crate) async fn end(mut self) {
        // A reader that has gone misses nothing more.
        let _ = timeout(FAREWELL, self.settle()).await;
        drop(self.out);
        // A reader that does not read does not get the rest.
        let _ = timeout(FAREWELL, self.writer).await;
    }
}

/// What a service may tell: of itself and of the bridge, nothing that people wrote or how they are.
fn is_for_the_journal(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::State { .. }
            | Kind::Notices { .. }
            | Kind::Paused { .. }
            | Kind::Bridge { .. }
            | Kind::Resync
    )
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
    use causeway_api::{Availability, BridgeAction, Direction, Message, Presence, Side, SideState};
    use jiff::Timestamp;

    use super::*;

    #[tokio::test]
    async fn a_bridge_tells_what_becomes_of_a_text_and_not_what_stands_in_it() {
        let message = Message {
            id: "id-1".into(),
            conversation: "c".into(),
            side: Side::Lync,
            direction: Direction::In,
            from: "sip:bob@contoso.example".into(),
            to: "sip:anna@contoso.example".into(),
            name: None,
            text: "canary text".into(),
            sent_at: Timestamp::UNIX_EPOCH,
            late: false,
            relay: false,
        };
        let presence = Presence {
            address: "sip:bob@contoso.example".into(),
            availability: Availability::Busy,
            activity: None,
            note: Some("canary note".into()),
            until: None,
            last_active: None,
            device: None,
        };
        let kinds = [
            Kind::State {
                side: Side::Lync,
                state: SideState::ReadyAvailable,
                error: None,
            },
            Kind::Message(message),
            Kind::Presence {
                side: Side::Lync,
                presence,
            },
            Kind::Bridge {
                action: BridgeAction::Relayed,
                id: "id-1".into(),
                from_side: Side::Lync,
                to_side: Side::Xmpp,
                reason: None,
            },
        ];
        let (out, mut lines) = mpsc::channel(8);
        let paint = Paint { on: false };
        let mut stream = Stream {
            out,
            writer: tokio::spawn(async {}),
            form: Form::Bridge(Lines::new(paint)),
            seq: 0,
        };
        for kind in kinds {
            let at = Timestamp::UNIX_EPOCH;
            stream.tell(Event { seq: 0, at, kind }).await.unwrap();
        }
        stream.end().await;
        let mut told = Vec::new();
        while let Some(line) = lines.recv().await {
            told.push(line);
        }
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told[1].contains("relayed Lync → XMPP id-1"), "{told:?}");
        assert!(!told.concat().contains("bob"), "{told:?}");
    }

    #[test]
    fn a_person_is_told_once_when_the_news_of_them_come_one_after_the_other() {
        let mut held = Held::default();
        let begin = Instant::now();
        held.hold("bob".into(), "Bob unknown".into(), begin);
        held.hold("eve".into(), "Eve away".into(), begin);
        held.hold("bob".into(), "Bob busy".into(), begin + QUIET / 2);
        assert_eq!(
            held.due.map(|(due, _)| due),
            Some(begin + QUIET / 2 + QUIET)
        );
        held.hold("bob".into(), "Bob busy, lunch".into(), begin + LONGEST_HOLD);
        assert_eq!(held.due.map(|(due, _)| due), Some(begin + LONGEST_HOLD));
        let lines: Vec<_> = held.release().into_iter().map(|(_, line)| line).collect();
        assert_eq!(lines, ["Bob busy, lunch", "Eve away"]);
        assert_eq!(held.due, None);
    }

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
