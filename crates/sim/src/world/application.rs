//! Applications: one running client of one user, its clocks and its end (UCWA reference, application).

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use serde_json::{Value, json};

use super::channel::Channel;
use super::event::{Event, Urgency};
use super::person::Idleness;
use super::subscription::Subscription;
use super::{Alarm, Conversation, Format, Invitation, World, link};
use crate::clock::Moment;
use crate::href::{Hrefs, Kind};
use crate::input::Address;
use crate::reply::Refusal;

/// Without a report of activity for so long the user counts as inactive, …
const IDLE: Duration = Duration::from_secs(4 * 60);
/// … then as away, …
const AWAY: Duration = Duration::from_secs(9 * 60);
/// … and then the application ends (WebUserActivityIdle).
const INACTIVE: Duration = Duration::from_secs(7200);
/// After the last request for events ended, the application lives so long.
const UNPOLLED: Duration = Duration::from_secs(15 * 60);
/// Applications of one user.
pub(crate) const APPLICATIONS: usize = 16;

/// What makeMeAvailable said.
#[derive(Clone, Debug)]
pub(crate) struct Available {
    pub(crate) formats: Vec<Format>,
    pub(crate) modalities: Vec<String>,
}

pub(crate) struct App {
    pub(crate) key: String,
    /// The `id` in the body, which is in no URL.
    pub(crate) id: String,
    pub(crate) owner: Address,
    pub(crate) hrefs: Hrefs,
    pub(crate) endpoint: String,
    pub(crate) user_agent: String,
    pub(crate) culture: String,
    /// `None`: signed in without being an endpoint that others see.
    pub(crate) available: Option<Available>,
    pub(crate) last_activity: Moment,
    pub(crate) channel: Channel,
    pub(crate) subscriptions: BTreeMap<String, Subscription>,
    pub(crate) contacts_subscription: Option<Moment>,
    pub(crate) conversations: HashMap<String, Conversation>,
    pub(crate) invitations: HashMap<String, Invitation>,
    /// Name of the property that a PUT of communication must bring back.
    pub(crate) guid: String,
    pub(crate) communication_version: u64,
    pub(crate) conversation_history: String,
    life_alarm: Option<Moment>,
}

impl App {
    pub(crate) fn idleness(&self, now: Moment) -> Idleness {
        match now.since(self.last_activity) {
            quiet if quiet < IDLE => Idleness::Active,
            quiet if quiet < AWAY => Idleness::Idle,
            _ => Idleness::Away,
        }
    }

    pub(crate) fn subscribes_to(&self, address: &Address) -> bool {
        self.subscriptions
            .values()
            .any(|subscription| subscription.members.contains(address))
    }

    /// Formats in which this client can show messages.
    pub(crate) fn formats(&self) -> Vec<Format> {
        self.available.as_ref().map_or_else(
            || vec![Format::Plain],
            |available| available.formats.clone(),
        )
    }

    /// When the next of its clocks runs out.
    fn next_clock(&self, now: Moment) -> Option<Moment> {
        let activity = self
            .available
            .as_ref()
            .map(|_| [IDLE, AWAY, INACTIVE].map(|limit| self.last_activity + limit));
        let unpolled = self.channel.released.map(|at| at + UNPOLLED);
        activity
            .into_iter()
            .flatten()
            .filter(|at| *at > now)
            .chain(unpolled)
            .min()
    }

    fn is_over(&self, now: Moment) -> bool {
        let unpolled = self.channel.released.is_some_and(|at| at + UNPOLLED <= now);
        unpolled || (self.available.is_some() && self.last_activity + INACTIVE <= now)
    }
}

