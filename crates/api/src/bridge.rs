//! The bridge as a screen shows it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Availability, BridgeAction, Side, SideState};

/// A status table (`bridge.preset`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Preset {
    /// Keeps as much as both sides can carry.
    Standard,
    /// As OpenScape Office does it.
    Openscape,
}

/// `show` of an XMPP status (RFC 6121 section 4.7.2.1), with its absence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Show {
    /// Available.
    Available,
    /// Away.
    Away,
    /// Away for longer.
    Xa,
    /// Do not disturb.
    Dnd,
    /// Not there.
    Unavailable,
}

/// In which direction a row of the table translates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum RowDirection {
    /// There and back.
    Both,
    /// From XMPP to Lync.
    ToLync,
    /// From Lync to XMPP.
    ToXmpp,
}

/// A row of the status table in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct TableRow {
    /// On the XMPP side.
    pub show: Show,
    /// The text that makes the difference there, or is set; `{time}` and `{date}` stand for the end of the status.
    pub text: String,
    /// In which direction.
    pub direction: RowDirection,
    /// On the Lync side.
    pub lync: Availability,
    /// The note there; empty: the text is kept.
    pub note: String,
}

/// A way to sign in that was not used or did not work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PassedOver {
    /// `Kerberos`, `NTLM`.
    pub method: String,
    /// Stable name of the cause: `no-ticket`, `clock-skew`, ….
    pub cause: String,
    /// The cause in words, a phrase: `there is no sign-in ticket on this computer`.
    pub message: String,
}

/// One side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct SideInfo {
    /// Which.
    pub side: Side,
    /// Own address there: SIP URI without its scheme, or bare JID.
    pub address: String,
    /// Its state.
    pub state: SideState,
    /// The server's name, once it was found.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub server: Option<String>,
    /// How it was signed in, where that is known: `Kerberos`, `NTLM`, `password`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub method: Option<String>,
    /// Methods that come before it and were not used.
    #[serde(default)]
    pub passed_over: Vec<PassedOver>,
    /// When it came into its state.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[serde(with = "crate::millis::option")]
    #[cfg_attr(test, ts(as = "Option<Timestamp>"))]
    pub since: Option<Timestamp>,
    /// When a session that had broken went on without loss.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[serde(with = "crate::millis::option")]
    #[cfg_attr(test, ts(as = "Option<Timestamp>"))]
    pub resumed: Option<Timestamp>,
}

/// What crossed since midnight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Crossed {
    /// Texts taken by the other network.
    pub across: u32,
    /// Texts that still wait.
    pub waiting: u32,
    /// Texts that could not be delivered; their writers were told.
    pub returned: u32,
}

/// A text that the bridge carried, or tried to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct BridgeEntry {
    /// When it was taken up.
    #[serde(with = "crate::millis")]
    #[cfg_attr(test, ts(as = "Timestamp"))]
    pub at: Timestamp,
    /// What became of it.
    pub action: BridgeAction,
    /// Where it came from.
    pub from_side: Side,
    /// Where it went.
    pub to_side: Side,
    /// The other person.
    pub address: String,
    /// Why, where that is worth a word.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
}

/// The whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct BridgeReport {
    /// The configured sides, Lync first.
    pub sides: Vec<SideInfo>,
    /// Switched on.
    pub enabled: bool,
    /// Nothing crosses for now.
    pub paused: bool,
    /// When the pause ends by itself.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[serde(with = "crate::millis::option")]
    #[cfg_attr(test, ts(as = "Option<Timestamp>"))]
    pub paused_until: Option<Timestamp>,
    /// What crossed.
    pub today: Crossed,
    /// The preset in force.
    pub preset: Preset,
    /// Rows of the person's own stand in place of those of the preset.
    pub edited: bool,
    /// The administrator decides about the rows.
    pub table_managed: bool,
    /// The rows in force.
    pub table: Vec<TableRow>,
    /// What crossed last, youngest first.
    pub log: Vec<BridgeEntry>,
}
