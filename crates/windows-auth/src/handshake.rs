//! One handshake: tokens in, tokens out.

use secrecy::SecretString;

use crate::{Cause, LogonName, Mechanism, kerberos, ntlm, tls_server_end_point};

/// The server at the other end of a TLS connection. There is no other kind: neither mechanism is used in the clear.
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

/// A running handshake. Every call may block: run it where that is allowed, with a time limit.
pub struct Handshake(Inner);

enum Inner {
    Kerberos(kerberos::Context),
    // Much larger than the other.
    Ntlm(Box<ntlm::Context>),
}

impl Handshake {
    /// Begins by that mechanism; `credentials` are for NTLM. Kerberos asks the domain controller for a ticket here.
    ///
    /// # Errors
    /// Without ticket, credentials or the mechanism itself.
    pub fn begin(
        mechanism: Mechanism,
        target: Target,
        credentials: Option<&Credentials>,
    ) -> Result<Self, Cause> {
        Ok(Self(match mechanism {
            Mechanism::Kerberos => Inner::Kerberos(kerberos::Context::begin(target)?),
            Mechanism::Ntlm => {
                let credentials = credentials.ok_or(Cause::NoPassword)?;
                Inner::Ntlm(Box::new(ntlm::Context::begin(target, credentials)?))
            }
        }))
    }

    /// The next token, for the server's last one; `None` at the beginning.
    ///
    /// # Errors
    /// When the server's token makes no sense or ends the handshake.
    pub fn step(&mut self, token: Option<&[u8]>) -> Result<Step, Cause> {
        match &mut self.0 {
            Inner::Kerberos(context) => context.step(token),
            Inner::Ntlm(context) => context.step(token),
        }
    }

    /// The server let us in, perhaps with a last token: whether it has proved by it who it is. NTLM has no such proof.
    ///
    /// # Errors
    /// When the proof is wrong.
    pub fn accepted(&mut self, token: Option<&[u8]>) -> Result<bool, Cause> {
        match (&mut self.0, token) {
            (Inner::Kerberos(context), Some(token)) => {
                if context.step(Some(token))? == Step::Done && context.is_mutual() {
                    Ok(true)
                } else {
                    Err(Cause::BadToken("it did not prove who it is".to_owned()))
                }
            }
            (Inner::Kerberos(_), None) | (Inner::Ntlm(_), _) => Ok(false),
        }
    }
}
