//! Moves the session machine: sends its requests, keeps its pages, wakes it in time, and hands on what it tells.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::{Notify, mpsc};
use tokio::task::{AbortHandle, JoinSet};
use url::Url;

use super::discovery::Discovery;
use super::http::{Asking, Http};
use super::journal::Journal;
use super::redirect::Trust;
use super::settings::{Mode, Settings};
use super::tokens::Tokens;
use crate::session::{Failure, Now, Request, RequestId, Response, Session, Setup, before_jitter};
use crate::{Command, Error, ErrorKind, Event, Limits, PageId, Retry, State};

/// What the tasks of a link share.
pub(super) struct Shared {
    pub(super) settings: Settings,
    pub(super) http: Http,
    pub(super) tokens: Tokens,
    pub(super) trust: Trust,
    /// `Settings::applications`, until it was tried.
    kept: Mutex<Option<Url>>,
    /// Whoever waits to look for the server again need not.
    hurry: Notify,
}

impl Shared {
    pub(super) fn new(settings: Settings) -> Result<Self, Error> {
        let trust = Trust::new(&settings);
        Ok(Self {
            http: Http::new(&settings)?,
            tokens: Tokens::new(&settings, trust.clone()),
            trust,
            kept: Mutex::new(settings.applications.clone()),
            hurry: Notify::new(),
            settings,
        })
    }

    pub(super) fn discovery(&self) -> Discovery<'_> {
        Discovery {
            settings: &self.settings,
            http: &self.http,
            tokens: &self.tokens,
            trust: &self.trust,
        }
    }
}

/// What a task came back with.
enum Done {
    Answered(RequestId, Result<Box<Response>, Failure>),
    /// Signing in again is not possible without a person.
    SignInFailed(Error),
    Journalled(std::io::Result<PageId>),
    Located(Result<Place, Error>),
}

/// Where applications are created.
enum Place {
    /// As discovery found it.
    Found(Url),
    /// As an earlier run found it.
    Kept(Url),
}

struct Driver {
    shared: Arc<Shared>,
    journal: Arc<dyn Journal>,
    session: Session,
    tasks: JoinSet<Done>,
    events: mpsc::Sender<Event>,
    /// The event request that is out.
    events_out: Option<(RequestId, AbortHandle)>,
    locating: bool,
    /// Failed attempts to find the server since it was last found.
    attempts: u32,
}

/// Longest wait between attempts to find the server.
const LOOKING: Duration = Duration::from_secs(120);

pub(super) fn setup(settings: &Settings) -> Setup {
    let (seed, _) = uuid::Uuid::new_v4().as_u64_pair();
    Setup {
        address: settings.address.clone(),
        available: settings.mode == Mode::Available,
        endpoint_id: settings.endpoint_id,
        culture: settings.culture.clone(),
        user_agent: settings.user_agent.clone(),
        limits: settings.limits.clone(),
        seed,
    }
}

pub(super) fn now() -> Now {
    Now {
        instant: Instant::now(),
        clock: Timestamp::now(),
    }
}

/// Runs until the session has stopped and its last event is told.
pub(super) async fn run(
    settings: Settings,
    journal: Arc<dyn Journal>,
    commands: mpsc::UnboundedReceiver<Command>,
    events: mpsc::Sender<Event>,
) {
    let session = Session::new(setup(&settings));
    let shared = match Shared::new(settings) {
        Ok(shared) => Arc::new(shared),
        Err(error) => {
            // Nobody listens any more when this fails.
            let _ = events.send(Event::State(State::Stopped(Some(error)))).await;
            return;
        }
    };
    let mut driver = Driver {
        shared,
        journal,
        session,
        tasks: JoinSet::new(),
        events,
        events_out: None,
        locating: false,
        attempts: 0,
    };
    driver.replay().await;
    driver.drive(commands).await;
}

impl Driver {
    async fn replay(&mut self) {
        let journal = self.journal.clone();
        match tokio::task::spawn_blocking(move || journal.left()).await {
            Ok(Ok(pages)) => {
                for (page, envelope) in pages {
                    self.session.replay(page, &envelope, now());
                }
            }
            Ok(Err(error)) => tracing::error!(%error, "the journal of event pages cannot be read"),
            Err(error) => tracing::error!(%error, "reading the journal of event pages failed"),
        }
    }

    async fn drive(&mut self, mut commands: mpsc::UnboundedReceiver<Command>) {
        let mut commands_open = true;
        let mut pending = None;
        let events = self.events.clone();
        loop {
            self.start_tasks();
            if pending.is_none() {
                pending = self.session.poll_event();
            }
            if self.session.is_stopped() && pending.is_none() {
                return;
            }
            let wake = self.session.poll_timeout();
            tokio::select! {
                Some(done) = self.tasks.join_next(), if !self.tasks.is_empty() => {
                    // A task that was aborted has been answered for already.
                    if let Ok(done) = done {
                        self.take(done);
                    }
                }
                command = commands.recv(), if commands_open => match command {
                    Some(command) => {
                        if matches!(command, Command::NetworkChanged) {
                            self.leave_old_network();
                        }
                        self.session.command(command, now());
                    }
                    None => {
                        commands_open = false;
                        self.session.command(Command::SignOut, now());
                    }
                },
                permit = events.reserve(), if pending.is_some() => match (permit, pending.take()) {
                    (Ok(permit), Some(event)) => permit.send(event),
                    (Ok(_), None) => {}
                    (Err(_), _) => {
                        // Nobody listens: leave in good order.
                        self.session.command(Command::SignOut, now());
                        while self.session.poll_event().is_some() {}
                    }
                },
                () = sleep_until(wake), if wake.is_some() => self.session.handle_timeout(now()),
            }
        }
    }

