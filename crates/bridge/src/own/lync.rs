//! Own status as Lync shows it: what a person did there, what Lync did by itself, and what is an echo.

use jiff::Timestamp;

use super::{By, Choice, DEBOUNCE, Own};
use crate::{
    Availability, Output, Rules, Settable, Side,
    status::{self, LyncState},
};

impl Own {
    /// Own state as Lync shows it.
    pub(crate) fn seen_in_lync(
        &mut self,
        state: LyncState,
        rules: &Rules,
        now: Timestamp,
        out: &mut Vec<Output>,
    ) {
        let before = self.lync.replace(state.clone());
        let is_idle = status::is_idle(state.availability);
        self.idle_since = if is_idle {
            self.idle_since.or(Some(now))
        } else {
            None
        };
        if before.as_ref() == Some(&state) {
            return;
        }
        self.assert_restored(&state, now, out);
        let moved = before
            .as_ref()
            .is_none_or(|before| before.availability != state.availability);
        let echo = moved && self.writes.confirms(state.availability);
        let by_machine = before
            .as_ref()
            .is_none_or(|before| self.by_machine(before, &state));
        self.away_by_idle = state.availability == Availability::Away
            && (self.away_by_idle
                || before
                    .as_ref()
                    .is_some_and(|before| status::is_idle(before.availability)));
        if moved && !echo && !by_machine {
            self.choice = settable(state.availability).map(|status| Choice {
                status: Some(status),
                note: None,
                until: None,
                note_before: None,
                by: By::Lync,
            });
            self.keep_choice(out);
            // A person in Lync was later than whatever waits to be written there.
            self.lync_due = None;
        }
        let note_moved = before
            .as_ref()
            .is_none_or(|before| before.note != state.note);
        if note_moved
            && !state.out_of_office
            && self
                .note_written
                .take_if(|written| *written == state.note)
                .is_none()
            && before.is_some()
        {
            self.note_from_xmpp = false;
            if let Some(choice) = &mut self.choice {
                choice.note = None;
                if let By::Xmpp { text, .. } = &mut choice.by {
                    text.clone_from(&state.note);
                }
            }
        }
        if rules.enabled && rules.presence.reaches(Side::Xmpp) {
            // The first state is shown at once: nobody should have to wait for a change to see how our person is.
            let due = if before.is_none() {
                now
            } else {
                now + DEBOUNCE
            };
            self.xmpp_due = Some(self.xmpp_due.map_or(due, |earlier| earlier.min(due)));
            self.tick(rules, now, out);
        }
    }

    /// A new session at the Lync server begins with its own idea; a choice that has not come to its end still stands,
    /// unless somebody chose something else in another client in the meantime.
    fn assert_restored(&mut self, seen: &LyncState, now: Timestamp, out: &mut Vec<Output>) {
        if !std::mem::take(&mut self.restored) {
            return;
        }
        let Some(choice) = &self.choice else { return };
        let Some(status) = choice
            .status
            .filter(|status| status.shown() != seen.availability)
        else {
            return;
        };
        let by_hand = matches!(
            seen.availability,
            Availability::Busy
                | Availability::DoNotDisturb
                | Availability::BeRightBack
                | Availability::OffWork
        );
        if by_hand && !is_automatic(&seen.activity) {
            self.choice = None;
            self.keep_choice(out);
        } else if choice.until.is_some_and(|until| now < until) {
            self.write_status(status, now, out);
        }
    }

    /// Whether Lync itself, not a person, went from `before` to `after`: idle and back, calendar and telephone, network.
    fn by_machine(&self, before: &LyncState, after: &LyncState) -> bool {
        let was_idle = status::is_idle(before.availability) || self.away_by_idle;
        match after.availability {
            Availability::IdleOnline
            | Availability::IdleBusy
            | Availability::Offline
            | Availability::Unknown => true,
            Availability::Away => was_idle || before.availability == Availability::Away,
            Availability::Online => {
                was_idle
                    || is_automatic(&before.activity)
                    || matches!(
                        before.availability,
                        Availability::Offline | Availability::Unknown
                    )
            }
            Availability::Busy | Availability::DoNotDisturb => {
                was_idle || is_automatic(&after.activity)
            }
            Availability::BeRightBack | Availability::OffWork => false,
        }
    }
}

/// Activities that Lync sets by itself (UCWA reference, presence: `activity`).
fn is_automatic(activity: &str) -> bool {
    matches!(
        activity,
        "in-a-meeting" | "in-a-conference" | "on-the-phone" | "presenting" | "in-presentation"
    )
}

/// What must have been chosen for Lync to show this.
fn settable(availability: Availability) -> Option<Settable> {
    Some(match availability {
        Availability::Online | Availability::IdleOnline => Settable::Online,
        Availability::Busy | Availability::IdleBusy => Settable::Busy,
        Availability::DoNotDisturb => Settable::DoNotDisturb,
        Availability::BeRightBack => Settable::BeRightBack,
        Availability::Away => Settable::Away,
        Availability::OffWork => Settable::Offwork,
        Availability::Offline | Availability::Unknown => return None,
    })
}
