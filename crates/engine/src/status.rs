//! The own status: what was chosen here, what the network shows, and why it is so.

use causeway_api::{Availability, OwnStatus, Reason, Settable};
use jiff::Timestamp;

/// Who wrote the value that is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Author {
    /// Our person, in this program.
    You,
    /// The bridge, after a change on the XMPP side.
    Bridge,
}

/// A value written by us and not yet replaced by anybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Chosen {
    value: Settable,
    until: Option<Timestamp>,
    author: Author,
    /// The network has shown it since it was written: from then on a different value is somebody else's.
    confirmed: bool,
}

/// Own status. Pure: the loop says what happened and when.
#[derive(Debug, Default)]
pub(crate) struct Own {
    seen: Availability,
    activity: String,
    note: Option<String>,
    /// A note written by us that the network does not show yet.
    note_coming: Option<String>,
    chosen: Option<Chosen>,
    /// The value in force was set by another client of this account, as far as that can be told.
    elsewhere: bool,
    /// How often the network told a value.
    changes: u64,
}

/// What the network makes of a choice from an earlier run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is still in force.
    Shown,
    /// A person has chosen something else since.
    Replaced,
    /// The network has forgotten it.
    Lost,
}

/// Which of the special reasons holds, decided by the state of the link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Signed in and published.
    Available,
    /// Signed in without touching the presence.
    WatchOnly,
    /// The link was lost and is tried again by itself.
    Reconnecting,
    /// Not signed in.
    SignedOut,
}

impl Own {
    /// A value was written by `author`.
    pub(crate) fn choose(&mut self, value: Settable, until: Option<Timestamp>, author: Author) {
        self.chosen = Some(Chosen {
            value,
            until,
            author,
            confirmed: shows(self.seen, value),
        });
        self.elsewhere = false;
    }

    /// Back to automatic.
    pub(crate) fn reset(&mut self) {
        self.chosen = None;
        self.elsewhere = false;
    }

    /// The network shows `availability` with `activity`.
    pub(crate) fn saw(&mut self, availability: Availability, activity: &str) {
        self.changes += 1;
        let changed = self.seen != availability || self.activity != activity;
        self.seen = availability;
        activity.clone_into(&mut self.activity);
        match &mut self.chosen {
            Some(chosen) if shows(availability, chosen.value) => chosen.confirmed = true,
            // What we wrote is still on its way; this is the value from before.
            Some(chosen) if !chosen.confirmed => {}
            Some(_) => {
                self.chosen = None;
                self.elsewhere = set_by_hand(availability, activity);
            }
            None if changed => self.elsewhere = set_by_hand(availability, activity),
            None => {}
        }
    }

    /// Without Lync nobody else decides: what was chosen is what is shown.
    pub(crate) fn saw_itself(&mut self, value: Settable, note: Option<String>) {
        let shown = match value {
            Settable::Available => Availability::Available,
            Settable::Busy => Availability::Busy,
            Settable::DoNotDisturb => Availability::DoNotDisturb,
            Settable::BeRightBack => Availability::BeRightBack,
            Settable::Away => Availability::Away,
            Settable::OffWork => Availability::OffWork,
        };
        self.saw(shown, "");
        if let Some(note) = note {
            self.saw_note(Some(note));
        }
    }

    /// The note shown to others.
    pub(crate) fn saw_note(&mut self, note: Option<String>) {
        let note = note.filter(|note| !note.is_empty());
        let wanted = self.note_coming.as_deref() == Some(note.as_deref().unwrap_or_default());
        // A server may keep less of a note than was written: any new one is the answer, the one from before is not.
        if wanted || self.note != note {
            self.note_coming = None;
        }
        self.note = note;
    }

    /// A note was written and will be shown; empty removes it.
    pub(crate) fn wrote_note(&mut self, note: String) {
        let shown = self.note.as_deref().unwrap_or_default();
        self.note_coming = Some(note).filter(|note| note != shown);
    }

    /// The network shows no other note than the one that was written last.
    pub(crate) fn shows_note(&self) -> bool {
        self.note_coming.is_none()
    }

    /// The link was lost: what was written and not shown may never come.
    pub(crate) fn lost(&mut self) {
        self.note_coming = None;
    }

    /// The last value chosen by our person and its end, as it is kept over a restart.
    pub(crate) fn chosen_by_person(&self) -> Option<(Settable, Option<Timestamp>)> {
        self.chosen
            .filter(|chosen| chosen.author == Author::You)
            .map(|chosen| (chosen.value, chosen.until))
    }

    /// What was written by us, value and note, is what the network shows.
    pub(crate) fn is_confirmed(&self) -> bool {
        self.chosen.is_none_or(|chosen| chosen.confirmed) && self.shows_note()
    }

    /// The network has told a value at all.
    pub(crate) fn was_seen(&self) -> bool {
        self.changes > 0
    }

    /// Grows with every value told by the network.
    pub(crate) fn changes(&self) -> u64 {
        self.changes
    }

    /// Does the network show this choice, or one that a person made later in another client?
    pub(crate) fn shows_or_replaces(&self, value: Settable) -> Verdict {
        if shows(self.seen, value) {
            Verdict::Shown
        } else if set_by_hand(self.seen, &self.activity) {
            Verdict::Replaced
        } else {
            Verdict::Lost
        }
    }

