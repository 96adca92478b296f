//! Own status, kept equal on both sides.
//!
//! The last thing that a person did wins, on whichever side. What a machine does (idle, calendar, a phone that comes
//! online) shows through only while no person's choice stands against it. What the bridge wrote itself comes back as an
//! echo, perhaps late and perhaps after the next write; it is known by the list of writes that wait for theirs.

mod writes;

use std::collections::{BTreeMap, VecDeque};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    Availability, Fact, Output, Rules, Settable, Show, Side,
    memory::CHOICE,
    status::{self, LyncState},
    text,
};
use writes::{Write, Writes};

/// A change is carried when nothing new came for so long; somebody who clicks through a menu is not followed step by step.
const DEBOUNCE: SignedDuration = SignedDuration::from_secs(2);
/// The longest personal note that Lync clients allow.
const NOTE_LIMIT: usize = 500;
/// Other resources of our account that are remembered.
const RESOURCES: usize = 32;
/// How long a text that the bridge wrote is known as its own when another client repeats it.
const ECHO: SignedDuration = SignedDuration::from_secs(60);

/// Own status.
#[derive(Default)]
pub(crate) struct Own {
    /// As last seen in Lync.
    lync: Option<LyncState>,
    /// Since when Lync shows our person as idle.
    idle_since: Option<Timestamp>,
    /// Lync went from idle to away by itself.
    away_by_idle: bool,
    resources: BTreeMap<String, Resource>,
    /// The last choice of a person; `None`: automatic.
    choice: Option<Choice>,
    /// Writes to Lync whose echo has not come.
    writes: Writes,
    /// Note last written to Lync, and whether it came from XMPP.
    note_written: Option<String>,
    note_from_xmpp: bool,
    /// Last presence written to XMPP, and recent ones with their times.
    shown: Option<Shown>,
    recent: VecDeque<(Show, String, Timestamp)>,
    lync_due: Option<Timestamp>,
    xmpp_due: Option<Timestamp>,
    /// A choice with an end is kept over a restart.
    kept: bool,
    /// The choice comes from an earlier run and Lync has not been seen since.
    restored: bool,
}

struct Resource {
    /// What its person chose last; idle changes leave it alone.
    chosen: (Show, String),
}

#[derive(Clone, PartialEq, Eq)]
struct Shown {
    show: Show,
    status: String,
    idle_since: Option<Timestamp>,
}

/// What a person chose.
#[derive(Clone, Serialize, Deserialize)]
struct Choice {
    /// `None`: only a note.
    status: Option<Settable>,
    /// Note that came with it; `None`: the one in Lync stands.
    note: Option<String>,
    until: Option<Timestamp>,
    /// Note in Lync before, to come back at `until`.
    note_before: Option<String>,
    by: By,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
enum By {
    /// In Causeway.
    Here,
    /// In a Lync client.
    Lync,
    /// In an XMPP client; its own words are kept, since the table is coarser.
    Xmpp { text: String, extended_away: bool },
}

impl Own {
    /// The moment at which something is due.
    pub(crate) fn next_deadline(&self) -> Option<Timestamp> {
        let until = self.choice.as_ref().and_then(|choice| choice.until);
        [self.lync_due, self.xmpp_due, until, self.writes.deadline()]
            .into_iter()
            .flatten()
            .min()
    }

    /// Whether Lync shows our person as sitting at a desk.
    pub(crate) fn at_the_desk(&self) -> bool {
        self.lync.as_ref().is_some_and(|state| {
            matches!(
                state.availability,
                Availability::Online | Availability::Busy | Availability::DoNotDisturb
            )
        })
    }

    /// Takes back a choice with an end that an earlier run kept.
    pub(crate) fn restore(&mut self, value: serde_json::Value) {
        self.choice = serde_json::from_value(value).ok();
        self.kept = true;
        self.restored = self.choice.is_some();
    }

    pub(crate) fn chosen(
        &mut self,
        status: Option<Settable>,
        note: Option<String>,
        until: Option<Timestamp>,
        rules: &Rules,
        now: Timestamp,
        out: &mut Vec<Output>,
    ) {
        let old = self.choice.take();
        let kept_status = status.or(old.as_ref().and_then(|choice| choice.status));
        let note = note.map(|note| text::line(&note, NOTE_LIMIT));
        let until = if status.is_some() {
            until
        } else {
            until.or(old.as_ref().and_then(|choice| choice.until))
        };
        let note_before = old
            .as_ref()
            .and_then(|choice| choice.note_before.clone())
            .or_else(|| {
                self.lync
                    .as_ref()
                    .filter(|state| !state.out_of_office)
                    .map(|state| state.note.clone())
            });
        let kept_note = note.clone().or(old.and_then(|choice| choice.note));
        self.choice = Some(Choice {
            status: kept_status,
            note: kept_note,
            until,
            note_before,
            by: By::Here,
        });
        self.keep_choice(out);
        (self.lync_due, self.xmpp_due) = (None, None);
        if let Some(status) = status {
            self.write_status(status, now, out);
        }
        if let Some(note) = note {
            self.write_note(note, false, out);
        }
        self.write_xmpp(rules, now, out);
    }

