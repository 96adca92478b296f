//! The state that the loop owns, and the one way from a decision to its effects: stored first, then done.

use std::collections::{HashMap, VecDeque};

use causeway_api::{Kind, Problem, SendWhen, Side};
use causeway_bridge::{Bridge, Input};
use futures::{FutureExt, StreamExt, future::BoxFuture, stream::FuturesOrdered};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::mpsc;
use tracing::{error, warn};

use crate::{
    chats::Unread,
    commands::Waiting,
    config::Configuration,
    engine::Left,
    handle::Audience,
    held::Held,
    link::Slot,
    lists::Lists,
    lookout::Lookouts,
    lync::Myself,
    notices::Notices,
    options::Options,
    outbox::Outbox,
    page::Page,
    people::People,
    prepare::Prepared,
    privacy::Levels,
    seen::Seen,
    send::Answer,
    status::Own,
    store::{ChosenStatus, Outgoing, Pause, PersonLink, Store},
    unit::{Batch, Committed, Then, Unit},
    waiters::Sends,
    xmpp::{Archive, OwnPresence},
};

/// Time until a store that refused is tried again; doubled each time.
const STORE_RETRY: SignedDuration = SignedDuration::from_secs(3);
/// Longest time between two tries.
const LONGEST_RETRY: SignedDuration = SignedDuration::from_secs(60);
/// Tries of what the database refuses for another reason than the state of its disk: it would hold up all else for ever.
const MOST_TRIES: u32 = 5;
/// With so many batches not yet stored the links are not listened to any more: they keep what they have.
pub(crate) const STORE_BACKLOG: usize = 512;

/// Everything that the loop owns. The verbs stand in the files of their concern.
pub(crate) struct Core {
    pub(crate) options: Options,
    pub(crate) configuration: Configuration,
    pub(crate) store: Store,
    pub(crate) bridge: Bridge,
    pub(crate) links_by_hand: Vec<PersonLink>,
    pub(crate) pause: Option<Pause>,
    pub(crate) audience: Audience,
    pub(crate) people: People,
    pub(crate) own: Own,
    pub(crate) outbox: Outbox,
    pub(crate) held: Held,
    pub(crate) lookouts: Lookouts,
    pub(crate) seen: Seen,
    pub(crate) unread: Unread,
    pub(crate) notices: Notices,
    pub(crate) page: Page,
    pub(crate) lync: Slot<ucwa::client::Link, ucwa::Event>,
    pub(crate) xmpp: Slot<causeway_xmpp::link::Link, causeway_xmpp::Event>,
    /// Why the Lync link was started without a password.
    pub(crate) password_missing: Option<Problem>,
    pub(crate) presence: OwnPresence,
    pub(crate) waiting: Vec<Waiting>,
    pub(crate) sends: Sends,
    /// What tasks of ours found out comes back to the loop through this.
    pub(crate) found: mpsc::UnboundedSender<Found>,
    /// A status chosen in an earlier run, until the network has shown what it makes of it.
    pub(crate) restore: Option<ChosenStatus>,
    pub(crate) myself: Myself,
    /// The Lync contact list: SIP URIs in small letters.
    pub(crate) lync_list: Vec<String>,
    pub(crate) lists: Lists,
    pub(crate) privacy: Levels,
    /// Names of Lync people, for texts that come without one. By SIP URI in small letters.
    pub(crate) names: HashMap<String, String>,
    /// What the directory tells of the contact list. By SIP URI in small letters.
    pub(crate) cards: HashMap<String, causeway_api::Card>,
    /// The search for the server of an address that is not configured yet.
    pub(crate) discovery: Option<tokio::task::AbortHandle>,
    /// `threadId` of the last text with a Lync person, so that the next one joins the same window there.
    pub(crate) threads: HashMap<String, String>,
    /// Contact lists are complete by then, with the presences that follow a sign-in.
    pub(crate) settle_until: Timestamp,
    /// Texts in doubt on the Lync side are decided then.
    pub(crate) doubts_until: Option<Timestamp>,
    /// What the archive has told in this XMPP session.
    pub(crate) archive: Archive,
    /// Texts in doubt on the XMPP side are given up then; `None` as long as the archive tells about them.
    pub(crate) archive_doubts_until: Option<Timestamp>,
    /// Somebody who sees it says that our person uses this computer.
    pub(crate) person_is_here: bool,
    /// When a network last told a presence or note.
    pub(crate) presence_at: Timestamp,
    /// When the tick that is being handled began.
    pub(crate) now: Timestamp,
    pub(crate) commits: Commits,
    unsaved: VecDeque<Unsaved>,
    retry_store_at: Option<Timestamp>,
    store_pause: SignedDuration,
    quitting: bool,
}

