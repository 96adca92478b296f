//! The own status and the contact list, as they are told.

use causeway_api::{Kind, Presence, Side};
use causeway_bridge::Input;
use tracing::info;

use crate::{
    bridging,
    core::Core,
    status::{Author, Standing, Verdict},
    unit::{Unit, Write},
};

impl Core {
    /// Own address on a side: SIP URI or bare JID.
    pub(crate) fn own_address(&self, side: Side) -> String {
        let settings = &self.configuration.settings;
        match side {
            Side::Lync => settings
                .lync
                .as_ref()
                .map(|lync| lync.address.value.to_string()),
            Side::Xmpp | Side::Gateway => settings
                .xmpp
                .as_ref()
                .map(|xmpp| xmpp.address.value.to_string()),
        }
        .unwrap_or_default()
    }

    /// Tells the own status where it differs from what was told last. While somebody waits for the network to show what
    /// they chose, half of it is not told: value and note come one after the other.
    pub(crate) fn tell_own_status(&mut self) {
        if self.waits_for_own_status() {
            return;
        }
        let status = self.own.told(self.standing());
        if self.people.own_status(&status) {
            self.tell(self.own_kind());
        }
        let Some(side) = self.sides().next() else {
            return;
        };
        let presence = Presence {
            address: self.own_address(side),
            availability: status.availability,
            activity: status.activity,
            note: status.note,
            until: status.until,
            last_active: None,
            device: None,
        };
        if let Some(kind) = self.people.own(side, presence) {
            self.tell(kind);
        }
    }

    /// The own status as it is told.
    pub(crate) fn own_kind(&self) -> Kind {
        Kind::Own {
            status: self.own.told(self.standing()),
        }
    }

    /// Our person did something, here or by an answer from the XMPP side: in Lync they are not idle. Without this no
    /// activity is ever reported, so that a program left alone shows its person as away.
    pub(crate) fn person_acted(&self) {
        if let (Some(link), Standing::Available) = (&self.lync.link, self.standing()) {
            link.send(ucwa::Command::Active);
        }
    }

    /// Our person uses the computer, or does no longer.
    pub(crate) fn person_is(&mut self, here: bool) {
        self.person_is_here = here;
        if here {
            self.person_acted();
        }
    }

    /// The first word of the network about our own status after the start: takes up what was chosen in an earlier run.
    pub(crate) fn restore_status(&mut self) {
        let Some(chosen) = self.restore.take() else {
            return;
        };
        let mut unit = Unit::default();
        match self.own.shows_or_replaces(chosen.value) {
            // The bridge keeps what has an end, and has ended it.
            _ if chosen.until.is_some_and(|until| until <= self.now) => {
                info!("a status chosen earlier is over");
                unit.write(Write::Status(None));
            }
            Verdict::Replaced => unit.write(Write::Status(None)),
            Verdict::Shown | Verdict::Lost => {
                info!("a status chosen earlier goes on");
                self.own.choose(chosen.value, chosen.until, Author::You);
                let status = Some(bridging::to_settable(chosen.value));
                self.bridge(
                    Input::OwnChosen {
                        status,
                        note: chosen.note,
                        until: chosen.until,
                    },
                    &mut unit,
                );
            }
        }
        self.carry_out(unit);
        self.tell_own_status();
    }

    /// Tells a person after a change, where something differs.
    pub(crate) fn tell_person(&mut self, address: &str) {
        let person = self.bridge.person(address).map(bridging::person);
        if let Some(kind) = person.and_then(|person| self.people.person(person)) {
            self.tell(kind);
        }
    }

    /// Tells what differs in the list.
    pub(crate) fn tell_list(&mut self) {
        let people = self
            .bridge
            .people()
            .into_iter()
            .map(bridging::person)
            .collect();
        for kind in self.people.list(people) {
            self.tell(kind);
        }
    }
}
