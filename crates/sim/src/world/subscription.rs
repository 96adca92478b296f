//! Subscriptions that expire: to the presence of people, and to the own contact list (UCWA reference, presenceSubscription).

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};

use super::event::{Event, Urgency};
use super::{Alarm, App, World, link};
use crate::clock::Moment;
use crate::href::Kind;
use crate::input::Address;
use crate::reply::Refusal;

/// What remains and what is added together are cut to this.
const LONGEST: Duration = Duration::from_secs(30 * 60);
/// The warning comes so long before the end.
const WARNING: Duration = Duration::from_secs(2 * 60);
/// Subscriptions of one application, and people in one; the real numbers are not documented.
const SUBSCRIPTIONS: usize = 200;
const MEMBERS: usize = 1000;

/// A presence subscription.
#[derive(Debug)]
pub(crate) struct Subscription {
    pub(crate) members: BTreeSet<Address>,
    pub(crate) expires: Moment,
    warned: bool,
}

impl World {
    /// Creates a subscription and tells everything about its members once.
    pub(crate) fn subscribe(
        &mut self,
        key: &str,
        members: BTreeSet<Address>,
        duration: Duration,
    ) -> Result<String, Refusal> {
        let now = self.now();
        let limit = self.faults.take("limit-exceeded", None).is_some();
        let Some(app) = self.apps.get_mut(key) else {
            return Err(Refusal::no_application());
        };
        if limit || app.subscriptions.len() >= SUBSCRIPTIONS || members.len() > MEMBERS {
            return Err(Refusal::forbidden(
                "There are too many presence subscriptions, or too many people in one.",
            )
            .sub("LimitExceeded"));
        }
        let id = self.random.id();
        let known = app.subscribed();
        let fresh: Vec<Address> = members.difference(&known).cloned().collect();
        let all: Vec<Address> = members.iter().cloned().collect();
        app.subscriptions.insert(
            id.clone(),
            Subscription {
                members,
                expires: now + duration.min(LONGEST),
                warned: false,
            },
        );
        self.tell_subscribed(key, &fresh, "added");
        self.tell_subscription(key, &id, "added");
        self.tell_all_about(key, &all);
        self.schedule_subscription(key, &id);
        Ok(id)
    }

    /// Prolongs a subscription by `duration`, to the longest allowed.
    pub(crate) fn extend_subscription(
        &mut self,
        key: &str,
        id: &str,
        duration: Duration,
    ) -> Result<(), Refusal> {
        let now = self.now();
        let subscription = self
            .apps
            .get_mut(key)
            .and_then(|app| app.subscriptions.get_mut(id))
            .ok_or_else(gone)?;
        subscription.expires = (subscription.expires + duration).min(now + LONGEST);
        subscription.warned = false;
        self.schedule_subscription(key, id);
        Ok(())
    }

    pub(crate) fn add_to_subscription(
        &mut self,
        key: &str,
        id: &str,
        more: BTreeSet<Address>,
    ) -> Result<(), Refusal> {
        let app = self.apps.get_mut(key).ok_or_else(Refusal::no_application)?;
        let known = app.subscribed();
        let subscription = app.subscriptions.get_mut(id).ok_or_else(gone)?;
        if subscription.members.union(&more).count() > MEMBERS {
            return Err(
                Refusal::forbidden("There are too many people in this subscription.")
                    .sub("LimitExceeded"),
            );
        }
        let fresh: Vec<Address> = more.difference(&known).cloned().collect();
        let added: Vec<Address> = more.difference(&subscription.members).cloned().collect();
        subscription.members.extend(more);
        self.tell_subscribed(key, &fresh, "added");
        self.tell_all_about(key, &added);
        Ok(())
    }

