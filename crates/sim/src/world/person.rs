//! A person of the cast and the presence that others see, aggregated over all of the person's clients.

use std::collections::{BTreeMap, VecDeque};

use serde::Serialize;
use serde_json::{Value, json};

use super::event::{Event, Urgency};
use super::privacy::Level;
use super::{App, World};
use crate::clock::Moment;
use crate::href::Kind;
use crate::input::Address;
use crate::people::Entry;

/// Messages remembered for `GET /people/ADDRESS/inbox`.
const INBOX: usize = 20_000;

/// A group of a contact list.
#[derive(Clone, Debug)]
pub(crate) struct OwnGroup {
    pub(crate) id: String,
    pub(crate) name: String,
    /// `pinnedGroup`, `defaultGroup` or `group`.
    pub(crate) rel: &'static str,
    pub(crate) members: Vec<Address>,
}

/// The person's own client, as the control interface plays it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Played {
    pub(crate) availability: String,
    pub(crate) activity: String,
}

/// What others see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Published {
    pub(crate) availability: String,
    pub(crate) activity: String,
    pub(crate) device: &'static str,
}

/// A message that a played client received.
#[derive(Clone, Serialize)]
pub(crate) struct Received {
    pub(crate) at: String,
    pub(crate) from: String,
    pub(crate) text: String,
    pub(crate) format: &'static str,
    pub(crate) thread: String,
}

impl std::fmt::Debug for Received {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "from {}, {} bytes", self.from, self.text.len())
    }
}

/// A message that a played client sent.
#[derive(Clone, Serialize)]
pub(crate) struct Sent {
    pub(crate) id: String,
    pub(crate) at: String,
    pub(crate) to: String,
    /// `sending`, `delivered` or `failed`.
    pub(crate) state: &'static str,
    pub(crate) reason: Option<&'static str>,
}

pub(crate) struct Person {
    pub(crate) address: Address,
    pub(crate) user: String,
    pub(crate) password: String,
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) department: String,
    pub(crate) company: String,
    pub(crate) office: String,
    pub(crate) phone: String,
    pub(crate) has_photo: bool,
    pub(crate) groups: Vec<OwnGroup>,
    /// Distribution groups in the contact list.
    pub(crate) distribution_groups: Vec<Address>,
    /// Levels that were given to people; everybody else has the usual one.
    pub(crate) privacy: BTreeMap<Address, Level>,
    /// `None`: no own client runs.
    pub(crate) played: Option<Played>,
    /// `PreferredAvailability` set by hand.
    pub(crate) manual: Option<String>,
    pub(crate) note: String,
    pub(crate) location: String,
    pub(crate) published: Published,
    pub(crate) last_active: Moment,
    pub(crate) inbox: VecDeque<Received>,
    pub(crate) outbox: VecDeque<Sent>,
    /// Keys of the person's applications.
    pub(crate) apps: Vec<String>,
}

impl Person {
    pub(crate) fn new(address: Address, entry: &Entry, groups: Vec<OwnGroup>, now: Moment) -> Self {
        let played = (entry.availability != "Offline").then(|| Played {
            availability: entry.availability.clone(),
            activity: entry.activity.clone(),
        });
        let published = played.as_ref().map_or_else(offline, |played| Published {
            availability: played.availability.clone(),
            activity: played.activity.clone(),
            device: "PC",
        });
        Self {
            user: entry.user.clone().unwrap_or_else(|| address.to_string()),
            password: entry.password.clone(),
            name: entry.name.clone(),
            title: entry.title.clone(),
            department: entry.department.clone(),
            company: entry.company.clone(),
            office: entry.office.clone(),
            phone: entry.phone.clone(),
            has_photo: entry.photo,
            note: entry.note.clone(),
            address,
            groups,
            distribution_groups: entry
                .distribution_groups
                .iter()
                .filter_map(|group| Address::parse(group))
                .collect(),
            privacy: BTreeMap::new(),
            played,
            manual: None,
            location: String::new(),
            published,
            last_active: now,
            inbox: VecDeque::new(),
            outbox: VecDeque::new(),
            apps: Vec::new(),
        }
    }

    pub(crate) fn receive(&mut self, received: Received) {
        if self.inbox.len() == INBOX {
            self.inbox.pop_front();
        }
        self.inbox.push_back(received);
    }

    pub(crate) fn sent(&mut self, sent: Sent) {
        if self.outbox.len() == INBOX {
            self.outbox.pop_front();
        }
        self.outbox.push_back(sent);
    }

    /// contactPresence and presence without links.
    pub(crate) fn presence_value(&self) -> Value {
        let mut value = json!({ "availability": self.published.availability });
        if !self.published.activity.is_empty() {
            value["activity"] = self.published.activity.clone().into();
        }
        value
    }
}

