//! A Lync front end to try out, demonstrate and test against: autodiscovery, tokens, UCWA 2.0, many clients.
//!
//! It is strict: what a real server refuses is refused, with the documented status and body. `docs/simulator.md` tells
//! how to use it from outside; [`Sim`] runs it inside a program.

mod clock;
mod control;
mod discovery;
mod faults;
mod href;
mod http;
mod input;
mod passive;
mod people;
mod photo;
mod random;
mod reply;
mod resources;
mod tls;
mod token;
mod world;
mod xml;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde::Serialize;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::http::Shared;
pub use crate::tls::Certificate;
use crate::token::{Grants, Windows};
use crate::world::World;

/// How to start a simulator.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where clients come in; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where the control verbs come in; loopback only.
    pub control: SocketAddr,
    /// A people file; the built-in cast without one.
    pub people: Option<PathBuf>,
    /// Keeps the certificate authority here across restarts; a directory of its own for this run without one.
    pub dir: Option<PathBuf>,
    /// Makes ids and tokens the same in every run.
    pub seed: Option<u64>,
    /// Generated contacts in the first person's list, for measurements.
    pub contacts: usize,
    /// Contact lists cannot be changed, as on a Lync Server 2013.
    pub read_only_contacts: bool,
    /// Offers the Windows grant in the challenge; its handshake is always refused.
    pub offer_windows: bool,
    /// Offers the Windows grant and believes the header `X-Remote-User`: a web server in front does the handshake. For tests;
    /// loopback only.
    pub trust_remote_user: bool,
    /// Leaves out the grant for user name and password.
    pub no_forms: bool,
    /// Offers the passive grant: its page sends the browser to an AD FS of our own.
    pub passive: bool,
    /// Origins from which browser clients may come in.
    pub allow_origin: Vec<String>,
    /// What is wrong with the certificate.
    pub certificate: Certificate,
}

impl Default for Options {
    fn default() -> Self {
        let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self {
            listen: free,
            control: free,
            people: None,
            dir: None,
            seed: None,
            contacts: 0,
            read_only_contacts: false,
            offer_windows: false,
            trust_remote_user: false,
            no_forms: false,
            passive: false,
            allow_origin: Vec::new(),
            certificate: Certificate::Good,
        }
    }
}

/// What the one line says that is printed when the simulator is ready.
#[derive(Clone, Debug, Serialize)]
pub struct Ready {
    /// Where to begin: the URL of the root document.
    pub discovery: String,
    /// File with the certificate of the authority to trust.
    pub ca: PathBuf,
    /// Base URL of the control verbs.
    pub control: String,
    /// Who can sign in.
    pub people: Vec<Account>,
}

/// One account of the cast. Its password is a fixture that is meant to be known.
#[derive(Clone, Serialize)]
pub struct Account {
    /// SIP address without `sip:`.
    pub address: String,
    /// Logon name.
    pub user: String,
    /// Password.
    pub password: String,
    /// Display name.
    pub name: String,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

/// A running simulator; it ends when this is dropped.
pub struct Sim {
    ready: Ready,
    tasks: JoinSet<()>,
    /// The directory of this run, where none was named.
    _directory: Option<tempfile::TempDir>,
}

impl Sim {
    /// Starts a simulator; on return it accepts connections.
    ///
    /// # Errors
    /// A wrong people file, an address that is in use or not loopback (control), a directory that cannot be written.
    pub async fn start(options: Options) -> Result<Self> {
        if !options.control.ip().is_loopback() {
            bail!(
                "the control address {} is not loopback: the control verbs have no password",
                options.control
            );
        }
        if options.trust_remote_user && !options.listen.ip().is_loopback() {
            bail!(
                "{} is not loopback: whoever reaches it could be anyone",
                options.listen
            );
        }
        let windows = match (options.trust_remote_user, options.offer_windows) {
            (true, _) => Windows::Front,
            (false, true) => Windows::Refused,
            (false, false) => Windows::NotOffered,
        };
        let grants = Grants {
            windows,
            forms: !options.no_forms,
            passive: options.passive,
        };
        let people = match &options.people {
            Some(file) => people::People::read(file)?,
            None => people::cast(),
        };
        let people = people.with_contacts(options.contacts);
        let (path, directory) = match options.dir {
            Some(path) => {
                std::fs::create_dir_all(&path)
                    .with_context(|| format!("cannot make the directory {}", path.display()))?;
                (path, None)
            }
            None => {
                let directory = tempfile::Builder::new()
                    .prefix("causeway-sim-")
                    .tempdir()
                    .context("cannot make a temporary directory")?;
                (directory.path().to_owned(), Some(directory))
            }
        };
        let mut world = World::new(&people, options.seed);
        world.list_is_read_only = options.read_only_contacts;
        let domains: Vec<String> = world.domains.iter().cloned().collect();
        let acceptor = tls::acceptor(&path, &domains, options.certificate)?;
        let listener = TcpListener::bind(options.listen)
            .await
            .with_context(|| format!("cannot listen on {}", options.listen))?;
        let control = TcpListener::bind(options.control)
            .await
            .with_context(|| format!("cannot listen on {}", options.control))?;
        let (address, control_address) = (listener.local_addr()?, control.local_addr()?);
        let accounts = world
            .order
            .iter()
            .filter_map(|address| world.people.get(address))
            .map(|person| Account {
                address: person.address.to_string(),
                user: person.user.clone(),
                password: person.password.clone(),
                name: person.name.clone(),
            });
        let ready = Ready {
            discovery: format!("https://{address}/"),
            ca: path.join("ca.pem"),
            control: format!("http://{control_address}"),
            people: accounts.collect(),
        };
        let origins = options
            .allow_origin
            .iter()
            .map(|origin| origin.trim_end_matches('/').to_owned())
            .collect();
        let shared = Arc::new(Shared::new(world, address.port(), grants, origins));
        let front = tls::Front::new(listener, acceptor)?;
        let mut tasks = JoinSet::new();
        tasks.spawn(keep_appointments(Arc::clone(&shared)));
        let service = http::router(Arc::clone(&shared))
            .into_make_service_with_connect_info::<tls::Connection>();
        tasks.spawn(async move {
            if let Err(error) = axum::serve(front, service).await {
                tracing::error!(%error, "the front end stopped");
            }
        });
        tasks.spawn(async move {
            if let Err(error) = axum::serve(control, control::router(shared)).await {
                tracing::error!(%error, "the control interface stopped");
            }
        });
        Ok(Self {
            ready,
            tasks,
            _directory: directory,
        })
    }

    /// Where it can be reached and by whom.
    #[must_use]
    pub fn ready(&self) -> &Ready {
        &self.ready
    }

    /// Stops it: from now on nobody is let in.
    pub async fn stop(mut self) {
        self.tasks.shutdown().await;
    }
}

/// Keeps the appointments of the pool's own clock.
async fn keep_appointments(shared: Arc<Shared>) {
    let alarm = Arc::clone(&shared.world().alarm);
    loop {
        let wait = {
            let mut world = shared.world();
            world.keep_appointments();
            world.clock.wait()
        };
        tokio::select! {
            () = tokio::time::sleep(wait.unwrap_or(Duration::from_secs(3600))) => {}
            () = alarm.notified() => {}
        }
    }
}
