//! Starting and stopping links. A link that was refused stays down until a person acts.

use std::path::PathBuf;

use causeway_api::{Problem, Side, SideState};
use futures::{FutureExt, future::BoxFuture};
use jiff::SignedDuration;
use rustls_pki_types::CertificateDer;
use tokio::{sync::mpsc, time::timeout};
use tracing::{info, warn};
use uuid::Uuid;

use crate::{
    config::{self, Configuration, Mode},
    core::{Core, Found},
    link::Readiness,
    problems,
    secrets::{Account, Secrets},
    store::{Keep, Store},
};

/// The archive is asked from a little before the last known text on: its clock and ours differ.
const ARCHIVE_OVERLAP: SignedDuration = SignedDuration::from_mins(5);

/// A link that closes may take so long.
const GOODBYE: std::time::Duration = std::time::Duration::from_secs(3);

/// A link that can be started.
pub(crate) enum Prepared {
    Lync(Box<ucwa::client::Settings>),
    Xmpp(Box<causeway_xmpp::link::Settings>),
}

impl Core {
    /// The sides that are configured and wanted.
    pub(crate) fn sides(&self) -> impl Iterator<Item = Side> + use<> {
        let settings = &self.configuration.settings;
        let lync = settings.lync.is_some() && self.options.sides.lync;
        let xmpp = settings.xmpp.is_some() && self.options.sides.xmpp;
        [(lync, Side::Lync), (xmpp, Side::Xmpp)]
            .into_iter()
            .filter(|(wanted, _)| *wanted)
            .map(|(_, side)| side)
    }

    pub(crate) fn state(&self, side: Side) -> SideState {
        match side {
            Side::Lync => self.lync.state(),
            Side::Xmpp => self.xmpp.state(),
            Side::Gateway => SideState::SignedOut,
        }
    }

    pub(crate) fn readiness(&self, side: Side) -> Readiness {
        if !self.sides().any(|configured| configured == side) {
            return Readiness::Failed(problems::not_configured(side));
        }
        match side {
            Side::Lync => self.lync.readiness(),
            Side::Xmpp => self.xmpp.readiness(),
            Side::Gateway => Readiness::Failed(problems::not_configured(side)),
        }
    }

    /// A link changed its state: told, and whatever waits for it looks again.
    pub(crate) fn enter(&mut self, side: Side, state: SideState, problem: Option<Problem>) {
        let told = match side {
            Side::Lync => self.lync.enter(state, problem.clone()),
            Side::Xmpp => self.xmpp.enter(state, problem.clone()),
            Side::Gateway => None,
        };
        let Some(kind) = told else { return };
        match &problem {
            Some(problem) => {
                warn!(?side, state = problems::step_name(state), code = %problem.code, "state")
            }
            None => info!(?side, state = problems::step_name(state), "state"),
        }
        self.tell(kind);
        if let (true, Readiness::Failed(problem)) = (self.options.one_shot, self.readiness(side)) {
            self.take_back(side, &problem);
        }
    }

    /// Starts the link of a side anew; one that runs is closed first.
    pub(crate) fn start(&mut self, side: Side) {
        let closing = self.let_go(side);
        if !self.sides().any(|configured| configured == side) {
            self.enter(side, SideState::SignedOut, None);
            return;
        }
        self.enter(side, SideState::FindingServer, None);
        let generation = match side {
            Side::Lync => self.lync.generation,
            Side::Xmpp => self.xmpp.generation,
            Side::Gateway => return,
        };
        let preparation = Preparation {
            configuration: self.configuration.clone(),
            secrets: self.options.secrets.clone(),
            watch_only: self.options.watch_only,
            // One command leaves no trace: an application of its own, and nothing of the archive.
            store: (!self.options.one_shot).then(|| self.store.clone()),
            archive_from: self.outbox.oldest_in_doubt(Side::Xmpp),
        };
        let found = self.found.clone();
        tokio::spawn(async move {
            // The new link has the endpointId of the old one: it must not meet that one's goodbye.
            if timeout(GOODBYE, closing).await.is_err() {
                warn!(?side, "the old link did not close in time");
            }
            let prepared = match side {
                Side::Lync => preparation.lync().await.map(Box::new).map(Prepared::Lync),
                Side::Xmpp | Side::Gateway => {
                    preparation.xmpp().await.map(Box::new).map(Prepared::Xmpp)
                }
            };
            // The loop may have ended meanwhile.
            let _ = found.send(Found::Prepared {
                side,
                generation,
                prepared,
            });
        });
    }

