//! How much a person lets another one see, and whom they block (UCWA reference, contactPrivacyRelationship,
//! myPrivacyRelationships).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{App, World, link};
use crate::href::Kind;
use crate::input::Address;
use crate::reply::Refusal;

/// PrivacyRelationshipLevel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    Unknown,
    External,
    Colleagues,
    Workgroup,
    FriendsAndFamily,
    Blocked,
}

impl Level {
    const ALL: [Self; 6] = [
        Self::Unknown,
        Self::External,
        Self::Colleagues,
        Self::Workgroup,
        Self::FriendsAndFamily,
        Self::Blocked,
    ];

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Unknown => "Unknown",
            Self::External => "External",
            Self::Colleagues => "Colleagues",
            Self::Workgroup => "Workgroup",
            Self::FriendsAndFamily => "FriendsAndFamily",
            Self::Blocked => "Blocked",
        }
    }

    pub(crate) fn parse(word: &str) -> Result<Self, Refusal> {
        Self::ALL
            .into_iter()
            .find(|level| level.word().eq_ignore_ascii_case(word))
            .ok_or_else(|| Refusal::parameter("relationshipLevel", "is not one of the levels"))
    }

    /// A contactPrivacyRelationship has no other property.
    pub(crate) fn etag(self) -> &'static str {
        match self {
            Self::Unknown => "p0",
            Self::External => "p1",
            Self::Colleagues => "p2",
            Self::Workgroup => "p3",
            Self::FriendsAndFamily => "p4",
            Self::Blocked => "p5",
        }
    }
}

impl World {
    /// What `owner` gave to `other`, else the usual: colleagues in the own pool, external beyond.
    pub(crate) fn privacy(&self, owner: &Address, other: &Address) -> Level {
        let given = self.people.get(owner);
        let given = given.and_then(|person| person.privacy.get(other).copied());
        given.unwrap_or(if self.domains.contains(other.domain()) {
            Level::Colleagues
        } else {
            Level::External
        })
    }

    pub(crate) fn blocks(&self, owner: &Address, other: &Address) -> bool {
        self.privacy(owner, other) == Level::Blocked
    }

    /// Gives a level, or the usual one back. `owner`'s clients that watch the contact are told; the contact's see that
    /// the person went or came.
    pub(crate) fn set_privacy(&mut self, owner: &Address, other: &Address, level: Option<Level>) {
        let before = self.privacy(owner, other);
        let Some(person) = self.people.get_mut(owner) else {
            return;
        };
        match level {
            Some(level) => person.privacy.insert(other.clone(), level),
            None => person.privacy.remove(other),
        };
        let now = self.privacy(owner, other);
        if now == before {
            return;
        }
        for key in self.apps_of(owner, |app| app.subscribes_to(other)) {
            self.tell_contact(&key, other, Kind::ContactPrivacyRelationship);
        }
        if (now == Level::Blocked) != (before == Level::Blocked) {
            for key in self.apps_of(other, |app| app.subscribes_to(owner)) {
                for kind in [Kind::ContactPresence, Kind::ContactNote] {
                    self.tell_contact(&key, owner, kind);
                }
            }
        }
    }

    pub(crate) fn privacy_value(&self, app: &App, contact: &Address) -> Value {
        let level = self.privacy(&app.owner, contact);
        let one = [contact.as_str()];
        let mut links =
            json!({ "self": self.list_link(app.hrefs.to(Kind::ContactPrivacyRelationship, &one)) });
        if !self.list_is_read_only {
            let reset = Kind::ResetContactPrivacyRelationship;
            links[reset.rel()] = link(app.hrefs.to(reset, &one));
        }
        json!({ "rel": "contactPrivacyRelationship", "relationshipLevel": level.word(), "etag": level.etag(), "_links": links })
    }

    /// Everybody in the list and everybody else who was given a level, by level.
    pub(crate) fn privacy_relationships_value(&self, app: &App) -> Value {
        let mut people: BTreeSet<Address> = self.contacts_of(&app.owner).into_iter().collect();
        if let Some(person) = self.people.get(&app.owner) {
            people.extend(person.privacy.keys().cloned());
        }
        let mut by_level: BTreeMap<Level, Vec<Value>> = BTreeMap::new();
        for contact in people {
            let href = app.hrefs.to(Kind::Contact, &[contact.as_str()]);
            let level = self.privacy(&app.owner, &contact);
            by_level.entry(level).or_default().push(link(href));
        }
        let all: Vec<Value> = by_level
            .into_iter()
            .map(|(level, contacts)| json!({ "rel": "myPrivacyRelationship", "relationshipLevel": level.word(), "_links": { "contact": contacts } }))
            .collect();
        json!({ "rel": "myPrivacyRelationships", "_links": { "self": link(app.hrefs.to(Kind::MyPrivacyRelationships, &[])) }, "_embedded": { "myPrivacyRelationship": all } })
    }
}
