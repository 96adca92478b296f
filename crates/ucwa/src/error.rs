//! What can go wrong, told by cause.

use std::fmt;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use url::Url;
use windows_auth::{Cause, PassedOver};

use crate::SipUri;

/// A failure of the link, with the facts that an administrator asks for. Holds no password, token or text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// Cause.
    pub kind: ErrorKind,
    /// What was seen.
    pub facts: Box<Facts>,
}

/// What was seen of the failing request; empty where it did not get so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// URL asked, without its query.
    pub url: Option<String>,
    /// Host asked.
    pub host: Option<String>,
    /// HTTP status.
    pub status: Option<u16>,
    /// `X-Ms-diagnostics`: number, source and reason.
    pub diagnostics: Option<String>,
    /// `X-MS-Server-Fqdn`: the front end that answered.
    pub server_fqdn: Option<String>,
    /// `X-MS-UcwaVersion`.
    pub ucwa_version: Option<String>,
    /// `X-MS-Correlation-Id` or `client-request-id`.
    pub request_id: Option<String>,
    /// Mechanisms of Windows authentication that were not used or failed.
    pub passed_over: Vec<PassedOver>,
    /// How far this computer's clock is ahead of the server's, where Windows authentication failed.
    pub clock_ahead: Option<SignedDuration>,
    /// The proxy that refused, without a login.
    pub proxy: Option<String>,
    /// The certificate that was refused.
    pub certificate: Option<Box<CertificateFacts>>,
}

/// What a certificate says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CertificateFacts {
    /// Names it is for.
    pub names: Vec<String>,
    /// Who issued it.
    pub issuer: String,
    /// It is its own issuer.
    pub self_signed: bool,
    /// Valid from.
    pub not_before: Option<Timestamp>,
    /// Valid to.
    pub not_after: Option<Timestamp>,
    /// SHA-256 of the whole, in pairs of digits with colons between: as `openssl x509 -fingerprint -sha256` writes it.
    pub fingerprint: String,
}

