//! Between the loop and the bridge: rules in, outputs out, and the words of both.

use causeway_api as api;
use causeway_bridge::{self as bridge, Action, Input, Output};
use jid::BareJid;
use jiff::tz::TimeZone;
use tracing::{debug, warn};
use ucwa::SipUri;

use crate::{
    config::Settings,
    core::Core,
    options::Options,
    outbox::{Row, Stage},
    status::Author,
    store::{Pause, PersonLink},
    unit::{Unit, Write},
};

impl Core {
    /// Shows the bridge what happened and puts what follows into `unit`.
    pub(crate) fn bridge(&mut self, input: Input, unit: &mut Unit) {
        for output in self.bridge.handle(input, self.now) {
            debug!(?output, "bridge");
            self.take(output, unit);
        }
    }

    /// As [`Core::bridge`], for what happened without a text to store with it.
    pub(crate) fn bridge_alone(&mut self, input: Input) {
        let mut unit = Unit::default();
        self.bridge(input, &mut unit);
        self.carry_out(unit);
    }

    /// The configuration, the pause or the links made by hand have changed.
    pub(crate) fn set_rules(&mut self) {
        let rules = rules(
            &self.options,
            &self.configuration.settings,
            &self.links_by_hand,
            self.pause,
        );
        self.bridge.set_rules(rules, self.now);
    }

    fn take(&mut self, output: Output, unit: &mut Unit) {
        match output {
            Output::SendXmpp {
                id,
                to,
                body,
                thread,
                origin,
                sent_at,
            } => {
                // Our own text comes back by the archive; it must not be taken for one written elsewhere.
                self.seen.insert(api::Side::Xmpp, &id);
                unit.write(Write::Known(api::Side::Xmpp, id.clone()));
                let thread = thread.unwrap_or_default();
                // What the bridge itself has to say has no origin; it is not typed by a person all the same.
                let origin = Some(origin.unwrap_or_default());
                let row = Row {
                    id,
                    side: api::Side::Xmpp,
                    account: self.own_address(api::Side::Xmpp),
                    to,
                    thread,
                    text: body,
                    written: sent_at,
                    origin,
                    stage: Stage::Queued,
                };
                self.enqueue(row, unit);
            }
            Output::SendLync {
                id,
                to,
                thread,
                text,
                origin,
            } => {
                self.person_acted();
                self.show_own_text(&id, &to, &text, unit);
                let row = Row {
                    id,
                    side: api::Side::Lync,
                    account: self.own_address(api::Side::Lync),
                    to,
                    thread,
                    text,
                    written: self.now,
                    origin: Some(origin),
                    stage: Stage::Queued,
                };
                self.enqueue(row, unit);
            }
            Output::TypingXmpp { to, on } => {
                if let Some(to) = bare_jid(&to) {
                    unit.xmpp(causeway_xmpp::Command::ChatState {
                        to: to.into(),
                        composing: on,
                    });
                }
            }
            Output::TypingLync { to, .. } => {
                if let Some(to) = sip(&to) {
                    unit.lync(ucwa::Command::Typing { to });
                }
            }
            Output::ReceiptXmpp { to, id } => match to.parse() {
                Ok(to) => unit.xmpp(causeway_xmpp::Command::Receipt { to, id }),
                Err(_) => warn!(%id, "a receipt has no address"),
            },
            Output::SetLyncPresence(value) => {
                self.wrote_lync_presence(from_settable(value));
                unit.lync(ucwa::Command::SetPresence(preferred(value)));
            }
            Output::ResetLyncPresence => {
                self.reset_lync_presence(unit);
                unit.lync(ucwa::Command::ResetPresence);
            }
            Output::SetLyncNote(note) => {
                self.wrote_lync_note(&note);
                unit.lync(ucwa::Command::SetNote(note));
            }
            // Whoever only watches shows no presence at all.
            Output::SetXmppPresence { .. } if self.options.watch_only => {}
            Output::SetXmppPresence {
                show,
                status,
                idle_since,
            } => {
                let command = self.presence.set(xmpp_show(show), status, idle_since);
                unit.xmpp(command);
            }
            Output::Tell {
                action,
                id,
                from,
                to,
                reason,
            } => unit.tell(api::Kind::Bridge {
                action: told_action(action),
                id,
                from_side: told_side(from),
                to_side: told_side(to),
                reason,
            }),
            Output::Remember(fact) => unit.write(Write::Remember(fact)),
            Output::Subscribe { jid } => {
                if let Some(jid) = bare_jid(&jid) {
                    unit.xmpp(causeway_xmpp::Command::Subscribe(jid));
                }
            }
        }
    }

