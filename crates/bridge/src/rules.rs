//! What the person and the administrator decided about the bridge.

use jiff::{Timestamp, tz::TimeZone};

use crate::{Side, status::Table};

/// The `[bridge]` table of the configuration, with what belongs to it from elsewhere.
#[derive(Clone, Debug)]
pub struct Rules {
    /// `bridge.enabled`. While false nothing is relayed and own status is set only where a person chose it.
    pub enabled: bool,
    /// `bridge.presence`: which way own status is carried.
    pub presence: PresenceDirection,
    /// `bridge.preset` and `bridge.table`: the status table in force.
    pub table: Table,
    /// `bridge.relay_to`: bare JID that Lync texts are relayed to; `None`: no relay.
    pub relay_to: Option<String>,
    /// `bridge.relay_when`.
    pub relay_when: RelayWhen,
    /// `bridge.auto_subscribe`: the first text to an XMPP address asks for its presence.
    pub auto_subscribe: bool,
    /// Bare JID of the signed-in XMPP account.
    pub own_xmpp: Option<String>,
    /// SIP URI of the signed-in Lync account.
    pub own_lync: Option<String>,
    /// Set while the person has the relay paused.
    pub paused: Option<Pause>,
    /// People joined by hand: SIP URI and bare JID of one person.
    pub links: Vec<(String, String)>,
    /// People kept apart by hand although their addresses are equal: SIP URI and bare JID.
    pub splits: Vec<(String, String)>,
    /// Default addresses chosen by hand: any address of the person, and the side to use.
    pub defaults: Vec<(String, Side)>,
    /// Time zone in which the person reads and writes clock times.
    pub clock: TimeZone,
}

impl Default for Rules {
    /// The defaults of the configuration, nobody signed in, times in UTC.
    fn default() -> Self {
        Self {
            enabled: true,
            presence: PresenceDirection::Both,
            table: Preset::Standard.into(),
            relay_to: None,
            relay_when: RelayWhen::Always,
            auto_subscribe: true,
            own_xmpp: None,
            own_lync: None,
            paused: None,
            links: Vec::new(),
            splits: Vec::new(),
            defaults: Vec::new(),
            clock: TimeZone::UTC,
        }
    }
}

/// Which way own status is carried. What our person chooses in Causeway itself goes to both sides in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PresenceDirection {
    /// Both ways.
    Both,
    /// From Lync to XMPP only.
    ToXmpp,
    /// From XMPP to Lync only.
    ToLync,
    /// Not at all.
    Off,
}

impl PresenceDirection {
    pub(crate) fn reaches(self, side: Side) -> bool {
        match self {
            Self::Both => true,
            Self::ToXmpp => side == Side::Xmpp,
            Self::ToLync => side == Side::Lync,
            Self::Off => false,
        }
    }
}

/// The status table in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// Keeps as much as both sides can carry.
    Standard,
    /// As OpenScape Office federated with Lync shows it.
    Openscape,
}

/// When Lync texts are relayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelayWhen {
    /// Always.
    Always,
    /// Only while Lync does not show our person as active at a desk.
    Away,
    /// Never; answers to texts relayed before still find their way.
    Never,
}

/// How long the relay rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pause {
    /// Until this moment.
    Until(Timestamp),
    /// Until the person resumes it.
    UntilResumed,
}

impl Rules {
    /// The pause that is in force at `now`.
    pub(crate) fn pause_at(&self, now: Timestamp) -> Option<Pause> {
        self.paused.filter(|pause| match pause {
            Pause::Until(end) => now < *end,
            Pause::UntilResumed => true,
        })
    }
}
