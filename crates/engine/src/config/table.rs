//! Every setting, once. From here come `config show`, `check`, `set` and `schema`, the sample file and the
//! table in `docs/configuration.md`.

use std::path::{Path, PathBuf};

use causeway_bridge::status::OwnRows;
use causeway_bridge::{PresenceDirection, Preset, RelayWhen};
use causeway_xmpp::link::Tls;
use jid::BareJid;
use serde_json::Value as Json;
use ucwa::SipUri;
use ucwa::client::{Method, Mode, Proxy};

use super::screen;
use super::settings::{HistoryMode, HostPort};
use super::value::{
    Bypassed, Culture, DatabaseUrl, Domain, Host, HttpsUrl, List, Raw, Value, Whole,
};

/// A setting that may be absent; an empty text says so too, and overrides a weaker layer.
pub(super) struct Key<T> {
    /// `lync.address`
    pub(super) name: &'static str,
    /// What it is for, one line.
    pub(super) help: &'static str,
    /// A right value as it stands in TOML.
    pub(super) example: &'static str,
    read: fn(&Raw, &Path) -> Option<T>,
}

/// A setting that always has a value.
pub(super) struct WithDefault<T> {
    pub(super) key: Key<T>,
    /// Built-in value.
    pub(super) default: fn() -> T,
}

impl<T: Value> Key<T> {
    pub(super) const fn new(name: &'static str, example: &'static str, help: &'static str) -> Self {
        Self {
            name,
            help,
            example,
            read: T::read,
        }
    }

    pub(super) const fn or(self, default: fn() -> T) -> WithDefault<T> {
        WithDefault { key: self, default }
    }

    /// The meaning of a raw value.
    pub(super) fn read(&self, raw: &Raw, base: &Path) -> Option<T> {
        (self.read)(raw, base)
    }
}

/// A row of the table, whatever the type of its value.
pub(super) trait Row: Sync {
    /// `lync.address`
    fn name(&self) -> &'static str;
    /// What it is for, one line.
    fn help(&self) -> &'static str;
    /// A right value as it stands in TOML.
    fn example(&self) -> &'static str;
    /// What is right, in words.
    fn expected(&self) -> String;
    /// Built-in value.
    fn default(&self) -> Option<Json>;
    /// JSON schema of the value.
    fn schema(&self) -> Json;
    /// What a person typed, as it would stand in a file.
    fn typed(&self, text: &str) -> Raw;
}

impl<T: Value> Row for Key<T> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn help(&self) -> &'static str {
        self.help
    }

    fn example(&self) -> &'static str {
        self.example
    }

    fn expected(&self) -> String {
        T::expected()
    }

    fn default(&self) -> Option<Json> {
        None
    }

    fn schema(&self) -> Json {
        T::schema()
    }

    fn typed(&self, text: &str) -> Raw {
        if text.is_empty() {
            Raw::Text(String::new())
        } else {
            T::typed(text)
        }
    }
}

impl<T: Value> Row for WithDefault<T> {
    fn name(&self) -> &'static str {
        self.key.name
    }

    fn help(&self) -> &'static str {
        self.key.help
    }

    fn example(&self) -> &'static str {
        self.key.example
    }

    fn expected(&self) -> String {
        T::expected()
    }

    fn default(&self) -> Option<Json> {
        Some((self.default)().show())
    }

    fn schema(&self) -> Json {
        T::schema()
    }

    fn typed(&self, text: &str) -> Raw {
        T::typed(text)
    }
}

/// All keys in the order in which they are shown.
pub(super) static TABLE: &[&dyn Row] = &[
    &lync::ADDRESS,
    &lync::USER,
    &lync::METHOD,
    &lync::DISCOVERY_URL,
    &lync::MODE,
    &lync::PASSWORD_FILE,
    &lync::CA_FILE,
    &lync::TRUSTED_DOMAINS,
    &lync::PROXY,
    &lync::PROXY_USER,
    &lync::PROXY_PASSWORD_FILE,
    &lync::PROXY_BYPASS,
    &lync::CULTURE,
    &xmpp::ADDRESS,
    &xmpp::SERVER,
    &xmpp::TLS,
    &xmpp::PASSWORD_FILE,
    &xmpp::CA_FILE,
    &bridge::ENABLED,
    &bridge::PRESENCE,
    &bridge::PRESET,
    &bridge::STATUS_TABLE,
    &bridge::RELAY_TO,
    &bridge::RELAY_WHEN,
    &bridge::AUTO_SUBSCRIBE,
    &gateway::DOMAIN,
    &gateway::SERVER,
    &gateway::SECRET_FILE,
    &gateway::DATABASE,
    &history::MODE,
    &history::DAYS,
    &screen::THEME,
    &screen::LANGUAGE,
    &screen::TEXT_SIZE,
    &screen::DENSITY,
    &screen::CHAT_ORDER,
    &screen::ENTER_SENDS,
    &screen::SAY_TYPING,
    &screen::ON_CLOSE,
    &screen::MINIMIZE_TO_TRAY,
    &screen::END_HIDDEN_AFTER,
    &screen::KEYS,
    &screen::ENABLED,
    &screen::SOUND,
    &screen::CONTENT,
    &screen::BUSY_SILENCES,
    &screen::QUIET_HOURS,
    &screen::ALWAYS,
    &screen::SUPPORT_URL,
    &log::LEVEL,
];

