//! The session as a machine without I/O: requests go out of it, answers, failures, commands and the time go into it.
//!
//! A caller takes requests by [`Session::poll_request`] and hands back what became of each; pages to be journalled by
//! [`Session::poll_journal`]; events by [`Session::poll_event`]; and calls [`Session::handle_timeout`] when the time
//! of [`Session::poll_timeout`] has come. Discovery and sign-in lie outside: [`Session::located`] says where
//! applications are created, [`Session::wants_location`] that this has to be found out (again).

mod application;
mod contacts;
mod conversation;
mod directory;
mod dispatch;
mod edits;
mod envelope;
mod event_channel;
mod fetch;
mod incoming;
mod invitations;
mod outbox;
mod outcome;
mod outgoing;
mod own;
mod participants;
mod presence;
mod privacy;
mod questions;
mod random;
mod recovery;
mod request;
mod subscriptions;
#[cfg(test)]
mod tests;
mod timers;
mod typing;

use std::collections::VecDeque;
use std::time::Instant;

use jiff::Timestamp;
use url::Url;
use uuid::Uuid;

use self::application::Application;
use self::contacts::ContactList;
use self::conversation::Conversations;
use self::directory::Directory;
use self::edits::Edits;
use self::event_channel::EventChannel;
use self::fetch::Fetches;
use self::outbox::Outbox;
use self::outgoing::Texts;
use self::own::Own;
use self::presence::Book;
use self::questions::Questions;
use self::random::Random;
use self::recovery::Recovery;
pub(crate) use self::recovery::before_jitter;
pub use self::request::{Content, Failure, Request, RequestId, Response, Verb};
use self::subscriptions::Subscriptions;
use self::timers::{Timer, Timers};
use crate::{Command, Error, Event, Limits, SipUri, State};

/// What the session is set up with.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Who is meant. Whoever else the server takes us for is signed out again ([`ErrorKind::OtherPerson`](crate::ErrorKind::OtherPerson)).
    pub address: SipUri,
    /// makeMeAvailable is wanted; else only watch.
    pub available: bool,
    /// `endpointId`.
    pub endpoint_id: Uuid,
    /// `culture`.
    pub culture: String,
    /// `userAgent`.
    pub user_agent: String,
    /// Time limits.
    pub limits: Limits,
    /// Seed for jitter and for names that only have to be unique.
    pub seed: u64,
}

/// The present moment: on the steady clock, and as people read it.
#[derive(Clone, Copy, Debug)]
pub struct Now {
    /// For time limits.
    pub instant: Instant,
    /// For time stamps.
    pub clock: Timestamp,
}

/// Where the session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Nobody has said yet where applications are created, or what was known proved wrong.
    Unlocated,
    /// POST applications is out, or waits for its turn after a failure.
    Registering,
    /// The application exists; contacts are being loaded.
    Opening,
    /// Everything works.
    Online,
    /// The connection broke; waits for the next probe or for its answer.
    Broken,
    /// DELETE application is out.
    Leaving,
    /// Ended for good.
    Stopped,
}

/// A signed-in account over UCWA. See the module.
pub struct Session {
    setup: Setup,
    phase: Phase,
    outbox: Outbox,
    timers: Timers,
    events: VecDeque<Event>,
    random: Random,
    recovery: Recovery,
    application: Application,
    channel: EventChannel,
    fetches: Fetches,
    contacts: ContactList,
    directory: Directory,
    book: Book,
    subscriptions: Subscriptions,
    conversations: Conversations,
    texts: Texts,
    own: Own,
    questions: Questions,
    edits: Edits,
    /// Commands that wait until the session is online.
    waiting: Vec<Command>,
}

/// More events than this wait for the caller: no further page is asked for until it has caught up.
const EVENTS_WAITING: usize = 20_000;

impl Session {
    /// A session that waits for [`Session::located`].
    #[must_use]
    pub fn new(setup: Setup) -> Self {
        Self {
            random: Random::new(setup.seed),
            setup,
            phase: Phase::Unlocated,
            outbox: Outbox::default(),
            timers: Timers::default(),
            events: VecDeque::new(),
            recovery: Recovery::default(),
            application: Application::default(),
            channel: EventChannel::default(),
            fetches: Fetches::default(),
            contacts: ContactList::default(),
            directory: Directory::default(),
            book: Book::default(),
            subscriptions: Subscriptions::default(),
            conversations: Conversations::default(),
            texts: Texts::default(),
            own: Own::default(),
            questions: Questions::default(),
            edits: Edits::default(),
            waiting: Vec::new(),
        }
    }

