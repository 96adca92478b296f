//! Everything known now, for who begins to listen.

use causeway_api::{Kind, Side};

use crate::{bridging, core::Core, problems};

impl Core {
    /// Everything known now, as the events that lead there.
    pub(crate) fn snapshot(&self) -> Vec<Kind> {
        let mut known: Vec<Kind> = Vec::new();
        if self.sides().next().is_none() {
            // Who listens should not have to guess why nothing comes.
            known.extend([Side::Lync, Side::Xmpp].map(|side| Kind::State {
                side,
                state: causeway_api::SideState::SignedOut,
                error: Some(problems::not_configured(side)),
            }));
        }
        known.extend(self.sides().map(|side| match side {
            Side::Lync => self.lync.told(),
            Side::Xmpp | Side::Gateway => self.xmpp.told(),
        }));
        known.extend(self.lync.next_try());
        known.extend(self.xmpp.next_try());
        known.push(self.own_kind());
        known.push(self.pause_kind());
        known.extend(
            self.bridge
                .people()
                .into_iter()
                .map(|person| Kind::Person(bridging::person(person))),
        );
        known.extend(self.lists.told().into_iter().map(Kind::ContactList));
        let levels = self.privacy.told();
        if !levels.is_empty() {
            known.push(Kind::Privacy { levels });
        }
        known.extend(self.lookouts.told());
        known.extend(self.people.presences());
        known.extend(self.unread_kinds());
        if !self.notices.is_empty() {
            known.push(self.notices.kind());
        }
        known.extend(
            self.people
                .subscriptions()
                .into_iter()
                .map(Kind::Subscription),
        );
        known
    }
}
