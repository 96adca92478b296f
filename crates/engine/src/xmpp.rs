//! What the XMPP link tells, and what follows from it.

use causeway_api as api;
use causeway_bridge::{Input, XmppContact, XmppText};
use causeway_xmpp::{Command, Event, Message, Presence, RosterItem, Show, State};
use jid::{BareJid, Jid};
use jiff::Timestamp;
use tracing::{debug, info, warn};
use uuid::Uuid;

use crate::{
    bridging,
    core::Core,
    outbox::Evidence,
    problems,
    unit::{Unit, Write},
};

/// Presence of our own XMPP resource: available until something else is decided.
#[derive(Clone, Debug)]
pub(crate) struct OwnPresence {
    show: Show,
    status: String,
    idle_since: Option<Timestamp>,
}

impl Default for OwnPresence {
    fn default() -> Self {
        Self {
            show: Show::Available,
            status: String::new(),
            idle_since: None,
        }
    }
}

impl OwnPresence {
    /// Decides for a value; the command makes it so.
    pub(crate) fn set(
        &mut self,
        show: Show,
        status: String,
        idle_since: Option<Timestamp>,
    ) -> Command {
        *self = Self {
            show,
            status,
            idle_since,
        };
        self.command()
    }

    /// The command for the value decided last; a new link needs it.
    pub(crate) fn command(&self) -> Command {
        Command::SetPresence {
            show: self.show,
            status: self.status.clone(),
            idle_since: self.idle_since,
        }
    }
}

impl Core {
    /// The link told something; `None`: it ended.
    pub(crate) fn on_xmpp(&mut self, event: Option<Event>) {
        match event {
            None => self.xmpp_state(State::Stopped(None)),
            Some(Event::State(state)) => self.xmpp_state(state),
            Some(Event::Roster(items)) => self.roster(&items),
            Some(Event::RosterItem(item)) => {
                if let Some(kind) = self.people.subscription(&item) {
                    self.tell(kind);
                }
                self.bridge_alone(Input::RosterItem(contact(&item)));
                self.tell_list();
            }
            Some(Event::RosterRemoved(jid)) => {
                self.people.unsubscribed(&jid);
                self.bridge_alone(Input::RosterRemoved(jid.to_string()));
                self.tell_list();
            }
            Some(Event::SubscriptionRequest(jid)) => {
                if let Some(kind) = self.people.wants_subscription(&jid) {
                    self.tell(kind);
                }
            }
            Some(Event::Presence(presence)) => self.xmpp_presence(presence),
            Some(Event::Message(message)) => self.xmpp_message(message),
            Some(Event::Received { id, .. }) => self.learned(&id, Evidence::Arrived),
            Some(Event::Acked { id }) => self.learned(&id, Evidence::Taken),
            Some(Event::Unacked { id }) => self.outbox.doubt(&id),
            Some(Event::Bounced {
                id,
                condition,
                text,
                ..
            }) => {
                if let Some(row) = self.outbox.learn(&id, Evidence::Failed) {
                    let reason = bounce_reason(&condition, &text);
                    self.failed(
                        &row,
                        reason.clone(),
                        causeway_bridge::Outcome::Failed(reason),
                    );
                }
            }
            Some(Event::ChatState { from, composing }) => {
                let bare = from.to_bare();
                self.tell(api::Kind::Typing {
                    conversation: conversation(&bare),
                    address: bare.to_string(),
                    on: composing,
                });
                self.bridge_alone(Input::XmppTyping {
                    from: from.to_string(),
                    on: composing,
                });
            }
            Some(Event::CaughtUp) => self.caught_up(),
        }
    }

    fn xmpp_state(&mut self, state: State) {
        let step = self.xmpp.step();
        let (state, problem) = match state {
            State::FindingServer => (api::SideState::FindingServer, None),
            State::CheckingCertificate(host) => {
                debug!(%host, "checking certificate");
                (api::SideState::CheckingCertificate, None)
            }
            State::AskingMethods => (api::SideState::AskingMethods, None),
            State::SigningIn => (api::SideState::SigningIn, None),
            State::OpeningSession => (api::SideState::OpeningSession, None),
            State::LoadingContacts => (api::SideState::LoadingContacts, None),
            State::Ready { jid, resumed } => return self.xmpp_ready(&jid, resumed),
            State::Reconnecting {
                attempt,
                delay,
                error,
            } => {
                warn!(attempt, ?delay, %error, side = "xmpp", "connection lost");
                self.outbox.close(api::Side::Xmpp);
                (
                    api::SideState::Reconnecting,
                    Some(problems::xmpp(&error, step)),
                )
            }
            State::Stopped(error) => {
                let problem = error.map(|error| problems::xmpp(&error, step));
                return self.stopped(api::Side::Xmpp, problem);
            }
        };
        self.enter(api::Side::Xmpp, state, problem);
    }

