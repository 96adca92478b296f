//! Texts that are kept until their reader is back. They lie in the store's queue like every other text; which of them
//! wait for somebody is noted beside it, so that one transaction lets a text go, once.

use std::collections::HashSet;

use causeway_api::{Availability, Code, Delivery, DeliveryState, Kind, Problem, Reply, Side};
use tracing::info;

use crate::{
    address::Target,
    core::Core,
    delivery::{has_its_turn, outgoing},
    outbox::{Row, Stage},
    problems,
    send::Answer,
    unit::{Then, Unit, Write},
};

/// So many texts wait for their readers at most.
const MOST: usize = 500;

/// The texts that wait for their readers, in the order in which they were written.
#[derive(Debug, Default)]
pub(crate) struct Held(Vec<Row>);

impl Held {
    pub(crate) fn restored(rows: Vec<Row>) -> Self {
        Self(rows)
    }

    pub(crate) fn has(&self, id: &str) -> bool {
        self.0.iter().any(|row| row.id == id)
    }

    pub(crate) fn ids(&self) -> HashSet<String> {
        self.0.iter().map(|row| row.id.clone()).collect()
    }

    /// Readers on this side.
    pub(crate) fn readers(&self, side: Side) -> impl Iterator<Item = &str> {
        let there = self.0.iter().filter(move |row| row.side == side);
        there.map(|row| row.to.as_str())
    }

    /// Takes a text out.
    pub(crate) fn take(&mut self, id: &str) -> Option<Row> {
        let at = self.0.iter().position(|row| row.id == id)?;
        Some(self.0.remove(at))
    }

    fn note(&self) -> Write {
        Write::Held(self.0.iter().map(|row| row.id.clone()).collect())
    }
}

/// Somebody can be expected to read what is written to them now.
pub(crate) fn is_back(availability: Availability) -> bool {
    match availability {
        Availability::Available
        | Availability::AvailableIdle
        | Availability::Busy
        | Availability::BusyIdle => true,
        Availability::DoNotDisturb
        | Availability::BeRightBack
        | Availability::Away
        | Availability::OffWork
        | Availability::Offline
        | Availability::Unknown => false,
    }
}

impl Core {
    /// Has a text for this person to be kept until they are back?
    ///
    /// # Errors
    /// Nobody would learn that they are back.
    pub(crate) fn has_to_wait(&self, target: &Target) -> Result<bool, Problem> {
        self.can_look_out(target)?;
        if self.held.0.len() >= MOST {
            return Err(problems::usage(
                "send",
                "Too many texts wait for their readers already; take some back.",
            ));
        }
        Ok(!is_back(self.availability_of(target)))
    }

    /// Presence of somebody can be seen here, and the program stays to see it.
    ///
    /// # Errors
    /// [`Code::NotOffered`].
    pub(crate) fn can_look_out(&self, target: &Target) -> Result<(), Problem> {
        let refuse = |message: &str, remedy: &str| {
            Err(Problem::new(Code::NotOffered, "presence", message, remedy))
        };
        if self.options.one_shot {
            return refuse(
                "This program ends before anybody can come back.",
                "Start causeway, the agent, or causewayctl bridge run.",
            );
        }
        let sees = match target {
            Target::Lync(_) => true,
            Target::Xmpp(jid) => {
                let contact = self.lists.contact(jid);
                contact.is_some_and(|contact| contact.subscription.to)
            }
        };
        if sees {
            Ok(())
        } else {
            refuse(
                "You do not see the presence of this person.",
                "Ask to see it first.",
            )
        }
    }

    fn availability_of(&self, target: &Target) -> Availability {
        let known = match target {
            Target::Lync(sip) => self.people.lync_presence(sip.as_str()).cloned(),
            Target::Xmpp(jid) => self.people.xmpp_presence(jid),
        };
        known.map_or(Availability::Unknown, |presence| presence.availability)
    }

    /// Keeps a text until its reader is back; what is to be stored follows in `unit`.
    pub(crate) fn keep(&mut self, row: Row, unit: &mut Unit) -> DeliveryState {
        unit.write(Write::Enqueue(outgoing(&row, DeliveryState::Queued)));
        unit.tell(Kind::Delivery(Delivery {
            when_back: true,
            ..Delivery::of(&row.id, DeliveryState::Queued)
        }));
        self.held.0.push(row);
        unit.write(self.held.note());
        DeliveryState::Queued
    }

    /// Presence of somebody was told: what waits for them goes out.
    pub(crate) fn reader_seen(&mut self, side: Side, address: &str, availability: Availability) {
        if !is_back(availability) {
            return;
        }
        let account = self.own_address(side);
        let theirs = self.held.0.iter().filter(|row| {
            row.side == side
                && row.to.eq_ignore_ascii_case(address)
                && row.account.eq_ignore_ascii_case(&account)
        });
        let ids: Vec<String> = theirs.map(|row| row.id.clone()).collect();
        for id in ids {
            info!(%id, ?side, "its reader is back");
            self.release(&id, None);
        }
    }

    /// Our person does not want to wait any longer.
    pub(crate) fn send_now(&mut self, id: &str, answer: Answer) {
        self.release(id, Some(Then::Answer(answer, Ok(Reply::Done))));
    }

    fn release(&mut self, id: &str, then: Option<Then>) {
        let Some(row) = self.held.take(id) else {
            return;
        };
        let mut unit = Unit::default();
        unit.write(self.held.note());
        match self.outbox.put(row.clone()) {
            Stage::Due | Stage::Sending => has_its_turn(row, &mut unit),
            Stage::Queued | Stage::InDoubt | Stage::Sent => {
                unit.tell(Kind::Delivery(Delivery::of(&row.id, DeliveryState::Queued)))
            }
        }
        unit.then.extend(then);
        self.carry_out(unit);
        self.watch_lync();
    }

    /// Our person takes a text back that waits for its reader.
    pub(crate) fn take_kept_back(&mut self, id: &str, answer: Answer) {
        let Some(row) = self.held.take(id) else {
            return crate::commands::reply(answer, Ok(Reply::Done));
        };
        let conversation = match row.side {
            Side::Lync => crate::lync::conversation(&row.to),
            Side::Xmpp | Side::Gateway => crate::xmpp::conversation(&row.to),
        };
        let mut unit = Unit::default();
        unit.write(self.held.note());
        unit.write(Write::TakeBack(row.id.clone()));
        unit.tell(Kind::Discarded {
            conversation,
            id: row.id,
        });
        unit.then.push(Then::Answer(answer, Ok(Reply::Done)));
        self.carry_out(unit);
        self.watch_lync();
    }
}
