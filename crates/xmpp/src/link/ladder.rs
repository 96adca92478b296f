//! Climbs the sign-in steps: tells each one, gives it a time limit, keeps its report.

use std::future::Future;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use tokio::time::timeout;

use super::step::{Step, StepFacts, StepReport};
use crate::{Error, ErrorKind, Event, State};

/// The steps climbed so far.
#[derive(Debug)]
pub(super) struct Ladder<'a> {
    events: Option<&'a mpsc::Sender<Event>>,
    reports: Vec<StepReport>,
}

impl<'a> Ladder<'a> {
    /// At the bottom. States are told to `events`, where there are any.
    pub(super) fn new(events: Option<&'a mpsc::Sender<Event>>) -> Self {
        Self {
            events,
            reports: Vec::new(),
        }
    }

    /// One step, with the host that it deals with.
    pub(super) async fn climb<T>(
        &mut self,
        step: Step,
        host: &str,
        limit: Duration,
        work: impl Future<Output = Result<(T, StepFacts), Error>>,
    ) -> Result<T, Error> {
        if let Some(events) = self.events {
            let state = match step {
                Step::FindingServer => State::FindingServer,
                Step::CheckingCertificate => State::CheckingCertificate(host.to_owned()),
                Step::AskingMethods => State::AskingMethods,
                Step::SigningIn => State::SigningIn,
                Step::OpeningSession => State::OpeningSession,
                Step::LoadingContacts => State::LoadingContacts,
            };
            // Nobody listens any more: the link ends soon.
            let _ = events.send(Event::State(state)).await;
        }
        let began = Instant::now();
        let result = match timeout(limit, work).await {
            Ok(result) => result,
            Err(_) => Err(ErrorKind::TimeLimit { step: step.word() }.into()),
        };
        let elapsed = began.elapsed();
        let (value, result) = match result {
            Ok((value, facts)) => (Ok(value), Ok(facts)),
            Err(error) => (Err(error.clone()), Err(error)),
        };
        self.reports.push(StepReport {
            step,
            elapsed,
            result,
        });
        value
    }

    /// Whether the password was sent.
    pub(super) fn signed_in(&self) -> bool {
        self.reports
            .iter()
            .any(|report| report.step == Step::SigningIn)
    }

    /// How the steps went.
    pub(super) fn reports(self) -> Vec<StepReport> {
        self.reports
    }
}
