//! The event channel of one application: collect, hold, release, acknowledge (UCWA reference, events).

use std::collections::VecDeque;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::event::{Event, Reason, Ticket, Urgency};
use super::{Alarm, UNREAD, World};
use crate::clock::Moment;
use crate::href::Kind;
use crate::reply::Refusal;

/// Events of one response at most, so that it stays readable for small clients.
const PAGE: usize = 500;
/// Events collected at most; beyond that the channel is rebuilt, as after lost events.
const COLLECTED: usize = 100_000;

/// In place of a status: the request is not answered, its connection is closed.
pub(crate) const CUT: u16 = 0;

/// What the client may set for this and later requests.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parameters {
    pub(crate) low: Option<u64>,
    pub(crate) medium: Option<u64>,
    pub(crate) timeout: Option<u64>,
    pub(crate) priority: i64,
}

/// Answer to a held request.
pub(crate) type Page = Result<Value, Refusal>;

/// What becomes of a request for events.
pub(crate) enum Poll {
    /// The answer is there.
    Now(Page),
    /// It comes later; the number names the waiting request.
    Later(u64, oneshot::Receiver<Page>),
}

pub(crate) struct Channel {
    /// Number of the set that the client may ask for now.
    pub(crate) ack: u64,
    low: Duration,
    medium: Duration,
    timeout: Duration,
    queue: VecDeque<(Moment, Event)>,
    /// INVARIANT: the time of the oldest event of each urgency in `queue`.
    oldest: [Option<Moment>; 3],
    /// The set given out under `ack`, until it is acknowledged.
    held: Option<Held>,
    waiter: Option<Waiter>,
    /// When the last request for events ended; `None` while one waits.
    pub(crate) released: Option<Moment>,
    waiters: u64,
    unread_alarm: bool,
    /// When the next look at what is due is planned.
    release_alarm: Option<Moment>,
    /// The next answer is `resync` or `resume` in place of events.
    notice: Option<&'static str>,
}

struct Held {
    page: Value,
    since: Moment,
    /// Messages in it; empty once it was fetched.
    tickets: Vec<Ticket>,
}

struct Waiter {
    number: u64,
    ack: u64,
    priority: i64,
    until: Moment,
    answer: oneshot::Sender<Page>,
}

impl Channel {
    pub(crate) fn new(now: Moment) -> Self {
        Self {
            ack: 1,
            low: Duration::from_secs(15),
            medium: Duration::from_secs(5),
            timeout: Duration::from_secs(180),
            queue: VecDeque::new(),
            oldest: [None; 3],
            held: None,
            waiter: None,
            released: Some(now),
            waiters: 0,
            unread_alarm: false,
            release_alarm: None,
            notice: None,
        }
    }

    fn set(&mut self, parameters: Parameters) {
        let seconds = |value: Option<u64>, old| value.map_or(old, Duration::from_secs);
        self.low = seconds(parameters.low, self.low);
        self.medium = seconds(parameters.medium, self.medium);
        self.timeout = seconds(parameters.timeout, self.timeout);
    }

    fn push(&mut self, now: Moment, event: Event) {
        if event.kind == "updated"
            && let Some(at) = self
                .queue
                .iter()
                .rev()
                .take(PAGE)
                .position(|(_, older)| event.replaces(older))
        {
            // Only the newest of equal updates is told, at the time of the oldest so that it cannot be put off for ever.
            let index = self.queue.len() - 1 - at;
            if let Some((since, _)) = self.queue.remove(index) {
                self.queue.push_back((since, event));
                return;
            }
        }
        self.count(now, event.urgency);
        self.queue.push_back((now, event));
    }

    fn count(&mut self, since: Moment, urgency: Urgency) {
        let [low, medium, high] = &mut self.oldest;
        let oldest = match urgency {
            Urgency::Low => low,
            Urgency::Medium => medium,
            Urgency::High => high,
        };
        *oldest = Some(oldest.map_or(since, |other| other.min(since)));
    }