/// What waits for an older batch that the store refused, or is that one.
enum Unsaved {
    /// To be stored.
    Batch(Batch),
    /// Stored already, with what took effect; what follows from it waits for its turn.
    Held(Batch, Vec<bool>),
}

/// Batches whose fate is not known yet, in their order.
#[derive(Default)]
pub(crate) struct Commits(FuturesOrdered<BoxFuture<'static, Committed>>);

impl Commits {
    fn push(&mut self, commit: impl Future<Output = Committed> + Send + 'static) {
        self.0.push_back(commit.boxed());
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The batch whose fate is known next; never resolves while there is none.
    pub(crate) async fn next(&mut self) -> Committed {
        match self.0.next().await {
            Some(committed) => committed,
            None => std::future::pending().await,
        }
    }
}

/// What a task of ours found out.
pub(crate) enum Found {
    /// A link can be started, or why not.
    Prepared {
        side: Side,
        generation: u64,
        prepared: Result<Prepared, Problem>,
    },
    /// The configuration was read anew.
    Configuration(Box<Configuration>),
    /// So many texts of a conversation are unread.
    Unread { conversation: String, count: u32 },
    /// The computer is in another network, or woke up.
    Network,
    /// There is a password for this side now.
    Password(Side),
    /// A text that failed is to be sent again.
    Retry {
        text: Outgoing,
        when: SendWhen,
        answer: Answer,
    },
}

/// Where a core begins.
pub(crate) struct Start {
    pub(crate) options: Options,
    pub(crate) configuration: Configuration,
    pub(crate) store: Store,
    pub(crate) left: Left,
    /// What opening the store found wrong with it.
    pub(crate) damage: Option<Problem>,
    pub(crate) found: mpsc::UnboundedSender<Found>,
    pub(crate) now: Timestamp,
}

impl Core {
    pub(crate) fn new(start: Start) -> Self {
        let Start {
            options,
            configuration,
            store,
            left,
            damage,
            found,
            now,
        } = start;
        let rules =
            crate::bridging::rules(&options, &configuration.settings, &left.links, left.pause);
        let mut core = Self {
            options,
            configuration,
            store,
            bridge: Bridge::new(rules, causeway_bridge::Memory::from_facts(left.facts)),
            links_by_hand: left.links,
            pause: left.pause,
            audience: Audience::new(),
            people: People::default(),
            own: Own::default(),
            restore: left.status,
            myself: Myself::default(),
            lync_list: Vec::new(),
            lists: Lists::default(),
            privacy: Levels::default(),
            threads: HashMap::new(),
            settle_until: now,
            doubts_until: None,
            archive: Archive::Reading,
            archive_doubts_until: None,
            person_is_here: false,
            presence_at: now,
            outbox: Outbox::restored(left.outgoing),
            held: Held::restored(left.held),
            lookouts: left.lookouts,
            seen: Seen::restored(left.keys),
            unread: left.unread,
            notices: Notices::beginning_with(damage),
            page: Page::default(),
            lync: Slot::new(Side::Lync),
            xmpp: Slot::new(Side::Xmpp),
            password_missing: None,
            presence: OwnPresence::default(),
            waiting: Vec::new(),
            sends: Sends::default(),
            found,
            names: HashMap::new(),
            cards: HashMap::new(),
            discovery: None,
            now,
            commits: Commits::default(),
            unsaved: VecDeque::new(),
            retry_store_at: None,
            store_pause: STORE_RETRY,
            quitting: false,
        };
        core.note_accounts();
        core
    }

    /// Stores what the unit has to store, then does what follows. Units take effect in the order of these calls.
    pub(crate) fn carry_out(&mut self, unit: Unit) {
        if unit.stores_nothing() {
            // Nothing is overtaken: what waits for the disk concerns other texts than what needs no disk.
            unit.then.into_iter().for_each(|then| self.follow(then));
        } else {
            self.commit(Batch::new(vec![unit], None));
        }
    }

    pub(crate) fn commit(&mut self, batch: Batch) {
        if self.unsaved.is_empty() {
            self.commits.push(batch.commit(&self.store));
        } else {
            self.unsaved.push_back(Unsaved::Batch(batch));
        }
    }

    /// The fate of the oldest batch is known.
    pub(crate) fn committed(&mut self, (batch, result): Committed) {
        match result {
            Ok(took_effect) if self.unsaved.is_empty() => {
                self.store_pause = STORE_RETRY;
                batch
                    .follow(&took_effect)
                    .for_each(|then| self.follow(then));
            }
            // An older one is not stored yet: what follows from this one does not overtake what follows from that.
            Ok(took_effect) => self.unsaved.push_back(Unsaved::Held(batch, took_effect)),
            Err(problem) => {
                error!(code = %problem.code, "the store refused a transaction");
                let typed = batch.typed();
                if !typed.is_empty() {
                    self.refuse_typed(&typed, &problem);
                    for answer in batch.answers() {
                        crate::commands::reply(answer, Err(problem.clone()));
                    }
                } else if crate::store::is_refusal(&problem) && batch.tries() >= MOST_TRIES {
                    error!(detail = ?problem.detail, "given up; an event page of it is told again after a restart");
                    self.refuse_typed(&batch.enqueued(), &problem);
                } else {
                    self.unsaved.push_back(Unsaved::Batch(batch));
                    if self.retry_store_at.is_none() {
                        self.retry_store_at = Some(self.now + self.store_pause);
                        self.store_pause = (self.store_pause * 2).min(LONGEST_RETRY);
                    }
                }
            }
        }
    }

    /// Tries again to store what could not be stored.
    pub(crate) fn retry_store(&mut self) {
        if self.retry_store_at.is_some_and(|at| at <= self.now) {
            warn!(batches = self.unsaved.len(), "trying the store again");
            self.retry_store_at = None;
            for unsaved in std::mem::take(&mut self.unsaved) {
                match unsaved {
                    Unsaved::Batch(batch) => self.commits.push(batch.commit(&self.store)),
                    Unsaved::Held(batch, took_effect) => {
                        self.commits
                            .push(std::future::ready((batch, Ok(took_effect))));
                    }
                }
            }
        }
    }

    /// Batches that are not safe yet.
    pub(crate) fn uncommitted(&self) -> usize {
        self.commits.len() + self.unsaved.len()
    }

    /// Tells every subscriber at once.
    pub(crate) fn tell(&self, kind: Kind) {
        self.audience.tell(self.now, kind);
    }

    /// The person asked to end the engine.
    pub(crate) fn quit(&mut self) {
        self.quitting = true;
    }

    pub(crate) fn is_quitting(&self) -> bool {
        self.quitting
    }

    /// When there is something to do without anything happening.
    pub(crate) fn deadline(&self) -> Option<Timestamp> {
        let deadlines = [
            self.bridge.next_deadline(),
            self.sends.deadline(),
            self.waiting_deadline(),
            self.retry_store_at,
            self.pause.and_then(|pause| pause.until),
            // While Lync is away nothing can be decided; the next sign-in looks at it.
            self.doubts_until.filter(|_| self.lync.state().is_ready()),
            self.archive_doubts_until,
        ];
        deadlines.into_iter().flatten().min()
    }

    /// Some deadline has come.
    pub(crate) fn timer(&mut self) {
        self.retry_store();
        self.sends.expire(self.now);
        self.decide_doubts();
        self.give_up_archive();
        self.end_pause();
        if self
            .bridge
            .next_deadline()
            .is_some_and(|deadline| deadline <= self.now)
        {
            self.bridge_alone(Input::Tick);
            // A status with an end may have come to it.
            self.tell_own_status();
        }
    }

    /// Asks both links to close in order.
    pub(crate) fn say_goodbye(&self) {
        if let Some(link) = &self.lync.link {
            link.send(ucwa::Command::SignOut);
        }
        if let Some(link) = &self.xmpp.link {
            link.send(causeway_xmpp::Command::SignOut);
        }
    }

    fn follow(&mut self, then: Then) {
        match then {
            Then::Tell(mut kind) => {
                let text = if let Kind::Message(message) = &mut kind {
                    message.relay = self.is_relay(&message.conversation);
                    Some((message.direction, message.conversation.clone()))
                } else {
                    None
                };
                self.tell(kind);
                if let Some((direction, conversation)) = text {
                    self.count_unread(direction, &conversation);
                }
            }
            // A link that is gone meanwhile: what it was to send is in the outbox and is taken up by the next one.
            Then::Lync(command) => {
                if let Some(link) = &self.lync.link {
                    link.send(command);
                }
            }
            Then::Xmpp(command) => {
                if let Some(link) = &self.xmpp.link {
                    link.send(command);
                }
            }
            Then::HandOver(id) => self.now_hand_over(&id),
            Then::Answer(answer, reply) => crate::commands::reply(answer, reply),
        }
    }
}

#[cfg(test)]
mod tests;