    /// Ends a subscription, or takes one person out of it.
    pub(crate) fn unsubscribe(
        &mut self,
        key: &str,
        id: &str,
        only: Option<&Address>,
    ) -> Result<(), Refusal> {
        let app = self.apps.get_mut(key).ok_or_else(Refusal::no_application)?;
        let subscription = app.subscriptions.get_mut(id).ok_or_else(gone)?;
        let left: Vec<Address> = match only {
            Some(address) if subscription.members.remove(address) => vec![address.clone()],
            Some(_) => return Err(Refusal::not_found("member of this subscription")),
            None => subscription.members.iter().cloned().collect(),
        };
        if only.is_none() {
            app.subscriptions.remove(id);
        }
        let still = app.subscribed();
        let gone: Vec<Address> = left
            .into_iter()
            .filter(|address| !still.contains(address))
            .collect();
        self.tell_subscribed(key, &gone, "deleted");
        if only.is_none() {
            self.tell_subscription(key, id, "deleted");
        }
        Ok(())
    }

    fn schedule_subscription(&mut self, key: &str, id: &str) {
        let now = self.now();
        let Some(subscription) = self.apps.get(key).and_then(|app| app.subscriptions.get(id))
        else {
            return;
        };
        let left = subscription.expires.since(now);
        let alarm = || Alarm::Subscription(key.to_owned(), id.to_owned());
        self.schedule(left.saturating_sub(WARNING), alarm());
        self.schedule(left, alarm());
    }

    pub(crate) fn check_subscription(&mut self, key: &str, id: &str) {
        let now = self.now();
        let Some(subscription) = self
            .apps
            .get_mut(key)
            .and_then(|app| app.subscriptions.get_mut(id))
        else {
            return;
        };
        if subscription.expires <= now {
            // It exists: the look-up above found it.
            drop(self.unsubscribe(key, id, None));
        } else if subscription.expires.since(now) <= WARNING && !subscription.warned {
            subscription.warned = true;
            self.tell_subscription(key, id, "updated");
        }
    }

    fn tell_subscription(&mut self, key: &str, id: &str, change: &'static str) {
        let Some(app) = self.apps.get(key) else {
            return;
        };
        let event = Event::new(
            (Kind::People, app.hrefs.to(Kind::People, &[])),
            Urgency::Medium,
            change,
            (
                Kind::PresenceSubscription,
                app.hrefs.to(Kind::PresenceSubscription, &[id]),
            ),
        );
        let event = if change == "deleted" {
            event
        } else {
            event.embed(app.subscription_value(id))
        };
        self.tell(key, event);
    }

    fn tell_subscribed(&mut self, key: &str, people: &[Address], change: &'static str) {
        for address in people {
            let Some(app) = self.apps.get(key) else {
                return;
            };
            let event = Event::new(
                (Kind::People, app.hrefs.to(Kind::People, &[])),
                Urgency::Medium,
                change,
                (
                    Kind::Contact,
                    app.hrefs.to(Kind::Contact, &[address.as_str()]),
                ),
            )
            .within(
                Kind::SubscribedContacts,
                app.hrefs.to(Kind::SubscribedContacts, &[]),
            );
            self.tell(key, event);
        }
    }

    fn tell_all_about(&mut self, key: &str, people: &[Address]) {
        for address in people {
            for kind in [
                Kind::ContactPresence,
                Kind::ContactNote,
                Kind::ContactLocation,
                Kind::ContactSupportedModalities,
            ] {
                self.tell_contact(key, address, kind);
            }
        }
    }

    /// Starts or prolongs the subscription to the own contact list.
    pub(crate) fn subscribe_to_contacts(&mut self, key: &str, duration: Duration) {
        let now = self.now();
        let Some(app) = self.apps.get_mut(key) else {
            return;
        };
        let from = app.contacts_subscription.unwrap_or(now);
        let until = (from + duration).min(now + LONGEST);
        let is_new = app.contacts_subscription.replace(until).is_none();
        if is_new {
            self.tell_contacts_subscription(key);
            self.tell_system_groups(key);
        }
        let alarm = || Alarm::ContactsSubscription(key.to_owned());
        self.schedule(until.since(now).saturating_sub(WARNING), alarm());
        self.schedule(until.since(now), alarm());
    }