    /// Restores the invariant after events were taken out.
    fn recount(&mut self) {
        self.oldest = [None; 3];
        let left: Vec<(Moment, Urgency)> = self
            .queue
            .iter()
            .map(|(since, event)| (*since, event.urgency))
            .collect();
        for (since, urgency) in left {
            self.count(since, urgency);
        }
    }

    /// When the collected events are to be released.
    fn due(&self, now: Moment) -> Option<Moment> {
        let [low, medium, high] = self.oldest;
        let at = [
            low.map(|since| since + self.low),
            medium.map(|since| since + self.medium),
            high.map(|_| now),
        ];
        at.into_iter().flatten().min()
    }

    fn links(&self, events: &str, then: &str, ack: u64) -> Value {
        json!({ "self": { "href": format!("{events}?ack={}", self.ack) }, then: { "href": format!("{events}?ack={ack}") } })
    }

    /// Takes up to a page of events as the set of the present number.
    fn form(&mut self, events: &str, now: Moment, most: usize) -> Value {
        let mut senders: Vec<(String, Value)> = Vec::new();
        let mut tickets = Vec::new();
        let count = self.queue.len().min(most);
        for (_, mut event) in self.queue.drain(..count) {
            tickets.extend(event.ticket.take());
            let (rel, href) = event.sender.clone();
            let value = event.value();
            match senders
                .last_mut()
                .and_then(|(last, sender)| (*last == href).then(|| sender["events"].as_array_mut()))
                .flatten()
            {
                Some(list) => list.push(value),
                None => senders.push((
                    href.clone(),
                    json!({ "rel": rel, "href": href, "events": [value] }),
                )),
            }
        }
        self.recount();
        let mut page = json!({ "_links": self.links(events, "next", self.ack + 1) });
        if !senders.is_empty() {
            page["sender"] = senders.into_iter().map(|(_, sender)| sender).collect();
        }
        self.held = Some(Held {
            page: page.clone(),
            since: now,
            tickets,
        });
        page
    }

    /// Answers at once where it can.
    fn answer(&mut self, events: &str, ack: u64, now: Moment) -> Option<Value> {
        let stale =
            |channel: &Self| json!({ "_links": channel.links(events, "resync", channel.ack) });
        if self.notice.take().is_some_and(|notice| notice == "resync") {
            return Some(stale(self));
        }
        if ack == self.ack + 1 && self.held.is_some() {
            self.held = None;
            self.ack = ack;
        } else if ack != self.ack {
            return Some(stale(self));
        }
        if let Some(held) = &self.held {
            return Some(held.page.clone());
        }
        let due = self.due(now).is_some_and(|at| at <= now);
        due.then(|| self.form(events, now, PAGE))
    }
}

impl World {
    /// A request for events.
    pub(crate) fn poll(&mut self, key: &str, ack: u64, parameters: Parameters) -> Poll {
        let now = self.now();
        if self.faults.take("resume", Some("events")).is_some() {
            self.rebuild_channel(key);
        }
        let empty = self.faults.take("no-sender", Some("events")).is_some();
        let resync = self.faults.take("resync", Some("events")).is_some();
        let Some(app) = self.apps.get_mut(key) else {
            return Poll::Now(Err(Refusal::no_application()));
        };
        let events = app.hrefs.to(Kind::Events, &[]);
        let channel = &mut app.channel;
        if resync {
            channel.notice = Some("resync");
        }
        if channel.notice == Some("resume") {
            channel.notice = None;
            return Poll::Now(Ok(
                json!({ "_links": channel.links(&events, "resume", channel.ack) }),
            ));
        }
        channel.set(parameters);
        if let Some(waiting) = channel.waiter.as_ref().filter(|waiting| waiting.ack == ack) {
            let replaced = || {
                Refusal::new(
                    409,
                    "Conflict",
                    "Another request for events took this one's place.",
                )
                .sub("PGetReplaced")
            };
            if waiting.priority > parameters.priority {
                return Poll::Now(Err(replaced()));
            }
            if let Some(waiting) = channel.waiter.take() {
                drop(waiting.answer.send(Err(replaced())));
            }
        }
        let page = channel
            .answer(&events, ack, now)
            .or_else(|| empty.then(|| channel.form(&events, now, 0)));
        if let Some(page) = page {
            let tickets = channel.fetched(now);
            self.delivered(tickets);
            self.schedule_life(key);
            return Poll::Now(Ok(page));
        }
        channel.waiters += 1;
        let number = channel.waiters;
        let (answer, later) = oneshot::channel();
        let until = now + channel.timeout;
        channel.waiter = Some(Waiter {
            number,
            ack,
            priority: parameters.priority,
            until,
            answer,
        });
        channel.released = None;
        self.schedule_release(key);
        Poll::Later(number, later)
    }