    fn xmpp_ready(&mut self, jid: &jid::FullJid, resumed: bool) {
        info!(resource = %jid.resource(), resumed, side = "xmpp", "signed in");
        self.settle_until = self.settle_until.max(self.now + crate::commands::SETTLING);
        let state = if self.options.watch_only {
            api::SideState::ReadyWatching
        } else {
            api::SideState::ReadyAvailable
        };
        self.enter(api::Side::Xmpp, state, None);
        // After a fresh bind the link has told which texts are in doubt. They are decided when the archive has been
        // read; until then nothing new goes out, so that the order holds.
        if resumed {
            self.caught_up();
        }
    }

    fn caught_up(&mut self) {
        for row in self.outbox.not_there(api::Side::Xmpp) {
            info!(id = %row.id, side = "xmpp", "not in the archive, sent again");
            self.hand_over(row);
        }
        self.open_xmpp();
    }

    fn open_xmpp(&mut self) {
        for row in self.outbox.open(api::Side::Xmpp) {
            self.hand_over(row);
        }
        if self.configuration.settings.lync.is_none() {
            self.restore_status();
        }
    }

    fn roster(&mut self, items: &[RosterItem]) {
        info!(contacts = items.len(), side = "xmpp", "contact list");
        // A fresh stream: who is there says so again.
        self.people.forget_xmpp();
        self.bridge_alone(Input::Lost(causeway_bridge::Side::Xmpp));
        for item in items {
            if let Some(kind) = self.people.subscription(item) {
                self.tell(kind);
            }
        }
        self.bridge_alone(Input::Roster(items.iter().map(contact).collect()));
        self.tell_list();
    }

    fn xmpp_presence(&mut self, presence: Presence) {
        self.presence_at = self.now;
        let bare = presence.from.to_bare();
        let own = self
            .configuration
            .settings
            .xmpp
            .as_ref()
            .is_some_and(|xmpp| xmpp.address.value == bare);
        let show = bridging::bridge_show(presence.show);
        if own {
            let resource = presence
                .from
                .resource()
                .map(ToString::to_string)
                .unwrap_or_default();
            self.bridge_alone(Input::OwnXmpp {
                resource,
                show,
                status: presence.status,
                idle_since: presence.idle_since,
            });
            return;
        }
        if let Some(kind) = self.people.xmpp(&presence) {
            self.tell(kind);
        }
        self.bridge_alone(Input::XmppPresence {
            from: presence.from.to_string(),
            show,
            status: presence.status,
            priority: presence.priority,
            idle_since: presence.idle_since,
        });
        self.tell_person(&bare.to_string());
    }

    fn xmpp_message(&mut self, message: Message) {
        let Some(xmpp) = &self.configuration.settings.xmpp else {
            return;
        };
        let own = xmpp.address.value.clone();
        let outgoing = message.from.to_bare() == own;
        if outgoing && self.is_ours(&message) {
            return;
        }
        let names = names(&message);
        let known = names
            .iter()
            .any(|name| self.seen.contains(api::Side::Xmpp, name));
        for name in &names {
            self.seen.insert(api::Side::Xmpp, name);
        }
        if known {
            debug!("text known already");
            return;
        }
        let (key, more) = names.split_first().map_or_else(
            || (Uuid::new_v4().to_string(), Vec::new()),
            |(key, more)| (key.clone(), more.to_vec()),
        );
        let with = if outgoing {
            message.to.to_bare()
        } else {
            message.from.to_bare()
        };
        let sent_at = message.delayed.unwrap_or(self.now);
        let late = message.archived || crate::is_late(sent_at, self.now);
        let id = message
            .id
            .clone()
            .or_else(|| message.origin_id.clone())
            .unwrap_or_else(|| Uuid::new_v4().to_string());
        let told = api::Message {
            id: unique(&id, &message.from),
            conversation: conversation(&with),
            side: api::Side::Xmpp,
            direction: if outgoing {
                api::Direction::Out
            } else {
                api::Direction::In
            },
            from: message.from.to_bare().to_string(),
            to: message.to.to_bare().to_string(),
            name: self
                .bridge
                .person(&with.to_string())
                .map(|person| person.name),
            text: message.body.clone(),
            sent_at,
            late,
        };
        let mut unit = Unit {
            text: Some((told.clone(), key)),
            ..Unit::default()
        };
        for name in more {
            unit.write(Write::Known(api::Side::Xmpp, name));
        }
        unit.write(Write::ArchiveStamp {
            account: own.to_string(),
            stamp: sent_at.min(self.now),
        });
        unit.tell(api::Kind::Message(told));
        let wants_receipt =
            message.wants_receipt && !outgoing && !message.carbon && !message.archived;
        let writer = message.from.clone();
        let stanza = message.id.clone();
        let taken = self.show_to_bridge(message, id, sent_at, late, wants_receipt, &mut unit);
        if let (true, false, Some(id)) = (wants_receipt, taken, stanza) {
            unit.xmpp(Command::Receipt { to: writer, id });
        }
        self.carry_out(unit);
    }

