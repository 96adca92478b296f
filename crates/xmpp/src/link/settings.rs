//! What a link is started with.

use std::time::Duration;

use jid::BareJid;
use jiff::Timestamp;
use rustls::pki_types::CertificateDer;
use secrecy::SecretString;

/// An account and the way to it.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The account.
    pub jid: BareJid,
    /// Its password.
    pub password: SecretString,
    /// Resource asked for; the server may give another one. `None`: the server's choice.
    pub resource: Option<String>,
    /// Host and port; wins over SRV records.
    pub server: Option<(String, u16)>,
    /// Encryption.
    pub tls: Tls,
    /// [`Tls::None`] goes to every address and not only to loopback ones: an administrator has decided so.
    pub plaintext_anywhere: bool,
    /// Certificate authorities trusted besides the system's.
    pub extra_roots: Vec<CertificateDer<'static>>,
    /// Time of the last text known: the archive is read from there after the first bind, later from the last text seen.
    pub archive_since: Option<Timestamp>,
    /// Time limits.
    pub limits: Limits,
}

/// How the connection is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// STARTTLS (RFC 6120 section 5), required; without a host given also the direct TLS records of XEP-0368.
    StartTls,
    /// TLS from the first byte (XEP-0368).
    Direct,
    /// No encryption: loopback addresses only, unless [`Settings::plaintext_anywhere`] says otherwise.
    None,
}

/// Time limits of a link. The default is what people get; tests shorten them.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// One TCP connection attempt.
    pub connect: Duration,
    /// One step of the sign-in: TLS, SASL, binding, roster, a page of the archive.
    pub step: Duration,
    /// From an archive that could not be read to its end until the next try; doubled each time.
    pub archive_again: Duration,
    /// Silence after which the server is asked for a sign of life.
    pub quiet: Duration,
    /// Silence after that question until the connection counts as dead.
    pub answer: Duration,
    /// First pause after a broken connection; doubles with each try.
    pub first_pause: Duration,
    /// Longest pause.
    pub longest_pause: Duration,
    /// Least time between two sign-ins, whatever happens.
    pub between_logins: Duration,
    /// A stream that lived for this long counts as healthy: the next pause is the first one again.
    pub healthy: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(8),
            step: Duration::from_secs(20),
            archive_again: Duration::from_secs(120),
            quiet: Duration::from_secs(30),
            answer: Duration::from_secs(15),
            first_pause: Duration::from_millis(500),
            longest_pause: Duration::from_secs(12),
            between_logins: Duration::from_secs(3),
            healthy: Duration::from_secs(20),
        }
    }
}
