//! All state of the simulated pool behind one lock: people, applications, calls, tokens, clocks.

mod application;
mod call;
mod channel;
mod contacts;
mod conversation;
mod directory;
mod event;
mod invitation;
mod message;
mod person;
mod played;
mod privacy;
mod subscription;
mod text;
mod typing;
mod views;

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::{Notify, oneshot};

pub(crate) use application::{App, Available};
pub(crate) use call::{Call, Wish};
pub(crate) use channel::{CUT, Parameters, Poll};
pub(crate) use conversation::{Conversation, MessagingState, no_conversation};
pub(crate) use directory::Distribution;
pub(crate) use event::Reason;
pub(crate) use invitation::Invitation;
pub(crate) use person::{Person, Played};
pub(crate) use privacy::Level;
pub(crate) use text::{Format, Text};
pub(crate) use views::messaging_value;

use crate::clock::{Clock, Moment};
use crate::faults::Faults;
use crate::input::Address;
use crate::passive::Passive;
use crate::people::People;
use crate::random::Random;

/// How long a token lives: what captured answers said.
pub(crate) const TOKEN_LIFE: Duration = Duration::from_secs(28_800);
/// An invitation that nobody answers.
pub(crate) const RINGING: Duration = Duration::from_secs(30);
/// A message whose event nobody fetches.
pub(crate) const UNREAD: Duration = Duration::from_secs(30);
/// Requests that one user may have outstanding, over all applications.
pub(crate) const OUTSTANDING: usize = 100;
/// Requests remembered for `GET /requests`.
const REQUESTS: usize = 20_000;

/// Appointments of the pool; each is checked against the state when it comes due.
pub(crate) enum Alarm {
    /// Look whether collected events of this application are to be released.
    Release(String),
    /// Look at the activity and P-GET clocks of this application.
    Life(String),
    /// A presence subscription is about to expire, or has.
    Subscription(String, String),
    /// The subscription to contacts and groups is about to expire, or has.
    ContactsSubscription(String),
    /// Nobody answered the call.
    Ring(String),
    /// Events with messages that nobody fetched.
    Unread(String),
    /// The far side of this conversation no longer types.
    Typing(String, String),
    /// A conversation that is over is cleared away.
    Quiet(String, String),
    /// Somebody waits in simulated time.
    Wake(oneshot::Sender<()>),
}

/// A bearer token: of one user, for one host.
pub(crate) struct Token {
    pub(crate) owner: Address,
    pub(crate) host: String,
    pub(crate) expires: Moment,
}

/// A request as `GET /requests` shows it.
#[derive(Clone, serde::Serialize)]
pub(crate) struct Seen {
    pub(crate) at: String,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) rel: &'static str,
    pub(crate) status: u16,
    pub(crate) user: Option<String>,
    /// It came as a part of a batch, which is noted behind its parts.
    pub(crate) batched: bool,
}

/// The pool.
pub(crate) struct World {
    pub(crate) clock: Clock<Alarm>,
    pub(crate) random: Random,
    pub(crate) people: HashMap<Address, Person>,
    /// Addresses in the order of the people file.
    pub(crate) order: Vec<Address>,
    pub(crate) domains: HashSet<String>,
    /// Distribution groups.
    pub(crate) directory: BTreeMap<Address, Distribution>,
    /// Contact lists cannot be changed, as on a Lync Server 2013.
    pub(crate) list_is_read_only: bool,
    pub(crate) apps: HashMap<String, App>,
    pub(crate) calls: HashMap<String, Call>,
    pub(crate) tokens: HashMap<String, Token>,
    pub(crate) passive: Passive,
    pub(crate) faults: Faults,
    pub(crate) requests: VecDeque<Seen>,
    pub(crate) outstanding: HashMap<Address, usize>,
    /// Wakes whoever keeps the appointments when an earlier one was made.
    pub(crate) alarm: Arc<Notify>,
}

