//! What the Lync link tells, and what follows from it.

use causeway_api as api;
use causeway_bridge::{Input, LyncContact, LyncText};
use tracing::{debug, info, warn};
use ucwa::{Event, Note, State};
use url::Url;
use uuid::Uuid;

use crate::{
    address::Target,
    bridging,
    core::Core,
    directory,
    outbox::Row,
    prepare::known_server,
    problems,
    unit::{Unit, Write},
};

/// A server that still has our application tells within this time what became of the texts that it took: an invitation
/// that nobody answers ends after about 30 s (UCWA reference, messagingInvitation).
const EVIDENCE: jiff::SignedDuration = jiff::SignedDuration::from_secs(45);

/// What the Lync server last showed of ourselves.
#[derive(Debug, Default)]
pub(crate) struct Myself {
    availability: causeway_bridge::Availability,
    activity: String,
    note: Option<Note>,
}

impl Myself {
    pub(crate) fn is_out_of_office(&self) -> bool {
        self.note.as_ref().is_some_and(|note| note.out_of_office)
    }
}

impl Core {
    /// The link told something; `None`: it ended.
    pub(crate) fn on_lync(&mut self, event: Option<Event>) {
        match event {
            None => self.lync_state(State::Stopped(None)),
            Some(Event::State(state)) => self.lync_state(state),
            Some(Event::SignedIn(how)) => self.lync.signed_in = Some(problems::signed_in(&how)),
            Some(Event::Located(applications)) => self.lync_located(applications),
            Some(Event::Me(me)) => {
                self.names.insert(me.uri.as_str().to_lowercase(), me.name);
            }
            Some(Event::OwnPresence {
                availability,
                activity,
            }) => self.own_lync_presence(&availability, activity),
            Some(Event::OwnNote(note)) => {
                self.own
                    .saw_note(note.as_ref().map(|note| note.message.clone()));
                self.myself.note = note;
                self.show_myself();
            }
            Some(Event::ContactGroups { groups, editable }) => {
                let kind = self.lists.lync(groups, editable);
                self.tell(kind);
            }
            Some(Event::Contacts(contacts)) => self.lync_contacts(contacts),
            Some(Event::GroupMembers(members)) => {
                let members = directory::told(members, |who| self.people.lync_presence(who));
                self.tell(api::Kind::GroupMembers(members));
            }
            Some(Event::PrivacyLevels(levels)) => {
                let changed = self.privacy.lync_all(levels);
                self.privacy_changed(changed);
            }
            Some(Event::Privacy { address, level }) => {
                let changed = self.privacy.lync(&address, &level);
                self.privacy_changed(changed);
            }
            Some(Event::Presence(presence)) => self.lync_presence(presence),
            Some(Event::Message(message)) => self.lync_message(message),
            Some(Event::Delivery { id, outcome }) => {
                self.lync_delivery(&id, outcome);
                self.decide_doubts();
            }
            Some(Event::Typing { address, on, .. }) => {
                let address = address.as_str().to_owned();
                self.tell(api::Kind::Typing {
                    conversation: conversation(&address),
                    address: address.clone(),
                    on,
                });
                self.bridge_alone(Input::LyncTyping { address, on });
            }
            Some(Event::Conversation {
                with,
                active,
                subject,
                ..
            }) => {
                let state = if active {
                    api::ConversationState::Active
                } else {
                    api::ConversationState::Ended
                };
                self.tell(api::Kind::Conversation(api::Conversation {
                    id: conversation(with.as_str()),
                    side: api::Side::Lync,
                    people: vec![with.as_str().to_owned()],
                    state,
                    subject: Some(subject).filter(|subject| !subject.is_empty()),
                }));
            }
            Some(Event::PageDone(page)) => {
                let batch = self.page.done(page);
                self.commit(batch);
            }
        }
    }

    /// Where applications are created is kept for the next start.
    fn lync_located(&mut self, applications: Option<Url>) {
        // One command leaves no trace.
        let Some(lync) = self
            .configuration
            .settings
            .lync
            .as_ref()
            .filter(|_| !self.options.one_shot)
        else {
            return;
        };
        let server = applications.map(|applications| known_server(lync, applications));
        let mut unit = Unit::default();
        unit.write(Write::LyncServer(server));
        self.carry_out(unit);
    }

