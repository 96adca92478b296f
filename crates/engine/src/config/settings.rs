//! What the rest of the program sees of the configuration: meaning, not text.

use std::path::PathBuf;

use causeway_api::Origin;
use causeway_bridge::status::{OwnRows, Table};
use causeway_bridge::{PresenceDirection, Preset, RelayWhen};
use causeway_xmpp::link::Tls;
use jid::BareJid;
use tracing::level_filters::LevelFilter;
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
    /// Where people find help.
    pub support_url: Setting<Option<Url>>,
    /// What goes into the log files.
    pub log_level: Setting<LevelFilter>,
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
    pub proxy_user: Setting<Option<String>>,
    pub proxy_password_file: Setting<Option<PathBuf>>,
    pub proxy_bypass: Setting<Vec<String>>,
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

impl std::fmt::Display for HostPort {
    /// As typed: an IPv6 address stands in brackets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

/// `[bridge]`
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the help line of each key stands in the table")]
pub struct Bridge {
    pub enabled: Setting<bool>,
    pub presence: Setting<PresenceDirection>,
    pub preset: Setting<Preset>,
    pub table: Setting<Option<OwnRows>>,
    pub relay_to: Setting<Option<BareJid>>,
    pub relay_when: Setting<RelayWhen>,
    pub auto_subscribe: Setting<bool>,
}

impl Bridge {
    /// The status table in force.
    #[must_use]
    pub fn status_table(&self) -> Table {
        Table::new(self.preset.value, self.table.value.clone())
    }
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
