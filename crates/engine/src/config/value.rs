//! Types of values: how each is read, shown and described.

use std::marker::PhantomData;
use std::net::IpAddr;
use std::path::{Component, Path, PathBuf};

use causeway_bridge::{PresenceDirection, Preset, RelayWhen};
use causeway_xmpp::link::Tls;
use jid::BareJid;
use serde_json::{Value as Json, json};
use tracing::level_filters::LevelFilter;
use ucwa::SipUri;
use ucwa::client::{Method, Mode, Proxy};
use url::Url;

use super::plain_file;
use super::settings::{HistoryMode, HostPort};

/// A value as it stands in a file.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Raw {
    Text(String),
    Bool(bool),
    Integer(i64),
    List(Vec<Raw>),
    /// Fields in their order.
    Table(Vec<(String, Raw)>),
    /// A kind that no key takes, with its name.
    Other(&'static str),
}

impl Raw {
    /// A list as a person types it.
    pub(super) fn comma_separated(text: &str) -> Self {
        let items = text
            .split(',')
            .map(str::trim)
            .filter(|item| !item.is_empty());
        Self::List(items.map(|item| Self::Text(item.to_owned())).collect())
    }
}

/// A type of value.
pub(super) trait Value: Sized {
    /// What is right, to go on after "expected".
    fn expected() -> String;
    /// `None`: not what is expected. Relative paths count from `base`.
    fn read(raw: &Raw, base: &Path) -> Option<Self>;
    /// What a person typed, as it would stand in a file.
    fn typed(text: &str) -> Raw {
        Raw::Text(text.to_owned())
    }
    /// Why a value that is right will hardly do.
    fn doubt(&self) -> Option<String> {
        None
    }
    /// As shown.
    fn show(&self) -> Json;
    /// JSON schema.
    fn schema() -> Json {
        json!({ "type": "string" })
    }
}

/// A type with a few fixed words.
pub(super) trait Choice: Copy + PartialEq + 'static {
    /// Every word and its meaning.
    const WORDS: &'static [(&'static str, Self)];
}

impl Choice for Method {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("automatic", Self::Automatic),
        ("windows", Self::Windows),
        ("forms", Self::Forms),
        ("web", Self::Web),
    ];
}

impl Choice for Mode {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("available", Self::Available),
        ("watch-only", Self::WatchOnly),
    ];
}

impl Choice for Tls {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("starttls", Self::StartTls),
        ("direct", Self::Direct),
        ("none", Self::None),
    ];
}

impl Choice for PresenceDirection {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("both", Self::Both),
        ("to-xmpp", Self::ToXmpp),
        ("to-lync", Self::ToLync),
        ("off", Self::Off),
    ];
}

impl Choice for Preset {
    const WORDS: &'static [(&'static str, Self)] =
        &[("standard", Self::Standard), ("openscape", Self::Openscape)];
}

impl Choice for RelayWhen {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("always", Self::Always),
        ("away", Self::Away),
        ("never", Self::Never),
    ];
}

impl Choice for HistoryMode {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("disk", Self::Disk),
        ("memory", Self::Memory),
        ("off", Self::Off),
    ];
}

impl Choice for LevelFilter {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("error", Self::ERROR),
        ("warn", Self::WARN),
        ("info", Self::INFO),
        ("debug", Self::DEBUG),
        ("trace", Self::TRACE),
    ];
}

impl<T: Choice> Value for T {
    fn expected() -> String {
        let words: Vec<_> = T::WORDS
            .iter()
            .map(|(word, _)| format!("\"{word}\""))
            .collect();
        match words.split_last() {
            Some((last, [])) => last.clone(),
            Some((last, others)) => format!("{} or {last}", others.join(", ")),
            None => String::new(),
        }
    }

    fn read(raw: &Raw, _base: &Path) -> Option<Self> {
        let Raw::Text(text) = raw else { return None };
        T::WORDS
            .iter()
            .find(|(word, _)| word == text)
            .map(|(_, meaning)| *meaning)
    }

    fn show(&self) -> Json {
        T::WORDS
            .iter()
            .find(|(_, meaning)| meaning == self)
            .map_or(Json::Null, |(word, _)| json!(word))
    }

    fn schema() -> Json {
        json!({ "enum": T::WORDS.iter().map(|(word, _)| word).collect::<Vec<_>>() })
    }
}

impl Value for bool {
    fn expected() -> String {
        "true or false".into()
    }

    fn read(raw: &Raw, _base: &Path) -> Option<Self> {
        match raw {
            Raw::Bool(value) => Some(*value),
            Raw::Text(_) | Raw::Integer(_) | Raw::List(_) | Raw::Table(_) | Raw::Other(_) => None,
        }
    }

    fn typed(text: &str) -> Raw {
        text.parse()
            .map_or_else(|_| Raw::Text(text.to_owned()), Raw::Bool)
    }

    fn show(&self) -> Json {
        json!(self)
    }

    fn schema() -> Json {
        json!({ "type": "boolean" })
    }
}

/// A whole number between two others.
pub(super) struct Whole<const LEAST: u32, const MOST: u32>(pub(super) u32);