    fn lync_state(&mut self, state: State) {
        let step = self.lync.step();
        let (state, problem) = match state {
            State::FindingServer => (api::SideState::FindingServer, None),
            State::CheckingCertificate(host) => {
                debug!(%host, "checking certificate");
                self.lync.server = Some(host);
                (api::SideState::CheckingCertificate, None)
            }
            State::AskingMethods => (api::SideState::AskingMethods, None),
            State::SigningIn => (api::SideState::SigningIn, None),
            State::OpeningSession => (api::SideState::OpeningSession, None),
            State::LoadingContacts => (api::SideState::LoadingContacts, None),
            State::Ready { available, resumed } => return self.lync_ready(available, resumed),
            State::Reconnecting {
                attempt,
                delay,
                error,
            } => {
                debug!(attempt, ?delay, %error, side = "lync", "not connected");
                self.outbox.close(api::Side::Lync);
                self.own.lost();
                self.doubts_until = None;
                let problem = problems::lync(&error, step, self.next_try());
                self.enter(api::Side::Lync, api::SideState::Reconnecting, Some(problem));
                return self.tries_again(api::Side::Lync, delay);
            }
            State::Stopped(error) => {
                if let Some(error) = &error {
                    self.cookies_refused(error);
                }
                let problem = error.map(|error| problems::lync(&error, step, problems::Next::Ask));
                return self.stopped(api::Side::Lync, problem);
            }
        };
        self.enter(api::Side::Lync, state, problem);
    }

    fn lync_ready(&mut self, available: bool, resumed: bool) {
        info!(available, resumed, side = "lync", "signed in");
        self.settle_until = self.now + crate::commands::SETTLING;
        let state = if available {
            api::SideState::ReadyAvailable
        } else {
            api::SideState::ReadyWatching
        };
        self.lync.resumed = (resumed && self.lync.was_ready()).then_some(self.now);
        self.enter(api::Side::Lync, state, None);
        if self.person_is_here {
            // What was said before there was a session counts for this one.
            self.person_acted();
        }
        if resumed && self.outbox.has_doubts(api::Side::Lync) {
            // The server still has our application, so it tells what it took; it may take a while. To those people
            // nothing new goes out until then, so that the order holds.
            self.doubts_until = Some(self.now + EVIDENCE);
        } else {
            for row in self.outbox.unknown(api::Side::Lync) {
                self.outcome_unknown(&row);
            }
        }
        self.open_lync();
        self.watch_lync();
    }

    /// What an earlier session handed over and nothing was heard of: the server that tells what it took never got it.
    pub(crate) fn decide_doubts(&mut self) {
        let Some(until) = self.doubts_until else {
            return;
        };
        let over = until <= self.now || !self.outbox.has_doubts(api::Side::Lync);
        if !over || !self.lync.state().is_ready() {
            return;
        }
        self.doubts_until = None;
        for row in self.outbox.not_there(api::Side::Lync) {
            info!(id = %row.id, side = "lync", "the server never got it, sent again");
            self.hand_over(row);
        }
    }

    fn open_lync(&mut self) {
        for row in self.outbox.open(api::Side::Lync) {
            self.hand_over(row);
        }
    }

    fn own_lync_presence(&mut self, availability: &ucwa::Availability, activity: String) {
        let seen = bridging::availability(availability, &activity);
        self.own.saw(bridging::told_availability(seen), &activity);
        self.myself.availability = seen;
        self.myself.activity = activity;
        self.show_myself();
        self.restore_status();
    }

    fn show_myself(&mut self) {
        let note = self.myself.note.as_ref();
        let input = Input::OwnLync {
            availability: self.myself.availability,
            activity: self.myself.activity.clone(),
            note: note.map(|note| note.message.clone()).unwrap_or_default(),
            out_of_office: self.myself.is_out_of_office(),
        };
        self.bridge_alone(input);
        self.tell_own_status();
    }

    fn lync_contacts(&mut self, contacts: Vec<ucwa::Contact>) {
        info!(contacts = contacts.len(), side = "lync", "contact list");
        for contact in &contacts {
            if !contact.name.is_empty() {
                self.names
                    .insert(contact.uri.as_str().to_lowercase(), contact.name.clone());
            }
        }
        self.note_cards(&contacts);
        self.lync_list = contacts
            .iter()
            .map(|contact| contact.uri.as_str().to_lowercase())
            .collect();
        let contacts = contacts.into_iter().map(|contact| LyncContact {
            address: contact.uri.as_str().to_owned(),
            name: contact.name,
            groups: contact.groups,
        });
        let contacts = contacts.collect();
        self.bridge_alone(Input::Contacts(contacts));
        self.tell_list();
    }

