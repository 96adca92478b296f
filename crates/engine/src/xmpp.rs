//! What the XMPP link tells, and what follows from it.

mod text;

use causeway_api as api;
use causeway_bridge::{Input, XmppContact};
use causeway_xmpp::{Command, Event, Presence, RosterItem, Show, State};
use jiff::{SignedDuration, Timestamp};
use tracing::{debug, info};

use crate::{
    address::Target, bridging, core::Core, link::SignedIn, outbox::Evidence, problems, unit::Unit,
};

/// An archive that could not be read gets so long to tell what became of the texts in doubt.
const ARCHIVE_PATIENCE: SignedDuration = SignedDuration::from_mins(15);

/// What the archive (XEP-0313) has told in this XMPP session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Archive {
    /// It is being read.
    Reading,
    /// Everything: what comes now is all there is.
    Whole,
    /// Not everything that it holds.
    Gaps,
}

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
            Some(Event::SignedIn { mechanism }) => {
                self.xmpp.signed_in = Some(SignedIn {
                    method: mechanism.to_owned(),
                    passed_over: Vec::new(),
                });
            }
            Some(Event::Roster(items)) => self.roster(&items),
            Some(Event::RosterItem(item)) => {
                if let Some(kind) = self.people.subscription(&item) {
                    self.tell(kind);
                }
                if let Some(kind) = self.lists.roster_item(&item) {
                    self.tell(kind);
                }
                self.bridge_alone(Input::RosterItem(contact(&item)));
                self.tell_list();
            }
            Some(Event::RosterRemoved(jid)) => {
                self.people.unsubscribed(&jid);
                if let Some(kind) = self.lists.roster_removed(&jid) {
                    self.tell(kind);
                }
                self.bridge_alone(Input::RosterRemoved(jid.to_string()));
                self.tell_list();
            }
            Some(Event::RosterAnswer { id, refused }) => self.lists.answered(&id, refused),
            Some(Event::Blocked(jids)) => {
                let changed = self.privacy.xmpp_all(jids);
                self.privacy_changed(changed);
            }
            Some(Event::BlockChanged { jids, on }) => {
                let changed = self.privacy.xmpp(jids, on);
                self.privacy_changed(changed);
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
            Some(Event::CaughtUp { whole }) => self.caught_up(whole),
        }
    }

    fn xmpp_state(&mut self, state: State) {
        let step = self.xmpp.step();
        let (state, problem) = match state {
            State::FindingServer => (api::SideState::FindingServer, None),
            State::CheckingCertificate(host) => {
                debug!(%host, "checking certificate");
                self.xmpp.server = Some(host);
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
                debug!(attempt, ?delay, %error, side = "xmpp", "not connected");
                self.outbox.close(api::Side::Xmpp);
                let problem = problems::xmpp(&error, step, self.next_try());
                self.enter(api::Side::Xmpp, api::SideState::Reconnecting, Some(problem));
                return self.tries_again(api::Side::Xmpp, delay);
            }
            State::Stopped(error) => {
                let problem = error.map(|error| problems::xmpp(&error, step, problems::Next::Ask));
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
        self.xmpp.resumed = resumed.then_some(self.now);
        self.enter(api::Side::Xmpp, state, None);
        // After a fresh bind the link has told which texts are in doubt. They are decided when the archive has been
        // read; until then nothing new goes out, so that the order holds. A session that was resumed knows of none.
        if !resumed {
            self.archive = Archive::Reading;
        } else if self.archive != Archive::Reading {
            self.open_xmpp();
        }
    }

    /// The archive was read: to its end, or as far as the server gave it.
    fn caught_up(&mut self, whole: bool) {
        self.archive = if whole { Archive::Whole } else { Archive::Gaps };
        if whole {
            self.archive_doubts_until = None;
            let mut unit = Unit::default();
            self.note_archive(self.now, &mut unit);
            self.carry_out(unit);
            for row in self.outbox.not_there(api::Side::Xmpp) {
                info!(id = %row.id, side = "xmpp", "not in the archive, sent again");
                self.hand_over(row);
            }
        } else if self.outbox.has_doubts(api::Side::Xmpp) {
            // It is read again after a while. What it does not tell by then nobody can tell.
            let until = self.now + ARCHIVE_PATIENCE;
            self.archive_doubts_until.get_or_insert(until);
        }
        self.open_xmpp();
    }

    /// The archive has not told in time what became of the texts in doubt: their writers learn that it is not known.
    pub(crate) fn give_up_archive(&mut self) {
        if self
            .archive_doubts_until
            .is_none_or(|until| until > self.now)
        {
            return;
        }
        self.archive_doubts_until = None;
        for row in self.outbox.unknown(api::Side::Xmpp) {
            let reason = "the connection broke while it was being sent, and the server's archive does not tell whether it arrived";
            self.failed(&row, reason.to_owned(), causeway_bridge::Outcome::Unknown);
        }
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
        if let Some(kind) = self.lists.roster(items) {
            self.tell(kind);
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
        if let Some(seen) = self.people.xmpp_presence(&bare) {
            self.saw_person(&Target::Xmpp(bare.clone()), seen.availability);
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
}

/// Id of the conversation with an XMPP contact.
pub(crate) fn conversation(jid: impl std::fmt::Display) -> String {
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

    #[test]
    fn a_bounce_is_told_in_words() {
        assert_eq!(bounce_reason("item-not-found", ""), "no such address");
        assert_eq!(bounce_reason("made-up", "because"), "made-up (because)");
    }
}
