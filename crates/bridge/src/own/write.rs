//! Own status as it is written to either side.

use jiff::Timestamp;

use super::{By, ECHO, NOTE_LIMIT, Own, Shown, writes::Write};
use crate::{Availability, Output, Rules, Settable, Show, status::LyncState, text};

impl Own {
    /// Writes to Lync what was chosen in XMPP, or takes it back.
    pub(super) fn write_lync(&mut self, now: Timestamp, out: &mut Vec<Output>) {
        let Some(choice) = self.choice.clone() else {
            self.reset_lync(now, out);
            return;
        };
        let shows = self.lync.as_ref().map(|state| state.availability);
        if let Some(status) = choice.status
            && (shows != Some(status.shown()) || !self.writes.is_empty())
        {
            self.write_status(status, now, out);
        }
        if let Some(note) = choice.note
            && self
                .lync
                .as_ref()
                .is_none_or(|state| state.note != note || state.out_of_office)
            && self.note_written.as_ref() != Some(&note)
        {
            self.write_note(note, true, out);
        }
    }

    pub(super) fn write_status(&mut self, status: Settable, now: Timestamp, out: &mut Vec<Output>) {
        let shown = self.lync.as_ref().map(|state| state.availability);
        if self.writes.push(Write::Set(status), now, shown) {
            out.push(Output::SetLyncPresence(status));
        }
    }

    pub(super) fn reset_lync(&mut self, now: Timestamp, out: &mut Vec<Output>) {
        if self.writes.push(Write::Reset, now, None) {
            out.push(Output::ResetLyncPresence);
        }
    }

    pub(super) fn write_note(&mut self, note: String, from_xmpp: bool, out: &mut Vec<Output>) {
        self.note_from_xmpp = from_xmpp;
        self.note_written = Some(note.clone());
        out.push(Output::SetLyncNote(note));
    }

    pub(super) fn write_xmpp(&mut self, rules: &Rules, now: Timestamp, out: &mut Vec<Output>) {
        let Some(shown) = self.wanted_in_xmpp(rules) else {
            return;
        };
        if self.shown.as_ref() == Some(&shown) {
            return;
        }
        self.recent.retain(|(_, _, at)| now < *at + ECHO);
        self.recent.truncate(15);
        self.recent
            .push_front((shown.show, shown.status.clone(), now));
        out.push(Output::SetXmppPresence {
            show: shown.show,
            status: shown.status.clone(),
            idle_since: shown.idle_since,
        });
        self.shown = Some(shown);
    }

    /// What our resource should show.
    fn wanted_in_xmpp(&self, rules: &Rules) -> Option<Shown> {
        let seen = self.lync.clone().unwrap_or_default();
        let Some(choice) = &self.choice else {
            return self.as_lync_shows(seen, rules);
        };
        // Being available is no wish that idle or a meeting would have to respect, once Lync has it.
        let is_free = choice.status == Some(Settable::Online)
            && self.writes.is_empty()
            && self.lync.is_some();
        if let By::Xmpp { show, text } = &choice.by
            && !is_free
        {
            return Some(Shown {
                show: *show,
                status: text.clone(),
                idle_since: None,
            });
        }
        let note = choice.note.clone().unwrap_or_else(|| seen.note.clone());
        let Some(status) = choice.status.filter(|_| !is_free) else {
            return self.as_lync_shows(LyncState { note, ..seen }, rules);
        };
        let same = seen.availability == status.shown();
        let activity = if same { seen.activity } else { String::new() };
        let state = LyncState {
            availability: status.shown(),
            activity,
            note,
            out_of_office: seen.out_of_office,
        };
        let mut shown = self.as_lync_shows(state, rules)?;
        let own_text = choice.note.as_deref().unwrap_or("");
        if let Some(text) = choice
            .until
            .and_then(|until| rules.table.til(status, own_text, until, &rules.clock))
        {
            shown.status = text;
        }
        Some(shown)
    }

    fn as_lync_shows(&self, state: LyncState, rules: &Rules) -> Option<Shown> {
        if self.lync.is_none() && state.availability == Availability::Unknown {
            // Not signed in to Lync, nothing chosen: simply there.
            let note = if rules.table.carries_notes() {
                state.note
            } else {
                String::new()
            };
            return Some(Shown {
                show: Show::Available,
                status: note,
                idle_since: None,
            });
        }
        let there = rules.table.to_xmpp(&state)?;
        // Our resource has to stay reachable for answers, so offline in Lync is shown as gone for long.
        let show = if there.show == Show::Unavailable {
            Show::Xa
        } else {
            there.show
        };
        Some(Shown {
            show,
            status: text::line(&there.status, NOTE_LIMIT),
            idle_since: if there.idle { self.idle_since } else { None },
        })
    }
}
