//! A person at a link of their own.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use causeway_tests::sim::Sim;
use causeway_tests::wait::PATIENCE;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use secrecy::SecretString;
use tokio::sync::mpsc::Receiver;
use ucwa::client::{Journal, Link, MemoryJournal, Method, Mode, Proxy, Settings, start};
use ucwa::{Body, Command, Event, Limits, Outcome, PageId, SipUri, State};

/// Settings of that person of the cast, with waits that suit a test.
pub(super) fn settings(sim: &Sim, name: &str) -> Settings {
    let account = sim.account(name);
    Settings {
        address: account.address.parse().expect("a valid address"),
        user: Some(account.user.clone()),
        method: Method::Automatic,
        password: Some(SecretString::from(account.password.clone())),
        discovery_url: Some(sim.ready().discovery.parse().expect("a URL")),
        cookies: std::collections::HashMap::new(),
        applications: None,
        trusted_domains: Vec::new(),
        extra_roots: vec![CertificateDer::from_pem_file(&sim.ready().ca).expect("the CA")],
        proxy: Proxy::None,
        proxy_resolver: None,
        proxy_login: None,
        proxy_bypass: Vec::new(),
        mode: Mode::Available,
        endpoint_id: uuid::Uuid::new_v4(),
        culture: "en-US".to_owned(),
        user_agent: "CausewayTests/1".to_owned(),
        limits: Limits {
            request: Duration::from_secs(5),
            back_off_first: Duration::from_millis(50),
            back_off_last: Duration::from_millis(400),
            delivery: Duration::from_secs(3),
            ..Limits::default()
        },
    }
}

/// A running link and everything that it has told.
pub(super) struct Account {
    pub(super) link: Link,
    events: Receiver<Event>,
    pub(super) seen: Vec<Event>,
    sent: u32,
}

impl Account {
    pub(super) fn start(settings: Settings) -> Self {
        Self::start_with(settings, Arc::new(MemoryJournal::default()))
    }

    pub(super) fn start_with(settings: Settings, journal: Arc<dyn Journal>) -> Self {
        let (link, events) = start(settings, journal);
        Self {
            link,
            events,
            seen: Vec::new(),
            sent: 0,
        }
    }

    /// Signed in and ready.
    pub(super) async fn ready(sim: &Sim, name: &str) -> Self {
        let mut account = Self::start(settings(sim, name));
        account.until("ready", is_ready).await;
        account
    }

    /// The next event of that kind; what comes before is kept in `seen`.
    pub(super) async fn until(&mut self, what: &str, wanted: impl Fn(&Event) -> bool) -> Event {
        let waited = async {
            while let Some(event) = self.events.recv().await {
                self.seen.push(event.clone());
                if wanted(&event) {
                    return event;
                }
            }
            panic!("the link ended before {what}: {:?}", self.seen.last());
        };
        match tokio::time::timeout(PATIENCE, waited).await {
            Ok(event) => event,
            Err(_) => panic!("waited in vain for {what}"),
        }
    }

    pub(super) async fn text(&mut self, text: &str) {
        self.until(text, |event| text_of(event) == Some(text)).await;
    }

    /// How often that text was told.
    pub(super) fn times(&self, text: &str) -> usize {
        self.seen
            .iter()
            .filter(|event| text_of(event) == Some(text))
            .count()
    }

    pub(super) fn send(&mut self, to: &str, text: &str) -> String {
        self.sent += 1;
        let id = format!("{}-{}", uuid::Uuid::new_v4().simple(), self.sent);
        let to: SipUri = to.parse().expect("a valid address");
        self.link.send(Command::Send {
            id: id.clone(),
            to,
            thread: uuid::Uuid::new_v4().simple().to_string(),
            text: text.to_owned(),
        });
        id
    }

    /// The outcome of a text after which none follows.
    pub(super) async fn outcome(&mut self, id: &str) -> Outcome {
        let end = |event: &Event| matches!(event, Event::Delivery { id: own, outcome } if own == id && *outcome != Outcome::Accepted);
        match self.until("the outcome", end).await {
            Event::Delivery { outcome, .. } => outcome,
            other => panic!("{other:?}"),
        }
    }

    /// The error with which the link stopped.
    pub(super) async fn stopped(&mut self) -> ucwa::ErrorKind {
        match self
            .until("the end", |event| {
                matches!(event, Event::State(State::Stopped(_)))
            })
            .await
        {
            Event::State(State::Stopped(Some(error))) => error.kind,
            other => panic!("{other:?}"),
        }
    }
}

pub(super) fn is_ready(event: &Event) -> bool {
    matches!(event, Event::State(State::Ready { .. }))
}

pub(super) fn text_of(event: &Event) -> Option<&str> {
    match event {
        Event::Message(message) => match &message.body {
            Body::Plain(text) | Body::Html(text) => Some(text),
        },
        _ => None,
    }
}

/// Keeps pages until they are struck off, across the ends of links.
#[derive(Default)]
pub(super) struct KeptJournal(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    last: i64,
    pages: Vec<(PageId, Vec<u8>)>,
}

impl Journal for KeptJournal {
    fn append(&self, body: &[u8]) -> std::io::Result<PageId> {
        let mut kept = self.0.lock().expect("no test panics here");
        kept.last += 1;
        let page = PageId(kept.last);
        kept.pages.push((page, body.to_vec()));
        Ok(page)
    }

    fn left(&self) -> std::io::Result<Vec<(PageId, Vec<u8>)>> {
        Ok(self.0.lock().expect("no test panics here").pages.clone())
    }
}
