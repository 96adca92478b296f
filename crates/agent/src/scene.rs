//! What is known of the person's connections, status and chats: everything that tray and notifications are made from.

use std::collections::BTreeMap;

use causeway_api::{
    Availability, Chat, Event, Kind, OwnStatus, Problem, Side, SideState, Snapshot,
};
use jiff::Timestamp;

use crate::notify::choice::Choice;

/// A value that is kept up to date by events. It knows unread chats only, not the contact list.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Scene {
    sides: BTreeMap<Place, (SideState, Option<Problem>)>,
    own: Option<OwnStatus>,
    /// The bridge is switched on.
    pub(crate) bridge: bool,
    /// Keys of the configuration that only the administrator may change.
    pub(crate) locked: Vec<String>,
    /// The bridge is paused; until when, where that is known.
    pub(crate) paused: Option<Option<Timestamp>>,
    /// What the person chose about notifications.
    pub(crate) choice: Choice,
    /// Notifications are paused until then.
    pub(crate) quiet_until: Option<Timestamp>,
    /// Unread chats by conversation id.
    pub(crate) unread: BTreeMap<String, Unread>,
    /// Conversation and name of who wrote last in a chat that was not unread.
    writer: Option<(String, String)>,
}

/// Lync first: it is the side whose status people see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Lync,
    Xmpp,
}

/// An unread chat.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Unread {
    pub(crate) count: u32,
    /// Display name, empty where it is not known.
    pub(crate) name: String,
    /// `sip:…` or `xmpp:…`.
    pub(crate) address: String,
}

/// The one thing that the icon says (ux.md 3.1).
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Situation {
    SignedIn(Availability),
    Watching,
    SigningIn(SideState),
    Reconnecting(SideState),
    /// Nothing goes on without the person.
    NeedsUser(Side, SideState),
    StoppedBy(Side, Option<Problem>),
    SignedOut,
}

impl Scene {
    /// What a snapshot says; what the person chose here stays.
    pub(crate) fn begin(&mut self, snapshot: &Snapshot) {
        *self = Self {
            quiet_until: self.quiet_until,
            choice: std::mem::take(&mut self.choice),
            bridge: self.bridge,
            locked: std::mem::take(&mut self.locked),
            ..Self::default()
        };
        for event in &snapshot.events {
            self.take(event);
        }
    }

    /// A change. True where something differs now.
    pub(crate) fn take(&mut self, event: &Event) -> bool {
        match &event.kind {
            Kind::State { side, state, error } => {
                let Some(place) = place(*side) else {
                    return false;
                };
                let news = (*state, error.clone());
                self.sides.insert(place, news.clone()) != Some(news)
            }
            Kind::Own { status } => replace(&mut self.own, Some(status.clone())),
            Kind::Paused { paused, until } => replace(&mut self.paused, paused.then_some(*until)),
            Kind::Message(message) => {
                let Some(name) = &message.name else {
                    return false;
                };
                let Some(unread) = self.unread.get_mut(&message.conversation) else {
                    // It becomes unread with the next event, if it does.
                    self.writer = Some((message.conversation.clone(), name.clone()));
                    return false;
                };
                replace(&mut unread.name, name.clone())
            }
            Kind::Unread {
                conversation,
                count: 0,
            } => self.unread.remove(conversation).is_some(),
            Kind::Unread {
                conversation,
                count,
            } => {
                let writer = self.writer.take_if(|(of, _)| of == conversation);
                let unread = self
                    .unread
                    .entry(conversation.clone())
                    .or_insert_with(|| Unread {
                        count: 0,
                        name: writer.map(|(_, name)| name).unwrap_or_default(),
                        address: address(conversation),
                    });
                replace(&mut unread.count, *count)
            }
            Kind::Person(_)
            | Kind::Presence { .. }
            | Kind::Step { .. }
            | Kind::NextTry { .. }
            | Kind::PersonGone(_)
            | Kind::ContactList(_)
            | Kind::GroupMembers(_)
            | Kind::Privacy { .. }
            | Kind::Lookout { .. }
            | Kind::CameAvailable { .. }
            | Kind::Accepted { .. }
            | Kind::Delivery(_)
            | Kind::Typing { .. }
            | Kind::Conversation(_)
            | Kind::Bridge { .. }
            | Kind::Subscription(_)
            | Kind::Discarded { .. }
            | Kind::Notices { .. }
            | Kind::Show(_)
            | Kind::Hide
            | Kind::Resync => false,
        }
    }