    /// A link can be started, or why not.
    pub(crate) fn prepared(
        &mut self,
        side: Side,
        generation: u64,
        prepared: Result<Prepared, Problem>,
    ) {
        let current = match side {
            Side::Lync => self.lync.generation,
            Side::Xmpp => self.xmpp.generation,
            Side::Gateway => return,
        };
        if generation != current {
            return;
        }
        match prepared {
            Ok(Prepared::Lync(settings)) => {
                let (link, events) = ucwa::client::start(*settings, self.journal());
                self.lync.started(link, events);
            }
            Ok(Prepared::Xmpp(settings)) => {
                let (link, events) = causeway_xmpp::link::start(*settings);
                if !self.options.watch_only {
                    link.send(self.presence.command());
                }
                self.xmpp.started(link, events);
            }
            Err(problem) => {
                let state = problems::resting_state(problem.code);
                self.enter(side, state, Some(problem));
            }
        }
    }

    /// The link ended by itself.
    pub(crate) fn stopped(&mut self, side: Side, problem: Option<Problem>) {
        drop(self.let_go(side));
        let state = problem.as_ref().map_or(SideState::SignedOut, |problem| {
            problems::resting_state(problem.code)
        });
        self.enter(side, state, problem);
        let lost = match side {
            Side::Lync => causeway_bridge::Side::Lync,
            Side::Xmpp | Side::Gateway => causeway_bridge::Side::Xmpp,
        };
        self.bridge_alone(causeway_bridge::Input::Lost(lost));
        self.tell_list();
    }

    /// Ends what runs for a side; the future resolves when it is closed. Texts that were handed over are in doubt,
    /// what was told of events is kept.
    fn let_go(&mut self, side: Side) -> BoxFuture<'static, ()> {
        self.outbox.lost(side);
        match side {
            Side::Lync => {
                self.doubts_until = None;
                for unit in self.page.abandon() {
                    self.carry_out(unit);
                }
                if let Some(link) = &self.lync.link {
                    link.send(ucwa::Command::SignOut);
                }
                drained(self.lync.ended()).boxed()
            }
            Side::Xmpp => {
                if let Some(link) = &self.xmpp.link {
                    link.send(causeway_xmpp::Command::SignOut);
                }
                drained(self.xmpp.ended()).boxed()
            }
            Side::Gateway => std::future::ready(()).boxed(),
        }
    }

    fn journal(&self) -> std::sync::Arc<dyn ucwa::client::Journal> {
        // One command signs in beside everything else: what it sees of events is nobody's loss.
        if self.options.one_shot {
            std::sync::Arc::new(ucwa::client::MemoryJournal::default())
        } else {
            self.store.journal()
        }
    }

    /// The configuration was read anew: restarts only what it concerns.
    pub(crate) fn reconfigure(&mut self, configuration: Configuration) {
        let before = std::mem::replace(&mut self.configuration, configuration);
        let now = &self.configuration.settings;
        let lync = before.settings.lync != now.lync;
        let xmpp = before.settings.xmpp != now.xmpp;
        if before.settings.history != now.history {
            let (store, history) = (self.store.clone(), now.history);
            tokio::spawn(async move {
                if let Err(problem) = store.set_history(history).await {
                    warn!(code = %problem.code, "the history settings could not be applied");
                }
            });
        }
        self.set_rules();
        if lync {
            self.start(Side::Lync);
        }
        if xmpp {
            self.start(Side::Xmpp);
        }
    }
}

/// Waits for the end of a link that was told to close. What it tells meanwhile is in the journal or in doubt.
async fn drained<E>(events: Option<mpsc::Receiver<E>>) {
    if let Some(mut events) = events {
        while events.recv().await.is_some() {}
    }
}

/// What is needed to prepare a link away from the loop: key stores and files take their time.
pub(crate) struct Preparation {
    pub(crate) configuration: Configuration,
    pub(crate) secrets: Secrets,
    pub(crate) watch_only: bool,
    /// `None`: a sign-in that leaves no trace (the ladder).
    pub(crate) store: Option<Store>,
    /// The oldest text whose outcome the archive has to tell.
    pub(crate) archive_from: Option<jiff::Timestamp>,
}