/// Sections with a line about each, in the order of the table.
pub(super) const SECTIONS: &[(&str, &str)] = &[
    ("lync", "The Lync or Skype for Business account."),
    ("xmpp", "The XMPP account."),
    ("bridge", "What crosses between the two accounts."),
    (
        "gateway",
        "Gateway mode: Causeway as a component of an XMPP server.",
    ),
    ("history", "What is kept of conversations."),
    ("window", "How the window looks."),
    ("notifications", "What is said aloud, and when not."),
    ("support", "Help of the organisation."),
    ("log", "What is noted for who looks for a fault."),
];

pub(super) mod lync {
    use super::*;

    pub(in super::super) static ADDRESS: Key<SipUri> = Key::new(
        "lync.address",
        r#""anna@contoso.example""#,
        "Sign-in (SIP) address; where DNS is in order nothing else is needed",
    );
    pub(in super::super) static USER: Key<String> = Key::new(
        "lync.user",
        r"'CONTOSO\anna'",
        "Logon name, where it differs from the address",
    );
    pub(in super::super) static METHOD: WithDefault<Method> =
        Key::new("lync.method", r#""automatic""#, "How to sign in").or(|| Method::Automatic);
    pub(in super::super) static DISCOVERY_URL: Key<HttpsUrl> = Key::new(
        "lync.discovery_url",
        r#""https://lyncdiscover.contoso.example/""#,
        "Address of the server's autodiscovery (\"API endpoint\"); wins over DNS",
    );
    pub(in super::super) static MODE: WithDefault<Mode> = Key::new(
        "lync.mode",
        r#""available""#,
        "Appear as available and be reached, or only look on without changing the own presence",
    )
    .or(|| Mode::Available);
    pub(in super::super) static PASSWORD_FILE: Key<PathBuf> = Key::new(
        "lync.password_file",
        r#""/etc/causeway/lync.password""#,
        "File with the password, mode 0600 or stricter; wins over the key store",
    );
    pub(in super::super) static CA_FILE: Key<PathBuf> = Key::new(
        "lync.ca_file",
        r#""/etc/causeway/ca.pem""#,
        "Certificate authorities to trust besides the system's (PEM)",
    );
    pub(in super::super) static TRUSTED_DOMAINS: WithDefault<List<Host>> = Key::new(
        "lync.trusted_domains",
        r#"["contoso.example"]"#,
        "Where the server may send us besides the sign-in domain: domains, host names or IP addresses",
    )
    .or(List::empty);
    pub(in super::super) static PROXY: WithDefault<Proxy> =
        Key::new("lync.proxy", r#""system""#, "HTTP proxy").or(|| Proxy::System);
    pub(in super::super) static PROXY_USER: Key<String> = Key::new(
        "lync.proxy_user",
        r#""anna""#,
        "User name, where the proxy wants a login",
    );
    pub(in super::super) static PROXY_PASSWORD_FILE: Key<PathBuf> = Key::new(
        "lync.proxy_password_file",
        r#""/etc/causeway/proxy.password""#,
        "File with the password for the proxy, mode 0600 or stricter",
    );
    pub(in super::super) static PROXY_BYPASS: WithDefault<List<Bypassed>> = Key::new(
        "lync.proxy_bypass",
        r#"["contoso.example", "10.0.0.0/8"]"#,
        "What is reached without the proxy: domains, host names, IP addresses or networks",
    )
    .or(List::empty);
    pub(in super::super) static CULTURE: WithDefault<Culture> = Key::new(
        "lync.culture",
        r#""en-US""#,
        "Language of what the server words, such as activities",
    )
    .or(|| Culture("en-US".into()));
}

pub(super) mod xmpp {
    use super::*;

    pub(in super::super) static ADDRESS: Key<BareJid> =
        Key::new("xmpp.address", r#""anna@xmpp.example""#, "XMPP address");
    pub(in super::super) static SERVER: Key<HostPort> = Key::new(
        "xmpp.server",
        r#""xmpp.example:5222""#,
        "Server and port; wins over DNS (SRV)",
    );
    pub(in super::super) static TLS: WithDefault<Tls> = Key::new(
        "xmpp.tls",
        r#""starttls""#,
        "How the connection is encrypted; \"none\" only with a loopback server or where policy enforces it",
    )
    .or(|| Tls::StartTls);
    pub(in super::super) static PASSWORD_FILE: Key<PathBuf> = Key::new(
        "xmpp.password_file",
        r#""/etc/causeway/xmpp.password""#,
        "File with the password, mode 0600 or stricter; wins over the key store",
    );
    pub(in super::super) static CA_FILE: Key<PathBuf> = Key::new(
        "xmpp.ca_file",
        r#""/etc/causeway/ca.pem""#,
        "Certificate authorities to trust besides the system's (PEM)",
    );
}

pub(super) mod bridge {
    use super::*;

    pub(in super::super) static ENABLED: WithDefault<bool> =
        Key::new("bridge.enabled", "true", "Let texts and status cross").or(|| true);
    pub(in super::super) static PRESENCE: WithDefault<PresenceDirection> = Key::new(
        "bridge.presence",
        r#""both""#,
        "In which direction the own status is kept equal",
    )
    .or(|| PresenceDirection::Both);
    pub(in super::super) static PRESET: WithDefault<Preset> = Key::new(
        "bridge.preset",
        r#""standard""#,
        "Which status table translates",
    )
    .or(|| Preset::Standard);
    pub(in super::super) static STATUS_TABLE: Key<OwnRows> = Key::new(
        "bridge.table",
        r#"[{ show = "away", text = "Lunch", direction = "both", lync = "busy", note = "At lunch" }]"#,
        "Rows of an own status table; what they do not name goes by the preset",
    );
    pub(in super::super) static RELAY_TO: Key<BareJid> = Key::new(
        "bridge.relay_to",
        r#""anna@phone.example""#,
        "XMPP address that receives what Lync people write; empty: no relay",
    );
    pub(in super::super) static RELAY_WHEN: WithDefault<RelayWhen> =
        Key::new("bridge.relay_when", r#""always""#, "When texts are relayed")
            .or(|| RelayWhen::Always);
    pub(in super::super) static AUTO_SUBSCRIBE: WithDefault<bool> = Key::new(
        "bridge.auto_subscribe",
        "true",
        "Ask for the presence of an XMPP person with the first text to them",
    )
    .or(|| true);
}

pub(super) mod gateway {
    use super::*;

    pub(in super::super) static DOMAIN: Key<Domain> = Key::new(
        "gateway.domain",
        r#""lync.xmpp.example""#,
        "Domain of the component",
    );
    pub(in super::super) static SERVER: WithDefault<HostPort> = Key::new(
        "gateway.server",
        r#""127.0.0.1:5347""#,
        "Component port of the XMPP server",
    )
    .or(|| HostPort {
        host: "127.0.0.1".into(),
        port: 5347,
    });
    pub(in super::super) static SECRET_FILE: Key<PathBuf> = Key::new(
        "gateway.secret_file",
        r#""/etc/causeway/gateway.secret""#,
        "File with the component secret, mode 0600 or stricter",
    );
    pub(in super::super) static DATABASE: Key<DatabaseUrl> = Key::new(
        "gateway.database",
        r#""sqlite:///var/lib/causeway/gateway.db""#,
        "Where the gateway keeps its users; empty: in the data directory",
    );
}

pub(super) mod history {
    use super::*;

    pub(in super::super) static MODE: WithDefault<HistoryMode> =
        Key::new("history.mode", r#""disk""#, "Where texts are kept").or(|| HistoryMode::Disk);
    pub(in super::super) static DAYS: WithDefault<Whole<1, 36_500>> = Key::new(
        "history.days",
        "365",
        "After how many days texts are removed",
    )
    .or(|| Whole(365));
}

pub(super) mod log {
    use tracing::level_filters::LevelFilter;

    use super::*;

    pub(in super::super) static LEVEL: WithDefault<LevelFilter> = Key::new(
        "log.level",
        r#""info""#,
        "How much the resident program notes in its log files; takes effect at once",
    )
    .or(|| LevelFilter::INFO);
}

/// The row of a key.
pub(super) fn row(name: &str) -> Option<&'static dyn Row> {
    TABLE.iter().copied().find(|row| row.name() == name)
}

/// The key that was probably meant.
pub(super) fn nearest(name: &str) -> Option<&'static str> {
    let near = |row: &&dyn Row| (strsim::damerau_levenshtein(row.name(), name), row.name());
    let (distance, nearest) = TABLE.iter().map(near).min()?;
    (distance <= 3).then_some(nearest)
}
