//! Presence subscriptions: people in blocks, extended before they run out, made anew where they did.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use url::Url;

use super::application::json;
use super::fetch::{Fetch, resource};
use super::outbox::{Ordinary, What};
use super::request::{Content, Response, Verb};
use super::timers::Timer;
use super::{Now, Session};
use crate::SipUri;
use crate::wire::events::Event as WireEvent;
use crate::wire::people::{PresenceSubscription, PresenceSubscriptionInput};
use crate::wire::words::EventType;

#[derive(Default)]
pub(super) struct Subscriptions {
    /// People besides the contact list.
    watched: BTreeSet<SipUri>,
    /// People who have a subscription, or for whom one is being made.
    included: BTreeSet<SipUri>,
    blocks: BTreeMap<u64, Block>,
    count: u64,
    /// People for whom the server grants no subscription: read from time to time.
    polled: BTreeSet<SipUri>,
}

struct Block {
    people: Vec<SipUri>,
    /// It is that of a group of the directory.
    group: Option<SipUri>,
    url: Url,
    extended: Instant,
}

/// People in one subscription: the number that the server grants is not documented, so few subscriptions with many.
const BLOCK: usize = 200;
/// The same once more, where the server refuses the larger one.
const SMALL_BLOCK: usize = 100;
/// A subscription tells presence and note of everybody in it by events, collected for some seconds. Notes that none has
/// named by then are read all the same.
const NAMED: Duration = Duration::from_secs(20);
/// Minutes of a subscription, the most that is granted.
const MINUTES: u8 = 30;
/// A subscription is extended at two thirds of its time.
const EXTEND: Duration = Duration::from_secs(20 * 60);
/// An event that a subscription runs out is believed when it has not been extended just before.
const JUST_EXTENDED: Duration = Duration::from_secs(5 * 60);
/// Distance of readings where no subscription is granted.
const POLL: Duration = Duration::from_secs(5 * 60);

impl Subscriptions {
    pub(super) fn clear(&mut self) {
        self.included.clear();
        self.blocks.clear();
        self.polled.clear();
    }

    pub(super) fn includes(&self, who: &SipUri) -> bool {
        self.included.contains(who)
    }

    pub(super) fn people(&self) -> impl Iterator<Item = &SipUri> {
        self.included.iter()
    }

    fn find(&self, url: &Url) -> Option<u64> {
        self.blocks
            .iter()
            .find(|(_, block)| block.url == *url)
            .map(|(key, _)| *key)
    }
}

impl Session {
    pub(super) fn watch(&mut self, people: Vec<SipUri>, now: Now) {
        self.subscriptions.watched.extend(people);
        self.subscribe_missing(now);
    }

    /// Subscribes to everybody of the list and of those watched who has no subscription yet, and reads their presence
    /// without waiting for the first events. Notes have time until those.
    pub(super) fn subscribe_missing(&mut self, _now: Now) {
        let Some(url) = self.people_link("presenceSubscriptions") else {
            return;
        };
        let listed = self.contacts.list.iter().map(|contact| &contact.uri);
        let missing: BTreeSet<SipUri> = listed
            .chain(&self.subscriptions.watched)
            .filter(|who| !self.subscriptions.included.contains(*who))
            .cloned()
            .collect();
        let missing: Vec<SipUri> = missing.into_iter().collect();
        for block in missing.chunks(BLOCK) {
            self.subscribe(&url, block);
        }
        for of in missing {
            if let (Some(url), _) = self.book.urls_of(&of) {
                self.fetch_in_bulk(url, Fetch::Presence { of, question: None });
            }
        }
    }

    fn subscribe(&mut self, url: &Url, people: &[SipUri]) {
        self.subscriptions.included.extend(people.iter().cloned());
        let input = PresenceSubscriptionInput {
            duration: MINUTES,
            uris: people.iter().map(|who| who.as_str().to_owned()).collect(),
        };
        self.post(
            url.clone(),
            json(&input),
            What::Ordinary(Ordinary::Subscribe {
                people: people.to_vec(),
                group: None,
            }),
        );
    }

    /// Subscribes to the people of a group of the directory, in one request (UCWA reference, subscribeToGroupPresence).
    /// A subscription that is there and does not know all of them gives way.
    pub(super) fn subscribe_to_group(&mut self, group: &SipUri, url: Option<Url>, now: Now) {
        let members = self.directory.people_of(group);
        let missing = |this: &Self| -> Vec<SipUri> {
            let included = &this.subscriptions.included;
            let missing = members.iter().filter(|who| !included.contains(*who));
            missing.cloned().collect()
        };
        if missing(self).is_empty() {
            return;
        }
        self.unsubscribe_from_group(group);
        let people = missing(self);
        self.subscriptions.included.extend(people.iter().cloned());
        let Some(mut url) = url else {
            // Without a link of its own they are watched as anybody.
            return self.watch(people, now);
        };
        url.query_pairs_mut()
            .append_pair("duration", &MINUTES.to_string());
        let group = Some(group.clone());
        self.post(
            url,
            Content::Empty,
            What::Ordinary(Ordinary::Subscribe { people, group }),
        );
    }

