//! What follows from one thing that happened: stored as a whole, then done.

use std::sync::Arc;

use causeway_api::{DeliveryState, Kind, Message, Problem, Reply, Side};
use causeway_bridge::Fact;
use jiff::Timestamp;
use ucwa::PageId;

use crate::lookout::Lookouts;
use crate::send::Answer;
use crate::store::{
    ChosenStatus, Keep, KnownServer, Outgoing, Pause, PersonLink, Slot, Store, Transaction,
};

/// A change of the store.
#[derive(Clone, Debug)]
pub(crate) enum Write {
    /// A text for the history that follows from another one.
    Keep(Message, String),
    /// A new text on its way out.
    Enqueue(Outgoing),
    /// A text is handed to its network as soon as this is stored.
    Sending(String),
    /// What became of a text.
    Delivery {
        id: String,
        state: DeliveryState,
        reason: Option<String>,
    },
    /// Something that the bridge wants to know after a restart.
    Remember(Fact),
    /// A text that is ours under this name: it must not be taken for somebody else's when the network shows it.
    Known(Side, String),
    /// The archive of this account is known up to here.
    ArchiveStamp { account: String, stamp: Timestamp },
    /// Our person's choice of status.
    Status(Option<ChosenStatus>),
    /// The bridge is paused, or not.
    Pause(Option<Pause>),
    /// Two addresses joined or split by hand.
    Link(PersonLink),
    /// Our person has read this conversation.
    Read(String),
    /// A text that failed is taken out of the history; another one takes its place.
    Discard(String),
    /// The texts that wait for their readers; all of them.
    Held(Vec<String>),
    /// A text that waited for its reader is taken back.
    TakeBack(String),
    /// Where the Lync server is; `None`: it has to be looked for.
    LyncServer(Option<KnownServer>),
    /// Of whom our person wants to know when they are available; all of them.
    Lookouts(Lookouts),
}

/// What is done once the writes are safe.
pub(crate) enum Then {
    /// Every subscriber learns it.
    Tell(Kind),
    /// The Lync link is told to do it.
    Lync(ucwa::Command),
    /// The XMPP link is told to do it.
    Xmpp(causeway_xmpp::Command),
    /// A text of the queue has its turn.
    HandOver(String),
    /// A question is answered.
    Answer(Answer, Result<Reply, Problem>),
}

/// What follows from one thing that happened.
#[derive(Default)]
pub(crate) struct Unit {
    /// The text that happened, with its network's own name. Where the store knows it already nothing else is done:
    /// everything that follows from it was stored with it, in one transaction.
    pub(crate) text: Option<(Message, String)>,
    pub(crate) writes: Vec<Write>,
    pub(crate) then: Vec<Then>,
}

impl Unit {
    /// Has nothing to store: what is to be done can be done at once.
    pub(crate) fn stores_nothing(&self) -> bool {
        self.text.is_none() && self.writes.is_empty()
    }

    pub(crate) fn write(&mut self, write: Write) {
        self.writes.push(write);
    }

    pub(crate) fn tell(&mut self, kind: Kind) {
        self.then.push(Then::Tell(kind));
    }

    pub(crate) fn lync(&mut self, command: ucwa::Command) {
        self.then.push(Then::Lync(command));
    }

    pub(crate) fn hand_over(&mut self, id: String) {
        self.then.push(Then::HandOver(id));
    }

    pub(crate) fn xmpp(&mut self, command: causeway_xmpp::Command) {
        self.then.push(Then::Xmpp(command));
    }
}

/// Units that stand or fall together: those of one event page with its striking off, or a single one.
pub(crate) struct Batch {
    stored: Arc<Stored>,
    then: Vec<Vec<Then>>,
    tries: u32,
}

/// The part of a unit that goes to the store.
type ToStore = (Option<(Message, String)>, Vec<Write>);

/// The part that goes to the store; kept until it is safe, to be tried again where the disk was full.
#[derive(Debug)]
struct Stored {
    units: Vec<ToStore>,
    page: Option<PageId>,
}

/// A batch whose fate is known.
pub(crate) type Committed = (Batch, Result<Vec<bool>, Problem>);

impl Batch {
    pub(crate) fn new(units: Vec<Unit>, page: Option<PageId>) -> Self {
        let (stored, then) = units
            .into_iter()
            .map(|unit| ((unit.text, unit.writes), unit.then))
            .unzip();
        Self {
            stored: Arc::new(Stored {
                units: stored,
                page,
            }),
            then,
            tries: 0,
        }
    }

    /// Takes its place in the order of transactions now; the future gives the batch back with, for each unit,
    /// whether it took effect.
    pub(crate) fn commit(
        mut self,
        store: &Store,
    ) -> impl Future<Output = Committed> + Send + use<> {
        self.tries = self.tries.saturating_add(1);
        let stored = Arc::clone(&self.stored);
        let done = store.transaction(stored.keep(), move |transaction| stored.apply(transaction));
        async move {
            let result = done.await;
            (self, result)
        }
    }