    /// As told through the door.
    pub(crate) fn told(&self, standing: Standing) -> OwnStatus {
        let reason = match (standing, self.chosen) {
            (Standing::SignedOut, _) => Reason::SignedOut,
            (Standing::Reconnecting, _) => Reason::Reconnecting,
            (Standing::WatchOnly, _) => Reason::WatchOnly,
            (
                Standing::Available,
                Some(Chosen {
                    author: Author::You,
                    ..
                }),
            ) => Reason::You,
            (
                Standing::Available,
                Some(Chosen {
                    author: Author::Bridge,
                    ..
                }),
            ) => Reason::Bridge,
            (Standing::Available, None) if self.elsewhere => Reason::OtherClient,
            (Standing::Available, None) => Reason::Automatic,
        };
        OwnStatus {
            // After sign-out the last value is history, not status.
            availability: if matches!(standing, Standing::SignedOut | Standing::Reconnecting) {
                Availability::Unknown
            } else {
                self.seen
            },
            activity: Some(self.activity.clone()).filter(|activity| !activity.is_empty()),
            note: self.note.clone(),
            until: self.chosen.and_then(|chosen| chosen.until),
            reason,
        }
    }
}

/// Does `seen` show that `value` is set? Idle variants count: the keyboard does not undo a choice.
fn shows(seen: Availability, value: Settable) -> bool {
    match value {
        Settable::Available => {
            matches!(seen, Availability::Available | Availability::AvailableIdle)
        }
        Settable::Busy => matches!(seen, Availability::Busy | Availability::BusyIdle),
        Settable::DoNotDisturb => seen == Availability::DoNotDisturb,
        Settable::BeRightBack => seen == Availability::BeRightBack,
        Settable::Away => seen == Availability::Away,
        Settable::OffWork => seen == Availability::OffWork,
    }
}

/// UCWA does not say who set a value. These are never reached without a person: the calendar and the telephone make
/// a Busy with an activity, the idle clock makes the others.
fn set_by_hand(seen: Availability, activity: &str) -> bool {
    match seen {
        Availability::DoNotDisturb | Availability::BeRightBack | Availability::OffWork => true,
        Availability::Busy | Availability::BusyIdle => activity.is_empty(),
        Availability::Available
        | Availability::AvailableIdle
        | Availability::Away
        | Availability::Offline
        | Availability::Unknown => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(own: &Own) -> Reason {
        own.told(Standing::Available).reason
    }

    #[test]
    fn a_choice_stays_yours_while_the_old_value_is_still_shown_and_when_it_arrives() {
        let mut own = Own::default();
        own.saw(Availability::Available, "");
        own.choose(Settable::Busy, None, Author::You);
        own.saw(Availability::Available, "");
        assert_eq!((reason(&own), own.is_confirmed()), (Reason::You, false));
        own.saw(Availability::Busy, "");
        assert_eq!((reason(&own), own.is_confirmed()), (Reason::You, true));
    }

    #[test]
    fn a_choice_is_confirmed_when_its_note_is_shown_too() {
        let mut own = Own::default();
        own.saw(Availability::Busy, "");
        own.saw_note(Some("before".into()));
        own.choose(Settable::Busy, None, Author::You);
        own.wrote_note("after".into());
        assert!(!own.is_confirmed());
        own.saw_note(Some("before".into()));
        assert!(!own.is_confirmed(), "the old note, told again");
        own.saw_note(Some("after".into()));
        assert!(own.is_confirmed());
        own.wrote_note("after".into());
        assert!(own.is_confirmed(), "nothing changes, so nothing is told");
        own.wrote_note(String::new());
        assert!(!own.is_confirmed());
        own.saw_note(None);
        assert!(own.is_confirmed());
    }

    #[test]
    fn another_clients_choice_replaces_ours_and_its_end() {
        let mut own = Own::default();
        own.choose(Settable::Busy, Some(Timestamp::MAX), Author::You);
        own.saw(Availability::Busy, "");
        own.saw(Availability::DoNotDisturb, "");
        assert_eq!(
            (reason(&own), own.told(Standing::Available).until),
            (Reason::OtherClient, None)
        );
    }

    #[test]
    fn idling_does_not_undo_a_choice() {
        let mut own = Own::default();
        own.choose(Settable::Busy, None, Author::You);
        own.saw(Availability::Busy, "");
        own.saw(Availability::BusyIdle, "");
        assert_eq!(reason(&own), Reason::You);
    }

    #[test]
    fn a_meeting_from_the_calendar_is_automatic() {
        let mut own = Own::default();
        own.saw(Availability::Available, "");
        own.saw(Availability::Busy, "in-a-meeting");
        assert_eq!(reason(&own), Reason::Automatic);
    }

    #[test]
    fn a_choice_from_an_earlier_run_holds_unless_somebody_chose_since() {
        let verdict = |seen| {
            let mut own = Own::default();
            own.saw(seen, "");
            own.shows_or_replaces(Settable::Busy)
        };
        assert_eq!(verdict(Availability::Busy), Verdict::Shown);
        assert_eq!(verdict(Availability::Available), Verdict::Lost);
        assert_eq!(verdict(Availability::DoNotDisturb), Verdict::Replaced);
    }

    #[test]
    fn signed_out_is_unknown_never_the_last_value() {
        let mut own = Own::default();
        own.saw(Availability::Available, "");
        let told = own.told(Standing::SignedOut);
        assert_eq!(
            (told.availability, told.reason),
            (Availability::Unknown, Reason::SignedOut)
        );
    }
}
