//! What outlives a connection: own presence, what waits to be written, the books of stream management, the place in the
//! archive. Reads stanzas and commands; writes nothing itself.

mod reading;
#[cfg(test)]
mod tests;

use std::collections::{HashSet, VecDeque};

use jid::{BareJid, FullJid};
use jiff::Timestamp;
use uuid::Uuid;
use xmpp_parsers::iq::Iq;
use xmpp_parsers::presence::Presence;
use xmpp_parsers::stanza::Stanza;

use crate::link::catch_up::{Next, Place};
use crate::link::sm::{Fate, Ledger, Outgoing, WrongCount};
use crate::wire;
use crate::{Command, Event, Show};

/// Most stanzas that wait for a connection. Texts are their owner's to keep, so more would only be copies.
const MOST_WAITING: usize = 10_000;
/// Most tries to resume one session.
const MOST_RESUMES: u32 = 3;

/// See the module.
pub(in crate::link) struct Desk {
    own: BareJid,
    /// Our resource, from the last binding on.
    full: Option<FullJid>,
    presence: Option<OwnPresence>,
    presence_written: bool,
    waiting: VecDeque<Outgoing>,
    /// Texts handed to a stream without stream management that has not taken them yet.
    unflushed: Vec<String>,
    ledger: Option<Ledger>,
    resumes: u32,
    /// Contacts that may see our presence.
    viewers: HashSet<BareJid>,
    roster_query: Option<String>,
    block_query: Option<String>,
    /// Ids of changes of the roster, and of what is blocked, that are not answered.
    roster_changes: HashSet<String>,
    place: Place,
}

struct OwnPresence {
    show: Show,
    status: String,
    idle_since: Option<Timestamp>,
}

/// What a command asks of the session.
#[derive(Debug)]
pub(in crate::link) enum Taken {
    /// It waits to be written.
    Waits,
    /// There is no more room: tell this.
    Full(Box<Event>),
    /// The network is another one.
    NetworkChanged,
    /// Sign out.
    SignOut,
}

impl Desk {
    pub(in crate::link) fn new(own: BareJid, archive_since: Option<Timestamp>) -> Self {
        Self {
            own,
            full: None,
            presence: None,
            presence_written: false,
            waiting: VecDeque::new(),
            unflushed: Vec::new(),
            ledger: None,
            resumes: 0,
            viewers: HashSet::new(),
            roster_query: None,
            block_query: None,
            roster_changes: HashSet::new(),
            place: Place::new(archive_since),
        }
    }

    /// Takes a command.
    pub(in crate::link) fn take(&mut self, command: Command) -> Taken {
        let (stanza, fate): (Stanza, Fate) = match command {
            Command::Send {
                id,
                to,
                body,
                thread,
                delayed,
            } => {
                let stanza = wire::chat_message(&id, to, &body, thread.as_deref(), delayed);
                (stanza.into(), Fate::Told(id))
            }
            Command::Receipt { to, id } => (wire::receipt(to, &id).into(), Fate::Again),
            Command::ChatState { to, composing } => {
                (wire::chat_state(to, composing).into(), Fate::Gone)
            }
            Command::SetPresence {
                show,
                status,
                idle_since,
            } => {
                self.presence = Some(OwnPresence {
                    show,
                    status,
                    idle_since,
                });
                self.presence_written = false;
                return Taken::Waits;
            }
            Command::SetContact {
                id,
                jid,
                name,
                groups,
            } => {
                let stanza = wire::roster_set(&id, jid, &name, &groups);
                self.roster_changes.insert(id);
                (stanza.into(), Fate::Again)
            }
            Command::RemoveContact { id, jid } => {
                let stanza = wire::roster_remove(&id, jid);
                self.roster_changes.insert(id);
                (stanza.into(), Fate::Again)
            }
            Command::Block { id, jid, on } => {
                let stanza = wire::block(&id, jid, on);
                self.roster_changes.insert(id);
                (stanza.into(), Fate::Again)
            }
            Command::Subscribe(to) => (wire::subscribe(to).into(), Fate::Again),
            Command::AnswerSubscription { to, allow } => {
                (wire::subscription_answer(to, allow).into(), Fate::Again)
            }
            Command::NetworkChanged => return Taken::NetworkChanged,
            Command::SignOut => return Taken::SignOut,
        };
        if self.waiting.len() < MOST_WAITING {
            self.waiting.push_back(Outgoing { stanza, fate });
        } else if let Fate::Told(id) = fate {
            return Taken::Full(Box::new(Event::Unacked { id }));
        }
        Taken::Waits
    }

    /// The next stanza to write. Own presence waits for the roster (RFC 6121 section 2.2).
    pub(in crate::link) fn next_to_write(&mut self) -> Option<Outgoing> {
        if let Some(presence) = self
            .presence
            .as_ref()
            .filter(|_| !self.presence_written && self.roster_query.is_none())
        {
            self.presence_written = true;
            let stanza = wire::own_presence(presence.show, &presence.status, presence.idle_since);
            return Some(Outgoing {
                stanza: stanza.into(),
                fate: Fate::Gone,
            });
        }
        self.waiting.pop_front()
    }