    /// Names of unread chats, from the list of chats.
    pub(crate) fn name(&mut self, chats: &[Chat]) {
        for chat in chats {
            let Some(name) = &chat.name else { continue };
            for part in &chat.conversations {
                if let Some(unread) = self.unread.get_mut(&part.id) {
                    unread.name.clone_from(name);
                }
            }
        }
    }

    /// What the icon says.
    pub(crate) fn situation(&self) -> Situation {
        let needs = self.sides.iter().find(|(_, (state, error))| {
            matches!(
                state,
                SideState::NeedsPassword | SideState::NeedsConsent | SideState::NeedsSignIn
            ) || (*state == SideState::Refused && error.is_some())
        });
        if let Some((place, (state, _))) = needs {
            return Situation::NeedsUser(side(*place), *state);
        }
        let Some((place, (state, error))) = self.sides.first_key_value() else {
            return Situation::SignedOut;
        };
        match state {
            SideState::ReadyAvailable => Situation::SignedIn(self.availability()),
            SideState::ReadyWatching => Situation::Watching,
            SideState::FindingServer
            | SideState::CheckingCertificate
            | SideState::AskingMethods
            | SideState::SigningIn
            | SideState::OpeningSession
            | SideState::LoadingContacts => Situation::SigningIn(*state),
            SideState::Reconnecting | SideState::WaitingForNetwork => {
                Situation::Reconnecting(*state)
            }
            // It goes on by itself where it may.
            SideState::ServerUnavailable
            | SideState::Refused
            | SideState::NotAllowed
            | SideState::Stopped
            | SideState::NeedsPassword
            | SideState::NeedsConsent
            | SideState::NeedsSignIn => Situation::StoppedBy(side(*place), error.clone()),
            SideState::SignedOut => Situation::SignedOut,
        }
    }

    /// A side besides the one that the icon shows is down without needing the person, and why.
    pub(crate) fn trouble(&self) -> Option<(Side, SideState)> {
        let others = self.sides.iter().skip(1);
        others
            .map(|(place, (state, _))| (side(*place), *state))
            .find(|(_, state)| {
                matches!(
                    state,
                    SideState::ServerUnavailable
                        | SideState::NotAllowed
                        | SideState::Stopped
                        | SideState::Reconnecting
                        | SideState::WaitingForNetwork
                )
            })
    }

    /// State of a side, where it is configured.
    pub(crate) fn state(&self, side: Side) -> Option<(SideState, Option<&Problem>)> {
        let (state, error) = self.sides.get(&place(side)?)?;
        Some((*state, error.as_ref()))
    }

    /// The configured sides.
    pub(crate) fn sides(&self) -> impl Iterator<Item = Side> {
        self.sides.keys().map(|place| side(*place))
    }

    /// Own status, as far as it is told.
    pub(crate) fn own(&self) -> Option<&OwnStatus> {
        self.own.as_ref()
    }

    fn availability(&self) -> Availability {
        self.own
            .as_ref()
            .map_or(Availability::Unknown, |own| own.availability)
    }

    /// Unread texts of all chats.
    pub(crate) fn unread_texts(&self) -> u32 {
        self.unread
            .values()
            .fold(0, |sum, unread| sum.saturating_add(unread.count))
    }

    /// Both sides are there and the bridge is on.
    pub(crate) fn has_bridge(&self) -> bool {
        self.bridge && self.sides.len() == 2
    }
}

impl Unread {
    /// Name, else address.
    pub(crate) fn who(&self) -> &str {
        if self.name.is_empty() {
            &self.address
        } else {
            &self.name
        }
    }
}

/// The address in a conversation id, in the form in which the door takes it.
pub(crate) fn address(conversation: &str) -> String {
    match conversation.split_once(':') {
        Some(("lync", address)) => format!("sip:{address}"),
        Some(_) | None => conversation.to_owned(),
    }
}

fn place(side: Side) -> Option<Place> {
    match side {
        Side::Lync => Some(Place::Lync),
        Side::Xmpp => Some(Place::Xmpp),
        Side::Gateway => None,
    }
}

fn side(place: Place) -> Side {
    match place {
        Place::Lync => Side::Lync,
        Place::Xmpp => Side::Xmpp,
    }
}