    /// Says whether the bridge carries the text and so answers for its receipt.
    fn show_to_bridge(
        &mut self,
        message: Message,
        id: String,
        sent_at: Timestamp,
        late: bool,
        wants_receipt: bool,
        unit: &mut Unit,
    ) -> bool {
        let before = unit.writes.len() + unit.then.len();
        self.bridge(
            Input::XmppMessage(XmppText {
                id,
                archive_id: message.stanza_id,
                from: message.from.to_string(),
                to: message.to.to_string(),
                thread: message.thread,
                reply_to: message.reply_to,
                text: message.body,
                sent_at,
                late,
                wants_receipt,
                encrypted: message.encrypted,
            }),
            unit,
        );
        unit.writes.len() + unit.then.len() > before
    }

    /// One of our own texts, as a carbon or in the archive: evidence that the server has it.
    fn is_ours(&mut self, message: &Message) -> bool {
        let ids: Vec<String> = message
            .origin_id
            .iter()
            .chain(&message.id)
            .cloned()
            .collect();
        let in_queue = ids.iter().any(|id| self.outbox.get(id).is_some());
        if in_queue {
            for id in &ids {
                self.learned(id, Evidence::Taken);
            }
        }
        in_queue || ids.iter().any(|id| self.seen.contains(api::Side::Xmpp, id))
    }
}

/// Names under which the network may show this text again, the best one first.
fn names(message: &Message) -> Vec<String> {
    let writer = message.from.to_bare();
    let archive = message.stanza_id.iter().map(|id| format!("archive {id}"));
    let stanza = message
        .origin_id
        .iter()
        .chain(&message.id)
        .map(|id| format!("{writer} {id}"));
    let mut names: Vec<String> = archive.chain(stanza).collect();
    names.dedup();
    names
}

/// Long ids are unique by themselves; short ones (some clients count from 1) only together with their writer.
fn unique(id: &str, writer: &Jid) -> String {
    const LONG: usize = 16;
    if id.len() >= LONG {
        id.to_owned()
    } else {
        format!("{}/{id}", writer.to_bare())
    }
}

/// Id of the conversation with an XMPP contact.
pub(crate) fn conversation(jid: &BareJid) -> String {
    format!("xmpp:{jid}")
}

fn contact(item: &RosterItem) -> XmppContact {
    XmppContact {
        jid: item.jid.to_string(),
        name: item.name.clone(),
        groups: item.groups.clone(),
        subscribed: item.subscription.to || item.subscription.asked,
    }
}

/// RFC 6120 section 8.3.3, for people.
fn bounce_reason(condition: &str, text: &str) -> String {
    let words = match condition {
        "service-unavailable" | "recipient-unavailable" => "offline or not reachable",
        "item-not-found" => "no such address",
        "remote-server-not-found" => "the server of this address was not found",
        "remote-server-timeout" => "the server of this address does not answer",
        "forbidden" | "not-allowed" | "policy-violation" => "not allowed",
        "not-acceptable" => "blocked",
        "subscription-required" => "this person has to accept you as a contact first",
        "resource-constraint" => "the mailbox is full",
        other => other,
    };
    if text.is_empty() {
        words.to_owned()
    } else {
        format!("{words} ({text})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(stanza: Option<&str>, archive: Option<&str>) -> Message {
        Message {
            from: "carol@xmpp.example/phone".parse().unwrap(),
            to: "anna@xmpp.example".parse().unwrap(),
            id: stanza.map(str::to_owned),
            origin_id: stanza.map(str::to_owned),
            stanza_id: archive.map(str::to_owned),
            thread: None,
            reply_to: None,
            body: "hej".to_owned(),
            delayed: None,
            carbon: false,
            archived: false,
            wants_receipt: false,
            encrypted: false,
        }
    }

    #[test]
    fn a_live_text_and_its_archive_copy_share_a_name() {
        let live = names(&message(Some("1"), None));
        let archived = names(&message(Some("1"), Some("A")));
        assert!(archived.iter().any(|name| live.contains(name)));
    }

    #[test]
    fn the_same_short_id_of_two_writers_is_two_texts() {
        let writer = |jid: &str| unique("1", &jid.parse().unwrap());
        assert_ne!(writer("carol@xmpp.example"), writer("dora@xmpp.example"));
    }

    #[test]
    fn a_bounce_is_told_in_words() {
        assert_eq!(bounce_reason("item-not-found", ""), "no such address");
        assert_eq!(bounce_reason("made-up", "because"), "made-up (because)");
    }
}