    /// A stanza was handed to the stream.
    pub(in crate::link) fn written(&mut self, outgoing: Outgoing) {
        if let Some(ledger) = &mut self.ledger {
            ledger.sent(outgoing);
        } else if let Fate::Told(id) = outgoing.fate {
            self.unflushed.push(id);
        }
    }

    /// The stream took everything. Without stream management that is all that will ever be known.
    pub(in crate::link) fn flushed(&mut self) -> Vec<Event> {
        let ids = std::mem::take(&mut self.unflushed);
        ids.into_iter().map(|id| Event::Acked { id }).collect()
    }

    /// Puts the goodbye among what waits to be written.
    pub(in crate::link) fn farewell(&mut self) {
        self.presence_written = true;
        let stanza = Presence::unavailable().into();
        self.waiting.push_back(Outgoing {
            stanza,
            fate: Fate::Gone,
        });
    }

    /// The books, where stream management is on.
    pub(in crate::link) fn ledger(&mut self) -> Option<&mut Ledger> {
        self.ledger.as_mut()
    }

    /// The server has this many stanzas.
    pub(in crate::link) fn confirm(&mut self, count: u32) -> Result<Vec<Event>, WrongCount> {
        let Some(ledger) = &mut self.ledger else {
            return Ok(Vec::new());
        };
        let confirmed = ledger.confirm(count)?;
        let told = confirmed
            .into_iter()
            .filter_map(|outgoing| match outgoing.fate {
                Fate::Told(id) => Some(Event::Acked { id }),
                Fate::Again | Fate::Gone => None,
            });
        Ok(told.collect())
    }

    /// Id and count to resume with; `None` when there is nothing to resume or it failed too often.
    pub(in crate::link) fn resume(&mut self) -> Option<(String, u32)> {
        let (id, handled) = self.ledger.as_ref()?.resumable()?;
        self.resumes += 1;
        (self.resumes <= MOST_RESUMES).then(|| (id.to_owned(), handled))
    }

    /// The session goes on: what the server has not is written again, before anything else.
    pub(in crate::link) fn resumed(&mut self) {
        self.resumes = 0;
        let Some(ledger) = &mut self.ledger else {
            return;
        };
        let mut again = ledger.take_open();
        again.append(&mut self.waiting);
        self.waiting = again;
    }

    /// The session is lost: tells which texts are in doubt, keeps what is harmless to repeat.
    pub(in crate::link) fn lost(&mut self) -> Vec<Event> {
        self.resumes = 0;
        self.presence_written = false;
        self.roster_query = None;
        let mut open = self
            .ledger
            .take()
            .map(|mut ledger| ledger.take_open())
            .unwrap_or_default();
        open.append(&mut self.waiting);
        let unflushed = std::mem::take(&mut self.unflushed);
        let mut told: Vec<Event> = unflushed
            .into_iter()
            .map(|id| Event::Unacked { id })
            .collect();
        for outgoing in open {
            match outgoing.fate {
                Fate::Told(id) => told.push(Event::Unacked { id }),
                Fate::Again => self.waiting.push_back(outgoing),
                Fate::Gone => {}
            }
        }
        told
    }

    /// A fresh session is bound.
    pub(in crate::link) fn bound(&mut self, full: FullJid, ledger: Option<Ledger>) {
        self.full = Some(full);
        self.ledger = ledger;
    }

    /// Our full JID; `None` before the first binding.
    pub(in crate::link) fn full(&self) -> Option<&FullJid> {
        self.full.as_ref()
    }

    /// Asks for the roster, see [`Desk::waits_for_roster`], and for whom the server blocks.
    pub(in crate::link) fn ask_roster(&mut self) {
        let id = Uuid::new_v4().to_string();
        self.put(wire::roster_query(&id));
        self.roster_query = Some(id);
        let id = Uuid::new_v4().to_string();
        self.put(wire::blocklist_query(&id));
        self.block_query = Some(id);
    }

    /// Whether the roster has not arrived yet.
    pub(in crate::link) fn waits_for_roster(&self) -> bool {
        self.roster_query.is_some()
    }

    /// Begins to read the archive.
    pub(in crate::link) fn catch_up(&mut self, now: Timestamp) -> Option<Event> {
        let next = self.place.begin(now);
        self.go_on(next)
    }

    /// Gives up the archive: the server does not answer.
    pub(in crate::link) fn give_up_archive(&mut self) -> Option<Event> {
        tracing::warn!("the archive did not answer in time");
        let next = self.place.end(false);
        self.go_on(next)
    }

    /// Id of the archive query on its way.
    pub(in crate::link) fn archive_query(&self) -> Option<&str> {
        self.place.query()
    }

    /// Where some of the archive is left to be read later: how often that was tried in vain.
    pub(in crate::link) fn behind(&self) -> Option<u32> {
        self.place.behind()
    }

    fn go_on(&mut self, next: Next) -> Option<Event> {
        match next {
            Next::Query(iq) => {
                self.put(*iq);
                None
            }
            Next::Done { whole } => Some(Event::CaughtUp { whole }),
        }
    }

    /// Puts an answer or a query among what waits to be written.
    pub(in crate::link) fn put(&mut self, iq: Iq) {
        if self.waiting.len() < MOST_WAITING {
            self.waiting.push_back(Outgoing {
                stanza: iq.into(),
                fate: Fate::Gone,
            });
        }
    }
}
