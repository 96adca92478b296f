//! What can go wrong, told by cause.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;

/// A failure of the link, with the facts that an administrator asks for. Holds no password and no text of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// Cause.
    pub kind: ErrorKind,
    /// What was seen.
    pub facts: Box<Facts>,
}

/// What was seen of the failing connection; empty where it did not get so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Host that the connection went to.
    pub host: Option<String>,
    /// Its port.
    pub port: Option<u16>,
    /// SASL mechanisms or TLS versions offered, in the server's words.
    pub offered: Vec<String>,
    /// Defined condition of the SASL or stream error.
    pub condition: Option<String>,
    /// Text of that error, written by the server.
    pub text: Option<String>,
}

/// Cause of a failure.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ErrorKind {
    /// No name looked up has an address. A misspelt address, or missing DNS entries.
    #[error("no XMPP server found (looked up {})", tried.join(", "))]
    NotFound {
        /// Names looked up.
        tried: Vec<String>,
    },
    /// The host refuses connections or does not answer in time. Network or server.
    #[error("no answer from {host}")]
    Silent {
        /// Host and port asked last.
        host: String,
    },
    /// The server offers no STARTTLS. The server's administrator.
    #[error("the server offers no encryption")]
    NoTls,
    /// The port begins without TLS although `tls = direct` wants it at once. The configuration.
    #[error("the port does not begin with TLS")]
    NotDirect,
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
    #[error("the certificate of {host} has an unknown issuer ({issuer})")]
    CertificateIssuer {
        /// Host asked.
        host: String,
        /// Issuer as the certificate names it; empty where it cannot be read.
        issuer: String,
    },
    /// The certificate is for other names.
    #[error("the certificate is not for {wanted} (but for: {})", found.join(", "))]
    CertificateName {
        /// Domain of the address.
        wanted: String,
        /// Names in the certificate; empty where the server has none to show for the domain.
        found: Vec<String>,
    },
    /// Any other failure of TLS, for example no common version.
    #[error("no secure connection: {0}")]
    Tls(String),
    /// `tls = none` is for loopback addresses only. The configuration.
    #[error("a connection without encryption is refused outside this computer")]
    PlaintextRefused,
    /// User name or password refused. Not tried again.
    #[error("user name or password refused")]
    PasswordRefused,
    /// None of the offered SASL mechanisms can be used; PLAIN never is.
    #[error("no usable sign-in method (offered: {})", offered.join(", "))]
    NoMechanism {
        /// Mechanisms offered.
        offered: Vec<String>,
    },
    /// Another program of this account took over the resource.
    #[error("another program took over this resource")]
    Conflict,
    /// The connection broke.
    #[error("connection lost: {0}")]
    Connection(String),
    /// What the server sent breaks the protocol or a limit.
    #[error("the server's answer cannot be understood: {0}")]
    Protocol(String),
    /// The server kept the connection and did not answer in time.
    #[error("no answer in time: {step}")]
    TimeLimit {
        /// What was waited for.
        step: &'static str,
    },
    /// The server refused with a SASL, stream or stanza error.
    #[error("refused by the server: {condition} {text}")]
    Refused {
        /// Defined condition.
        condition: String,
        /// Text written by the server, may be empty.
        text: String,
    },
}

/// Refusals that trying again cannot change (RFC 6120 sections 4.9.3 and 6.5).
const LASTING: [&str; 13] = [
    "aborted",
    "account-disabled",
    "encryption-required",
    "host-gone",
    "host-unknown",
    "incorrect-encoding",
    "invalid-authzid",
    "invalid-mechanism",
    "invalid-namespace",
    "malformed-request",
    "mechanism-too-weak",
    "not-authorized",
    "unsupported-version",
];

/// What the caller of a failed connection can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Nothing by itself: a person or an administrator has to change something.
    Never,
    /// Try again after this time.
    After(Duration),
    /// Ask the person for the password, then start anew.
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

    /// The same error, seen at this host.
    #[must_use]
    pub fn at(mut self, host: &str, port: u16) -> Self {
        self.facts.host.get_or_insert_with(|| host.to_owned());
        self.facts.port.get_or_insert(port);
        self
    }

    /// A SASL, stream or stanza error of the server.
    #[must_use]
    pub fn refused(condition: &str, text: String) -> Self {
        let facts = Facts {
            condition: Some(condition.to_owned()),
            text: Some(text.clone()).filter(|text| !text.is_empty()),
            ..Facts::default()
        };
        let condition = condition.to_owned();
        Self {
            kind: ErrorKind::Refused { condition, text },
            facts: Box::new(facts),
        }
    }

    /// What to do about it. The link follows this by itself: it goes on by itself after `After` and stops at the others.
    #[must_use]
    pub fn retry(&self) -> Retry {
        const SOON: Retry = Retry::After(Duration::from_secs(1));
        const LATER: Retry = Retry::After(Duration::from_secs(10));
        match &self.kind {
            ErrorKind::PasswordRefused => Retry::SignInAgain,
            ErrorKind::Silent { .. }
            | ErrorKind::Connection(_)
            | ErrorKind::Protocol(_)
            | ErrorKind::TimeLimit { .. } => SOON,
            // The network may be a guest network whose answers change after its login page.
            ErrorKind::NotFound { .. }
            | ErrorKind::NoTls
            | ErrorKind::NotDirect
            | ErrorKind::Tls(_) => LATER,
            ErrorKind::Refused { condition, .. } if LASTING.contains(&condition.as_str()) => {
                Retry::Never
            }
            ErrorKind::Refused { .. } => SOON,
            ErrorKind::CertificateExpired { .. }
            | ErrorKind::CertificateIssuer { .. }
            | ErrorKind::CertificateName { .. }
            | ErrorKind::PlaintextRefused
            | ErrorKind::NoMechanism { .. }
            | ErrorKind::Conflict => Retry::Never,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

impl std::error::Error for Error {}

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Self {
        Self::new(kind)
    }
}