    /// What is to be done now that it is stored.
    pub(crate) fn follow(self, took_effect: &[bool]) -> impl Iterator<Item = Then> {
        let effective: Vec<bool> = took_effect.to_vec();
        self.then
            .into_iter()
            .zip(effective)
            .filter(|(_, effective)| *effective)
            .flat_map(|(then, _)| then)
    }

    /// Whoever waits for this batch to be stored.
    pub(crate) fn answers(self) -> impl Iterator<Item = Answer> {
        self.then
            .into_iter()
            .flatten()
            .filter_map(|then| match then {
                Then::Answer(answer, _) => Some(answer),
                Then::Tell(_) | Then::Lync(_) | Then::Xmpp(_) | Then::HandOver(_) => None,
            })
    }

    /// How often it was given to the store.
    pub(crate) fn tries(&self) -> u32 {
        self.tries
    }

    /// Ids of all new texts on their way out.
    pub(crate) fn enqueued(&self) -> Vec<String> {
        let writes = self.stored.units.iter().flat_map(|(_, writes)| writes);
        let new = writes.filter_map(|write| {
            let Write::Enqueue(outgoing) = write else {
                return None;
            };
            Some(outgoing.id.clone())
        });
        new.collect()
    }

    /// Ids of the texts that a person typed and that exist nowhere else: where they cannot be stored the person is told,
    /// and nothing is sent.
    pub(crate) fn typed(&self) -> Vec<String> {
        let writes = self.stored.units.iter().flat_map(|(_, writes)| writes);
        writes.filter_map(Write::typed).collect()
    }
}

impl Stored {
    /// A text that a person typed here exists nowhere else, and is told to be safe. One that is carried over lies in the
    /// journal, or in the archive from a little before the last stamp on; what was learned about a text comes again.
    fn keep(&self) -> Keep {
        let typed = |write: &Write| write.typed().is_some();
        if self
            .units
            .iter()
            .any(|(_, writes)| writes.iter().any(typed))
        {
            Keep::PowerLoss
        } else {
            Keep::Kill
        }
    }

    fn apply(&self, transaction: &Transaction<'_>) -> rusqlite::Result<Vec<bool>> {
        let mut took_effect = Vec::with_capacity(self.units.len());
        for (text, writes) in &self.units {
            let is_new = match text {
                Some((message, key)) => transaction.add_message(message, key)?,
                None => true,
            };
            if is_new {
                writes
                    .iter()
                    .try_for_each(|write| write.apply(transaction))?;
            }
            took_effect.push(is_new);
        }
        if let Some(page) = self.page {
            transaction.strike_off(page)?;
        }
        Ok(took_effect)
    }
}

impl Write {
    /// The id of the text, where it is a new one that a person typed.
    fn typed(&self) -> Option<String> {
        let Self::Enqueue(outgoing) = self else {
            return None;
        };
        outgoing.origin.is_none().then(|| outgoing.id.clone())
    }

    fn apply(&self, transaction: &Transaction<'_>) -> rusqlite::Result<()> {
        match self {
            Self::Keep(message, key) => transaction.add_message(message, key).map(drop),
            Self::Enqueue(outgoing) => transaction.enqueue(outgoing).map(drop),
            Self::Sending(id) => transaction.sending(id),
            Self::Delivery { id, state, reason } => transaction
                .set_delivery(id, *state, reason.as_deref())
                .map(drop),
            Self::Remember(fact) => transaction.remember(fact),
            Self::Known(side, name) => transaction.first_seen(*side, name).map(drop),
            Self::ArchiveStamp { account, stamp } => {
                transaction.advance_archive_stamp(account, *stamp)
            }
            Self::Status(status) => transaction.set_slot(Slot::OWN_STATUS, status.as_ref()),
            Self::Pause(pause) => transaction.set_slot(Slot::PAUSE, pause.as_ref()),
            Self::Link(link) => transaction.set_person_link(link),
            Self::Read(conversation) => transaction.mark_read(conversation),
            Self::Discard(id) => transaction.discard(id).map(drop),
            Self::LyncServer(server) => transaction.set_slot(Slot::LYNC_SERVER, server.as_ref()),
            Self::Held(ids) => transaction.set_slot(Slot::HELD, Some(ids)),
            Self::TakeBack(id) => transaction.take_back(id),
            Self::Lookouts(lookouts) => transaction.set_slot(Slot::LOOKOUTS, Some(lookouts)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(origin: Option<&str>) -> Batch {
        let mut unit = Unit::default();
        unit.write(Write::Enqueue(Outgoing {
            id: "m".to_owned(),
            side: Side::Lync,
            to: "sip:ben@contoso.example".to_owned(),
            thread: None,
            text: "hej".to_owned(),
            created: Timestamp::UNIX_EPOCH,
            state: DeliveryState::Queued,
            attempts: 0,
            origin: origin.map(str::to_owned),
            reason: None,
            account: String::new(),
        }));
        Batch::new(vec![unit], None)
    }

    #[test]
    fn a_typed_text_waits_for_the_disk_and_a_relayed_one_does_not() {
        assert_eq!(batch(None).stored.keep(), Keep::PowerLoss);
        assert_eq!(batch(Some("x1")).stored.keep(), Keep::Kill);
        assert_eq!(batch(None).typed(), ["m"]);
    }
}