    /// The bridge set the own presence in Lync: on our person's order, or after a change on the XMPP side.
    fn wrote_lync_presence(&mut self, value: api::Settable) {
        let by_person = self
            .own
            .chosen_by_person()
            .is_some_and(|(chosen, _)| chosen == value);
        if !by_person {
            self.own.choose(value, None, Author::Bridge);
        }
    }

    /// Others see the note a moment later, unless an out-of-office note stands before it.
    fn wrote_lync_note(&mut self, note: &str) {
        if self.lync.state() == api::SideState::ReadyAvailable && !self.myself.is_out_of_office() {
            self.own.wrote_note(note.to_owned());
        }
    }

    fn reset_lync_presence(&mut self, unit: &mut Unit) {
        if self.own.chosen_by_person().is_some() {
            unit.write(Write::Status(None));
        }
        self.own.reset();
        if self.sides().next() == Some(api::Side::Xmpp) {
            // Without Lync there is no logic that a status could go back to: our person is simply there.
            self.own
                .saw_itself(api::Settable::Available, Some(String::new()));
        }
    }
}

/// The bridge's rules from the configuration and from what the person decided by hand.
pub(crate) fn rules(
    options: &Options,
    settings: &Settings,
    by_hand: &[PersonLink],
    pause: Option<Pause>,
) -> bridge::Rules {
    let pairs = |joined: bool| {
        let those = by_hand.iter().filter(move |link| link.joined == joined);
        those
            .map(|link| (link.lync.clone(), link.xmpp.clone()))
            .collect()
    };
    let rule = &settings.bridge;
    bridge::Rules {
        enabled: options.bridge && rule.enabled.value,
        presence: rule.presence.value,
        table: rule.status_table(),
        relay_to: rule.relay_to.value.as_ref().map(ToString::to_string),
        relay_when: rule.relay_when.value,
        auto_subscribe: rule.auto_subscribe.value,
        own_xmpp: settings
            .xmpp
            .as_ref()
            .map(|xmpp| xmpp.address.value.to_string()),
        own_lync: settings
            .lync
            .as_ref()
            .map(|lync| lync.address.value.to_string()),
        paused: pause.map(|pause| {
            pause
                .until
                .map_or(bridge::Pause::UntilResumed, bridge::Pause::Until)
        }),
        links: pairs(true),
        splits: pairs(false),
        defaults: by_hand
            .iter()
            .map(|link| (link.lync.clone(), bridge_side(link.default)))
            .collect(),
        clock: TimeZone::system(),
    }
}

/// A SIP URI of the bridge, which got it from us.
pub(crate) fn sip(text: &str) -> Option<SipUri> {
    text.parse()
        .inspect_err(|_| warn!("the bridge names an address that is none"))
        .ok()
}

/// A JID of the bridge, which got it from us.
pub(crate) fn bare_jid(text: &str) -> Option<BareJid> {
    match text.parse::<jid::Jid>() {
        Ok(jid) => Some(jid.into_bare()),
        Err(_) => {
            warn!("the bridge names an address that is none");
            None
        }
    }
}

fn bridge_side(network: api::Network) -> bridge::Side {
    match network {
        api::Network::Lync => bridge::Side::Lync,
        api::Network::Xmpp => bridge::Side::Xmpp,
    }
}

/// The bridge's side as the network of an address.
pub(crate) fn network(side: bridge::Side) -> api::Network {
    match side {
        bridge::Side::Lync => api::Network::Lync,
        bridge::Side::Xmpp => api::Network::Xmpp,
    }
}

fn told_side(side: bridge::Side) -> api::Side {
    match side {
        bridge::Side::Lync => api::Side::Lync,
        bridge::Side::Xmpp => api::Side::Xmpp,
    }
}

fn told_action(action: Action) -> api::BridgeAction {
    match action {
        Action::Relayed => api::BridgeAction::Relayed,
        Action::Answered => api::BridgeAction::Answered,
        Action::Queued => api::BridgeAction::Queued,
        Action::Dropped => api::BridgeAction::Dropped,
        Action::Bounced => api::BridgeAction::Bounced,
    }
}

/// A person of the bridge as told through the door.
pub(crate) fn person(person: bridge::Person) -> api::Person {
    api::Person {
        name: person.name,
        addresses: api::Addresses {
            lync: person.lync,
            xmpp: person.xmpp,
        },
        default: network(person.default),
        availability: told_availability(person.availability),
        activity: person.activity,
        note: person.note,
        groups: person.groups,
    }
}

