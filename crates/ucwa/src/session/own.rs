//! Own presence and note, and being active.

use std::time::Instant;

use super::application::json;
use super::fetch::{Fetch, resource};
use super::outbox::{Ordinary, What};
use super::request::Content;
use super::timers::Timer;
use super::{Now, Session};
use crate::wire::events::Event as WireEvent;
use crate::wire::words::{Availability, EventType, NoteType};
use crate::wire::{self};
use crate::{Event, Note, PreferredAvailability};

#[derive(Default)]
pub(super) struct Own {
    /// Last reportMyActivity, or the time for which the next one is planned.
    activity: Option<Instant>,
    /// What was told last, since the application began.
    presence: Option<(Availability, String)>,
    note: Option<Option<Note>>,
}

/// What others see of our person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum OwnPart {
    Presence,
    Note,
}

impl Session {
    pub(super) fn read_own_presence_and_note(&mut self) {
        self.read_own("presence");
        self.read_own("note");
    }

    /// `rel`: `presence` or `note`.
    pub(super) fn read_own(&mut self, rel: &str) {
        let what = if rel == "presence" {
            Ordinary::OwnPresence
        } else {
            Ordinary::OwnNote
        };
        if let Some(url) = self.my_link(rel) {
            self.get(url, What::Ordinary(what));
        }
    }

    pub(super) fn own_event(&mut self, event: &WireEvent, now: Now) {
        if event.kind == EventType::Deleted {
            return;
        }
        let presence = event.link.rel == "presence";
        if presence && let Some(presence) = event.embedded::<wire::Presence>() {
            self.tell_own_presence(presence);
        } else if !presence && let Some(note) = event.embedded::<wire::Note>() {
            self.tell_own_note(note);
        } else if let Some(url) = self.resolve(&event.link.link.href) {
            let part = if presence {
                OwnPart::Presence
            } else {
                OwnPart::Note
            };
            self.fetch_gathered(url, Fetch::Own(part), now);
        }
    }

    pub(super) fn own_presence_read(&mut self, status: u16, body: &[u8]) {
        if let Some(presence) = resource::<wire::Presence>(status, body) {
            self.tell_own_presence(presence);
        }
    }

    fn tell_own_presence(&mut self, presence: wire::Presence) {
        let availability = presence.availability.unwrap_or(Availability::None);
        let activity = presence.activity.unwrap_or_default();
        let told = Some((availability.clone(), activity.clone()));
        if self.own.presence != told {
            self.own.presence = told;
            self.tell(Event::OwnPresence {
                availability,
                activity,
            });
        }
    }

    pub(super) fn own_note_read(&mut self, status: u16, body: &[u8]) {
        if let Some(note) = resource::<wire::Note>(status, body) {
            self.tell_own_note(note);
        }
    }

    fn tell_own_note(&mut self, note: wire::Note) {
        let note = read_note(note);
        if self.own.note.as_ref() != Some(&note) {
            self.own.note = Some(note.clone());
            self.tell(Event::OwnNote(note));
        }
    }

    /// The next reading is told even where it is the same: on sign-in, and after a gap.
    pub(super) fn own_is_stale(&mut self) {
        self.own.presence = None;
        self.own.note = None;
    }

    /// `None` goes back to automatic.
    pub(super) fn set_presence(&mut self, wanted: Option<PreferredAvailability>) {
        let content = wanted.map_or(Content::Empty, |wanted| {
            json(&serde_json::json!({ "availability": wanted.as_str() }))
        });
        self.set_own("presence", content);
    }

    pub(super) fn set_note(&mut self, message: &str) {
        self.set_own("note", json(&serde_json::json!({ "message": message })));
    }

    fn set_own(&mut self, rel: &'static str, content: Content) {
        match self.my_link(rel) {
            Some(url) => self.post(url, content, What::Ordinary(Ordinary::SetOwn(rel))),
            None => tracing::info!(rel, "cannot be set: this client is not available"),
        }
    }

    /// reportMyActivity now, or as soon as the last one is long enough ago.
    pub(super) fn report_activity_when_allowed(&mut self, now: Now) {
        let Some(last) = self.own.activity else {
            return self.report_activity(now);
        };
        if last > now.instant {
            return;
        }
        let next = last + self.setup.limits.activity;
        if next <= now.instant {
            self.report_activity(now);
        } else {
            self.own.activity = Some(next);
            self.timers.set(next, Timer::Activity);
        }
    }

    pub(super) fn report_activity(&mut self, now: Now) {
        if let Some(url) = self.my_link("reportMyActivity") {
            self.own.activity = Some(now.instant);
            self.post(url, Content::Empty, What::Ordinary(Ordinary::Activity));
        }
    }
}

/// `None` where the note is empty.
pub(super) fn read_note(note: wire::Note) -> Option<Note> {
    let message = note.message.filter(|message| !message.is_empty())?;
    Some(Note {
        message,
        out_of_office: note.kind == Some(NoteType::OutOfOffice),
    })
}