    pub(super) fn unsubscribe_from_group(&mut self, group: &SipUri) {
        let blocks = self.subscriptions.blocks.iter();
        let of_group = |block: &Block| block.group.as_ref() == Some(group);
        let known = blocks.filter(|(_, block)| of_group(block));
        let Some(key) = known.map(|(key, _)| *key).next() else {
            return;
        };
        if let Some(block) = self.subscriptions.blocks.remove(&key) {
            for who in &block.people {
                self.subscriptions.included.remove(who);
            }
            let what = What::Ordinary(Ordinary::Unsubscribe);
            self.post_or(Verb::Delete, block.url, Content::Empty, what);
        }
    }

    pub(super) fn subscribed(
        &mut self,
        people: Vec<SipUri>,
        group: Option<SipUri>,
        response: &Response,
        now: Now,
    ) {
        let url = resource::<PresenceSubscription>(
            if response.status == 201 {
                200
            } else {
                response.status
            },
            &response.body,
        )
        .and_then(|subscription| self.resolve(subscription.links.href("self")?))
        .or_else(|| self.resolve_text(response.location.as_deref()));
        match url {
            Some(url) if response.status < 300 => {
                self.subscriptions.count += 1;
                let key = self.subscriptions.count;
                self.subscriptions.blocks.insert(
                    key,
                    Block {
                        people,
                        group,
                        url,
                        extended: now.instant,
                    },
                );
                self.timers.set(now.instant + EXTEND, Timer::Extend(key));
                // Who only watches may have come for one look and not stay until events tell.
                let patience = if self.setup.available {
                    NAMED
                } else {
                    Duration::ZERO
                };
                self.timers
                    .set(now.instant + patience, Timer::NotesMissing(key));
            }
            Some(_) | None if people.len() > SMALL_BLOCK && group.is_none() => {
                if let Some(url) = self.people_link("presenceSubscriptions") {
                    for block in people.chunks(SMALL_BLOCK) {
                        self.subscribe(&url, block);
                    }
                }
            }
            Some(_) | None => {
                tracing::info!(
                    status = response.status,
                    people = people.len(),
                    "no presence subscription; presence is read from time to time"
                );
                if self.subscriptions.polled.is_empty() {
                    self.timers.set(now.instant + POLL, Timer::PollPresence);
                }
                self.read_notes_not_named(&people);
                self.subscriptions.polled.extend(people);
            }
        }
    }

    /// The events with which the subscription began are in: whose note was not among them?
    pub(super) fn read_missing_notes(&mut self, key: u64) {
        if let Some(block) = self.subscriptions.blocks.get(&key) {
            let people = block.people.clone();
            self.read_notes_not_named(&people);
        }
    }

    fn read_notes_not_named(&mut self, people: &[SipUri]) {
        for of in people {
            if let Some(url) = self.book.note_not_named(of) {
                let of = of.clone();
                self.fetch_in_bulk(url, Fetch::Note { of, question: None });
            }
        }
    }

    pub(super) fn extend_subscription(&mut self, key: u64, now: Now) {
        let Some(block) = self.subscriptions.blocks.get_mut(&key) else {
            return;
        };
        block.extended = now.instant;
        let mut url = block.url.clone();
        url.query_pairs_mut()
            .append_pair("duration", &MINUTES.to_string());
        self.post(url, Content::Empty, What::Ordinary(Ordinary::Extend(key)));
    }

    pub(super) fn extended(&mut self, key: u64, response: &Response, now: Now) {
        if response.status >= 200 && response.status < 300 {
            self.timers.set(now.instant + EXTEND, Timer::Extend(key));
        } else {
            // It had run out already, or will: a new one takes its place.
            self.drop_block(key, now);
        }
    }

    /// presenceSubscription updated: it is about to run out.
    pub(super) fn subscription_runs_out(&mut self, url: &Url, now: Now) {
        let Some(key) = self.subscriptions.find(url) else {
            return;
        };
        let block = self.subscriptions.blocks.get(&key);
        if block.is_some_and(|block| now.instant.duration_since(block.extended) >= JUST_EXTENDED) {
            self.extend_subscription(key, now);
        }
    }

    pub(super) fn subscription_ended(&mut self, url: &Url, now: Now) {
        if let Some(key) = self.subscriptions.find(url) {
            self.drop_block(key, now);
        }
    }

    fn drop_block(&mut self, key: u64, now: Now) {
        if let Some(block) = self.subscriptions.blocks.remove(&key) {
            for who in block.people {
                self.subscriptions.included.remove(&who);
            }
            if let Some(group) = block.group {
                self.expand(group, None);
            }
            self.subscribe_missing(now);
        }
    }

    pub(super) fn poll_presence(&mut self, now: Now) {
        if self.subscriptions.polled.is_empty() {
            return;
        }
        for who in self.subscriptions.polled.clone() {
            self.fetch_presence_of(&who);
        }
        self.timers.set(now.instant + POLL, Timer::PollPresence);
    }

    /// A contact came to a list or went from it.
    pub(super) fn contact_list_event(&mut self, href: Url, event: &WireEvent, now: Now) {
        if event
            .in_
            .as_ref()
            .is_none_or(|list| list.rel != "subscribedContacts")
        {
            self.reload_contacts_soon(now);
        } else if event.kind == EventType::Added && self.book.address_of(&href).is_none() {
            // Somebody who is watched without being in the list: the contact says where the presence stands.
            self.fetch_gathered(href.clone(), Fetch::Contact(href), now);
        }
    }
}