    fn lync_presence(&mut self, presence: ucwa::Presence) {
        self.presence_at = self.now;
        let told = told_presence(&presence);
        let availability = told.availability;
        if let Some(kind) = self.people.lync(told) {
            self.tell(kind);
        }
        self.saw_person(&Target::Lync(presence.address.clone()), availability);
        let address = presence.address.as_str().to_owned();
        self.bridge_alone(Input::LyncPresence {
            availability: bridging::availability(&presence.availability, &presence.activity),
            activity: presence.activity,
            note: presence.note.map(|note| note.message).unwrap_or_default(),
            address: address.clone(),
        });
        self.tell_person(&address);
    }

    fn lync_message(&mut self, message: ucwa::Message) {
        if !self.seen.insert(api::Side::Lync, &message.key) {
            debug!(key = %message.key, "text known already");
            return;
        }
        // The key names a server's resource; ours is made from it, so that a replay gets the same one.
        let id = Uuid::new_v5(&Uuid::NAMESPACE_URL, message.key.as_bytes()).to_string();
        let with = message.with.as_str().to_owned();
        let known_as = self
            .names
            .get(&with.to_lowercase())
            .cloned()
            .unwrap_or_default();
        let name = if message.name.is_empty() {
            known_as
        } else {
            message.name
        };
        let text = match message.body {
            ucwa::Body::Plain(text) => text,
            ucwa::Body::Html(html) => causeway_bridge::text::from_html(&html),
        };
        if message.outgoing && self.recognised(&with, &text) {
            return;
        }
        self.threads
            .insert(with.to_lowercase(), message.thread.clone());
        let me = self.own_address(api::Side::Lync);
        let (direction, from, to) = if message.outgoing {
            (api::Direction::Out, me, with.clone())
        } else {
            (api::Direction::In, with.clone(), me)
        };
        let told = api::Message {
            id: id.clone(),
            conversation: conversation(&with),
            side: api::Side::Lync,
            direction,
            from,
            to,
            name: Some(name.clone()).filter(|name| !name.is_empty()),
            text: text.clone(),
            sent_at: message.sent_at,
            late: crate::is_late(message.sent_at, self.now),
            relay: false,
        };
        let mut unit = Unit {
            text: Some((told.clone(), message.key.clone())),
            ..Unit::default()
        };
        unit.tell(api::Kind::Message(told));
        let text = LyncText {
            id,
            thread: message.thread,
            address: with,
            name,
            text,
            sent_at: message.sent_at,
        };
        let input = if message.outgoing {
            Input::LyncOwnMessage(text)
        } else {
            Input::LyncMessage(text)
        };
        self.bridge(input, &mut unit);
        if message.page.is_some() {
            self.page.add(unit);
        } else {
            self.carry_out(unit);
        }
    }

    /// A text of ours in a Lync conversation that came from the XMPP side: it is part of that conversation's history.
    pub(crate) fn show_own_text(&mut self, id: &str, to: &str, text: &str, unit: &mut Unit) {
        let told = api::Message {
            id: id.to_owned(),
            conversation: conversation(to),
            side: api::Side::Lync,
            direction: api::Direction::Out,
            from: self.own_address(api::Side::Lync),
            to: to.to_owned(),
            name: self.names.get(&to.to_lowercase()).cloned(),
            text: text.to_owned(),
            sent_at: self.now,
            late: false,
            relay: false,
        };
        self.seen.insert(api::Side::Lync, id);
        unit.write(Write::Keep(told.clone(), id.to_owned()));
        unit.tell(api::Kind::Message(told));
    }

    fn outcome_unknown(&mut self, row: &Row) {
        warn!(id = %row.id, side = "lync", "the outcome of a text cannot be known");
        let reason = "it was being sent when the program ended, and the server no longer knows whether it arrived".to_owned();
        self.failed(row, reason, causeway_bridge::Outcome::Unknown);
    }
}

/// Id of the conversation with a Lync person.
pub(crate) fn conversation(address: &str) -> String {
    format!(
        "lync:{}",
        address
            .strip_prefix("sip:")
            .unwrap_or(address)
            .to_lowercase()
    )
}

/// Presence of a Lync person as told through the door.
pub(crate) fn told_presence(presence: &ucwa::Presence) -> api::Presence {
    let availability = bridging::availability(&presence.availability, &presence.activity);
    api::Presence {
        address: presence.address.as_str().to_owned(),
        availability: bridging::told_availability(availability),
        activity: Some(presence.activity.clone()).filter(|activity| !activity.is_empty()),
        note: presence
            .note
            .as_ref()
            .map(|note| note.message.clone())
            .filter(|note| !note.is_empty()),
        until: None,
        last_active: presence.last_active,
        device: presence.device.clone(),
    }
}