fn offline() -> Published {
    Published {
        availability: "Offline".to_owned(),
        activity: String::new(),
        device: "Unknown",
    }
}

/// How long ago the user did something at a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Idleness {
    Active,
    Idle,
    Away,
}

impl World {
    /// Works out what others see of a person and tells everyone concerned where it changed.
    pub(crate) fn refresh_presence(&mut self, address: &Address) {
        let Some(person) = self.people.get(address) else {
            return;
        };
        let now = self.now();
        let endpoints = person
            .apps
            .iter()
            .filter_map(|key| self.apps.get(key))
            .filter(|app| app.available.is_some());
        let published = match endpoints.map(|app| app.idleness(now)).min() {
            Some(idleness) => combine(person.manual.as_deref(), idleness),
            None => person
                .played
                .as_ref()
                .map_or_else(offline, |played| Published {
                    availability: played.availability.clone(),
                    activity: played.activity.clone(),
                    device: "PC",
                }),
        };
        if published == person.published {
            return;
        }
        if let Some(person) = self.people.get_mut(address) {
            if published.availability == "Online" || person.published.availability == "Online" {
                person.last_active = now;
            }
            person.published = published;
        }
        self.tell_own(address, Kind::Presence, "updated");
        self.tell_watchers(address, Kind::ContactPresence);
    }

    /// A change of `presence`, `note` or `location`, to the person's own available applications.
    pub(crate) fn tell_own(&mut self, address: &Address, kind: Kind, change: &'static str) {
        for key in self.apps_of(address, |app| app.available.is_some()) {
            let Some(app) = self.apps.get(&key) else {
                continue;
            };
            let event = Event::new(
                (Kind::Me, app.hrefs.to(Kind::Me, &[])),
                Urgency::Medium,
                change,
                (kind, app.hrefs.to(kind, &[])),
            );
            self.tell(&key, event);
        }
    }

    /// A change of something about a contact, to every application that subscribed to it.
    pub(crate) fn tell_watchers(&mut self, address: &Address, kind: Kind) {
        let watching: Vec<String> = self
            .apps
            .values()
            .filter(|app| app.subscribes_to(address))
            .map(|app| app.key.clone())
            .collect();
        for key in watching {
            self.tell_contact(&key, address, kind);
        }
    }

    /// One `updated` about a contact to one application.
    pub(crate) fn tell_contact(&mut self, key: &str, address: &Address, kind: Kind) {
        let Some(app) = self.apps.get(key) else {
            return;
        };
        let one = [address.as_str()];
        let event = Event::new(
            (Kind::People, app.hrefs.to(Kind::People, &[])),
            Urgency::Medium,
            "updated",
            (kind, app.hrefs.to(kind, &one)),
        )
        .within(Kind::Contact, app.hrefs.to(Kind::Contact, &one));
        self.tell(key, event);
    }

    pub(crate) fn apps_of(&self, address: &Address, which: impl Fn(&App) -> bool) -> Vec<String> {
        let Some(person) = self.people.get(address) else {
            return Vec::new();
        };
        person
            .apps
            .iter()
            .filter(|key| self.apps.get(*key).is_some_and(&which))
            .cloned()
            .collect()
    }

    /// Note of a person: one for all clients.
    pub(crate) fn set_note(&mut self, address: &Address, note: String) {
        let Some(person) = self
            .people
            .get_mut(address)
            .filter(|person| person.note != note)
        else {
            return;
        };
        person.note = note;
        self.tell_own(address, Kind::Note, "updated");
        self.tell_watchers(address, Kind::ContactNote);
    }

    pub(crate) fn set_location(&mut self, address: &Address, location: String) {
        let Some(person) = self
            .people
            .get_mut(address)
            .filter(|person| person.location != location)
        else {
            return;
        };
        person.location = location;
        self.tell_own(address, Kind::Location, "updated");
        self.tell_watchers(address, Kind::ContactLocation);
    }
}

/// The state set by hand wins; without one, the most active client counts.
fn combine(manual: Option<&str>, idleness: Idleness) -> Published {
    let by_idleness = |active: &'static str, idle: &'static str| match idleness {
        Idleness::Active => active,
        Idleness::Idle => idle,
        Idleness::Away => "Away",
    };
    let (availability, activity) = match manual {
        Some("Busy") => (by_idleness("Busy", "IdleBusy"), ""),
        Some("Offwork") => ("Away", "off-work"),
        Some("DoNotDisturb") => ("DoNotDisturb", ""),
        Some("BeRightBack") => ("BeRightBack", ""),
        Some("Away") => ("Away", ""),
        _ => (by_idleness("Online", "IdleOnline"), ""),
    };
    Published {
        availability: availability.to_owned(),
        activity: activity.to_owned(),
        device: "Web",
    }
}