impl<const LEAST: u32, const MOST: u32> Value for Whole<LEAST, MOST> {
    fn expected() -> String {
        format!("a whole number from {LEAST} to {MOST}")
    }

    fn read(raw: &Raw, _base: &Path) -> Option<Self> {
        let Raw::Integer(number) = raw else {
            return None;
        };
        u32::try_from(*number)
            .ok()
            .filter(|number| (LEAST..=MOST).contains(number))
            .map(Self)
    }

    fn typed(text: &str) -> Raw {
        text.parse()
            .map_or_else(|_| Raw::Text(text.to_owned()), Raw::Integer)
    }

    fn show(&self) -> Json {
        json!(self.0)
    }

    fn schema() -> Json {
        json!({ "type": "integer", "minimum": LEAST, "maximum": MOST })
    }
}

/// A name in one line.
impl Value for String {
    fn expected() -> String {
        "a text of at most 256 characters in one line".into()
    }

    fn read(raw: &Raw, _base: &Path) -> Option<Self> {
        let text = text(raw)?;
        (text.chars().count() <= 256 && !text.contains(char::is_control)).then(|| text.to_owned())
    }

    fn show(&self) -> Json {
        json!(self)
    }
}

/// Language tag (RFC 5646), as UCWA takes it for `culture`.
pub(super) struct Culture(pub(super) String);

impl Value for Culture {
    fn expected() -> String {
        "a language tag such as \"en-US\"".into()
    }

    fn read(raw: &Raw, _base: &Path) -> Option<Self> {
        let tag = text(raw)?;
        let mut parts = tag.split('-');
        let language = parts.next()?;
        let right = (2..=3).contains(&language.len())
            && language.chars().all(|c| c.is_ascii_alphabetic())
            && parts.all(|part| {
                (2..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric())
            });
        right.then(|| Self(tag.to_owned()))
    }

    fn show(&self) -> Json {
        json!(self.0)
    }
}

impl Value for SipUri {
    fn expected() -> String {
        "an address such as \"anna@contoso.example\"".into()
    }

    fn read(raw: &Raw, _base: &Path) -> Option<Self> {
        text(raw)?.parse().ok()
    }

    fn show(&self) -> Json {
        json!(self.address())
    }
}

impl Value for BareJid {
    fn expected() -> String {
        "an XMPP address such as \"anna@xmpp.example\", without a resource".into()
    }

    fn read(raw: &Raw, _base: &Path) -> Option<Self> {
        Self::new(text(raw)?)
            .ok()
            .filter(|jid| jid.node().is_some())
    }

    fn show(&self) -> Json {
        json!(self.as_str())
    }
}

/// A path; relative ones count from the directory of the file that they stand in, `~/` from the home directory.
impl Value for PathBuf {
    fn expected() -> String {
        "the path of a file".into()
    }

    fn read(raw: &Raw, base: &Path) -> Option<Self> {
        let text = text(raw).filter(|text| !text.contains('\0'))?;
        let path = Path::new(text);
        let mut parts = path.components();
        if parts.next() == Some(Component::Normal("~".as_ref())) {
            return std::env::home_dir().map(|home| home.join(parts.as_path()));
        }
        Some(base.join(path))
    }

    /// All of these files are ours to read.
    fn doubt(&self) -> Option<String> {
        let error = plain_file::open(self).err()?;
        Some(format!("{} cannot be read: {error}", self.display()))
    }

    fn show(&self) -> Json {
        json!(self.display().to_string())
    }
}

/// URL of the autodiscovery root.
pub(super) struct HttpsUrl(pub(super) Url);

impl Value for HttpsUrl {
    fn expected() -> String {
        "an address that begins with https://, without user and password".into()
    }

    fn read(raw: &Raw, _base: &Path) -> Option<Self> {
        let url = Url::parse(text(raw)?).ok()?;
        (url.scheme() == "https" && url.has_host() && without_login(&url)).then_some(Self(url))
    }

    fn show(&self) -> Json {
        json!(self.0.as_str())
    }
}

/// URL of a database.
pub(super) struct DatabaseUrl(pub(super) Url);

impl Value for DatabaseUrl {
    fn expected() -> String {
        "sqlite:///PATH or postgres://HOST/NAME, without a password".into()
    }

    fn read(raw: &Raw, _base: &Path) -> Option<Self> {
        let url = Url::parse(text(raw)?).ok()?;
        let known = match url.scheme() {
            "sqlite" => url.path().len() > 1,
            "postgres" | "postgresql" => url.has_host(),
            _ => false,
        };
        (known && url.password().is_none()).then_some(Self(url))
    }

    fn show(&self) -> Json {
        json!(self.0.as_str())
    }
}

impl Value for Proxy {
    fn expected() -> String {
        "\"system\", \"none\", http://HOST:PORT without user and password, or pac+ and the URL of a script".into()
    }

