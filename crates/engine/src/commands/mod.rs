//! Commands: carried out at once, or as soon as the links they need are there.

mod account;
mod bridge;
mod configuration;
mod contacts;
mod dispatch;
mod people;
mod privacy;
mod snapshot;

use causeway_api::{Command, Problem, Reply, Side};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::oneshot;

use crate::{core::Core, handle::Ask, link::Readiness, problems, send::Answer};

/// A command waits so long for the links it needs.
const LINK_PATIENCE: SignedDuration = SignedDuration::from_secs(60);
/// Presences arrive so long after the sign-in at most.
pub(crate) const SETTLING: SignedDuration = SignedDuration::from_secs(2);
/// After so long without a presence or note, those that were to be had are there.
/// The Lync session gathers what events name for 200 ms before it reads it, and the reading takes its time.
const QUIET: SignedDuration = SignedDuration::from_millis(800);

/// Something that is not possible yet.
pub(crate) struct Waiting {
    pub(crate) what: Wish,
    pub(crate) answer: Answer,
    pub(crate) deadline: Timestamp,
}

/// What is waited for.
pub(crate) enum Wish {
    /// To carry out a command.
    Command(Command),
    /// That the network shows the status that was set.
    Confirmation,
    /// That the network shows what it makes of a reset.
    Change(u64),
}

impl Core {
    /// Somebody asks.
    pub(crate) fn on_ask(&mut self, ask: Ask) {
        match ask {
            Ask::Subscribe(answer) => {
                let known = self.snapshot();
                // Who asked may be gone.
                let _ = answer.send(self.audience.subscribe(self.now, known));
            }
            Ask::Diagnose(wanted, answer) => self.diagnose(wanted, answer),
            Ask::Activity(here) => self.person_is(here),
            Ask::Awake => self.network_changed(),
            Ask::Request(command, answer) => {
                let deadline = self.now + LINK_PATIENCE;
                self.attempt(Waiting {
                    what: Wish::Command(command),
                    answer,
                    deadline,
                });
            }
        }
    }

    /// Looks again at everything that waits.
    pub(crate) fn attempt_waiting(&mut self) {
        let held_back = self.waits_for_own_status();
        for waiting in std::mem::take(&mut self.waiting) {
            self.attempt(waiting);
        }
        if held_back {
            self.tell_own_status();
        }
    }

    /// Somebody waits for the network to show what they made of the own status.
    pub(crate) fn waits_for_own_status(&self) -> bool {
        self.waiting
            .iter()
            .any(|waiting| matches!(waiting.what, Wish::Confirmation | Wish::Change(_)))
    }

    /// When something that waits has waited long enough.
    pub(crate) fn waiting_deadline(&self) -> Option<Timestamp> {
        let first = self.waiting.iter().map(|waiting| waiting.deadline).min()?;
        let moments = [self.settle_until, self.presence_at + QUIET];
        let next = moments.into_iter().filter(|moment| *moment > self.now);
        Some(next.fold(first, Timestamp::min))
    }

    pub(crate) fn attempt(&mut self, waiting: Waiting) {
        let Waiting {
            what,
            answer,
            deadline,
        } = waiting;
        let again = match what {
            Wish::Command(command) => self.command(command, answer),
            Wish::Confirmation if self.own.is_confirmed() => {
                reply(answer, Ok(Reply::Status(self.own.told(self.standing()))));
                None
            }
            Wish::Change(seen) if self.own.changes() != seen && self.own.shows_note() => {
                reply(answer, Ok(Reply::Status(self.own.told(self.standing()))));
                None
            }
            Wish::Confirmation | Wish::Change(_) => Some((what, answer)),
        };
        let Some((what, answer)) = again else { return };
        if deadline > self.now {
            self.waiting.push(Waiting {
                what,
                answer,
                deadline,
            });
            return;
        }
        match what {
            Wish::Command(_) => {
                let side = self
                    .sides()
                    .find(|side| self.readiness(*side) == Readiness::Coming)
                    .unwrap_or(Side::Lync);
                reply(
                    answer,
                    Err(problems::no_answer(
                        side,
                        problems::step_name(self.state(side)),
                    )),
                );
            }
            Wish::Confirmation => reply(answer, Err(problems::no_answer(Side::Lync, "status"))),
            // An own status that was automatic already does not change.
            Wish::Change(_) => reply(answer, Ok(Reply::Status(self.own.told(self.standing())))),
        }
    }
}

/// Answers; whoever asked may be gone.
pub(crate) fn reply(
    answer: oneshot::Sender<Result<Reply, Problem>>,
    result: Result<Reply, Problem>,
) {
    let _ = answer.send(result);
}