    fn start_tasks(&mut self) {
        while let Some(request) = self.session.poll_request() {
            let shared = self.shared.clone();
            let (id, events) = (request.id, request.events);
            let task = self.tasks.spawn(async move {
                match shared.send(&request).await {
                    Ok(result) => Done::Answered(id, result.map(Box::new)),
                    Err(error) => Done::SignInFailed(error),
                }
            });
            if events {
                self.events_out = Some((id, task));
            }
        }
        if let Some(page) = self.session.poll_journal() {
            let journal = self.journal.clone();
            self.tasks
                .spawn(async move { Done::Journalled(journal.keep(page.into()).await) });
        }
        if self.session.wants_location() && !self.locating {
            self.locating = true;
            let (shared, events) = (self.shared.clone(), self.events.clone());
            self.tasks
                .spawn(async move { Done::Located(shared.locate(&events, Duration::ZERO).await) });
        }
    }

    /// Connections of the network before may hang until their time limits. The event request is asked again on a new
    /// one at once, which also shows whether the server can be reached; it gives the same events again.
    fn leave_old_network(&mut self) {
        tracing::info!("the network changed");
        self.shared.http.renew();
        self.shared.hurry.notify_waiters();
        if let Some((id, task)) = self.events_out.take() {
            task.abort();
            let error = ErrorKind::Connection("the network changed".to_owned()).into();
            self.session.handle_failure(id, Failure::Lost(error), now());
        }
    }

    fn take(&mut self, done: Done) {
        if let Done::Answered(id, _) = &done
            && self.events_out.as_ref().is_some_and(|(out, _)| out == id)
        {
            self.events_out = None;
        }
        match done {
            Done::Answered(id, Ok(response)) => self.session.handle_response(id, *response, now()),
            Done::Answered(id, Err(failure)) => self.session.handle_failure(id, failure, now()),
            Done::SignInFailed(error) => self.session.stop(Some(error)),
            Done::Journalled(result) => self.session.journalled(result, now()),
            Done::Located(Ok(place)) => {
                self.locating = false;
                self.attempts = 0;
                match place {
                    Place::Found(url) => self.session.located(url, now()),
                    Place::Kept(url) => self.session.located_before(url, now()),
                }
            }
            Done::Located(Err(error)) => self.look_again(error),
        }
    }

    /// Looks for the server again after a while, unless only a person can help.
    fn look_again(&mut self, error: Error) {
        let least = match error.retry() {
            Retry::Never | Retry::SignInAgain => {
                self.session.stop(Some(error));
                return;
            }
            Retry::Now => Duration::ZERO,
            Retry::After(wait) => wait,
        };
        self.attempts += 1;
        let delay = wait_to_look(self.attempts, least, &self.shared.settings.limits);
        // Many clients of one server do not come back at the same moment.
        let delay = self.session.jitter(delay);
        let state = State::Reconnecting {
            attempt: self.attempts,
            delay,
            error,
        };
        let (shared, events) = (self.shared.clone(), self.events.clone());
        self.tasks.spawn(async move {
            let _ = events.send(Event::State(state)).await;
            Done::Located(shared.locate(&events, delay).await)
        });
    }
}

/// How long is waited before the server is looked for another time, before jitter.
fn wait_to_look(attempt: u32, least: Duration, limits: &Limits) -> Duration {
    let longest = LOOKING.max(limits.back_off_last);
    // Short limits (tests) shorten the waits that an error proposes as well.
    let least = least.min(limits.back_off_last);
    limits
        .back_off_first
        .saturating_mul(2_u32.saturating_pow(attempt.clamp(1, 16) - 1))
        .max(least)
        .min(before_jitter(longest))
}

impl Shared {
    async fn locate(&self, events: &mpsc::Sender<Event>, delay: Duration) -> Result<Place, Error> {
        tokio::select! {
            () = tokio::time::sleep(delay) => {}
            () = self.hurry.notified() => {}
        }
        let limit = self.settings.limits.sign_in;
        let place = match tokio::time::timeout(limit, self.look(events)).await {
            Ok(place) => place?,
            Err(_) => return Err(ErrorKind::TimeLimit { step: "signing in" }.into()),
        };
        *self.kept() = None;
        if let Some(how) = self.tokens.how().await {
            tracing::info!(method = %how.by, "signed in");
            tell(events, Event::SignedIn(how)).await;
        }
        Ok(place)
    }

