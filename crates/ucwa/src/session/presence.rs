//! Presence and notes of others: where they stand, what is known, and what has been told.

use std::collections::HashMap;
use std::sync::Arc;

use url::Url;

use super::fetch::{Fetch, resource};
use super::own::read_note;
use super::{Now, Session};
use crate::wire::events::Event as WireEvent;
use crate::wire::people::ContactPresence;
use crate::wire::words::Availability;
use crate::wire::{self};
use crate::{Event, Presence, SipUri};

/// Everybody whose presence has been met.
#[derive(Default)]
pub(super) struct Book {
    people: HashMap<SipUri, Entry>,
    /// Whose contact, contactPresence or contactNote stands there.
    by_url: HashMap<Arc<str>, SipUri>,
}

#[derive(Default)]
struct Entry {
    /// Texts of URLs: parsed, each takes a hundred bytes more, for thousands of people.
    contact: Option<Arc<str>>,
    presence: Option<Arc<str>>,
    note: Option<Arc<str>>,
    now: Option<Presence>,
    /// What the caller knows; `None` again when it has become stale.
    told: Option<Presence>,
    /// An event has named the note, which is read because of that.
    note_named: bool,
}

impl Book {
    pub(super) fn stands_at(
        &mut self,
        who: &SipUri,
        contact: Url,
        presence: Option<Url>,
        note: Option<Url>,
    ) {
        let mut stands_at = |url: Url| {
            let url: Arc<str> = url.as_str().into();
            self.by_url.insert(Arc::clone(&url), who.clone());
            url
        };
        let contact = stands_at(contact);
        let presence = presence.map(&mut stands_at);
        let note = note.map(&mut stands_at);
        let entry = self.people.entry(who.clone()).or_default();
        entry.contact = Some(contact);
        entry.presence = presence.or(entry.presence.take());
        entry.note = note.or(entry.note.take());
    }

    /// Whose resource it is: contact, contactPresence or contactNote.
    pub(super) fn address_of(&self, resource: &Url) -> Option<SipUri> {
        self.by_url.get(resource.as_str()).cloned()
    }

    /// Where presence and note of that person can be read.
    pub(super) fn urls_of(&self, who: &SipUri) -> (Option<Url>, Option<Url>) {
        self.people
            .get(who)
            .map(|entry| (url(entry.presence.as_ref()), url(entry.note.as_ref())))
            .unwrap_or_default()
    }

    /// Where the contact stands.
    pub(super) fn contact_url(&self, who: &SipUri) -> Option<Url> {
        url(self.people.get(who)?.contact.as_ref())
    }

    fn note_is_named(&mut self, who: &SipUri) {
        self.people.entry(who.clone()).or_default().note_named = true;
    }

    /// Where the note of that person can be read, unless an event has named it.
    pub(super) fn note_not_named(&self, who: &SipUri) -> Option<Url> {
        let entry = self.people.get(who).filter(|entry| !entry.note_named)?;
        url(entry.note.as_ref())
    }

    /// What is known of a person.
    pub(super) fn look_up(&self, who: &SipUri) -> Presence {
        self.people
            .get(who)
            .and_then(|entry| entry.now.clone())
            .unwrap_or_else(|| unknown(who))
    }

    /// What has been told is not true any more; everything is told again when it has been read.
    pub(super) fn is_stale(&mut self) {
        for entry in self.people.values_mut() {
            entry.told = None;
            entry.now = None;
            entry.note_named = false;
        }
    }

    /// URLs of an application that is gone.
    pub(super) fn forget_urls(&mut self) {
        self.by_url.clear();
        for entry in self.people.values_mut() {
            entry.contact = None;
            entry.presence = None;
            entry.note = None;
        }
    }
}

/// What was a URL once is one again.
fn url(text: Option<&Arc<str>>) -> Option<Url> {
    Url::parse(text?).ok()
}

fn unknown(who: &SipUri) -> Presence {
    Presence {
        address: who.clone(),
        availability: Availability::None,
        activity: String::new(),
        note: None,
        device: None,
        last_active: None,
    }
}