/// Cause of a failure.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ErrorKind {
    /// Neither `lyncdiscoverinternal` nor `lyncdiscover` of the domain has an address. The administrator's, or a misspelt address.
    #[error("no autodiscovery name found for {}", tried.join(", "))]
    NoDiscoveryName {
        /// Host names looked up.
        tried: Vec<String>,
    },
    /// A host that discovery led to has no address as seen from here. Network, or the administrator's DNS.
    #[error("no address found for {host}")]
    NoAddress {
        /// Host looked up.
        host: String,
    },
    /// The host does not answer in time or refuses connections. Network or server.
    #[error("no answer from {host}")]
    Silent {
        /// Host asked, with its port where that is not the usual one.
        host: String,
        /// It said at once that nothing listens there.
        refused: bool,
    },
    /// A proxy asks for a login (407) and did not take ours, if there was one; [`Facts::passed_over`] has what was not used.
    #[error("a proxy asks for a login (offered: {})", offered.join(", "))]
    ProxyLogin {
        /// Schemes offered.
        offered: Vec<String>,
        /// User name or password refused. Not tried again.
        refused: bool,
    },
    /// Something answered that does not speak UCWA: a guest network's page or another web server.
    #[error("the answer of {host} is not UCWA ({content_type})")]
    NotUcwa {
        /// Host asked.
        host: String,
        /// Content type of the answer.
        content_type: String,
    },
    /// The certificate's time is over or has not begun; or the computer's clock is wrong.
    #[error("the certificate of {host} is not valid now")]
    CertificateExpired {
        /// Host asked.
        host: String,
        /// Valid from.
        not_before: Option<Timestamp>,
        /// Valid to.
        not_after: Option<Timestamp>,
    },
    /// The certificate comes from an issuer that this computer does not trust.
    #[error("the certificate of {host} has an unknown issuer")]
    CertificateIssuer {
        /// Host asked.
        host: String,
        /// Issuer as the certificate names it.
        issuer: String,
    },
    /// The certificate is for other names.
    #[error("the certificate is not for {wanted}")]
    CertificateName {
        /// Host asked.
        wanted: String,
        /// Names in the certificate.
        found: Vec<String>,
    },
    /// Any other failure of TLS, for example no common version.
    #[error("no secure connection: {0}")]
    Tls(String),
    /// The server sends us to a host that is neither below the sign-in domain nor trusted.
    #[error("{from} sends us to the foreign host {to}")]
    ForeignRedirect {
        /// Who redirects.
        from: String,
        /// Where to.
        to: String,
    },
    /// Redirects go in a circle or never end.
    #[error("redirects do not end")]
    RedirectLoop {
        /// Hosts or URLs visited, in order.
        chain: Vec<String>,
    },
    /// There is no password to sign in with.
    #[error("no password is known")]
    PasswordMissing,
    /// User name or password refused. Not tried again.
    #[error("user name or password refused")]
    PasswordRefused,
    /// Windows authentication is configured, and the server does not offer it.
    #[error("windows authentication is not offered (offered: {})", offered.join(", "))]
    WindowsNotOffered {
        /// Grant types offered.
        offered: Vec<String>,
    },
    /// No mechanism of Windows authentication led to the goal; [`Facts::passed_over`] has all of them.
    #[error("windows authentication failed: {cause}")]
    WindowsFailed {
        /// The cause that says most.
        cause: Cause,
    },
    /// None of the offered grant types can be used.
    #[error("no usable sign-in method (offered: {})", offered.join(", "))]
    NoMethod {
        /// Grant types offered.
        offered: Vec<String>,
    },
    /// The server wants the person to sign in on a web page (the passive grant). Whoever owns the link opens it, and starts
    /// again with the cookies that the page's host gave for the token URL.
    #[error("a sign-in on a web page of {} is wanted", page.host_str().unwrap_or_default())]
    WebSignIn {
        /// The page.
        page: Box<Url>,
        /// The token URL.
        token_url: Box<Url>,
        /// There were cookies, and they do not count, or not any more.
        refused: bool,
    },
    /// The sign-in was right, and for somebody else than the address that was meant. Nothing was done in that person's name.
    #[error("signed in as {found}, not as {wanted}")]
    OtherPerson {
        /// The address that was meant.
        wanted: SipUri,
        /// Whom the server took us for (`me` of the application).
        found: SipUri,
    },
    /// Only OAuth against Azure AD is offered.
    #[error("modern authentication required")]
    ModernAuthOnly,
    /// The server refuses this application (policy, allowed domains, user agent).
    #[error("the server does not allow this application")]
    AppNotAllowed,
    /// The account is not enabled for this service or lives elsewhere.
    #[error("the account is not enabled for this service")]
    NotEnabled,
    /// Discovery leads to Microsoft's cloud, where the account lives and no UCWA is.
    #[error("the account lives in the cloud, at {host}")]
    InCloud {
        /// Where to.
        host: String,
    },
    /// The pool has no UCWA service.
    #[error("the server has no UCWA service")]
    NoUcwa,
    /// 429, 503: the server asks for patience.
    #[error("the server is busy")]
    Busy {
        /// `Retry-After`.
        retry_after: Option<Duration>,
    },
    /// The account's limit of running applications is reached.
    #[error("too many applications of this account are running")]
    TooManyApplications,
    /// The server ended the application; it is created again.
    #[error("the session was ended by the server")]
    SessionEnded,
    /// The event channel breaks again and again.
    #[error("events stopped arriving")]
    EventsStopped,
    /// The connection could not be made or broke.
    #[error("connection failed: {0}")]
    Connection(String),
    /// The server kept the connection and did not answer in time.
    #[error("no answer in time: {step}")]
    TimeLimit {
        /// What was waited for.
        step: &'static str,
    },
    /// The server refused the request, with the error body of the reference.
    #[error("refused by the server: {code} {subcode}")]
    Refused {
        /// `code`.
        code: String,
        /// `subcode`, empty where there is none.
        subcode: String,
        /// `message`, localised by the server, may be shown; empty where there is none.
        message: String,
    },
    /// The resource has no link for this: not possible now.
    #[error("not possible now: the server offers no {0}")]
    NotPossible(&'static str),
    /// Nobody and no group has this address, as far as the directory knows.
    #[error("the directory does not know this address")]
    NotInDirectory,
    /// The server's answer breaks the protocol.
    #[error("the answer of the server cannot be understood: {0}")]
    Protocol(String),
    /// The journal of event pages cannot be written.
    #[error("the journal cannot be written: {0}")]
    Journal(String),
}

