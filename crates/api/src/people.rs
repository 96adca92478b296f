//! People and their presence, as told through the door.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What is seen of a person: the eight values of `Availability` (UCWA reference, contactPresence) plus two of our
/// own: `off-work`, which UCWA shows as `Away` with the activity `off-work`, and `unknown`, which is never drawn as offline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Availability {
    /// Online.
    Available,
    /// IdleOnline: online, keyboard untouched.
    AvailableIdle,
    /// Busy.
    Busy,
    /// IdleBusy: busy, keyboard untouched.
    BusyIdle,
    /// DoNotDisturb.
    DoNotDisturb,
    /// BeRightBack.
    BeRightBack,
    /// Away.
    Away,
    /// Away with the activity `off-work`.
    OffWork,
    /// Offline.
    Offline,
    /// Not shared, not yet known, or a value that this version does not know.
    #[default]
    Unknown,
}

/// What a person can choose for themselves: PreferredAvailability (UCWA reference, presence).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Settable {
    /// Online.
    Available,
    /// Busy.
    Busy,
    /// DoNotDisturb.
    DoNotDisturb,
    /// BeRightBack.
    BeRightBack,
    /// Away.
    Away,
    /// Offwork.
    OffWork,
}

/// The network of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Network {
    /// Lync / Skype for Business Server.
    Lync,
    /// XMPP.
    Xmpp,
}

/// The addresses of one person: `sip:bob@contoso.example` and a bare JID `bob@xmpp.example`. At least one is there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct Addresses {
    /// SIP URI with its scheme.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub lync: Option<String>,
    /// Bare JID without a scheme.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub xmpp: Option<String>,
}

/// A person of the contact list: one row, one or two networks.
#[derive(Clone, derive_more::Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Person {
    /// Display name; the address where the directory has none.
    pub name: String,
    /// Where the person can be reached.
    pub addresses: Addresses,
    /// The network that the next message goes to when nothing else is said.
    pub default: Network,
    /// The more telling of the presences of both networks.
    pub availability: Availability,
    /// Well-known token or localised words, e.g. `in-a-meeting`; empty where there is none.
    #[serde(default)]
    pub activity: String,
    /// Personal or out-of-office note, or XMPP status text; empty where there is none.
    #[serde(default)]
    #[debug("{} bytes", note.len())]
    pub note: String,
    /// Names of the contact groups that the person is in.
    pub groups: Vec<String>,
}

/// How often a person is told that somebody became available.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum HowOften {
    /// The next time, and then no more.
    Once,
    /// Every time.
    Always,
}

/// Presence of one address.
#[derive(Clone, derive_more::Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct Presence {
    /// As in [`Addresses`].
    pub address: String,
    /// The value.
    pub availability: Availability,
    /// Well-known token or localised words.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub activity: Option<String>,
    /// Note or status text.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[debug("{:?} bytes", note.as_ref().map(String::len))]
    pub note: Option<String>,
    /// When the state ends by itself, where that is known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[serde(with = "crate::millis::option")]
    #[cfg_attr(test, ts(as = "Option<Timestamp>"))]
    pub until: Option<Timestamp>,
    /// Last activity of the person.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[serde(with = "crate::millis::option")]
    #[cfg_attr(test, ts(as = "Option<Timestamp>"))]
    pub last_active: Option<Timestamp>,
    /// `Unknown`, `PC`, `Mobile`, `Web`, `DeskPhone` (UCWA reference, contactPresence).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub device: Option<String>,
}

/// The signed-in person's own status.
#[derive(Clone, derive_more::Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct OwnStatus {
    /// What others see.
    pub availability: Availability,
    /// Well-known token or localised words.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub activity: Option<String>,
    /// Personal note.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[debug("{:?} bytes", note.as_ref().map(String::len))]
    pub note: Option<String>,
    /// When a status set with an end reverts.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[serde(with = "crate::millis::option")]
    #[cfg_attr(test, ts(as = "Option<Timestamp>"))]
    pub until: Option<Timestamp>,
    /// Why it is so.
    pub reason: Reason,
}

/// Why the own status is as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The person chose it.
    You,
    /// The server's own reckoning: keyboard, calendar.
    Automatic,
    /// It came from the other side of the bridge.
    Bridge,
    /// It was chosen in another program.
    OtherClient,
    /// We only watch.
    WatchOnly,
    /// The link is being made again.
    Reconnecting,
    /// There is no link.
    SignedOut,
}