    /// The request is over, answered or cut: from now on the clock of the application runs.
    pub(crate) fn poll_ended(&mut self, key: &str, number: u64) {
        let now = self.now();
        let Some(app) = self.apps.get_mut(key) else {
            return;
        };
        if app
            .channel
            .waiter
            .as_ref()
            .is_some_and(|waiter| waiter.number == number)
        {
            app.channel.waiter = None;
        }
        if app.channel.waiter.is_none() {
            app.channel.released = Some(now);
            self.schedule_life(key);
        }
    }

    /// Puts an event on the channel of an application.
    pub(crate) fn tell(&mut self, key: &str, event: Event) {
        let now = self.now();
        let Some(app) = self.apps.get_mut(key) else {
            return;
        };
        let channel = &mut app.channel;
        let mut unread = false;
        if event.ticket.is_some() && !channel.unread_alarm {
            channel.unread_alarm = true;
            unread = true;
        }
        channel.push(now, event);
        if channel.queue.len() > COLLECTED {
            self.rebuild_channel(key);
            return;
        }
        if unread {
            self.schedule(UNREAD, Alarm::Unread(key.to_owned()));
        }
        self.release_events(key);
    }

    /// Answers the waiting request where events are due or its time is over.
    pub(crate) fn release_events(&mut self, key: &str) {
        let now = self.now();
        let Some(app) = self.apps.get_mut(key) else {
            return;
        };
        let channel = &mut app.channel;
        let Some(waiter) = channel.waiter.take() else {
            return;
        };
        let due = channel.due(now).is_some_and(|at| at <= now);
        if waiter.answer.is_closed() {
            channel.released = Some(now);
            self.schedule_life(key);
        } else if due || waiter.until <= now {
            let events = app.hrefs.to(Kind::Events, &[]);
            let page = channel.form(&events, now, PAGE);
            channel.released = Some(now);
            if waiter.answer.send(Ok(page)).is_ok() {
                let tickets = channel.fetched(now);
                self.delivered(tickets);
            }
            self.schedule_life(key);
        } else {
            channel.waiter = Some(waiter);
            self.schedule_release(key);
        }
    }

    fn schedule_release(&mut self, key: &str) {
        let now = self.now();
        let Some(app) = self.apps.get_mut(key) else {
            return;
        };
        let channel = &mut app.channel;
        let Some(waiter) = &channel.waiter else {
            return;
        };
        let at = channel
            .due(now)
            .map_or(waiter.until, |due| due.min(waiter.until));
        // An earlier look finds out by itself what is to be done later.
        if channel
            .release_alarm
            .is_some_and(|planned| planned > now && planned <= at)
        {
            return;
        }
        channel.release_alarm = Some(at);
        self.schedule(at.since(now), Alarm::Release(key.to_owned()));
    }

