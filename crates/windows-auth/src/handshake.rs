//! One handshake: tokens in, tokens out.

use secrecy::SecretString;

use crate::{Attempt, Cause, LogonName, Mechanism, kerberos, ntlm, tls_server_end_point};

/// Who is at the other end: a server behind TLS, or a proxy on the way there.
#[derive(Clone, Debug)]
pub struct Target {
    pub(crate) host: String,
    pub(crate) binding: Option<Vec<u8>>,
}

impl Target {
    /// The host of the URL, and the certificate (DER) that it showed.
    #[must_use]
    pub fn behind_tls(host: &str, certificate: Option<&[u8]>) -> Self {
        Self {
            host: host.to_owned(),
            binding: certificate.and_then(tls_server_end_point),
        }
    }

    /// An HTTP proxy that is spoken to in the clear, as browsers do: there is no certificate to name. Never a server.
    #[must_use]
    pub fn proxy(host: &str) -> Self {
        Self {
            host: host.to_owned(),
            binding: None,
        }
    }
}

/// User name and password.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// Logon name.
    pub name: LogonName,
    /// Password.
    pub password: SecretString,
}

/// What a token led to.
#[derive(Clone, PartialEq, Eq)]
pub enum Step {
    /// Send this token.
    Send(Vec<u8>),
    /// Nothing more to send.
    Done,
}

/// What makes the tokens of one handshake; which one does depends on the system.
pub(crate) trait Context: Send {
    /// The next token, for the server's last one.
    fn step(&mut self, token: Option<&[u8]>) -> Result<Step, Cause>;

    /// Whether the server has proved who it is, after its last token.
    fn is_mutual(&self) -> bool;

    /// Whose tokens these are.
    fn mechanism(&self) -> Mechanism;
}

/// A running handshake. Every call may block: run it where that is allowed, with a time limit.
pub struct Handshake(Box<dyn Context>);

impl Handshake {
    /// Begins that attempt; `credentials` are for those with a password. A domain controller may be asked for a ticket here.
    ///
    /// # Errors
    /// Without ticket, credentials or the mechanism itself.
    pub fn begin(
        attempt: Attempt,
        target: Target,
        credentials: Option<&Credentials>,
    ) -> Result<Self, Cause> {
        let Attempt { mechanism, scheme } = attempt;
        Ok(Self(match mechanism {
            Mechanism::Kerberos => kerberos::begin(scheme, target)?,
            Mechanism::Ntlm => ntlm::begin(scheme, target, credentials.ok_or(Cause::NoPassword)?)?,
        }))
    }

    /// Which mechanism it is in truth: inside Negotiate Windows chooses one, with and without a password.
    #[must_use]
    pub fn mechanism(&self) -> Mechanism {
        self.0.mechanism()
    }

    /// The next token, for the server's last one; `None` at the beginning.
    ///
    /// # Errors
    /// When the server's token makes no sense or ends the handshake.
    pub fn step(&mut self, token: Option<&[u8]>) -> Result<Step, Cause> {
        self.0.step(token)
    }

    /// The server let us in, perhaps with a last token: whether it has proved by it who it is. NTLM has no such proof.
    ///
    /// # Errors
    /// When the proof is wrong.
    pub fn accepted(&mut self, token: Option<&[u8]>) -> Result<bool, Cause> {
        let Some(token) = token else { return Ok(false) };
        let done = self.0.step(Some(token))? == Step::Done;
        match self.0.mechanism() {
            Mechanism::Kerberos if done && self.0.is_mutual() => Ok(true),
            Mechanism::Kerberos => Err(Cause::BadToken("it did not prove who it is".to_owned())),
            Mechanism::Ntlm => Ok(false),
        }
    }
}
