//! What the loop knows about one link.

use causeway_api::{Kind, LinkState, PassedOver, Problem, Side, SideState, StepState};
use jiff::Timestamp;
use tokio::sync::mpsc;

use crate::{diagnose::Recent, problems, refusals::Offer};

/// A link of type `L` that tells `E`, or the place of one.
#[derive(Debug)]
pub(crate) struct Slot<L, E> {
    pub(crate) side: Side,
    /// The link, while it runs.
    pub(crate) link: Option<L>,
    events: Option<mpsc::Receiver<E>>,
    /// Counts the starts, so that what an earlier start prepared is recognised as stale.
    pub(crate) generation: u64,
    state: SideState,
    /// The last step of the ladder that was tried: where a failure happened.
    step: SideState,
    problem: Option<Problem>,
    was_ready: bool,
    /// When the state was entered.
    pub(crate) since: Option<Timestamp>,
    /// When a broken session last went on without loss.
    pub(crate) resumed: Option<Timestamp>,
    /// Name of the server that was found.
    pub(crate) server: Option<String>,
    /// How it was signed in last.
    pub(crate) signed_in: Option<SignedIn>,
    /// The password that it was started with, until its fate is known.
    pub(crate) offer: Option<Offer>,
    /// When it is tried again by itself.
    pub(crate) next_at: Option<Timestamp>,
    /// What it went through.
    pub(crate) recent: Recent,
}

/// How a link was signed in, for who looks after it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SignedIn {
    pub(crate) method: String,
    pub(crate) passed_over: Vec<PassedOver>,
}

/// Can a command that needs this link be carried out?
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Readiness {
    /// Yes.
    Ready,
    /// Not yet.
    Coming,
    /// Not now, and why.
    Failed(Problem),
}

impl<L, E> Slot<L, E> {
    pub(crate) fn new(side: Side) -> Self {
        Self {
            side,
            link: None,
            events: None,
            generation: 0,
            state: SideState::SignedOut,
            step: SideState::FindingServer,
            problem: None,
            was_ready: false,
            since: None,
            resumed: None,
            server: None,
            signed_in: None,
            offer: None,
            next_at: None,
            recent: Recent::default(),
        }
    }

    /// A link was started.
    pub(crate) fn started(&mut self, link: L, events: mpsc::Receiver<E>) {
        self.link = Some(link);
        self.events = Some(events);
    }

    /// Lets go of the link. What it still tells while it closes comes out of the receiver, which ends with the link.
    pub(crate) fn ended(&mut self) -> Option<mpsc::Receiver<E>> {
        self.link = None;
        self.generation += 1;
        self.events.take()
    }

    /// The next event; never resolves while there is no link. `None` once: the link ended without a word.
    pub(crate) async fn next(&mut self) -> Option<E> {
        match &mut self.events {
            Some(events) => events.recv().await,
            None => std::future::pending().await,
        }
    }

    pub(crate) fn state(&self) -> SideState {
        self.state
    }

    /// It was signed in at least once since the engine started: what was learned then is worth showing.
    pub(crate) fn was_ready(&self) -> bool {
        self.was_ready
    }