    /// The next thing that happened, in order.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// When [`Session::handle_timeout`] wants to be called.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.timers.next()
    }

    /// Whether the caller has to find out where applications are created, and then call [`Session::located`].
    #[must_use]
    pub fn wants_location(&self) -> bool {
        self.phase == Phase::Unlocated
    }

    /// Whether the session has ended for good.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.phase == Phase::Stopped
    }

    /// Does what has become due.
    pub fn handle_timeout(&mut self, now: Now) {
        while let Some(timer) = self.timers.due(now.instant) {
            match timer {
                Timer::Retry(outgoing) => self.outbox.again(*outgoing),
                Timer::Register => self.register(now),
                Timer::Probe => self.probe(),
                Timer::AskForEvents => self.ask_for_events(now),
                Timer::EventsHeld(issue) => self.events_held(issue, now),
                Timer::BulkAllowed => self.fetches.allow(),
                Timer::Gathered => self.fetches.gathered(),
                Timer::NotesMissing(key) => self.read_missing_notes(key),
                Timer::ReloadContacts => self.load_contacts(now),
                Timer::RefreshContactList => self.keep_contact_list(now),
                Timer::Extend(key) => self.extend_subscription(key, now),
                Timer::PollPresence => self.poll_presence(now),
                Timer::TypingEnds(conversation, since) => {
                    self.typing_lapsed(&conversation, since, now)
                }
                Timer::Settle(conversation) => self.conversation_has_settled(conversation, now),
                Timer::SendAgain(to) => self.send_again(&to),
                Timer::NoNews(id) => self.no_news(&id, now),
                Timer::Activity => self.report_activity(now),
            }
        }
    }

    /// Something that the caller wants done.
    pub fn command(&mut self, command: Command, now: Now) {
        match command {
            Command::SignOut => self.leave(),
            Command::NetworkChanged => self.network_changed(now),
            Command::Send {
                id,
                to,
                thread,
                text,
            } => self.send_text(id, to, thread, text),
            command @ (Command::Typing { .. }
            | Command::SetPresence(_)
            | Command::ResetPresence
            | Command::SetNote(_)
            | Command::Active
            | Command::Watch(_)
            | Command::GetPresence(..)
            | Command::Search(..)
            | Command::ExpandGroup(..)
            | Command::Privacy(..)
            | Command::EditContacts(..)) => match self.phase {
                Phase::Online => self.obey(command, now),
                Phase::Stopped => questions::refuse(command),
                // These mean the moment, and a later one is not the same.
                _ if matches!(command, Command::Typing { .. } | Command::Active) => {}
                Phase::Unlocated
                | Phase::Registering
                | Phase::Opening
                | Phase::Broken
                | Phase::Leaving => self.waiting.push(command),
            },
        }
    }

    fn obey(&mut self, command: Command, now: Now) {
        match command {
            Command::Typing { to } => self.send_typing(&to, now),
            Command::SetPresence(wanted) => self.set_presence(Some(wanted)),
            Command::ResetPresence => self.set_presence(None),
            Command::SetNote(message) => self.set_note(&message),
            Command::Active => self.report_activity_when_allowed(now),
            Command::Watch(people) => self.watch(people, now),
            Command::GetPresence(people, answer) => self.ask_presence(people, answer),
            Command::Search(text, answer) => self.ask_search(&text, answer),
            Command::ExpandGroup(group, answer) => self.expand(group, Some(answer)),
            Command::Privacy(who, wish, answer) => self.ask_privacy(who, wish, answer),
            Command::EditContacts(wish, answer) => self.edit_contacts(wish, answer, now),
            Command::Send { .. } | Command::NetworkChanged | Command::SignOut => {}
        }
    }

    fn tell(&mut self, event: Event) {
        if self.channel.replaying
            && !matches!(
                event,
                Event::Message(_) | Event::Delivery { .. } | Event::PageDone(_)
            )
        {
            return;
        }
        self.events.push_back(event);
    }

    fn tell_state(&mut self, state: State) {
        self.tell(Event::State(state));
    }

    /// Ends the session for good. What was asked is answered, what was sent and not answered is told as unknown.
    pub fn stop(&mut self, error: Option<Error>) {
        if self.phase == Phase::Stopped {
            return;
        }
        self.phase = Phase::Stopped;
        self.outbox.clear();
        self.timers.clear();
        self.texts_are_unknown();
        for command in std::mem::take(&mut self.waiting) {
            questions::refuse(command);
        }
        self.questions.refuse_all();
        self.edits.refuse_all();
        let error = error.or_else(|| self.application.not_ours.take());
        self.tell_state(State::Stopped(error));
    }

    /// Resolves a link of the application: against the URL where applications are created.
    fn resolve(&self, href: &crate::wire::Href) -> Option<Url> {
        let base = self.application.base.as_ref()?;
        href.resolve(base)
            .inspect_err(|_| tracing::debug!("a link of the server is no URL"))
            .ok()
            .filter(|url| matches!(url.scheme(), "https" | "http"))
    }
}