    pub(crate) fn unsubscribe_from_contacts(&mut self, key: &str) {
        if self
            .apps
            .get_mut(key)
            .and_then(|app| app.contacts_subscription.take())
            .is_some()
        {
            self.tell_contacts_subscription(key);
        }
    }

    pub(crate) fn check_contacts_subscription(&mut self, key: &str) {
        let now = self.now();
        let Some(until) = self.apps.get(key).and_then(|app| app.contacts_subscription) else {
            return;
        };
        if until <= now {
            self.unsubscribe_from_contacts(key);
        } else if until.since(now) <= WARNING {
            self.tell_contacts_subscription(key);
        }
    }

    /// The groups that everyone has are told once, at leisure.
    fn tell_system_groups(&mut self, key: &str) {
        let Some(app) = self.apps.get(key) else {
            return;
        };
        let groups = self
            .people
            .get(&app.owner)
            .map(|person| person.groups.as_slice())
            .unwrap_or_default();
        let events: Vec<Event> = groups
            .iter()
            .filter(|group| group.rel != "group")
            .map(|group| {
                Event::new(
                    (Kind::People, app.hrefs.to(Kind::People, &[])),
                    Urgency::Low,
                    "added",
                    (Kind::Group, app.hrefs.to(Kind::Group, &[&group.id])),
                )
                .named(group.rel)
                .within(Kind::MyGroups, app.hrefs.to(Kind::MyGroups, &[]))
            })
            .collect();
        for event in events {
            self.tell(key, event);
        }
    }

    fn tell_contacts_subscription(&mut self, key: &str) {
        let Some(app) = self.apps.get(key) else {
            return;
        };
        let own = (
            Kind::ContactsSubscription,
            app.hrefs.to(Kind::ContactsSubscription, &[]),
        );
        let event = Event::new(
            (Kind::People, app.hrefs.to(Kind::People, &[])),
            Urgency::Medium,
            "updated",
            own,
        );
        self.tell(key, event);
    }
}

fn gone() -> Refusal {
    Refusal::not_found("presence subscription; it may have expired")
}

impl App {
    /// Everyone whose presence this application is told.
    pub(crate) fn subscribed(&self) -> BTreeSet<Address> {
        self.subscriptions
            .values()
            .flat_map(|subscription| subscription.members.iter().cloned())
            .collect()
    }

    pub(crate) fn subscription_value(&self, id: &str) -> Value {
        let members = format!(
            "{}?presenceSubscriptionId={id}",
            self.hrefs.to(Kind::PresenceSubscriptionMemberships, &[])
        );
        json!({ "id": id, "rel": "presenceSubscription", "_links": {
            "self": link(self.hrefs.to(Kind::PresenceSubscription, &[id])), "memberships": link(members.clone()), "addToPresenceSubscription": link(members),
        } })
    }

    pub(crate) fn memberships_value(&self, only: Option<&str>) -> Value {
        let memberships: Vec<Value> = self
            .subscriptions
            .iter()
            .filter(|(id, _)| only.is_none_or(|only| only == id.as_str()))
            .flat_map(|(id, subscription)| {
                subscription
                    .members
                    .iter()
                    .map(|address| self.membership_value(id, address))
            })
            .collect();
        json!({ "rel": "presenceSubscriptionMemberships", "_links": { "self": link(self.hrefs.to(Kind::PresenceSubscriptionMemberships, &[])) }, "_embedded": { "presenceSubscriptionMembership": memberships } })
    }

    pub(crate) fn membership_value(&self, id: &str, address: &Address) -> Value {
        json!({ "rel": "presenceSubscriptionMembership", "_links": {
            "self": link(self.hrefs.to(Kind::PresenceSubscriptionMembership, &[id, address.as_str()])),
            "contact": link(self.hrefs.to(Kind::Contact, &[address.as_str()])), "presenceSubscription": link(self.hrefs.to(Kind::PresenceSubscription, &[id])),
        } })
    }
}