    /// Name of the step in which a failure now has happened.
    pub(crate) fn step(&self) -> &'static str {
        problems::step_name(self.step)
    }

    /// Changes the state. Gives what is to be told, nothing where nothing changed.
    pub(crate) fn enter(&mut self, state: SideState, problem: Option<Problem>) -> Option<Kind> {
        if self.state == state && self.problem == problem {
            return None;
        }
        match state {
            SideState::FindingServer
            | SideState::CheckingCertificate
            | SideState::AskingMethods
            | SideState::SigningIn
            | SideState::OpeningSession
            | SideState::LoadingContacts => self.step = state,
            SideState::ReadyWatching | SideState::ReadyAvailable => {
                self.step = state;
                self.was_ready = true;
            }
            SideState::SignedOut
            | SideState::WaitingForNetwork
            | SideState::Reconnecting
            | SideState::NeedsPassword
            | SideState::NeedsConsent
            | SideState::NeedsSignIn
            | SideState::Refused
            | SideState::NotAllowed
            | SideState::ServerUnavailable
            | SideState::Stopped => {}
        }
        self.state = state;
        self.problem = problem;
        Some(self.told())
    }

    /// The state as an event.
    pub(crate) fn told(&self) -> Kind {
        Kind::State {
            side: self.side,
            state: self.state,
            error: self.problem.clone(),
        }
    }

    /// The next try as an event, where one is known.
    pub(crate) fn next_try(&self) -> Option<Kind> {
        Some(Kind::NextTry {
            side: self.side,
            next_at: self.next_at?,
        })
    }

    /// The step that has run since its beginning and ends now with `problem`, as an event. `now` is the end.
    pub(crate) fn step_ended(&self, problem: Option<&Problem>, now: Timestamp) -> Option<Kind> {
        if !self.state.is_step() {
            return None;
        }
        let elapsed = now.duration_since(self.since?).as_millis();
        Some(Kind::Step {
            side: self.side,
            step: problem.map_or(self.state, |problem| {
                problems::step_of(problem).unwrap_or(self.state)
            }),
            state: match problem {
                Some(_) => StepState::Fail,
                None => StepState::Ok,
            },
            ms: u64::try_from(elapsed).unwrap_or_default(),
            message: match (problem, self.state) {
                (Some(problem), _) => problem.message.clone(),
                (None, SideState::FindingServer) => self.server.clone().unwrap_or_default(),
                (None, _) => String::new(),
            },
        })
    }

    /// The state as an answer.
    pub(crate) fn link_state(&self) -> LinkState {
        LinkState {
            side: self.side,
            state: self.state,
            error: self.problem.clone(),
        }
    }

    /// It is on its way back by itself.
    pub(crate) fn is_coming_back(&self) -> bool {
        matches!(
            self.state,
            SideState::Reconnecting | SideState::WaitingForNetwork
        )
    }

    /// Can a command that needs this link be carried out?
    pub(crate) fn readiness(&self) -> Readiness {
        if self.state.is_ready() {
            return Readiness::Ready;
        }
        let failed = self.state.is_final()
            || matches!(
                self.state,
                SideState::Reconnecting
                    | SideState::ServerUnavailable
                    | SideState::WaitingForNetwork
            );
        match (failed, &self.problem) {
            (true, Some(problem)) => Readiness::Failed(problem.clone()),
            (true, None) => Readiness::Failed(problems::signed_out(self.side)),
            (false, _) => Readiness::Coming,
        }
    }
}

#[cfg(test)]
mod tests {
    use causeway_api::Code;

    use super::*;

    fn slot() -> Slot<(), ()> {
        Slot::new(Side::Lync)
    }

    #[test]
    fn a_failure_names_the_step_it_happened_in() {
        let mut slot = slot();
        slot.enter(SideState::SigningIn, None);
        slot.enter(
            SideState::Reconnecting,
            Some(problems::signed_out(Side::Lync)),
        );
        assert_eq!(slot.step(), "signing-in");
    }

    #[test]
    fn a_state_is_told_once() {
        let mut slot = slot();
        assert!(slot.enter(SideState::FindingServer, None).is_some());
        assert!(slot.enter(SideState::FindingServer, None).is_none());
    }

    #[test]
    fn commands_wait_for_a_sign_in_and_learn_why_it_failed() {
        let mut slot = slot();
        slot.enter(SideState::FindingServer, None);
        assert_eq!(slot.readiness(), Readiness::Coming);
        let problem = Problem::new(Code::DiscoverySilent, "finding-server", "m", "r");
        slot.enter(SideState::Reconnecting, Some(problem.clone()));
        assert_eq!(slot.readiness(), Readiness::Failed(problem));
        slot.enter(SideState::ReadyAvailable, None);
        assert_eq!(slot.readiness(), Readiness::Ready);
        assert!(slot.was_ready());
    }
}
