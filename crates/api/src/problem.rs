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
    ($($(#[$doc:meta])* $name:ident = $text:literal, $exit:ident, $title:literal;)*) => {
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

            /// What happened, in a few words: the heading of its page.
            #[must_use]
            pub fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }

            /// Its page in Markdown, as it stands in `docs/errors`: what one sees, the cause, what to do, what an
            /// administrator checks, and what the facts in `detail` mean.
            #[must_use]
            pub fn page(self) -> &'static str {
                match self {
                    $(Self::$name => include_str!(concat!("../../../docs/errors/", $text, ".md")),)*
                }
            }
        }
    };
}

codes! {
    /// Neither discovery name exists.
    NoDiscoveryName = "CW-1001", Unreachable, "The domain has no sign-in entry";
    /// Discovery name found, no answer.
    DiscoverySilent = "CW-1002", Unreachable, "The server does not answer from here";
    /// A proxy wants a login.
    ProxyLogin = "CW-1003", Unreachable, "A proxy wants a login";
    /// A web page answered in place of the server.
    NotUcwa = "CW-1004", Unreachable, "A web page answered in place of the server";
    /// Certificate expired or not yet valid.
    CertificateExpired = "CW-1101", Unreachable, "The certificate is not valid at this time";
    /// Certificate from an unknown issuer.
    CertificateIssuer = "CW-1102", Unreachable, "The certificate comes from an unknown issuer";
    /// Certificate for other names.
    CertificateName = "CW-1103", Unreachable, "The certificate is for other names";
    /// Redirect to a domain that nobody approved.
    ForeignDomain = "CW-1104", NotAllowed, "The server sends us to a foreign domain";
    /// TLS failed for another reason than the certificate's dates, issuer or names.
    Tls = "CW-1105", Unreachable, "No secure connection could be agreed on";
    /// User name or password refused.
    PasswordRefused = "CW-1201", SignInRefused, "User name or password not accepted";
    /// Windows sign-in not possible.
    WindowsSignIn = "CW-1202", SignInRefused, "Windows sign-in is not possible";
    /// No method in common.
    NoMethod = "CW-1203", SignInRefused, "No sign-in method in common";
    /// No password is known: none stored, no file, or the key store is locked.
    PasswordMissing = "CW-1204", SignInRefused, "No password is known";
    /// The person has to sign in on a page of their organisation.
    WebSignIn = "CW-1205", SignInRefused, "A sign-in on a web page is wanted";
    /// The server took the sign-in for somebody else's.
    OtherPerson = "CW-1206", SignInRefused, "Signed in as somebody else";
    /// The server refuses this application.
    AppNotAllowed = "CW-1301", NotAllowed, "The server does not allow this application";
    /// The account is not enabled.
    NotEnabled = "CW-1302", NotAllowed, "The account is not enabled for this service";
    /// The pool has no UCWA.
    NoUcwa = "CW-1303", Unreachable, "The pool has no UCWA service";
    /// Overloaded: 503, 429.
    Busy = "CW-1401", Unreachable, "The server is busy";
    /// The server ended the session; it was opened again.
    SessionEnded = "CW-1402", Failed, "The server ended the session";
    /// Events stopped arriving.
    EventsStopped = "CW-1403", Unreachable, "Events stopped arriving";
    /// XMPP: user or password refused.
    XmppPasswordRefused = "CW-2001", SignInRefused, "XMPP: user or password refused";
    /// XMPP: server not found, silent, without TLS, or with a bad certificate.
    XmppUnreachable = "CW-2002", Unreachable, "XMPP: the server cannot be reached safely";
    /// XMPP: another program took the resource.
    XmppConflict = "CW-2003", Failed, "XMPP: another program took this resource";
    /// XMPP: no password is known.
    XmppPasswordMissing = "CW-2004", SignInRefused, "XMPP: no password is known";
    /// Message not delivered.
    NotDelivered = "CW-3001", NotDelivered, "The message was not delivered";
    /// Accepted by us, but whether the server took it before we were cut off cannot be known.
    OutcomeUnknown = "CW-3002", NotDelivered, "It is not known whether the message arrived";
    /// The address cannot be used.
    BadAddress = "CW-3003", Usage, "The address cannot be used";
    /// Texts wait for the account that they were written as.
    OtherAccount = "CW-3004", NotDelivered, "Texts wait for another account";
    /// Wrong usage or invalid configuration.
    BadConfig = "CW-4001", Usage, "Wrong usage or configuration";
    /// Locked by the administrator.
    ManagedByPolicy = "CW-4002", NotAllowed, "The administrator has locked this setting";
    /// A secret's file can be read by others.
    SecretFileMode = "CW-4003", Usage, "A password file can be read by others";
    /// The data directory is in use by another program.
    DataDirBusy = "CW-4101", Failed, "Another Causeway uses this data directory";
    /// Disk full, not writable, or damaged.
    Storage = "CW-4102", Failed, "The disk or the database cannot be used";
    /// No key store, or it is locked.
    KeyStore = "CW-4103", Failed, "The key store cannot be used";
    /// Program and agent are of different versions.
    VersionMismatch = "CW-4104", Failed, "Program and agent are of different versions";
    /// The running agent ended before it answered.
    AgentGone = "CW-4105", Failed, "The agent ended before it answered";
    /// A file that was to be written is there already.
    FileExists = "CW-4106", Failed, "A file of this name is there already";
    /// A time limit ran out.
    TimeLimit = "CW-4201", TimeLimit, "A time limit ran out";
    /// This server or account does not offer it.
    NotOffered = "CW-4202", NotAllowed, "It is not offered here";
    /// Interrupted by the person.
    Interrupted = "CW-4203", Interrupted, "Interrupted";
    /// No further contact, or no further group, fits into the contact list.
    ListFull = "CW-4204", NotAllowed, "The contact list is full";
    /// The server moves the contact list to another place; it can only be read meanwhile.
    ListMoving = "CW-4205", NotAllowed, "The contact list is being moved";
    /// The server refused a change of the contact list for another reason.
    ListRefused = "CW-4206", NotAllowed, "The contact list was not changed";
    /// The server does not tell who is in a group of this size.
    GroupTooLarge = "CW-4207", NotAllowed, "The group is too large to be shown";
    /// Our own mistake.
    Internal = "CW-9001", Failed, "A mistake in Causeway";
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
