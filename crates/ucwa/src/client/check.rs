//! The sign-in ladder walked once, with a report per step.

use std::time::{Duration, Instant};

use url::Url;
use uuid::Uuid;

use super::driver::{self, Shared};
use super::settings::{Mode, Settings};
use crate::session::Session;
use crate::{CertificateFacts, Command, Error, ErrorKind, Event, SignedInHow, State};

/// A step of the sign-in ladder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// Autodiscovery.
    FindingServer,
    /// TLS to the server found.
    CheckingCertificate,
    /// The 401 challenge.
    AskingMethods,
    /// The token.
    SigningIn,
    /// Application and event channel.
    OpeningSession,
    /// Contact list.
    LoadingContacts,
}

/// How a step went.
#[derive(Clone, Debug)]
pub struct StepReport {
    /// Which.
    pub step: Step,
    /// How long it took.
    pub elapsed: Duration,
    /// What was seen, or why it failed. No step follows a failed one.
    pub result: Result<StepFacts, Error>,
}

/// What a step saw; a field is empty where it does not belong to the step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StepFacts {
    /// Host that answered.
    pub host: Option<String>,
    /// URLs visited, in order, without their queries.
    pub chain: Vec<String>,
    /// Certificate of the host.
    pub certificate: Option<CertificateFacts>,
    /// Grant types offered.
    pub methods: Vec<String>,
    /// How the sign-in went.
    pub signed_in: Option<SignedInHow>,
    /// `X-MS-Server-Fqdn`.
    pub server_fqdn: Option<String>,
    /// `X-MS-UcwaVersion`.
    pub ucwa_version: Option<String>,
    /// Number of contacts.
    pub contacts: Option<usize>,
}

/// Walks the ladder once, watch-only, with an `endpointId` of its own, and deletes the application it made.
/// One report per step; the last one may be a failure.
pub async fn check(mut settings: Settings) -> Vec<StepReport> {
    settings.mode = Mode::WatchOnly;
    settings.endpoint_id = Uuid::new_v4();
    settings.applications = None;
    let mut reports = Vec::new();
    // The reports before a failed step stand; the failure itself is the last of them.
    // Boxed: the whole ladder is in it, and whoever asks is small.
    if let Err(error) = Box::pin(walk(settings, &mut reports)).await {
        tracing::debug!(%error, "the check ended early");
    }
    reports
}

struct Ladder<'a> {
    reports: &'a mut Vec<StepReport>,
    begun: Instant,
}

impl Ladder<'_> {
    fn done(&mut self, step: Step, facts: StepFacts) {
        let elapsed = self.begun.elapsed();
        self.begun = Instant::now();
        self.reports.push(StepReport {
            step,
            elapsed,
            result: Ok(facts),
        });
    }

    /// A refused certificate belongs to its own step, whichever request met it.
    fn failed(&mut self, step: Step, error: Error) -> Error {
        let certificate = error.kind.is_about_certificate();
        if certificate && step == Step::FindingServer {
            self.done(
                Step::FindingServer,
                StepFacts {
                    host: error.facts.host.clone(),
                    ..StepFacts::default()
                },
            );
        }
        let step = if certificate {
            Step::CheckingCertificate
        } else {
            step
        };
        self.reports.push(StepReport {
            step,
            elapsed: self.begun.elapsed(),
            result: Err(error.clone()),
        });
        error
    }
}