impl World {
    /// Creates an application, or gives the running one of this endpoint: key, and whether it is new.
    pub(crate) fn open_application(
        &mut self,
        owner: &Address,
        endpoint: String,
        user_agent: String,
        culture: String,
    ) -> Result<(String, bool), Refusal> {
        let own = self.apps_of(owner, |_| true);
        if let Some(key) = own.iter().find(|key| {
            self.apps
                .get(*key)
                .is_some_and(|app| app.endpoint == endpoint)
        }) {
            return Ok((key.clone(), false));
        }
        if own.len() >= APPLICATIONS {
            return Err(
                Refusal::new(410, "Gone", "This user has too many applications.")
                    .sub("TooManyApplications"),
            );
        }
        let now = self.now();
        let key = format!("{}{}", self.random.id(), self.random.id());
        let app = App {
            id: (10_000_000_000 + self.random.number() % 90_000_000_000).to_string(),
            owner: owner.clone(),
            hrefs: Hrefs::new(key.clone(), self.random.wide()),
            endpoint,
            user_agent,
            culture,
            available: None,
            last_activity: now,
            channel: Channel::new(now),
            subscriptions: BTreeMap::new(),
            contacts_subscription: None,
            conversations: HashMap::new(),
            invitations: HashMap::new(),
            guid: self.random.guid(),
            communication_version: 1,
            conversation_history: "Disabled".to_owned(),
            life_alarm: None,
            key: key.clone(),
        };
        self.apps.insert(key.clone(), app);
        if let Some(person) = self.people.get_mut(owner) {
            person.apps.push(key.clone());
        }
        self.schedule_life(&key);
        Ok((key, true))
    }

    /// Ends an application with everything that belongs to it.
    pub(crate) fn close_application(&mut self, key: &str) {
        self.end_conversations(key);
        self.refuse_waiting(key, Refusal::no_application());
        let Some(app) = self.apps.remove(key) else {
            return;
        };
        if let Some(person) = self.people.get_mut(&app.owner) {
            person.apps.retain(|other| other != key);
        }
        let last = self
            .apps_of(&app.owner, |other| other.available.is_some())
            .is_empty();
        if let Some(person) = self.people.get_mut(&app.owner).filter(|_| last) {
            person.manual = None;
        }
        self.refresh_presence(&app.owner);
    }

    /// makeMeAvailable: from now on this client is one of the user's endpoints.
    pub(crate) fn make_available(
        &mut self,
        key: &str,
        available: Available,
        sign_in_as: Option<String>,
    ) {
        let now = self.now();
        let Some(app) = self.apps.get_mut(key) else {
            return;
        };
        app.available = Some(available);
        app.last_activity = now;
        app.communication_version += 1;
        let (owner, hrefs) = (app.owner.clone(), app.hrefs.clone());
        if let Some(person) = self.people.get_mut(&owner) {
            // Whoever signs in with a real client no longer needs the played one.
            person.played = None;
            if sign_in_as.is_some() {
                person.manual = sign_in_as.filter(|value| value != "Online");
            }
        }
        let me = || (Kind::Me, hrefs.to(Kind::Me, &[]));
        let communication = || (Kind::Communication, hrefs.to(Kind::Communication, &[]));
        self.tell(key, Event::new(me(), Urgency::Medium, "updated", me()));
        for kind in [Kind::Presence, Kind::Note, Kind::Location] {
            self.tell(
                key,
                Event::new(me(), Urgency::Medium, "added", (kind, hrefs.to(kind, &[]))),
            );
        }
        self.tell(
            key,
            Event::new(communication(), Urgency::Medium, "updated", communication()),
        );
        self.refresh_presence(&owner);
        self.schedule_life(key);
    }

    pub(crate) fn report_activity(&mut self, key: &str) {
        let now = self.now();
        let Some(app) = self.apps.get_mut(key) else {
            return;
        };
        app.last_activity = now;
        let owner = app.owner.clone();
        self.refresh_presence(&owner);
        self.schedule_life(key);
    }

    pub(crate) fn schedule_life(&mut self, key: &str) {
        let now = self.now();
        let Some(app) = self.apps.get_mut(key) else {
            return;
        };
        let Some(at) = app.next_clock(now) else {
            return;
        };
        // One appointment at a time: an earlier one looks again and goes on from there.
        if app.life_alarm.is_some_and(|made| made <= at) {
            return;
        }
        app.life_alarm = Some(at);
        self.schedule(at.since(now), Alarm::Life(key.to_owned()));
    }

    pub(crate) fn check_life(&mut self, key: &str) {
        let now = self.now();
        let Some(app) = self.apps.get_mut(key) else {
            return;
        };
        app.life_alarm = None;
        if app.is_over(now) {
            self.close_application(key);
            return;
        }
        let owner = app.owner.clone();
        self.refresh_presence(&owner);
        self.schedule_life(key);
    }