impl Preparation {
    /// Settings of the Lync link.
    pub(crate) async fn lync(&self) -> Result<ucwa::client::Settings, Problem> {
        let lync = self
            .configuration
            .settings
            .lync
            .as_ref()
            .ok_or_else(|| problems::not_configured(Side::Lync))?;
        let password = self.secrets.password(&lync_account(lync)).await?;
        let account = lync.address.value.to_string().to_lowercase();
        let endpoint_id = match &self.store {
            Some(store) => {
                store
                    .transaction(Keep::Kill, move |transaction| {
                        transaction.endpoint_id(&account)
                    })
                    .await?
            }
            None => Uuid::new_v4(),
        };
        Ok(ucwa::client::Settings {
            password: Some(password),
            endpoint_id,
            ..lync_settings(
                lync,
                self.watch_only,
                extra_roots(lync.ca_file.value.clone()).await?,
            )
        })
    }

    /// Settings of the XMPP link.
    pub(crate) async fn xmpp(&self) -> Result<causeway_xmpp::link::Settings, Problem> {
        let xmpp = self
            .configuration
            .settings
            .xmpp
            .as_ref()
            .ok_or_else(|| problems::not_configured(Side::Xmpp))?;
        let password = self.secrets.password(&xmpp_account(xmpp)).await?;
        let account = xmpp.address.value.to_string();
        let known = match &self.store {
            Some(store) => {
                store
                    .transaction(Keep::Kill, move |transaction| {
                        transaction.archive_stamp(&account)
                    })
                    .await?
            }
            None => None,
        };
        let from = [known, self.archive_from].into_iter().flatten().min();
        Ok(causeway_xmpp::link::Settings {
            jid: xmpp.address.value.clone(),
            password,
            // The bridge knows another Causeway of the same account by the beginning of its resource.
            resource: Some(format!("causeway-{}", Uuid::new_v4().simple())),
            server: xmpp
                .server
                .value
                .as_ref()
                .map(|server| (server.host.clone(), server.port)),
            tls: xmpp.tls.value,
            extra_roots: extra_roots(xmpp.ca_file.value.clone()).await?,
            archive_since: from.map(|from| from.checked_sub(ARCHIVE_OVERLAP).unwrap_or(from)),
            limits: causeway_xmpp::link::Limits::default(),
        })
    }
}

/// Everything but password and endpoint id.
pub(crate) fn lync_settings(
    lync: &config::Lync,
    watch_only: bool,
    extra_roots: Vec<CertificateDer<'static>>,
) -> ucwa::client::Settings {
    ucwa::client::Settings {
        address: lync.address.value.clone(),
        user: lync.user.value.clone(),
        method: lync.method.value,
        password: None,
        discovery_url: lync.discovery_url.value.clone(),
        trusted_domains: lync.trusted_domains.value.clone(),
        extra_roots,
        proxy: lync.proxy.value.clone(),
        mode: if watch_only {
            Mode::WatchOnly
        } else {
            lync.mode.value
        },
        endpoint_id: Uuid::new_v4(),
        culture: lync.culture.value.clone(),
        user_agent: concat!("Causeway/", env!("CARGO_PKG_VERSION")).to_owned(),
        limits: ucwa::client::Limits::default(),
    }
}

/// The account whose password signs in to Lync.
pub(crate) fn lync_account(lync: &config::Lync) -> Account {
    Account {
        side: Side::Lync,
        address: lync.address.value.address().to_owned(),
        password_file: lync.password_file.value.clone(),
    }
}

/// The account whose password signs in to XMPP.
pub(crate) fn xmpp_account(xmpp: &config::Xmpp) -> Account {
    Account {
        side: Side::Xmpp,
        address: xmpp.address.value.to_string(),
        password_file: xmpp.password_file.value.clone(),
    }
}

/// Certificates of `ca_file`.
pub(crate) async fn extra_roots(
    ca_file: Option<PathBuf>,
) -> Result<Vec<CertificateDer<'static>>, Problem> {
    let Some(path) = ca_file else {
        return Ok(Vec::new());
    };
    tokio::task::spawn_blocking(move || config::read_ca_file(&path))
        .await
        .unwrap_or_else(|_| Err(problems::internal("reading the CA file was cut off")))
}
