//! The words of presence on both networks.

/// What Lync shows of a person: `Availability` (UCWA reference, contactPresence), with `OffWork` for `Away` and the
/// activity `off-work`, and `Unknown` for `None`, nothing, and anything that this version does not know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Availability {
    /// Online.
    Online,
    /// Online, keyboard untouched.
    IdleOnline,
    /// Busy.
    Busy,
    /// Busy, keyboard untouched.
    IdleBusy,
    /// Do not disturb.
    DoNotDisturb,
    /// Be right back.
    BeRightBack,
    /// Away.
    Away,
    /// Off work.
    OffWork,
    /// Offline.
    Offline,
    /// Not shared or not known. Never drawn or carried as offline.
    #[default]
    Unknown,
}

impl Availability {
    /// Every value, in the order of the reference.
    pub const ALL: [Self; 10] = [
        Self::Online,
        Self::IdleOnline,
        Self::Busy,
        Self::IdleBusy,
        Self::DoNotDisturb,
        Self::BeRightBack,
        Self::Away,
        Self::OffWork,
        Self::Offline,
        Self::Unknown,
    ];
}

/// What a person can choose for themselves: `PreferredAvailability` (UCWA reference, presence).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Settable {
    /// Online.
    Online,
    /// Busy.
    Busy,
    /// Do not disturb.
    DoNotDisturb,
    /// Be right back.
    BeRightBack,
    /// Away.
    Away,
    /// Off work.
    Offwork,
}

impl Settable {
    /// How Lync shows somebody who chose this.
    #[must_use]
    pub fn shown(self) -> Availability {
        match self {
            Self::Online => Availability::Online,
            Self::Busy => Availability::Busy,
            Self::DoNotDisturb => Availability::DoNotDisturb,
            Self::BeRightBack => Availability::BeRightBack,
            Self::Away => Availability::Away,
            Self::Offwork => Availability::OffWork,
        }
    }
}

/// `show` (RFC 6121 section 4.7.2.1), with its absence and with `unavailable`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Show {
    /// Available without `show`.
    Available,
    /// Free for chat. Never sent.
    Chat,
    /// Away.
    Away,
    /// Away for longer.
    Xa,
    /// Do not disturb.
    Dnd,
    /// Not there.
    Unavailable,
}