async fn walk(settings: Settings, reports: &mut Vec<StepReport>) -> Result<(), Error> {
    let mut ladder = Ladder {
        reports,
        begun: Instant::now(),
    };
    let shared =
        Shared::new(settings).map_err(|error| ladder.failed(Step::FindingServer, error))?;
    let discovery = shared.discovery();
    let found = discovery
        .find_server()
        .await
        .map_err(|error| ladder.failed(Step::FindingServer, error))?;
    let host = found.user.host_str().map(str::to_owned);
    ladder.done(
        Step::FindingServer,
        StepFacts {
            host: host.clone(),
            chain: found.chain,
            ..StepFacts::default()
        },
    );

    let challenged = discovery
        .ask_challenge(found.user)
        .await
        .map_err(|error| ladder.failed(Step::CheckingCertificate, error))?;
    let certificate = host.as_deref().and_then(|host| shared.http.seen.of(host));
    ladder.done(
        Step::CheckingCertificate,
        StepFacts {
            host: host.clone(),
            certificate,
            ..StepFacts::default()
        },
    );
    let server_fqdn = challenged.answer.response.facts.server_fqdn.clone();
    let methods = challenged.methods();
    ladder.done(
        Step::AskingMethods,
        StepFacts {
            host,
            methods,
            server_fqdn,
            ..StepFacts::default()
        },
    );

    let applications = discovery
        .sign_in(challenged)
        .await
        .map_err(|error| ladder.failed(Step::SigningIn, error))?;
    ladder.done(
        Step::SigningIn,
        StepFacts {
            host: applications.host_str().map(str::to_owned),
            signed_in: shared.tokens.how().await,
            ..StepFacts::default()
        },
    );
    open_session(&shared, applications, &mut ladder).await
}

/// Lets a session of its own open an application, read the contacts, and leave.
async fn open_session(
    shared: &Shared,
    applications: Url,
    ladder: &mut Ladder<'_>,
) -> Result<(), Error> {
    let limit = shared.settings.limits.request;
    let host = applications.host_str().map(str::to_owned);
    let mut session = Session::new(driver::setup(&shared.settings));
    session.located(applications, driver::now());
    let mut step = Step::OpeningSession;
    let mut contacts = None;
    let mut facts = StepFacts {
        host,
        ..StepFacts::default()
    };
    let reached = tokio::time::timeout(limit, async {
        loop {
            while let Some(event) = session.poll_event() {
                match event {
                    Event::State(State::LoadingContacts) => {
                        ladder.done(step, facts.clone());
                        step = Step::LoadingContacts;
                    }
                    Event::Contacts(list) => contacts = Some(list.len()),
                    Event::State(State::Ready { .. }) => return Ok(()),
                    Event::State(
                        State::Reconnecting { error, .. } | State::Stopped(Some(error)),
                    ) => return Err(error),
                    Event::State(_)
                    | Event::SignedIn(_)
                    | Event::Located(_)
                    | Event::Me(_)
                    | Event::OwnPresence { .. }
                    | Event::OwnNote(_)
                    | Event::ContactGroups { .. }
                    | Event::GroupMembers(_)
                    | Event::PrivacyLevels(_)
                    | Event::Privacy { .. }
                    | Event::Presence(_)
                    | Event::Message(_)
                    | Event::Delivery { .. }
                    | Event::Typing { .. }
                    | Event::Conversation { .. }
                    | Event::PageDone(_) => {}
                }
            }
            // One request after the other is enough here; the event channel is not waited for.
            match session.poll_request() {
                Some(request) if request.events => {}
                Some(request) => {
                    let result = shared.send(&request).await?;
                    if let Ok(response) = &result {
                        facts.server_fqdn.clone_from(&response.facts.server_fqdn);
                        facts.ucwa_version.clone_from(&response.facts.ucwa_version);
                    }
                    match result {
                        Ok(response) => {
                            session.handle_response(request.id, response, driver::now())
                        }
                        Err(failure) => session.handle_failure(request.id, failure, driver::now()),
                    }
                }
                None => match session.poll_timeout() {
                    Some(at) => {
                        tokio::time::sleep_until(at.into()).await;
                        session.handle_timeout(driver::now());
                    }
                    None => {
                        return Err(
                            ErrorKind::Protocol("the session does not go on".to_owned()).into()
                        );
                    }
                },
            }
        }
    })
    .await
    .unwrap_or_else(|_| {
        Err(ErrorKind::TimeLimit {
            step: "opening the session",
        }
        .into())
    });
    let result = match reached {
        Ok(()) => {
            ladder.done(step, StepFacts { contacts, ..facts });
            Ok(())
        }
        Err(error) => Err(ladder.failed(step, error)),
    };
    session.command(Command::SignOut, driver::now());
    while let Some(request) = session.poll_request() {
        // Best effort: the server ends an application that nobody asks for events by itself.
        if let Ok(Err(failure)) = shared.send(&request).await {
            tracing::debug!(error = %failure.error(), "the application of the check was not deleted");
        }
    }
    result
}