/// The bridge's word for what is seen of a person, as told through the door.
pub(crate) fn told_availability(availability: bridge::Availability) -> api::Availability {
    match availability {
        bridge::Availability::Online => api::Availability::Available,
        bridge::Availability::IdleOnline => api::Availability::AvailableIdle,
        bridge::Availability::Busy => api::Availability::Busy,
        bridge::Availability::IdleBusy => api::Availability::BusyIdle,
        bridge::Availability::DoNotDisturb => api::Availability::DoNotDisturb,
        bridge::Availability::BeRightBack => api::Availability::BeRightBack,
        bridge::Availability::Away => api::Availability::Away,
        bridge::Availability::OffWork => api::Availability::OffWork,
        bridge::Availability::Offline => api::Availability::Offline,
        bridge::Availability::Unknown => api::Availability::Unknown,
    }
}

/// UCWA's word for what is seen of a person.
pub(crate) fn availability(
    availability: &ucwa::Availability,
    activity: &str,
) -> bridge::Availability {
    match availability {
        ucwa::Availability::Online => bridge::Availability::Online,
        ucwa::Availability::IdleOnline => bridge::Availability::IdleOnline,
        ucwa::Availability::Busy => bridge::Availability::Busy,
        ucwa::Availability::IdleBusy => bridge::Availability::IdleBusy,
        ucwa::Availability::DoNotDisturb => bridge::Availability::DoNotDisturb,
        ucwa::Availability::BeRightBack => bridge::Availability::BeRightBack,
        ucwa::Availability::Away if activity == ucwa::activity::OFF_WORK => {
            bridge::Availability::OffWork
        }
        ucwa::Availability::Away => bridge::Availability::Away,
        ucwa::Availability::Offline => bridge::Availability::Offline,
        // The type is open: a later server may invent values.
        ucwa::Availability::None | ucwa::Availability::Other(_) | _ => {
            bridge::Availability::Unknown
        }
    }
}

/// What a person can choose, in the bridge's words.
pub(crate) fn to_settable(value: api::Settable) -> bridge::Settable {
    match value {
        api::Settable::Available => bridge::Settable::Online,
        api::Settable::Busy => bridge::Settable::Busy,
        api::Settable::DoNotDisturb => bridge::Settable::DoNotDisturb,
        api::Settable::BeRightBack => bridge::Settable::BeRightBack,
        api::Settable::Away => bridge::Settable::Away,
        api::Settable::OffWork => bridge::Settable::Offwork,
    }
}

fn from_settable(value: bridge::Settable) -> api::Settable {
    match value {
        bridge::Settable::Online => api::Settable::Available,
        bridge::Settable::Busy => api::Settable::Busy,
        bridge::Settable::DoNotDisturb => api::Settable::DoNotDisturb,
        bridge::Settable::BeRightBack => api::Settable::BeRightBack,
        bridge::Settable::Away => api::Settable::Away,
        bridge::Settable::Offwork => api::Settable::OffWork,
    }
}

fn preferred(value: bridge::Settable) -> ucwa::PreferredAvailability {
    match value {
        bridge::Settable::Online => ucwa::PreferredAvailability::Online,
        bridge::Settable::Busy => ucwa::PreferredAvailability::Busy,
        bridge::Settable::DoNotDisturb => ucwa::PreferredAvailability::DoNotDisturb,
        bridge::Settable::BeRightBack => ucwa::PreferredAvailability::BeRightBack,
        bridge::Settable::Away => ucwa::PreferredAvailability::Away,
        bridge::Settable::Offwork => ucwa::PreferredAvailability::Offwork,
    }
}

/// The link's word for the bridge's.
fn xmpp_show(show: bridge::Show) -> causeway_xmpp::Show {
    match show {
        bridge::Show::Available => causeway_xmpp::Show::Available,
        bridge::Show::Chat => causeway_xmpp::Show::Chat,
        bridge::Show::Away => causeway_xmpp::Show::Away,
        bridge::Show::Xa => causeway_xmpp::Show::Xa,
        bridge::Show::Dnd => causeway_xmpp::Show::Dnd,
        bridge::Show::Unavailable => causeway_xmpp::Show::Unavailable,
    }
}

/// The bridge's word for the link's.
pub(crate) fn bridge_show(show: causeway_xmpp::Show) -> bridge::Show {
    match show {
        causeway_xmpp::Show::Available => bridge::Show::Available,
        causeway_xmpp::Show::Chat => bridge::Show::Chat,
        causeway_xmpp::Show::Away => bridge::Show::Away,
        causeway_xmpp::Show::Xa => bridge::Show::Xa,
        causeway_xmpp::Show::Dnd => bridge::Show::Dnd,
        causeway_xmpp::Show::Unavailable => bridge::Show::Unavailable,
    }
}
