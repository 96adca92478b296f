//! What the rest of the program sees of the configuration: meaning, not text.

use std::path::PathBuf;

use causeway_api::Origin;
use jid::BareJid;
use ucwa::SipUri;
use ucwa::client::{Method, Mode, Proxy};
use url::Url;

/// A value and where it came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting<T> {
    /// The value in force.
    pub value: T,
    /// The layer that it came from.
    pub origin: Origin,
}

/// The whole configuration. A link without an address is not configured.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The Lync account.
    pub lync: Option<Lync>,
    /// The XMPP account.
    pub xmpp: Option<Xmpp>,
    /// What crosses between the two.
    pub bridge: Bridge,
    /// Gateway mode.
    pub gateway: Option<Gateway>,
    /// What is kept of conversations.
    pub history: History,
}

/// `[lync]`
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the help line of each key stands in the table")]
pub struct Lync {
    pub address: Setting<SipUri>,
    pub user: Setting<Option<String>>,
    pub method: Setting<Method>,
    pub discovery_url: Setting<Option<Url>>,
    pub mode: Setting<Mode>,
    pub password_file: Setting<Option<PathBuf>>,
    pub ca_file: Setting<Option<PathBuf>>,
    pub trusted_domains: Setting<Vec<String>>,
    pub proxy: Setting<Proxy>,
    pub culture: Setting<String>,
}

/// `[xmpp]`
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the help line of each key stands in the table")]
pub struct Xmpp {
    pub address: Setting<BareJid>,
    pub server: Setting<Option<HostPort>>,
    pub tls: Setting<Tls>,
    pub password_file: Setting<Option<PathBuf>>,
    pub ca_file: Setting<Option<PathBuf>>,
}

/// A host name or IP address, and a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostPort {
    /// Name or address, without brackets.
    pub host: String,
    /// From 1.
    pub port: u16,
}

/// `xmpp.tls`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// RFC 6120 section 5.
    StartTls,
    /// XEP-0368.
    Direct,
    /// Clear text.
    None,
}

/// `[bridge]`
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the help line of each key stands in the table")]
pub struct Bridge {
    pub enabled: Setting<bool>,
    pub presence: Setting<PresenceDirection>,
    pub preset: Setting<Preset>,
    pub relay_to: Setting<Option<BareJid>>,
    pub relay_when: Setting<RelayWhen>,
    pub auto_subscribe: Setting<bool>,
}

/// `bridge.presence`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PresenceDirection {
    /// Kept equal on both sides.
    Both,
    /// From Lync to XMPP.
    ToXmpp,
    /// From XMPP to Lync.
    ToLync,
    /// Not at all.
    Off,
}

/// `bridge.preset`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// Keeps as much as both sides can carry.
    Standard,
    /// As the OpenScape Office federation did it.
    Openscape,
}

/// `bridge.relay_when`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelayWhen {
    /// Whatever the own status is.
    Always,
    /// Only while away from the desk.
    Away,
    /// Never.
    Never,
}

/// `[gateway]`
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the help line of each key stands in the table")]
pub struct Gateway {
    pub domain: Setting<String>,
    pub server: Setting<HostPort>,
    pub secret_file: Setting<Option<PathBuf>>,
    pub database: Setting<Option<Url>>,
}

/// `[history]`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the help line of each key stands in the table")]
pub struct History {
    pub mode: Setting<HistoryMode>,
    pub days: Setting<u32>,
}

/// `history.mode`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HistoryMode {
    /// In the data directory.
    Disk,
    /// Until the program ends.
    Memory,
    /// Not at all.
    Off,
}