impl World {
    pub(crate) fn new(people: &People, seed: Option<u64>) -> Self {
        let mut world = Self {
            clock: Clock::new(),
            random: Random::new(seed),
            people: HashMap::new(),
            order: Vec::new(),
            domains: HashSet::new(),
            directory: BTreeMap::new(),
            list_is_read_only: false,
            apps: HashMap::new(),
            calls: HashMap::new(),
            tokens: HashMap::new(),
            passive: Passive::default(),
            faults: Faults::default(),
            requests: VecDeque::new(),
            outstanding: HashMap::new(),
            alarm: Arc::new(Notify::new()),
        };
        for entry in &people.people {
            let Some(address) = Address::parse(&entry.address) else {
                continue;
            };
            let groups = world.groups_of(&address, &people.groups, &entry.groups);
            let person = Person::new(address.clone(), entry, groups, world.clock.now());
            world.domains.insert(address.domain().to_owned());
            world.order.push(address.clone());
            world.people.insert(address, person);
        }
        for group in &people.directory {
            let members = group.members.iter();
            let members = members.filter_map(|member| Address::parse(member));
            if let Some(address) = Address::parse(&group.address) {
                world.set_distribution(address, group.name.clone(), members.collect());
            }
        }
        world
    }

    pub(crate) fn now(&self) -> Moment {
        self.clock.now()
    }

    pub(crate) fn schedule(&mut self, after: Duration, alarm: Alarm) {
        let at = self.now() + after;
        if self.clock.schedule(at, alarm) {
            self.alarm.notify_one();
        }
    }

    /// Resolves when that much simulated time has passed.
    pub(crate) fn wait(&mut self, time: Duration) -> oneshot::Receiver<()> {
        let (wake, woken) = oneshot::channel();
        self.schedule(time, Alarm::Wake(wake));
        woken
    }

    /// Keeps every appointment that is due.
    pub(crate) fn keep_appointments(&mut self) {
        while let Some(alarm) = self.clock.due() {
            match alarm {
                Alarm::Release(app) => self.release_events(&app),
                Alarm::Life(app) => self.check_life(&app),
                Alarm::Subscription(app, subscription) => {
                    self.check_subscription(&app, &subscription)
                }
                Alarm::ContactsSubscription(app) => self.check_contacts_subscription(&app),
                Alarm::Ring(call) => self.call_lapsed(&call),
                Alarm::Unread(app) => self.check_unread(&app),
                Alarm::Typing(app, conversation) => self.check_typing(&app, &conversation),
                Alarm::Quiet(app, conversation) => self.clear_quiet(&app, &conversation),
                Alarm::Wake(wake) => drop(wake.send(())),
            }
        }
    }

    pub(crate) fn saw(&mut self, seen: Seen) {
        if self.requests.len() == REQUESTS {
            self.requests.pop_front();
        }
        self.requests.push_back(seen);
    }

    /// Who signs in with this name: SIP address with or without `sip:`, UPN, or `DOMAIN\user`.
    pub(crate) fn by_logon(&self, name: &str) -> Option<&Person> {
        Address::parse(name)
            .and_then(|address| self.people.get(&address))
            .or_else(|| {
                self.people
                    .values()
                    .find(|person| person.user.eq_ignore_ascii_case(name))
            })
    }

    /// Who an account of the domain is: as [`by_logon`](Self::by_logon), and without its domain, as a front may name it.
    pub(crate) fn by_account(&self, name: &str) -> Option<&Person> {
        let alone = |user: &str| {
            user.rsplit('\\')
                .next()
                .is_some_and(|own| own.eq_ignore_ascii_case(name))
        };
        self.by_logon(name)
            .or_else(|| self.people.values().find(|person| alone(&person.user)))
    }

    pub(crate) fn name_of(&self, address: &Address) -> String {
        self.people
            .get(address)
            .map_or_else(|| address.to_string(), |person| person.name.clone())
    }
}

/// `{href}`.
pub(crate) fn link(href: impl Into<String>) -> Value {
    serde_json::json!({ "href": href.into() })
}