    pub(crate) fn reset(&mut self, rules: &Rules, now: Timestamp, out: &mut Vec<Output>) {
        self.choice = None;
        self.keep_choice(out);
        self.reset_lync(now, out);
        self.lync_due = None;
        if self.lync.is_some() {
            // What Lync makes of it follows; without an answer the last known state is shown after the usual wait.
            self.xmpp_due = Some(now + DEBOUNCE);
        } else {
            self.write_xmpp(rules, now, out);
        }
    }

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
        let Some(choice) = self
            .choice
            .as_ref()
            .filter(|choice| choice.until.is_some_and(|until| now < until))
        else {
            return;
        };
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
        } else {
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

    /// Presence of another resource of our own XMPP account.
    pub(crate) fn seen_in_xmpp(
        &mut self,
        resource: &str,
        show: Show,
        status: &str,
        idle: bool,
        rules: &Rules,
        now: Timestamp,
    ) {
        if is_causeway(resource) {
            return;
        }
        if show == Show::Unavailable {
            self.resource_left(resource, rules, now);
            return;
        }
        let show = if show == Show::Chat {
            Show::Available
        } else {
            show
        };
        let status = text::line(status, NOTE_LIMIT);
        let before = self
            .resources
            .get(resource)
            .map(|known| known.chosen.clone());
        if idle {
            if before.is_none() && self.resources.len() < RESOURCES {
                self.resources.insert(
                    resource.to_owned(),
                    Resource {
                        chosen: (Show::Available, String::new()),
                    },
                );
            }
            return;
        }
        if before.is_some() || self.resources.len() < RESOURCES {
            self.resources.insert(
                resource.to_owned(),
                Resource {
                    chosen: (show, status.clone()),
                },
            );
        }
        let chose = match &before {
            // A client that comes online says available or away by itself; only "do not disturb" must be somebody's wish.
            None => show == Show::Dnd,
            Some(before) => *before != (show, status.clone()),
        };
        if chose && !self.is_echo(show, &status, now) {
            self.chosen_in_xmpp(show, status, before.map(|(_, text)| text), rules, now);
        }
    }

    fn chosen_in_xmpp(
        &mut self,
        show: Show,
        status: String,
        text_before: Option<String>,
        rules: &Rules,
        now: Timestamp,
    ) {
        if !rules.enabled || !rules.presence.reaches(Side::Lync) {
            return;
        }
        let removed = status.is_empty()
            && self.note_from_xmpp
            && text_before.is_some_and(|text| !text.is_empty());
        let note = (!status.is_empty() || removed).then(|| status.clone());
        let settable = status::to_lync(rules.preset, show, &status, false);
        let by = By::Xmpp {
            text: status,
            extended_away: show == Show::Xa,
        };
        self.choice = Some(Choice {
            status: settable,
            note,
            until: None,
            note_before: None,
            by,
        });
        self.lync_due = Some(now + DEBOUNCE);
        if rules.presence.reaches(Side::Xmpp) {
            self.xmpp_due = Some(now + DEBOUNCE);
        }
    }

    /// With the last XMPP client goes what was chosen there; offline itself cannot be chosen in Lync.
    fn resource_left(&mut self, resource: &str, rules: &Rules, now: Timestamp) {
        let known = self.resources.remove(resource).is_some();
        let from_xmpp = self
            .choice
            .as_ref()
            .is_some_and(|choice| matches!(choice.by, By::Xmpp { .. }));
        if known
            && from_xmpp
            && self.resources.is_empty()
            && rules.enabled
            && rules.presence.reaches(Side::Lync)
        {
            self.choice = None;
            self.lync_due = Some(now + DEBOUNCE);
            if rules.presence.reaches(Side::Xmpp) {
                self.xmpp_due = Some(now + DEBOUNCE);
            }
        }
    }

    /// The stream to XMPP was lost: who is there is told anew after it is back, and nobody "left".
    pub(crate) fn xmpp_lost(&mut self) {
        self.resources.clear();
    }

    pub(crate) fn tick(&mut self, rules: &Rules, now: Timestamp, out: &mut Vec<Output>) {
        if self
            .choice
            .as_ref()
            .and_then(|choice| choice.until)
            .is_some_and(|until| until <= now)
        {
            self.ended(rules, now, out);
        }
        if self.lync_due.take_if(|due| *due <= now).is_some() {
            self.write_lync(now, out);
        }
        if self.writes.expire(now) {
            // The server did not do what was asked: what it shows is what is so.
            self.choice = None;
            self.keep_choice(out);
            self.xmpp_due = rules.presence.reaches(Side::Xmpp).then_some(now);
        }
        if self.xmpp_due.take_if(|due| *due <= now).is_some() {
            self.write_xmpp(rules, now, out);
        }
    }

    /// A status with an end has come to it.
    fn ended(&mut self, rules: &Rules, now: Timestamp, out: &mut Vec<Output>) {
        let Some(choice) = self.choice.take() else {
            return;
        };
        let our_note = choice
            .note
            .filter(|note| self.lync.as_ref().is_none_or(|state| state.note == *note));
        if our_note.is_some() {
            self.write_note(choice.note_before.unwrap_or_default(), false, out);
        }
        self.reset(rules, now, out);
    }

    /// Writes to Lync what was chosen in XMPP, or takes it back.
    fn write_lync(&mut self, now: Timestamp, out: &mut Vec<Output>) {
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

    fn write_status(&mut self, status: Settable, now: Timestamp, out: &mut Vec<Output>) {
        let shown = self.lync.as_ref().map(|state| state.availability);
        if self.writes.push(Write::Set(status), now, shown) {
            out.push(Output::SetLyncPresence(status));
        }
    }

    fn reset_lync(&mut self, now: Timestamp, out: &mut Vec<Output>) {
        if self.writes.push(Write::Reset, now, None) {
            out.push(Output::ResetLyncPresence);
        }
    }

    fn write_note(&mut self, note: String, from_xmpp: bool, out: &mut Vec<Output>) {
        self.note_from_xmpp = from_xmpp;
        self.note_written = Some(note.clone());
        out.push(Output::SetLyncNote(note));
    }

    fn write_xmpp(&mut self, rules: &Rules, now: Timestamp, out: &mut Vec<Output>) {
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
        if let By::Xmpp {
            text,
            extended_away,
        } = &choice.by
            && !is_free
        {
            let show = match choice.status? {
                Settable::Online => Show::Available,
                Settable::Busy | Settable::DoNotDisturb => Show::Dnd,
                Settable::BeRightBack | Settable::Away | Settable::Offwork if *extended_away => {
                    Show::Xa
                }
                Settable::BeRightBack | Settable::Away | Settable::Offwork => Show::Away,
            };
            return Some(Shown {
                show,
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
            .and_then(|until| status::til(rules.preset, status, own_text, until, &rules.clock))
        {
            shown.status = text;
        }
        Some(shown)
    }

    fn as_lync_shows(&self, state: LyncState, rules: &Rules) -> Option<Shown> {
        if self.lync.is_none() && state.availability == Availability::Unknown {
            // Not signed in to Lync, nothing chosen: simply there.
            let note = if rules.preset == crate::Preset::Openscape {
                String::new()
            } else {
                state.note
            };
            return Some(Shown {
                show: Show::Available,
                status: note,
                idle_since: None,
            });
        }
        let there = status::to_xmpp(rules.preset, &state)?;
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

    /// Whether another client only repeats what the bridge wrote a moment ago.
    fn is_echo(&self, show: Show, status: &str, now: Timestamp) -> bool {
        !status.is_empty()
            && self
                .recent
                .iter()
                .any(|(s, text, at)| *s == show && text == status && now < *at + ECHO)
    }

    /// Keeps a choice that has an end over a restart; the others belong to the session.
    fn keep_choice(&mut self, out: &mut Vec<Output>) {
        let choice = self.choice.as_ref().filter(|choice| choice.until.is_some());
        let value = choice.and_then(|choice| serde_json::to_value(choice).ok());
        if value.is_some() || self.kept {
            self.kept = value.is_some();
            out.push(Output::Remember(Fact {
                kind: CHOICE,
                key: "own".into(),
                value,
                expires: None,
            }));
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

/// The resource of a Causeway: what it shows is its bridge's doing, not a person's.
fn is_causeway(resource: &str) -> bool {
    resource
        .get(..8)
        .is_some_and(|start| start.eq_ignore_ascii_case("causeway"))
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
