//! What a link needs to start, gathered away from the loop: key stores and files take their time.

use std::collections::HashMap;
use std::path::PathBuf;

use causeway_api::{Code, Origin, Problem, Side};
use jiff::SignedDuration;
use rustls_pki_types::CertificateDer;
use secrecy::SecretString;
use ucwa::client::{Method, ProxyLogin};
use url::Url;
use uuid::Uuid;

use crate::{
    config::{self, Configuration, Mode},
    problems, proxies,
    refusals::{Offer, Refusals},
    secrets::{Account, Secrets, in_file},
    store::{Keep, KnownServer, Slot, Store},
};

/// The archive is asked from a little before the last known text on: its clock and ours differ.
const ARCHIVE_OVERLAP: SignedDuration = SignedDuration::from_mins(5);

/// A link that can be started.
pub(crate) enum Prepared {
    /// With the password that is offered, or the reason why none is.
    Lync(Box<ucwa::client::Settings>, Result<Offer, Problem>),
    Xmpp(Box<causeway_xmpp::link::Settings>, Offer),
}

/// What is needed to prepare a link away from the loop: key stores and files take their time.
pub(crate) struct Preparation {
    pub(crate) configuration: Configuration,
    pub(crate) secrets: Secrets,
    /// Passwords that are not sent; `None` where a person wants to try.
    pub(crate) refusals: Option<Refusals>,
    pub(crate) watch_only: bool,
    /// `None`: a sign-in that leaves no trace (the ladder).
    pub(crate) store: Option<Store>,
    /// The oldest text whose outcome the archive has to tell.
    pub(crate) archive_from: Option<jiff::Timestamp>,
}

impl Preparation {
    /// The password of an account, and what is to be noted where it is refused.
    ///
    /// # Errors
    /// Those of [`Secrets::password`]; why it is not sent again where it was refused.
    pub(crate) async fn password(
        &self,
        account: &Account,
        offer: Offer,
    ) -> Result<(SecretString, Offer), Problem> {
        let refusals = self.refusals.as_ref();
        if let Some(problem) = refusals.and_then(|refusals| refusals.why_not(&offer)) {
            return Err(problem);
        }
        Ok((self.secrets.password(account).await?, offer))
    }

    /// Settings of the Lync link.
    pub(crate) async fn lync(&self) -> Result<Prepared, Problem> {
        let lync = self
            .configuration
            .settings
            .lync
            .as_ref()
            .ok_or_else(|| problems::not_configured(Side::Lync))?;
        let offer = Offer::lync(lync, &self.secrets);
        let (password, offer) = match self.password(&lync_account(lync), offer).await {
            Ok((password, offer)) => (Some(password), Ok(offer)),
            // What the server offers may do without one.
            Err(problem)
                if matches!(problem.code, Code::PasswordMissing | Code::PasswordRefused)
                    && lync.method.value != Method::Forms =>
            {
                (None, Err(problem))
            }
            Err(problem) => return Err(problem),
        };
        let account = lync.address.value.to_string().to_lowercase();
        let (endpoint_id, server) = match &self.store {
            Some(store) => {
                store
                    .transaction(Keep::Kill, move |transaction| {
                        let server = transaction.slot(Slot::LYNC_SERVER)?;
                        Ok((transaction.endpoint_id(&account)?, server))
                    })
                    .await?
            }
            None => (Uuid::new_v4(), None),
        };
        // Found for another account, or from another beginning, it says nothing.
        let applications = server
            .filter(|server| *server == known_server(lync, server.applications.clone()))
            .map(|server| server.applications);
        let settings = ucwa::client::Settings {
            password,
            cookies: self.secrets.cookies(&lync_account(lync)),
            endpoint_id,
            applications,
            ..lync_settings(lync, self.watch_only, Reach::of(lync).await?)
        };
        Ok(Prepared::Lync(Box::new(settings), offer))
    }

    /// Settings of the XMPP link.
    pub(crate) async fn xmpp(&self) -> Result<(causeway_xmpp::link::Settings, Offer), Problem> {
        let xmpp = self
            .configuration
            .settings
            .xmpp
            .as_ref()
            .ok_or_else(|| problems::not_configured(Side::Xmpp))?;
        let offer = Offer::xmpp(xmpp, &self.secrets);
        let (password, offer) = self.password(&xmpp_account(xmpp), offer).await?;
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
        let settings = causeway_xmpp::link::Settings {
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
            plaintext_anywhere: xmpp.tls.origin == Origin::Enforced,
            extra_roots: extra_roots(xmpp.ca_file.value.clone()).await?,
            archive_since: from.map(|from| from.checked_sub(ARCHIVE_OVERLAP).unwrap_or(from)),
            limits: causeway_xmpp::link::Limits::default(),
        };
        Ok((settings, offer))
    }
}

/// What is read from files to reach the Lync server.
pub(crate) struct Reach {
    extra_roots: Vec<CertificateDer<'static>>,
    proxy_login: Option<ProxyLogin>,
}

impl Reach {
    /// # Errors
    /// `BadConfig` where a file cannot be used, `SecretFileMode` where others can read the proxy's password.
    pub(crate) async fn of(lync: &config::Lync) -> Result<Self, Problem> {
        let proxy_login = match (&lync.proxy_user.value, &lync.proxy_password_file.value) {
            (Some(user), Some(file)) => Some(ProxyLogin {
                user: user.clone(),
                password: in_file(file.clone()).await?,
            }),
            // A name without a password is not sent: the proxy says then that it wants a login.
            (Some(_) | None, _) => None,
        };
        Ok(Self {
            extra_roots: extra_roots(lync.ca_file.value.clone()).await?,
            proxy_login,
        })
    }
}

/// Everything but password and endpoint id.
pub(crate) fn lync_settings(
    lync: &config::Lync,
    watch_only: bool,
    reach: Reach,
) -> ucwa::client::Settings {
    ucwa::client::Settings {
        address: lync.address.value.clone(),
        user: lync.user.value.clone(),
        method: lync.method.value,
        password: None,
        discovery_url: lync.discovery_url.value.clone(),
        cookies: HashMap::new(),
        applications: None,
        trusted_domains: lync.trusted_domains.value.clone(),
        extra_roots: reach.extra_roots,
        proxy: lync.proxy.value.clone(),
        proxy_resolver: proxies::resolver(),
        proxy_login: reach.proxy_login,
        proxy_bypass: lync.proxy_bypass.value.clone(),
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

/// Where the server of this account was found, and from which beginning.
pub(crate) fn known_server(lync: &config::Lync, applications: Url) -> KnownServer {
    KnownServer {
        account: lync.address.value.to_string().to_lowercase(),
        discovery_url: lync.discovery_url.value.clone(),
        applications,
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