fn replace<T: PartialEq>(slot: &mut T, value: T) -> bool {
    let differs = *slot != value;
    *slot = value;
    differs
}

#[cfg(test)]
pub(crate) mod tests {
    use causeway_api::{Code, Direction, Message};

    use super::*;

    /// A scene in which this was told.
    pub(crate) fn told(kinds: &[Kind]) -> Scene {
        let mut scene = Scene {
            bridge: true,
            ..Scene::default()
        };
        for kind in kinds {
            scene.take(&event(kind.clone()));
        }
        scene
    }

    pub(crate) fn event(kind: Kind) -> Event {
        Event {
            seq: 1,
            at: Timestamp::UNIX_EPOCH,
            kind,
        }
    }

    pub(crate) fn state(side: Side, state: SideState) -> Kind {
        Kind::State {
            side,
            state,
            error: None,
        }
    }

    pub(crate) fn failed(side: Side, state: SideState, message: &str) -> Kind {
        Kind::State {
            side,
            state,
            error: Some(Problem::new(Code::CertificateExpired, "x", message, "y")),
        }
    }

    pub(crate) fn own(availability: Availability) -> Kind {
        Kind::Own {
            status: OwnStatus {
                availability,
                activity: None,
                note: None,
                until: None,
                reason: causeway_api::Reason::Automatic,
            },
        }
    }

    pub(crate) fn unread(conversation: &str, count: u32) -> Kind {
        Kind::Unread {
            conversation: conversation.into(),
            count,
        }
    }

    #[test]
    fn lync_is_what_the_icon_shows_and_xmpp_only_where_it_stands_alone() {
        let ready = state(Side::Lync, SideState::ReadyAvailable);
        let both = told(&[
            ready,
            state(Side::Xmpp, SideState::Reconnecting),
            own(Availability::Busy),
        ]);
        assert_eq!(both.situation(), Situation::SignedIn(Availability::Busy));
        assert_eq!(both.trouble(), Some((Side::Xmpp, SideState::Reconnecting)));
        let alone = told(&[state(Side::Xmpp, SideState::Reconnecting)]);
        assert_eq!(
            alone.situation(),
            Situation::Reconnecting(SideState::Reconnecting)
        );
    }

    #[test]
    fn whatever_needs_the_person_comes_first_from_either_side() {
        let scene = told(&[
            state(Side::Lync, SideState::ReadyAvailable),
            state(Side::Xmpp, SideState::NeedsPassword),
        ]);
        assert_eq!(
            scene.situation(),
            Situation::NeedsUser(Side::Xmpp, SideState::NeedsPassword)
        );
    }

    #[test]
    fn a_new_snapshot_replaces_everything_but_the_pause_of_notifications() {
        let mut scene = told(&[
            unread("lync:ben@contoso.example", 2),
            state(Side::Lync, SideState::Stopped),
        ]);
        scene.quiet_until = Some(Timestamp::MAX);
        scene.begin(&Snapshot::default());
        assert_eq!(
            (scene.unread_texts(), scene.situation(), scene.quiet_until),
            (0, Situation::SignedOut, Some(Timestamp::MAX))
        );
    }

    #[test]
    fn the_first_unread_text_tells_the_name_of_its_writer() {
        let text = Kind::Message(Message {
            id: "1".into(),
            conversation: "lync:ben@contoso.example".into(),
            side: Side::Lync,
            direction: Direction::In,
            from: "sip:ben@contoso.example".into(),
            to: "sip:anna@contoso.example".into(),
            name: Some("Ben Carter".into()),
            text: "hello".into(),
            sent_at: Timestamp::UNIX_EPOCH,
            late: false,
            relay: false,
        });
        let scene = told(&[text, unread("lync:ben@contoso.example", 1)]);
        assert_eq!(scene.unread.values().next().unwrap().who(), "Ben Carter");
    }

    #[test]
    fn an_unread_chat_knows_its_address_and_goes_when_it_is_read() {
        let mut scene = told(&[unread("lync:ben@contoso.example", 1)]);
        let first = scene.unread.values().next().unwrap();
        assert_eq!(first.who(), "sip:ben@contoso.example");
        assert!(!scene.take(&event(unread("lync:ben@contoso.example", 1))));
        assert!(scene.take(&event(unread("lync:ben@contoso.example", 0))));
        assert!(scene.unread.is_empty());
    }
}
