//! What went wrong, in words for people and in a code for scripts.

use serde::{Deserialize, Serialize};

/// A failure with cause and remedy. `code` never changes its meaning; `message` and `remedy` may be reworded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[error("{message}")]
pub struct Problem {
    /// Stable code, e.g. `CW-1201`.
    pub code: Code,
    /// The step of the ladder in which it happened, or the command.
    pub step: String,
    /// The cause, one sentence.
    pub message: String,
    /// What to do, one sentence.
    pub remedy: String,
    /// Facts for a help desk: host, status, diagnostics, request id. Never a secret.
    #[serde(default)]
    pub detail: serde_json::Map<String, serde_json::Value>,
}

impl Problem {
    /// A problem without details.
    pub fn new(
        code: Code,
        step: &str,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            code,
            step: step.into(),
            message: message.into(),
            remedy: remedy.into(),
            detail: serde_json::Map::new(),
        }
    }

    /// Adds a fact.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<serde_json::Value>) -> Self {
        self.detail.insert(key.into(), value.into());
        self
    }
}

/// Exit codes of `causewayctl` (contract.md).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Exit {
    Done = 0,
    Failed = 1,
    Usage = 2,
    SignInRefused = 3,
    Unreachable = 4,
    NotAllowed = 5,
    TimeLimit = 6,
    NotDelivered = 7,
    Interrupted = 130,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $exit:ident;)*) => {
        /// Stable codes of ux.md section 5, and ours for what that table does not name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(test, derive(ts_rs::TS))]
        pub enum Code { $($(#[$doc])* #[serde(rename = $text)] $name,)* }

        impl Code {
            /// Every code, for the documentation and for tests.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// `CW-1201`.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// The exit code that belongs to it.
            #[must_use]
            pub fn exit(self) -> Exit {
                match self { $(Self::$name => Exit::$exit,)* }
            }
        }
    };
}

codes! {
    /// Neither discovery name exists.
    NoDiscoveryName = "CW-1001", Unreachable;
    /// Discovery name found, no answer.
    DiscoverySilent = "CW-1002", Unreachable;
    /// A proxy wants a login.
    ProxyLogin = "CW-1003", Unreachable;
    /// A web page answered in place of the server.
    NotUcwa = "CW-1004", Unreachable;
    /// Certificate expired or not yet valid.
    CertificateExpired = "CW-1101", Unreachable;
    /// Certificate from an unknown issuer.
    CertificateIssuer = "CW-1102", Unreachable;
    /// Certificate for other names.
    CertificateName = "CW-1103", Unreachable;
    /// Redirect to a domain that nobody approved.
    ForeignDomain = "CW-1104", NotAllowed;
    /// User name or password refused.
    PasswordRefused = "CW-1201", SignInRefused;
    /// Windows sign-in not possible.
    WindowsSignIn = "CW-1202", SignInRefused;
    /// No method in common.
    NoMethod = "CW-1203", SignInRefused;
    /// No password is known: none stored, no file, or the key store is locked.
    PasswordMissing = "CW-1204", SignInRefused;
    /// The server refuses this application.
    AppNotAllowed = "CW-1301", NotAllowed;
    /// The account is not enabled.
    NotEnabled = "CW-1302", NotAllowed;
    /// The pool has no UCWA.
    NoUcwa = "CW-1303", Unreachable;
    /// Overloaded: 503, 429.
    Busy = "CW-1401", Unreachable;
    /// The server ended the session; it was opened again.
    SessionEnded = "CW-1402", Failed;
    /// Events stopped arriving.
    EventsStopped = "CW-1403", Unreachable;
    /// XMPP: user or password refused.
    XmppPasswordRefused = "CW-2001", SignInRefused;
    /// XMPP: server not found, silent, without TLS, or with a bad certificate.
    XmppUnreachable = "CW-2002", Unreachable;
    /// XMPP: another program took the resource.
    XmppConflict = "CW-2003", Failed;
    /// XMPP: no password is known.
    XmppPasswordMissing = "CW-2004", SignInRefused;
    /// Message not delivered.
    NotDelivered = "CW-3001", NotDelivered;
    /// Accepted by us, but whether the server took it before we were cut off cannot be known.
    OutcomeUnknown = "CW-3002", NotDelivered;
    /// The address cannot be used.
    BadAddress = "CW-3003", Usage;
    /// Texts wait for the account that they were written as.
    OtherAccount = "CW-3004", NotDelivered;
    /// Wrong usage or invalid configuration.
    BadConfig = "CW-4001", Usage;
    /// Locked by the administrator.
    ManagedByPolicy = "CW-4002", NotAllowed;
    /// A secret's file can be read by others.
    SecretFileMode = "CW-4003", Usage;
    /// The data directory is in use by another program.
    DataDirBusy = "CW-4101", Failed;
    /// Disk full, not writable, or damaged.
    Storage = "CW-4102", Failed;
    /// No key store, or it is locked.
    KeyStore = "CW-4103", Failed;
    /// Program and agent are of different versions.
    VersionMismatch = "CW-4104", Failed;
    /// The running agent ended before it answered.
    AgentGone = "CW-4105", Failed;
    /// A time limit ran out.
    TimeLimit = "CW-4201", TimeLimit;
    /// This server or account does not offer it.
    NotOffered = "CW-4202", NotAllowed;
    /// Interrupted by the person.
    Interrupted = "CW-4203", Interrupted;
    /// No further contact, or no further group, fits into the contact list.
    ListFull = "CW-4204", NotAllowed;
    /// The server moves the contact list to another place; it can only be read meanwhile.
    ListMoving = "CW-4205", NotAllowed;
    /// The server refused a change of the contact list for another reason.
    ListRefused = "CW-4206", NotAllowed;
    /// Our own mistake.
    Internal = "CW-9001", Failed;
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
