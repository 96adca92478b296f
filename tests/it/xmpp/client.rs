//! A person at an XMPP client.

use std::time::Duration;

use causeway_tests::prosody::{HOST, Prosody};
use causeway_tests::wait::PATIENCE;
use causeway_xmpp::link::{Limits, Link, Settings, Tls, start};
use causeway_xmpp::{Command, Error, Event, Message, Show, State};
use jid::{BareJid, Jid};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use tokio::sync::mpsc::Receiver;

/// Name and password of everybody.
pub(super) const ACCOUNTS: &[(&str, &str)] = &[("alice", "pa=ss,w&rd"), ("bob", "bob's")];

pub(super) fn jid(name: &str) -> BareJid {
    BareJid::new(&format!("{name}@{HOST}")).expect("a valid address")
}

/// The way to an account, by STARTTLS.
pub(super) fn settings(prosody: &Prosody, name: &str) -> Settings {
    let (_, password) = ACCOUNTS
        .iter()
        .find(|(account, _)| *account == name)
        .expect("one of the accounts");
    Settings {
        jid: jid(name),
        password: (*password).into(),
        resource: None,
        server: Some(("127.0.0.1".to_owned(), prosody.port())),
        tls: Tls::StartTls,
        plaintext_anywhere: false,
        extra_roots: vec![
            CertificateDer::from_pem_file(prosody.ca()).expect("the CA of the server"),
        ],
        archive_since: None,
        limits: Limits {
            first_pause: Duration::from_millis(50),
            longest_pause: Duration::from_millis(500),
            between_logins: Duration::from_millis(100),
            ..Limits::default()
        },
    }
}

pub(super) struct Client {
    pub(super) link: Link,
    events: Receiver<Event>,
    /// Events that came while waiting for others.
    seen: Vec<Event>,
}

impl Client {
    pub(super) fn start(settings: Settings) -> Self {
        let (link, events) = start(settings);
        Self {
            link,
            events,
            seen: Vec::new(),
        }
    }

    /// Starts, shows presence and waits until everything is told.
    pub(super) async fn online(settings: Settings) -> Self {
        let mut client = Self::start(settings);
        client.show(Show::Available, "");
        client.until_caught_up().await;
        client
    }

    /// The first event, old or new, that `pick` takes. It is taken out; the others stay.
    pub(super) async fn event<T>(
        &mut self,
        what: &str,
        mut pick: impl FnMut(&Event) -> Option<T>,
    ) -> T {
        if let Some((at, value)) = self
            .seen
            .iter()
            .enumerate()
            .find_map(|(at, event)| Some((at, pick(event)?)))
        {
            self.seen.remove(at);
            return value;
        }
        let search = async {
            while let Some(event) = self.events.recv().await {
                if let Some(value) = pick(&event) {
                    return Some(value);
                }
                self.seen.push(event);
            }
            None
        };
        match tokio::time::timeout(PATIENCE, search).await {
            Ok(Some(value)) => value,
            Ok(None) => panic!("the link ended before: {what}; seen {:#?}", self.seen),
            Err(_) => panic!("waited in vain for: {what}; seen {:#?}", self.seen),
        }
    }

    pub(super) async fn until_caught_up(&mut self) {
        self.event("catching up", |event| {
            matches!(event, Event::CaughtUp { whole: true }).then_some(())
        })
        .await;
    }

    /// Whether the next `Ready` is a resumption.
    pub(super) async fn ready(&mut self) -> bool {
        self.event("ready", |event| match event {
            Event::State(State::Ready { resumed, .. }) => Some(*resumed),
            _ => None,
        })
        .await
    }

    pub(super) async fn stopped(&mut self) -> Option<Error> {
        self.event("the end", |event| match event {
            Event::State(State::Stopped(error)) => Some(error.clone()),
            _ => None,
        })
        .await
    }

    pub(super) async fn message(&mut self, body: &str) -> Message {
        self.event(body, |event| match event {
            Event::Message(message) if message.body == body => Some(message.clone()),
            _ => None,
        })
        .await
    }

    pub(super) async fn acked(&mut self, wanted: &str) {
        self.event("a confirmation", |event| {
            matches!(event, Event::Acked { id } if id == wanted).then_some(())
        })
        .await;
    }

    /// How many texts with this body came so far and were not taken out.
    pub(super) fn more(&mut self, body: &str) -> usize {
        while let Ok(event) = self.events.try_recv() {
            self.seen.push(event);
        }
        self.seen
            .iter()
            .filter(|event| matches!(event, Event::Message(message) if message.body == body))
            .count()
    }

    pub(super) fn say(&self, id: &str, to: impl Into<Jid>, body: &str) {
        self.link.send(Command::Send {
            id: id.to_owned(),
            to: to.into(),
            body: body.to_owned(),
            thread: None,
            delayed: None,
        });
    }

    pub(super) fn show(&self, show: Show, status: &str) {
        self.link.send(Command::SetPresence {
            show,
            status: status.to_owned(),
            idle_since: None,
        });
    }

    pub(super) async fn sign_out(mut self) {
        self.link.send(Command::SignOut);
        assert_eq!(self.stopped().await, None);
    }
}