    /// Loses the channel: conversations and subscriptions are gone, the next answer is `resume`.
    pub(crate) fn rebuild_channel(&mut self, key: &str) {
        let now = self.now();
        self.end_conversations(key);
        let Some(app) = self.apps.get_mut(key) else {
            return;
        };
        app.subscriptions.clear();
        app.contacts_subscription = None;
        let waiter = app.channel.waiter.take();
        let waiters = app.channel.waiters;
        app.channel = Channel::new(now);
        app.channel.waiters = waiters;
        let events = app.hrefs.to(Kind::Events, &[]);
        match waiter {
            Some(waiter) => drop(waiter.answer.send(Ok(
                json!({ "_links": app.channel.links(&events, "resume", 1) }),
            ))),
            None => app.channel.notice = Some("resume"),
        }
    }

    /// `pget-cut` without a time hits those that wait now.
    pub(crate) fn cut_waiting(&mut self) {
        let waiting: Vec<String> = self
            .apps
            .values()
            .filter(|app| app.channel.waiter.is_some())
            .map(|app| app.key.clone())
            .collect();
        for key in waiting {
            if self
                .faults
                .take_if("pget-cut", |fault| fault.seconds.is_none())
                .is_none()
            {
                return;
            }
            self.refuse_waiting(&key, Refusal::new(CUT, "", ""));
        }
    }

    /// Ends a waiting request, as the end of the application does.
    pub(crate) fn refuse_waiting(&mut self, key: &str, refusal: Refusal) {
        if let Some(waiter) = self
            .apps
            .get_mut(key)
            .and_then(|app| app.channel.waiter.take())
        {
            drop(waiter.answer.send(Err(refusal)));
        }
    }

    /// Takes back messages that nobody fetched in time; their senders learn it.
    pub(crate) fn check_unread(&mut self, key: &str) {
        let now = self.now();
        let Some(app) = self.apps.get_mut(key) else {
            return;
        };
        let channel = &mut app.channel;
        let late = |since: Moment| since + UNREAD <= now;
        let mut lost = Vec::new();
        channel.queue.retain_mut(
            |(since, event)| match event.ticket.take_if(|_| late(*since)) {
                Some(ticket) => {
                    lost.push(ticket);
                    false
                }
                None => true,
            },
        );
        if let Some(held) = channel.held.as_mut().filter(|held| late(held.since)) {
            lost.append(&mut held.tickets);
            forget_messages(&mut held.page);
        }
        channel.recount();
        let queued = channel
            .queue
            .iter()
            .find(|(_, event)| event.ticket.is_some())
            .map(|(since, _)| *since);
        let held = channel
            .held
            .as_ref()
            .filter(|held| !held.tickets.is_empty())
            .map(|held| held.since);
        let next = queued.into_iter().chain(held).min();
        channel.unread_alarm = next.is_some();
        if let Some(since) = next {
            self.schedule((since + UNREAD).since(now), Alarm::Unread(key.to_owned()));
        }
        for ticket in lost {
            self.settle(&ticket, Err(Reason::NO_ANSWER));
        }
    }

    fn delivered(&mut self, tickets: Vec<Ticket>) {
        for mut ticket in tickets {
            self.settle(&ticket, Ok(()));
            let received = ticket.received.take().map(|received| *received);
            if let Some((person, received)) =
                received.and_then(|(to, received)| Some((self.people.get_mut(&to)?, received)))
            {
                person.receive(received);
            }
        }
    }
}

impl Channel {
    fn fetched(&mut self, now: Moment) -> Vec<Ticket> {
        self.released = Some(now);
        self.held
            .as_mut()
            .map(|held| std::mem::take(&mut held.tickets))
            .unwrap_or_default()
    }
}

/// Takes the messages out of a set that nobody fetched in time.
fn forget_messages(page: &mut Value) {
    let senders = page
        .get_mut("sender")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten();
    for events in senders.filter_map(|sender| sender.get_mut("events")?.as_array_mut()) {
        events.retain(|event| event["link"]["rel"] != "message");
    }
}