    /// Where it was before, or where discovery says.
    async fn look(&self, events: &mpsc::Sender<Event>) -> Result<Place, Error> {
        let kept = self.kept().clone();
        let kept = match kept {
            Some(url) if self.trust.names(&url) => self.locate_kept(url, events).await?,
            Some(_) | None => None,
        };
        Ok(match kept {
            Some(url) => Place::Kept(url),
            None => Place::Found(self.discover(events).await?),
        })
    }

    fn kept(&self) -> MutexGuard<'_, Option<Url>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Signs in where applications were created before (UCWA documentation, caching of discovery). `None`: it has to be
    /// found out anew, which nobody need be told.
    ///
    /// # Errors
    /// When a person has to act: another way to the server would ask the same.
    async fn locate_kept(
        &self,
        url: Url,
        events: &mpsc::Sender<Event>,
    ) -> Result<Option<Url>, Error> {
        let discovery = self.discovery();
        tell(events, Event::State(State::FindingServer)).await;
        tell(events, Event::State(State::CheckingCertificate(host(&url)))).await;
        let signed_in = async {
            let challenged = discovery.ask_challenge(url.clone()).await?;
            tell(events, Event::State(State::AskingMethods)).await;
            tell(events, Event::State(State::SigningIn)).await;
            discovery.sign_in_where(challenged).await
        };
        let Err(error) = signed_in.await else {
            return Ok(Some(url));
        };
        if error.kind.is_about_signing_in() {
            return Err(error);
        }
        tracing::info!(%error, "the server kept from before does not take us; looking for it anew");
        if let Some(403 | 502) = error.facts.status {
            *self.kept() = None;
            tell(events, Event::Located(None)).await;
        }
        Ok(None)
    }

    async fn discover(&self, events: &mpsc::Sender<Event>) -> Result<Url, Error> {
        let discovery = self.discovery();
        tell(events, Event::State(State::FindingServer)).await;
        let found = discovery.find_server().await?;
        tracing::info!(
            hops = found.chain.len(),
            host = found.user.host_str(),
            "server found"
        );
        tell(
            events,
            Event::State(State::CheckingCertificate(host(&found.user))),
        )
        .await;
        let challenged = discovery.ask_challenge(found.user).await?;
        tell(events, Event::State(State::AskingMethods)).await;
        tell(events, Event::State(State::SigningIn)).await;
        discovery.sign_in(challenged).await
    }

    /// Sends a request with the token of its host. A 401 gets one new token and one repetition: it says that nothing
    /// was executed.
    ///
    /// # Errors
    /// When signing in again is refused.
    pub(super) async fn send(&self, request: &Request) -> Result<Result<Response, Failure>, Error> {
        let token = self.tokens.for_url(&self.http, &request.url).await;
        let asking = |token| Asking {
            verb: request.verb,
            url: &request.url,
            content: &request.content,
            token,
            events: request.events,
            limit: request.limit,
        };
        let answer = match self.http.send(asking(token.as_ref())).await {
            Ok(answer) if answer.response.status == 401 => answer,
            Ok(answer) => return Ok(Ok(answer.response)),
            Err(failure) => return Ok(Err(failure)),
        };
        let token = match self
            .tokens
            .answer_challenge(&self.http, &request.url, &answer, token.as_ref())
            .await
        {
            Ok(token) => token,
            Err(error) => {
                return match error.retry() {
                    Retry::Never | Retry::SignInAgain => Err(error),
                    Retry::Now | Retry::After(_) => Ok(Err(Failure::NotSent(error))),
                };
            }
        };
        match self.http.send(asking(Some(&token))).await {
            Ok(answer) if answer.response.status == 401 => Err(Error {
                kind: ErrorKind::PasswordRefused,
                facts: Box::new(answer.response.facts),
            }),
            Ok(answer) => Ok(Ok(answer.response)),
            Err(failure) => Ok(Err(failure)),
        }
    }
}

async fn tell(events: &mpsc::Sender<Event>, event: Event) {
    // Nobody listens any more when this fails; the driver notices by itself.
    let _ = events.send(event).await;
}

fn host(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_owned()
}

async fn sleep_until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_is_looked_for_after_waits_that_double_up_to_two_minutes() {
        let limits = Limits::default();
        let wait = |attempt| wait_to_look(attempt, Duration::ZERO, &limits);
        let seconds = |attempt| wait(attempt).as_secs();
        assert_eq!(
            [seconds(1), seconds(2), seconds(3), seconds(6)],
            [1, 2, 4, 32]
        );
        let minute = Duration::from_secs(60);
        assert_eq!(wait_to_look(1, minute, &limits), minute);
        let setup = Setup {
            address: "sip:lina@example.org".parse().unwrap(),
            available: true,
            endpoint_id: uuid::Uuid::nil(),
            culture: "en-US".to_owned(),
            user_agent: "Test/1".to_owned(),
            limits: limits.clone(),
            seed: 1,
        };
        let mut session = Session::new(setup);
        for attempt in [10, 100, u32::MAX] {
            let wait = session.jitter(wait(attempt));
            assert!((minute..=2 * minute).contains(&wait), "{attempt}: {wait:?}");
        }
    }
}