    /// The application resource.
    pub(crate) fn application_value(&self, app: &App) -> Value {
        let href = |kind| app.hrefs.to(kind, &[]);
        let mut events = href(Kind::Events);
        events.push_str(&format!("?ack={}", app.channel.ack));
        json!({
            "id": app.id, "culture": app.culture, "userAgent": app.user_agent, "type": "Browser", "rel": "application",
            "_links": {
                "self": link(href(Kind::Application)), "policies": link(href(Kind::Policies)),
                "batch": link(href(Kind::Batch)), "events": link(events),
            },
            "_embedded": {
                "me": self.me_value(app),
                "people": self.people_value(app),
                "onlineMeetings": { "rel": "onlineMeetings", "_links": { "self": link(href(Kind::OnlineMeetings)) } },
                "communication": self.communication_value(app),
            },
        })
    }

    pub(crate) fn me_value(&self, app: &App) -> Value {
        let href = |kind| link(app.hrefs.to(kind, &[]));
        let mut links = json!({
            "self": href(Kind::Me), "phones": href(Kind::Phones), "callForwardingSettings": href(Kind::CallForwardingSettings),
            "photo": link(app.hrefs.to(Kind::Photo, &[app.owner.as_str()])),
        });
        let more: &[Kind] = match app.available {
            None => &[Kind::MakeMeAvailable],
            Some(_) => &[
                Kind::Presence,
                Kind::Note,
                Kind::Location,
                Kind::ReportMyActivity,
            ],
        };
        for kind in more {
            links[kind.rel()] = href(*kind);
        }
        let mut me = json!({ "rel": "me", "uri": app.owner.uri(), "emailAddresses": [app.owner.as_str()], "_links": links });
        if let Some(person) = self.people.get(&app.owner) {
            let texts = [
                ("name", &person.name),
                ("title", &person.title),
                ("department", &person.department),
                ("company", &person.company),
                ("officeLocation", &person.office),
                ("workPhoneNumber", &person.phone),
            ];
            for (name, text) in texts.into_iter().filter(|(_, text)| !text.is_empty()) {
                me[name] = text.clone().into();
            }
        }
        me
    }

    pub(crate) fn people_value(&self, app: &App) -> Value {
        let href = |kind| link(app.hrefs.to(kind, &[]));
        let revision2 = |kind| json!({ "href": app.hrefs.to(kind, &[]), "revision": "2" });
        json!({ "rel": "people", "_links": {
            "self": href(Kind::People), "myContacts": href(Kind::MyContacts), "myGroups": self.list_link(app.hrefs.to(Kind::MyGroups, &[])),
            "myGroupMemberships": self.list_link(app.hrefs.to(Kind::MyGroupMemberships, &[])), "presenceSubscriptions": href(Kind::PresenceSubscriptions),
            "presenceSubscriptionMemberships": href(Kind::PresenceSubscriptionMemberships), "subscribedContacts": href(Kind::SubscribedContacts),
            "myPrivacyRelationships": href(Kind::MyPrivacyRelationships), "myContactsAndGroupsSubscription": href(Kind::ContactsSubscription),
            "search": revision2(Kind::Search),
        } })
    }

    pub(crate) fn communication_value(&self, app: &App) -> Value {
        let href = |kind| link(app.hrefs.to(kind, &[]));
        let modalities = app
            .available
            .as_ref()
            .map(|available| available.modalities.clone())
            .unwrap_or_default();
        let formats: Vec<&str> = app.formats().iter().map(|format| format.word()).collect();
        let conversations = format!("{}?filter=active", app.hrefs.to(Kind::Conversations, &[]));
        json!({
            "rel": "communication", "etag": app.communication_version.to_string(), app.guid.as_str(): "please pass this in a PUT request",
            "supportedModalities": modalities, "supportedMessageFormats": formats, "conversationHistory": app.conversation_history,
            "_links": { "self": href(Kind::Communication), "conversations": link(conversations), "startMessaging": json!({ "href": app.hrefs.to(Kind::StartMessaging, &[]), "revision": "2" }) },
        })
    }
}
