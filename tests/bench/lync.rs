//! A bare Lync client: the UCWA library without anything around it.

use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use causeway_tests::person::taken_at_once;
use causeway_tests::sim::Sim;
use causeway_tests::wait::PATIENCE;
use rustls::pki_types::{CertificateDer, pem::PemObject as _};
use secrecy::SecretString;
use tokio::sync::mpsc::UnboundedReceiver;
use ucwa::client::{self, Link, MemoryJournal, Method, Mode, Proxy, Settings};
use ucwa::{Body, Command, Event, Limits, SipUri, State};

/// A signed-in account.
pub(crate) struct Account {
    /// What to tell it.
    pub(crate) link: Link,
    /// What it tells.
    pub(crate) events: UnboundedReceiver<Event>,
}

/// Settings of somebody of the cast.
pub(crate) fn settings(sim: &Sim, name: &str, mode: Mode) -> Result<Settings> {
    let account = sim.account(name);
    Ok(Settings {
        address: account.address.parse::<SipUri>()?,
        user: Some(account.user.clone()),
        method: Method::Forms,
        password: Some(SecretString::from(account.password.clone())),
        discovery_url: Some(sim.ready().discovery.parse()?),
        cookies: std::collections::HashMap::new(),
        applications: None,
        trusted_domains: Vec::new(),
        extra_roots: CertificateDer::pem_file_iter(&sim.ready().ca)?.collect::<Result<_, _>>()?,
        proxy: Proxy::None,
        proxy_resolver: None,
        proxy_login: None,
        proxy_bypass: Vec::new(),
        mode,
        endpoint_id: uuid::Uuid::new_v4(),
        culture: "en-US".to_owned(),
        user_agent: "bench/1".to_owned(),
        limits: Limits::default(),
    })
}

impl Account {
    /// Signs in and waits until it is ready.
    pub(crate) async fn sign_in(sim: &Sim, name: &str) -> Result<Self> {
        let (link, events) = client::start(
            settings(sim, name, Mode::Available)?,
            Arc::new(MemoryJournal::default()),
        );
        let mut account = Self {
            link,
            events: taken_at_once(events),
        };
        loop {
            let Event::State(state) = account.next().await? else {
                continue;
            };
            if let State::Ready { .. } = state {
                return Ok(account);
            }
            if let State::Stopped(error) = state {
                bail!("{name} cannot sign in: {error:?}");
            }
        }
    }

    /// The next event.
    pub(crate) async fn next(&mut self) -> Result<Event> {
        tokio::time::timeout(PATIENCE, self.events.recv())
            .await?
            .context("the link ended")
    }

    /// The next text from somebody else.
    pub(crate) async fn text(&mut self) -> String {
        loop {
            let Some(event) = self.events.recv().await else {
                return std::future::pending().await;
            };
            if let Event::Message(message) = event
                && !message.outgoing
            {
                match message.body {
                    Body::Plain(text) | Body::Html(text) => return text,
                }
            }
        }
    }

    /// Writes a text.
    pub(crate) fn write(&self, to: &SipUri, thread: &str, text: String) {
        self.link.send(Command::Send {
            id: uuid::Uuid::new_v4().simple().to_string(),
            to: to.clone(),
            thread: thread.to_owned(),
            text,
        });
    }
}