    fn read(raw: &Raw, _base: &Path) -> Option<Self> {
        match text(raw)? {
            "system" => Some(Self::System),
            "none" => Some(Self::None),
            text if text.starts_with("pac+") => {
                let url = Url::parse(text.strip_prefix("pac+")?).ok()?;
                let right = match url.scheme() {
                    "http" | "https" => url.has_host() && without_login(&url),
                    "file" => true,
                    _ => false,
                };
                right.then_some(Self::Script(url))
            }
            text => {
                let url = Url::parse(text).ok()?;
                let right = url.scheme() == "http"
                    && url.has_host()
                    && without_login(&url)
                    && url.path() == "/";
                right.then_some(Self::Url(url))
            }
        }
    }

    fn show(&self) -> Json {
        match self {
            Self::System => json!("system"),
            Self::None => json!("none"),
            Self::Url(url) => json!(url.as_str()),
            Self::Script(url) => json!(format!("pac+{url}")),
        }
    }
}

impl Value for HostPort {
    fn expected() -> String {
        "HOST:PORT, such as \"xmpp.example:5222\" or \"[::1]:5222\"".into()
    }

    fn read(raw: &Raw, _base: &Path) -> Option<Self> {
        let (host, port) = text(raw)?.rsplit_once(':')?;
        let host = match host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
        {
            Some(address) => address.parse::<std::net::Ipv6Addr>().ok()?.to_string(),
            None => url::Host::parse(host).ok()?.to_string(),
        };
        let port = port.parse().ok().filter(|port| *port != 0)?;
        Some(Self { host, port })
    }

    fn show(&self) -> Json {
        json!(self.to_string())
    }
}

/// A domain of its own, such as that of a gateway.
pub(super) struct Domain(pub(super) String);

impl Value for Domain {
    fn expected() -> String {
        "a domain such as \"lync.xmpp.example\"".into()
    }

    fn read(raw: &Raw, _base: &Path) -> Option<Self> {
        match url::Host::parse(text(raw)?).ok()? {
            url::Host::Domain(domain) => Some(Self(domain)),
            url::Host::Ipv4(_) | url::Host::Ipv6(_) => None,
        }
    }

    fn show(&self) -> Json {
        json!(self.0)
    }
}

/// What the items of a list are.
pub(super) trait Item {
    /// What is right, to go on after "expected".
    const EXPECTED: &'static str;
    /// An item as it is kept; `None`: not what is expected.
    fn read(text: &str) -> Option<String>;
}

/// A list of texts of one kind.
pub(super) struct List<I>(pub(super) Vec<String>, PhantomData<I>);

impl<I> List<I> {
    pub(super) const fn empty() -> Self {
        Self(Vec::new(), PhantomData)
    }
}

impl<I: Item> Value for List<I> {
    fn expected() -> String {
        I::EXPECTED.into()
    }

    fn read(raw: &Raw, _base: &Path) -> Option<Self> {
        let Raw::List(items) = raw else { return None };
        let items: Option<_> = items.iter().map(|item| I::read(text(item)?)).collect();
        Some(Self(items?, PhantomData))
    }

    fn typed(text: &str) -> Raw {
        Raw::comma_separated(text)
    }

    fn show(&self) -> Json {
        json!(self.0)
    }

    fn schema() -> Json {
        json!({ "type": "array", "items": { "type": "string" } })
    }
}

/// Domains, host names or IP addresses.
pub(super) struct Host;

impl Item for Host {
    const EXPECTED: &'static str = "a list of domains, host names or IP addresses, such as [\"contoso.example\", \"192.0.2.7\"]";

    fn read(text: &str) -> Option<String> {
        match text.parse::<IpAddr>() {
            Ok(address) => Some(address.to_string()),
            Err(_) => url::Host::parse(text).ok().map(|host| host.to_string()),
        }
    }
}

/// Hosts that are reached without a proxy.
pub(super) struct Bypassed;

impl Item for Bypassed {
    const EXPECTED: &'static str = "a list of domains, host names, IP addresses or networks, such as [\"contoso.example\", \"10.0.0.0/8\"]";

    fn read(text: &str) -> Option<String> {
        let Some((address, bits)) = text.split_once('/') else {
            return Host::read(text);
        };
        let address: IpAddr = address.parse().ok()?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let bits: u8 = bits.parse().ok().filter(|bits| *bits <= longest)?;
        Some(format!("{address}/{bits}"))
    }
}

/// People on either network, by their addresses without a scheme.
pub(super) struct PersonAddress;

impl Item for PersonAddress {
    const EXPECTED: &'static str = "a list of addresses such as [\"ben@contoso.example\"]";

    fn read(text: &str) -> Option<String> {
        let jid = text.parse::<BareJid>().ok()?;
        jid.node().is_some().then(|| jid.to_string())
    }
}

fn text(raw: &Raw) -> Option<&str> {
    match raw {
        Raw::Text(text) => Some(text.trim()).filter(|text| !text.is_empty()),
        Raw::Bool(_) | Raw::Integer(_) | Raw::List(_) | Raw::Table(_) | Raw::Other(_) => None,
    }
}

fn without_login(url: &Url) -> bool {
    url.username().is_empty() && url.password().is_none()
}
