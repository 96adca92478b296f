//! One connection's life after the sign-in: resume or bind, roster, then read and write until it ends.

mod opening;

use std::future::Future;
use std::time::Duration;

use futures::SinkExt;
use jiff::{Timestamp, Zoned};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_xmpp::xmlstream::XmppStreamElement;
use uuid::Uuid;
use xmpp_parsers::iq::{Iq, IqHeader, IqPayload};
use xmpp_parsers::ping::Ping;
use xmpp_parsers::sm;
use xmpp_parsers::stanza::Stanza;
use xmpp_parsers::stanza_error::{DefinedCondition, ErrorType, StanzaError};

use self::opening::Opened;
use crate::link::connect::SignedIn;
use crate::link::desk::{Desk, Taken};
use crate::link::ladder::Ladder;
use crate::link::settings::Settings;
use crate::link::sm::{Ledger, WrongCount};
use crate::link::step::Step;
use crate::link::stream::{Incoming, Stream, broken, next};
use crate::{Command, Error, ErrorKind, Event, State};

/// Most commands taken before they are written.
const BATCH: usize = 64;
/// The pause between two tries to read the archive is doubled so often at most.
const MOST_DOUBLINGS: u32 = 6;
/// After a change of the network a sign of life comes within this time, or the connection is given up.
const PROOF: Duration = Duration::from_secs(5);
/// How long a sign-out waits for the last confirmations.
const FAREWELL: Duration = Duration::from_secs(2);

/// Runs the session. `Ok`: signed out in order. `ready` is set once it is.
pub(in crate::link) async fn run(
    signed_in: SignedIn,
    settings: &Settings,
    desk: &mut Desk,
    commands: &mut mpsc::UnboundedReceiver<Command>,
    events: &mpsc::Sender<Event>,
    ladder: &mut Ladder<'_>,
    ready: &mut Option<Instant>,
) -> Result<(), Error> {
    let mut session = Session {
        stream: signed_in.stream,
        settings,
        desk,
        archive: None,
        alive_by: None,
    };
    let managed = signed_in.features.stream_management.is_some();
    let host = settings.jid.domain().as_str();
    let limit = settings.limits.step;
    let mut told = Vec::new();
    let opening = session.open(managed, &mut told);
    let opened = ladder
        .climb(Step::OpeningSession, host, limit, opening)
        .await;
    tell(events, told).await;
    let resumed = opened? == Opened::Resumed;
    if !resumed {
        let mut told = Vec::new();
        let loading = session.load_contacts(&mut told);
        let loaded = ladder
            .climb(Step::LoadingContacts, host, limit, loading)
            .await;
        tell(events, told).await;
        if loaded.is_err() {
            // A session that was never ready is not worth resuming: everything is asked anew.
            tell(events, session.desk.lost()).await;
        }
        loaded?;
    }
    if let Some(jid) = session.desk.full().cloned() {
        tell(events, [Event::State(State::Ready { jid, resumed })]).await;
    }
    *ready = Some(Instant::now());
    if !resumed {
        let caught_up = session.desk.catch_up(Timestamp::now());
        tell(events, caught_up).await;
    }
    session.live(commands, events).await
}

/// Binds, loads the roster and signs out again, for the check.
pub(in crate::link) async fn probe(
    signed_in: SignedIn,
    settings: &Settings,
    ladder: &mut Ladder<'_>,
) -> Result<(), Error> {
    let mut desk = Desk::new(settings.jid.clone(), None);
    let mut session = Session {
        stream: signed_in.stream,
        settings,
        desk: &mut desk,
        archive: None,
        alive_by: None,
    };
    let managed = signed_in.features.stream_management.is_some();
    let host = settings.jid.domain().as_str();
    let limit = settings.limits.step;
    let mut told = Vec::new();
    ladder
        .climb(
            Step::OpeningSession,
            host,
            limit,
            session.open(managed, &mut told),
        )
        .await?;
    ladder
        .climb(
            Step::LoadingContacts,
            host,
            limit,
            session.load_contacts(&mut told),
        )
        .await?;
    let _ = timeout(FAREWELL, SinkExt::<&Stanza>::close(&mut session.stream)).await;
    Ok(())
}

