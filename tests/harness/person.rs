//! A person on the XMPP side with a client of their own.

use std::path::Path;

use causeway_xmpp::link::{self, Link, Settings, Tls};
use causeway_xmpp::{Command, Event, Message, Presence, Show, State};
use jid::{BareJid, Jid};
use rustls::pki_types::{CertificateDer, pem::PemObject as _};
use secrecy::SecretString;
use tokio::sync::mpsc::{Receiver, UnboundedReceiver, unbounded_channel};

use crate::cast::password;
use crate::prosody::{HOST, Prosody};
use crate::wait::PATIENCE;

/// A signed-in XMPP client.
pub struct Person {
    link: Link,
    events: UnboundedReceiver<Event>,
    seen: Vec<Event>,
    jid: BareJid,
    written: usize,
}

impl Person {
    /// Signs in one of the cast's accounts and shows them available.
    ///
    /// # Panics
    /// When that does not work.
    pub async fn sign_in(prosody: &Prosody, name: &str) -> Self {
        let jid = address(name);
        let (link, events) = link::start(Settings {
            jid: jid.clone(),
            password: SecretString::from(password(name)),
            resource: None,
            server: Some(("127.0.0.1".to_owned(), prosody.port())),
            tls: Tls::StartTls,
            plaintext_anywhere: false,
            extra_roots: roots(&prosody.ca()),
            archive_since: None,
            limits: link::Limits::default(),
        });
        let mut person = Self {
            link,
            events: taken_at_once(events),
            seen: Vec::new(),
            jid,
            written: 0,
        };
        person
            .find("signed in", |event| {
                matches!(event, Event::State(State::Ready { .. })).then_some(())
            })
            .await;
        person.shows(Show::Available, "");
        person
    }

    /// Bare JID.
    pub fn jid(&self) -> &BareJid {
        &self.jid
    }

    /// Sets the own presence.
    pub fn shows(&self, show: Show, status: &str) {
        self.link.send(Command::SetPresence {
            show,
            status: status.to_owned(),
            idle_since: None,
        });
    }

    /// Writes a text; the answer is the stanza's id.
    pub fn writes(&mut self, to: &str, text: &str) -> String {
        self.writes_in(to, text, None)
    }

    /// Writes a text in a thread.
    ///
    /// # Panics
    /// When `to` is not a JID.
    pub fn writes_in(&mut self, to: &str, text: &str, thread: Option<&str>) -> String {
        self.written += 1;
        let id = format!(
            "{}-{}-{}",
            self.jid.node().map_or("", |node| node.as_str()),
            std::process::id(),
            self.written
        );
        let to: Jid = to.parse().expect("a JID");
        self.command(Command::Send {
            id: id.clone(),
            to,
            body: text.to_owned(),
            thread: thread.map(str::to_owned),
            delayed: None,
        });
        id
    }

    /// Hands any command to the client.
    pub fn command(&self, command: Command) {
        self.link.send(command);
    }

    /// Waits for a live text that contains `part`, seen before or to come.
    pub async fn receives(&mut self, part: &str) -> Message {
        self.find(&format!("a text with {part:?}"), |event| {
            let Event::Message(message) = event else {
                return None;
            };
            message.body.contains(part).then(|| message.clone())
        })
        .await
    }

    /// Waits for the confirmation of a text.
    pub async fn is_confirmed(&mut self, id: &str) {
        self.find("a receipt", |event| {
            matches!(event, Event::Received { id: confirmed, .. } if confirmed == id).then_some(())
        })
        .await;
    }

    /// Waits for a presence of `from` for which `wanted` holds; only what comes after the call counts.
    pub async fn sees(&mut self, from: &str, wanted: impl Fn(&Presence) -> bool) -> Presence {
        self.seen
            .retain(|event| !matches!(event, Event::Presence(_)));
        self.find(&format!("presence of {from}"), |event| {
            let Event::Presence(presence) = event else {
                return None;
            };
            let found = presence.from.to_bare().to_string() == from && wanted(presence);
            found.then(|| presence.clone())
        })
        .await
    }

    /// Forgets everything seen so far: what is asked for next has to come anew.
    pub fn forget(&mut self) {
        while self.events.try_recv().is_ok() {}
        self.seen.clear();
    }

    /// How often a text that contains `part` has come so far.
    pub fn count(&mut self, part: &str) -> usize {
        while let Ok(event) = self.events.try_recv() {
            self.seen.push(event);
        }
        self.seen
            .iter()
            .filter(|event| matches!(event, Event::Message(message) if message.body.contains(part)))
            .count()
    }

    /// The body of the next live text, `None` when the client has stopped. Nothing is kept.
    pub async fn next_text(&mut self) -> Option<String> {
        loop {
            if let Event::Message(message) = self.events.recv().await? {
                return Some(message.body);
            }
        }
    }

    /// The first event, seen before or to come, that `pick` takes.
    ///
    /// # Panics
    /// When it does not come in time.
    pub async fn find<T>(&mut self, what: &str, pick: impl Fn(&Event) -> Option<T>) -> T {
        if let Some(found) = self.seen.iter().find_map(&pick) {
            return found;
        }
        loop {
            let event = match tokio::time::timeout(PATIENCE, self.events.recv()).await {
                Ok(Some(event)) => event,
                ended => panic!(
                    "{} waited in vain for {what} ({ended:?}); seen: {:#?}",
                    self.jid, self.seen
                ),
            };
            self.seen.push(event);
            if let Some(found) = self.seen.last().and_then(&pick) {
                return found;
            }
        }
    }
}

/// The certificates of a PEM file.
///
/// # Panics
/// When it cannot be read.
pub fn roots(file: &Path) -> Vec<CertificateDer<'static>> {
    CertificateDer::pem_file_iter(file)
        .expect("the CA file can be read")
        .collect::<Result<_, _>>()
        .expect("the CA file holds certificates")
}

/// Bare JID of one of the cast.
///
/// # Panics
/// When the name cannot stand in a JID.
pub fn address(name: &str) -> BareJid {
    format!("{name}@{HOST}").parse().expect("a JID")
}

/// Takes events as they come. A link whose events nobody takes stops reading, so a person who only writes would stall.
pub fn taken_at_once<T: Send + 'static>(mut events: Receiver<T>) -> UnboundedReceiver<T> {
    let (told, taken) = unbounded_channel();
    tokio::spawn(async move {
        while let Some(event) = events.recv().await {
            if told.send(event).is_err() {
                break;
            }
        }
    });
    taken
}