impl ErrorKind {
    /// It is about who signs in and how: the same on whatever way to the server.
    #[must_use]
    pub fn is_about_signing_in(&self) -> bool {
        matches!(
            self,
            Self::PasswordMissing
                | Self::PasswordRefused
                | Self::WindowsNotOffered { .. }
                | Self::WindowsFailed { .. }
                | Self::NoMethod { .. }
                | Self::WebSignIn { .. }
                | Self::ModernAuthOnly
        )
    }

    /// TLS was refused: it belongs to the step that looks at certificates, whichever request met it.
    #[must_use]
    pub fn is_about_certificate(&self) -> bool {
        matches!(
            self,
            Self::CertificateExpired { .. }
                | Self::CertificateIssuer { .. }
                | Self::CertificateName { .. }
                | Self::Tls(_)
        )
    }
}

/// What the caller of a failed action can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Nothing by itself: a person or an administrator has to change something.
    Never,
    /// Try again at once, once.
    Now,
    /// Try again after this time.
    After(Duration),
    /// Ask the person for credentials, then sign in anew.
    SignInAgain,
}

impl Error {
    /// An error without facts.
    #[must_use]
    pub fn new(kind: ErrorKind) -> Self {
        Self {
            kind,
            facts: Box::default(),
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn retry(&self) -> Retry {
        const SOON: Retry = Retry::After(Duration::from_secs(5));
        const LATER: Retry = Retry::After(Duration::from_secs(60));
        match &self.kind {
            ErrorKind::PasswordMissing
            | ErrorKind::PasswordRefused
            | ErrorKind::WebSignIn { .. } => Retry::SignInAgain,
            ErrorKind::SessionEnded => Retry::Now,
            ErrorKind::Busy { retry_after } => {
                Retry::After(retry_after.unwrap_or(Duration::from_secs(30)))
            }
            ErrorKind::TooManyApplications => Retry::After(Duration::from_secs(300)),
            ErrorKind::Silent { .. }
            | ErrorKind::EventsStopped
            | ErrorKind::Connection(_)
            | ErrorKind::TimeLimit { .. }
            | ErrorKind::Protocol(_) => SOON,
            // No password was sent, and the network may come back.
            ErrorKind::WindowsFailed { cause } if cause.is_about_reach() => LATER,
            ErrorKind::NoDiscoveryName { .. }
            | ErrorKind::NoAddress { .. }
            | ErrorKind::NotUcwa { .. }
            | ErrorKind::Tls(_)
            | ErrorKind::NoUcwa
            | ErrorKind::Journal(_) => LATER,
            ErrorKind::ProxyLogin { refused, .. } => {
                let away = self
                    .facts
                    .passed_over
                    .iter()
                    .any(|passed| passed.cause.is_about_reach());
                if away && !refused {
                    LATER
                } else {
                    Retry::Never
                }
            }
            ErrorKind::CertificateExpired { .. }
            | ErrorKind::CertificateIssuer { .. }
            | ErrorKind::CertificateName { .. }
            | ErrorKind::ForeignRedirect { .. }
            | ErrorKind::RedirectLoop { .. }
            | ErrorKind::WindowsNotOffered { .. }
            | ErrorKind::WindowsFailed { .. }
            | ErrorKind::NoMethod { .. }
            | ErrorKind::OtherPerson { .. }
            | ErrorKind::ModernAuthOnly
            | ErrorKind::AppNotAllowed
            | ErrorKind::NotEnabled
            | ErrorKind::InCloud { .. }
            | ErrorKind::Refused { .. }
            | ErrorKind::NotPossible(_)
            | ErrorKind::NotInDirectory => Retry::Never,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)?;
        if let Some(status) = self.facts.status {
            write!(f, " (HTTP {status})")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Self {
        Self::new(kind)
    }
}
