//! Own status, kept equal on both sides.
//!
//! The last thing that a person did wins, on whichever side. What a machine does (idle, calendar, a phone that comes
//! online) shows through only while no person's choice stands against it. What the bridge wrote itself comes back as an
//! echo, perhaps late and perhaps after the next write; it is known by the list of writes that wait for theirs.

mod lync;
mod write;
mod writes;
mod xmpp;

use std::collections::{BTreeMap, VecDeque};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    Availability, Fact, Output, Rules, Settable, Show, Side, memory::CHOICE, status::LyncState,
    text,
};
use writes::Writes;

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
    Xmpp { show: Show, text: String },
}

impl Own {
    /// The moment at which something is due.
    pub(crate) fn next_deadline(&self) -> Option<Timestamp> {
        [
            self.lync_due,
            self.xmpp_due,
            self.end(),
            self.writes.deadline(),
        ]
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
        self.restored = false;
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

    /// Back to Lync's own logic, by our person's wish or because a status with an end has come to it. A note that came
    /// with the status goes with it.
    pub(crate) fn reset(&mut self, rules: &Rules, now: Timestamp, out: &mut Vec<Output>) {
        if let Some(choice) = self.choice.take() {
            self.take_note_back(choice, out);
        }
        self.restored = false;
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

    /// Another table holds: what Lync shows is said in its words. What was chosen in XMPP stays as it was carried.
    pub(crate) fn translate_anew(&mut self, rules: &Rules, now: Timestamp) {
        if rules.enabled && rules.presence.reaches(Side::Xmpp) && self.shown.is_some() {
            self.xmpp_due = Some(now);
        }
    }

    pub(crate) fn tick(&mut self, rules: &Rules, now: Timestamp, out: &mut Vec<Output>) {
        if self.end().is_some_and(|until| until <= now) {
            self.reset(rules, now, out);
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

    /// When the choice ends. One of an earlier run ends in a session at the server, not before: what is written without
    /// one is lost.
    fn end(&self) -> Option<Timestamp> {
        let choice = self.choice.as_ref().filter(|_| !self.restored)?;
        choice.until
    }

    /// The note of a choice made here gives way to the one before, unless somebody has changed it since.
    fn take_note_back(&mut self, choice: Choice, out: &mut Vec<Output>) {
        let ours = |note: &String| {
            let shown = self.lync.as_ref().is_none_or(|state| state.note == *note);
            choice.by == By::Here && !note.is_empty() && shown
        };
        let Some(note) = choice.note.filter(ours) else {
            return;
        };
        let before = choice.note_before.filter(|before| *before != note);
        self.write_note(before.unwrap_or_default(), false, out);
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
