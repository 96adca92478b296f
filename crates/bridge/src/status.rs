//! The status table: one state, said in the words of the other network.
//!
//! A preset, or rows of the person's own in its place; what no row names goes by the preset.

mod edited;
mod presets;

use jiff::{Timestamp, tz::TimeZone};

use crate::{Availability, Preset, Settable, Show};
pub use edited::{OwnRows, WrongRow};

/// A person's state as Lync shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LyncState {
    /// Value.
    pub availability: Availability,
    /// Well-known token or localised words, empty where there is none.
    pub activity: String,
    /// Note, empty where there is none.
    pub note: String,
    /// The note is an out-of-office note.
    pub out_of_office: bool,
}

/// A state as XMPP shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct XmppState {
    /// Value.
    pub show: Show,
    /// Status text, empty for none.
    pub status: String,
    /// Idle: to be marked with XEP-0319.
    pub idle: bool,
}

/// What is set in Lync for a state of XMPP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LyncChoice {
    /// Value.
    pub status: Settable,
    /// Personal note, empty for none.
    pub note: String,
}

/// In which direction a row of a table translates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// There and back.
    Both,
    /// From XMPP to Lync.
    ToLync,
    /// From Lync to XMPP.
    ToXmpp,
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableRow {
    /// On the XMPP side.
    pub show: Show,
    /// The text that makes the difference there, or is set; `{time}` and `{date}` stand for the end of the status.
    pub text: String,
    /// In which direction.
    pub way: Way,
    /// On the Lync side.
    pub lync: Availability,
    /// The note there, with the same placeholders; empty: the text is kept.
    pub note: String,
}

/// The status table in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    preset: Preset,
    own: Option<OwnRows>,
}

impl From<Preset> for Table {
    fn from(preset: Preset) -> Self {
        Self { preset, own: None }
    }
}

impl Table {
    /// `own` in place of the rows of `preset`; `None`: the preset alone.
    #[must_use]
    pub fn new(preset: Preset, own: Option<OwnRows>) -> Self {
        Self { preset, own }
    }

    /// The rows in force, for people.
    #[must_use]
    pub fn rows(&self) -> Vec<TableRow> {
        match &self.own {
            Some(own) => own.rows().to_vec(),
            None => presets::rows(self.preset),
        }
    }

    /// Lync → XMPP. `None`: nothing is known, so nothing is said; unknown never becomes offline.
    #[must_use]
    pub fn to_xmpp(&self, state: &LyncState) -> Option<XmppState> {
        let by_preset = presets::to_xmpp(self.preset, state)?;
        Some(match edited::to_xmpp(self.own(), self.preset, state) {
            None => by_preset,
            Some(row) => XmppState {
                show: row.show,
                status: edited::status_text(row, self.preset, state).unwrap_or(by_preset.status),
                idle: by_preset.idle,
            },
        })
    }

    /// XMPP → Lync, for a state that somebody chose, or (`idle`) that a machine set because its keyboard rests.
    /// `None`: not there, which cannot be chosen in Lync; the status goes back to Lync's own logic.
    #[must_use]
    pub fn to_lync(&self, show: Show, status: &str, idle: bool) -> Option<LyncChoice> {
        let by_preset = LyncChoice {
            status: presets::to_lync(self.preset, show, status, idle)?,
            note: status.to_owned(),
        };
        let by_row = || edited::to_lync(self.own(), show, status);
        Some((!idle).then(by_row).flatten().unwrap_or(by_preset))
    }

    /// What the contact list shows for another person's XMPP presence.
    #[must_use]
    pub fn seen_in_xmpp(&self, show: Show, status: &str, idle: bool) -> Availability {
        let chosen = self.to_lync(show, status, false);
        match (show, chosen.map(|choice| choice.status)) {
            (Show::Unavailable, _) | (_, None) => Availability::Offline,
            (Show::Away, _) => Availability::Away,
            (_, Some(Settable::Online)) if idle => Availability::IdleOnline,
            (_, Some(Settable::Busy)) if idle => Availability::IdleBusy,
            (_, Some(settable)) => settable.shown(),
        }
    }

    /// The text for a status that ends by itself, e.g. `Busy til: 15:00 / 24.12.2026`, in the shape that OpenScape people
    /// know, or as a row with `{time}` or `{date}` has it. A text of the person's own takes the place of the word. `None`
    /// for Online, whose end says nothing.
    #[must_use]
    pub fn til(
        &self,
        status: Settable,
        own_text: &str,
        until: Timestamp,
        clock: &TimeZone,
    ) -> Option<String> {
        let by_row = || edited::til(self.own(), status, &until.to_zoned(clock.clone()));
        let row = own_text.is_empty().then(by_row).flatten();
        row.or_else(|| presets::til(self.preset, status, own_text, until, clock))
    }

    /// Whether notes of Lync are shown in XMPP.
    #[must_use]
    pub fn carries_notes(&self) -> bool {
        self.preset == Preset::Standard
    }

    fn own(&self) -> &[TableRow] {
        self.own.as_ref().map_or(&[], OwnRows::rows)
    }
}

/// Whether Lync set this value because keyboard and mouse rest.
#[must_use]
pub fn is_idle(availability: Availability) -> bool {
    matches!(
        availability,
        Availability::IdleOnline | Availability::IdleBusy
    )
}

#[cfg(test)]
mod tests;