impl Session {
    /// contactPresence or contactNote changed: usually told by a link alone.
    pub(super) fn contact_event(&mut self, href: Url, event: &WireEvent, now: Now) {
        let contact = event
            .in_
            .as_ref()
            .and_then(|contact| self.resolve(&contact.link.href));
        let presence = event.link.rel == "contactPresence";
        let of = self
            .book
            .address_of(&href)
            .or_else(|| self.book.address_of(contact.as_ref()?));
        let Some(of) = of else {
            // Somebody who was met by no list: the contact says who it is, and where the rest stands.
            if let Some(contact) = contact {
                self.fetch_gathered(contact.clone(), Fetch::Contact(contact), now);
            }
            return;
        };
        if !presence {
            self.book.note_is_named(&of);
        }
        if presence && let Some(read) = event.embedded::<ContactPresence>() {
            self.take_presence(&of, Some(read));
        } else if !presence && let Some(note) = event.embedded::<wire::Note>() {
            self.take_note(&of, Some(note));
        } else if presence {
            self.fetch_gathered(href, Fetch::Presence { of, question: None }, now);
        } else {
            self.fetch_gathered(href, Fetch::Note { of, question: None }, now);
        }
    }

    pub(super) fn fetch_presence_of(&mut self, who: &SipUri) {
        let (presence, note) = self.book.urls_of(who);
        if let Some(url) = presence {
            self.fetch_in_bulk(
                url,
                Fetch::Presence {
                    of: who.clone(),
                    question: None,
                },
            );
        }
        if let Some(url) = note {
            self.fetch_in_bulk(
                url,
                Fetch::Note {
                    of: who.clone(),
                    question: None,
                },
            );
        }
    }

    /// Reads presence and note of everybody, after a gap.
    pub(super) fn fetch_all_presence(&mut self) {
        let people: Vec<SipUri> = self.subscriptions.people().cloned().collect();
        for who in people {
            self.fetch_presence_of(&who);
        }
    }

    pub(super) fn presence_read(
        &mut self,
        of: &SipUri,
        question: Option<u64>,
        status: u16,
        body: &[u8],
    ) {
        self.take_presence(of, resource(status, body));
        self.answer_part(question);
    }

    pub(super) fn note_read(
        &mut self,
        of: &SipUri,
        question: Option<u64>,
        status: u16,
        body: &[u8],
    ) {
        // 404 says that there is none; any other failure says nothing.
        if matches!(status, 200 | 204 | 404) {
            self.take_note(of, resource(status, body));
        }
        self.answer_part(question);
    }

    fn take_presence(&mut self, of: &SipUri, read: Option<ContactPresence>) {
        let note = self.book.look_up(of).note;
        let presence = match read {
            Some(read) => Presence {
                address: of.clone(),
                availability: read.availability.unwrap_or(Availability::None),
                activity: read.activity.unwrap_or_default(),
                note,
                device: read.device_type.filter(|device| !device.is_empty()),
                last_active: read.last_active.and_then(|date| date.timestamp()),
            },
            None => Presence {
                note,
                ..unknown(of)
            },
        };
        self.take(presence);
    }

    fn take_note(&mut self, of: &SipUri, read: Option<wire::Note>) {
        let known = self.book.people.get(of).and_then(|entry| entry.now.clone());
        let note = read.and_then(read_note);
        match known {
            Some(known) => self.take(Presence { note, ..known }),
            // Told together with the presence, which is on its way.
            None => {
                self.book.people.entry(of.clone()).or_default().now = note.map(|note| Presence {
                    note: Some(note),
                    ..unknown(of)
                })
            }
        }
    }

    fn take(&mut self, presence: Presence) {
        let entry = self
            .book
            .people
            .entry(presence.address.clone())
            .or_default();
        entry.now = Some(presence.clone());
        if entry.told.as_ref() != Some(&presence) && self.subscriptions.includes(&presence.address)
        {
            entry.told = Some(presence.clone());
            self.tell(Event::Presence(presence));
        }
    }
}