struct Session<'a> {
    stream: Stream,
    settings: &'a Settings,
    desk: &'a mut Desk,
    /// What is awaited of the archive, and until when.
    archive: Option<(Archive, Instant)>,
    /// Something has to be read by then: the network changed, and the connection may be one of the old one.
    alive_by: Option<Instant>,
}

/// What is awaited of the archive.
#[derive(Clone, PartialEq)]
enum Archive {
    /// The answer to this query; then it counts as unanswered.
    Answer(String),
    /// The moment of the next try.
    Again,
}

impl Session<'_> {
    async fn live(
        mut self,
        commands: &mut mpsc::UnboundedReceiver<Command>,
        events: &mpsc::Sender<Event>,
    ) -> Result<(), Error> {
        loop {
            let told = self.write().await?;
            tell(events, told).await;
            let archive_limit = self.archive_deadline();
            let alive_by = self.alive_by;
            let dead = sleep_until(alive_by.unwrap_or_else(Instant::now));
            tokio::select! {
                () = dead, if alive_by.is_some() => {
                    return Err(ErrorKind::Connection("the network changed".to_owned()).into());
                }
                incoming = next(&mut self.stream) => {
                    self.alive_by = None;
                    let told = self.read(incoming?).await?;
                    tell(events, told).await;
                }
                command = commands.recv() => {
                    let mut command = command.unwrap_or(Command::SignOut);
                    for _ in 0..BATCH {
                        match self.desk.take(command) {
                            Taken::Waits => {}
                            Taken::Full(event) => tell(events, [*event]).await,
                            Taken::NetworkChanged => {
                                self.ask_for_life().await?;
                                self.alive_by = Some(Instant::now() + PROOF);
                            }
                            Taken::SignOut => return self.sign_out(events).await,
                        }
                        match commands.try_recv() {
                            Ok(another) => command = another,
                            Err(_) => break,
                        }
                    }
                }
                () = events.closed() => return self.sign_out(events).await,
                () = archive_limit => {
                    let told = match self.archive.take() {
                        Some((Archive::Again, _)) => self.desk.catch_up(Timestamp::now()),
                        Some((Archive::Answer(_), _)) | None => self.desk.give_up_archive(),
                    };
                    tell(events, told).await;
                }
            }
        }
    }

    /// Ends when what is awaited of the archive is due; never, where that is nothing.
    fn archive_deadline(&mut self) -> impl Future<Output = ()> + use<> {
        let limits = &self.settings.limits;
        let awaited = match (self.desk.archive_query(), self.desk.behind()) {
            (Some(query), _) => Some((Archive::Answer(query.to_owned()), limits.step)),
            (None, Some(tries)) => {
                let pause = limits.archive_again * 2_u32.pow(tries.min(MOST_DOUBLINGS) - 1);
                Some((Archive::Again, pause))
            }
            (None, None) => None,
        };
        if awaited.as_ref().map(|(what, _)| what) != self.archive.as_ref().map(|(what, _)| what) {
            self.archive = awaited.map(|(what, limit)| (what, Instant::now() + limit));
        }
        let limit = self.archive.as_ref().map(|(_, limit)| *limit);
        async move {
            match limit {
                Some(limit) => sleep_until(limit).await,
                None => std::future::pending().await,
            }
        }
    }

    async fn read(&mut self, incoming: Incoming) -> Result<Vec<Event>, Error> {
        match incoming {
            Incoming::Element(XmppStreamElement::Stanza(stanza)) => {
                let events = self.desk.read(stanza, &Zoned::now());
                self.count();
                Ok(events)
            }
            Incoming::Element(XmppStreamElement::SM(sm::Nonza::Req(_))) => {
                let handled = self.desk.ledger().map(|ledger| ledger.handled());
                if let Some(handled) = handled {
                    self.nonza(sm::Nonza::Ack(sm::A::new(handled))).await?;
                }
                Ok(Vec::new())
            }
            Incoming::Element(XmppStreamElement::SM(sm::Nonza::Ack(ack))) => {
                self.desk.confirm(ack.h).map_err(wrong_count)
            }
            Incoming::BrokenStanza {
                name,
                kind,
                from,
                id,
            } => {
                self.count();
                self.answer_broken(&name, kind.as_deref(), from, id);
                Ok(Vec::new())
            }
            Incoming::Quiet => {
                self.ask_for_life().await?;
                Ok(Vec::new())
            }
            Incoming::Element(_) | Incoming::BrokenNonza { .. } | Incoming::Unknown => {
                Ok(Vec::new())
            }
        }
    }

    fn count(&mut self) {
        if let Some(ledger) = self.desk.ledger() {
            ledger.received();
        }
    }

    /// Every request is answered, also one that cannot be read (RFC 6120 section 8.2.3).
    fn answer_broken(
        &mut self,
        name: &str,
        kind: Option<&str>,
        from: Option<String>,
        id: Option<String>,
    ) {
        let (true, Some("get" | "set"), Some(id)) = (name == "iq", kind, id) else {
            return;
        };
        let to = from.and_then(|from| from.parse().ok());
        let error = StanzaError::new(
            ErrorType::Modify,
            DefinedCondition::BadRequest,
            "en",
            "cannot be read",
        );
        self.desk
            .put(IqHeader { from: None, to, id }.assemble(IqPayload::Error(error)));
    }

    async fn ask_for_life(&mut self) -> Result<(), Error> {
        if self.desk.ledger().is_some() {
            return self.nonza(sm::Nonza::Req(sm::R)).await;
        }
        self.desk
            .put(Iq::from_get(Uuid::new_v4().to_string(), Ping));
        Ok(())
    }

    /// Writes everything that waits. A connection that takes nothing for too long is dead.
    async fn write(&mut self) -> Result<Vec<Event>, Error> {
        let limit = self.settings.limits.quiet + self.settings.limits.answer;
        match timeout(limit, self.write_all()).await {
            Ok(told) => told,
            Err(_) => Err(ErrorKind::Connection("nothing can be written".to_owned()).into()),
        }
    }

    async fn write_all(&mut self) -> Result<Vec<Event>, Error> {
        let mut any = false;
        while let Some(outgoing) = self.desk.next_to_write() {
            any = true;
            let fed = self.stream.feed(&outgoing.stanza).await;
            // Whether it leaves is not known when this fails: it is in the books either way.
            self.desk.written(outgoing);
            fed.map_err(broken)?;
        }
        if self.desk.ledger().is_some_and(Ledger::ask) {
            any = true;
            let ask = XmppStreamElement::SM(sm::Nonza::Req(sm::R));
            self.stream.feed(&ask).await.map_err(broken)?;
        }
        if any {
            SinkExt::<&Stanza>::flush(&mut self.stream)
                .await
                .map_err(broken)?;
        }
        Ok(self.desk.flushed())
    }

    async fn nonza(&mut self, nonza: sm::Nonza) -> Result<(), Error> {
        self.stream
            .send(&XmppStreamElement::SM(nonza))
            .await
            .map_err(broken)
    }

    /// Says goodbye, waits a little for the last confirmations, closes the stream.
    async fn sign_out(mut self, events: &mpsc::Sender<Event>) -> Result<(), Error> {
        let parting = async {
            self.desk.farewell();
            tell(events, self.write().await?).await;
            while self.desk.ledger().is_some_and(|ledger| ledger.is_open()) {
                let incoming = next(&mut self.stream).await?;
                let told = self.read(incoming).await?;
                tell(events, told).await;
            }
            SinkExt::<&Stanza>::close(&mut self.stream)
                .await
                .map_err(broken)
        };
        match timeout(FAREWELL, parting).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::debug!(%error, "the sign-out was cut short"),
            Err(_) => tracing::debug!("the sign-out took too long"),
        }
        Ok(())
    }
}

fn wrong_count(_: WrongCount) -> Error {
    ErrorKind::Protocol("the server confirms more than was sent".to_owned()).into()
}

/// Tells events in order. Once nobody listens the session ends by itself.
pub(in crate::link) async fn tell(
    events: &mpsc::Sender<Event>,
    told: impl IntoIterator<Item = Event>,
) {
    for event in told {
        let _ = events.send(event).await;
    }
}
