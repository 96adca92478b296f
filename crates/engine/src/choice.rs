//! The own status as it is asked for and chosen.

use causeway_api::{Code, Command, Problem, Reply, Side, SideState};
use causeway_bridge::Input;
use jiff::{SignedDuration, Timestamp};

use crate::{
    bridging,
    commands::{SETTLING, Waiting, Wish, reply},
    config::Mode,
    core::Core,
    link::Readiness,
    presence, problems,
    send::Answer,
    status::{Author, Standing},
    store::ChosenStatus,
    unit::{Unit, Write},
};

/// Our own server confirms a status within this time.
const STATUS_PATIENCE: SignedDuration = SignedDuration::from_secs(15);

impl Core {
    pub(crate) fn get_status(&mut self, answer: Answer) -> Option<(Wish, Answer)> {
        let Some(side) = self.sides().next() else {
            reply(answer, Err(problems::nothing_configured()));
            return None;
        };
        match (self.readiness(side), self.standing()) {
            (Readiness::Coming, _) => return Some((Wish::Command(Command::GetStatus), answer)),
            // Signed out on purpose or about to come back is a status; what a person has to mend is a failure.
            (Readiness::Failed(problem), standing)
                if self.options.one_shot
                    || standing != Standing::Reconnecting
                        && self.state(side) != SideState::SignedOut =>
            {
                reply(answer, Err(problem))
            }
            (Readiness::Ready, Standing::WatchOnly) if side == Side::Lync => {
                presence::own_seen_from_outside(self, answer)
            }
            (Readiness::Ready, Standing::Available)
                if !self.own.was_seen() && self.settle_until > self.now =>
            {
                return Some((Wish::Command(Command::GetStatus), answer));
            }
            (Readiness::Ready | Readiness::Failed(_), standing) => {
                reply(answer, Ok(Reply::Status(self.own.told(standing))))
            }
        }
        None
    }

    pub(crate) fn change_status(
        &mut self,
        command: Command,
        answer: Answer,
    ) -> Option<(Wish, Answer)> {
        let Some(side) = self.sides().next() else {
            reply(answer, Err(problems::nothing_configured()));
            return None;
        };
        let watching = self.options.watch_only
            || self
                .configuration
                .settings
                .lync
                .as_ref()
                .is_some_and(|lync| side == Side::Lync && lync.mode.value == Mode::WatchOnly);
        if watching {
            reply(answer, Err(watch_only()));
            return None;
        }
        match self.readiness(side) {
            Readiness::Coming => return Some((Wish::Command(command), answer)),
            Readiness::Failed(problem) => {
                reply(answer, Err(problem));
                return None;
            }
            Readiness::Ready => {}
        }
        let seen = self.own.changes();
        let mut unit = Unit::default();
        let wish = if let Command::SetStatus { value, until, note } = command {
            if until.is_some_and(|until| until <= self.now) {
                reply(answer, Err(past(until)));
                return None;
            }
            self.own.choose(value, until, Author::You);
            unit.write(Write::Status(Some(ChosenStatus {
                value,
                note: note.clone(),
                until,
                at: self.now,
            })));
            self.bridge(
                Input::OwnChosen {
                    status: Some(bridging::to_settable(value)),
                    note: note.clone(),
                    until,
                },
                &mut unit,
            );
            if side == Side::Xmpp {
                self.own.saw_itself(value, note);
            }
            Wish::Confirmation
        } else {
            self.own.reset();
            unit.write(Write::Status(None));
            self.bridge(Input::OwnReset, &mut unit);
            Wish::Change(seen)
        };
        self.carry_out(unit);
        let deadline = self.now
            + if matches!(wish, Wish::Change(_)) {
                SETTLING
            } else {
                STATUS_PATIENCE
            };
        self.attempt(Waiting {
            what: wish,
            answer,
            deadline,
        });
        self.tell_own_status();
        None
    }

    /// Which of the special reasons of the own status holds.
    pub(crate) fn standing(&self) -> Standing {
        let Some(side) = self.sides().next() else {
            return Standing::SignedOut;
        };
        let state = self.state(side);
        if self.is_coming_back(side) {
            Standing::Reconnecting
        } else if !state.is_ready() {
            Standing::SignedOut
        } else if state == SideState::ReadyWatching {
            Standing::WatchOnly
        } else {
            Standing::Available
        }
    }
}

fn watch_only() -> Problem {
    Problem::new(
        Code::NotOffered,
        "status",
        "Causeway only watches: it does not change your status.",
        "Set lync.mode to available, or set the status in your Lync client.",
    )
}

fn past(until: Option<Timestamp>) -> Problem {
    let problem = Problem::new(
        Code::BadConfig,
        "status",
        "The end of the status lies in the past.",
        "Give a time to come.",
    );
    problem.with(
        "until",
        until.map(|until| until.to_string()).unwrap_or_default(),
    )
}
