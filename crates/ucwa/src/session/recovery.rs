//! Ways back: application gone, connection broken, server busy. Waits grow and are never the same for two clients.

use std::time::{Duration, Instant};

use super::outbox::{Ordinary, What};
use super::request::Response;
use super::timers::Timer;
use super::{Now, Phase, Session};
use crate::wire::Reason;
use crate::{Error, ErrorKind, Facts, State};

/// How often it went wrong since it last went well.
#[derive(Default)]
pub(super) struct Recovery {
    attempt: u32,
    online_since: Option<Instant>,
    /// The wait is the server's wish, not our guess.
    asked_to_wait: bool,
}

/// Being online for so long counts as well: waits start from the beginning again.
const CALM: Duration = Duration::from_secs(60);
/// Failed probes after which the server is looked for anew.
const PROBES: u32 = 3;
/// Wait while the account has too many applications: others have to end first.
const TOO_MANY: Duration = Duration::from_secs(300);

impl Recovery {
    pub(super) fn online_since(&mut self, now: Instant) {
        self.online_since = Some(now);
    }

    /// The next attempt's number.
    fn next(&mut self, now: Instant) -> u32 {
        let calm = self
            .online_since
            .take()
            .is_some_and(|since| now.duration_since(since) >= CALM);
        self.attempt = if calm {
            1
        } else {
            self.attempt.saturating_add(1)
        };
        self.attempt
    }

    pub(super) fn all_is_well(&mut self) {
        self.attempt = 0;
    }
}

/// The wait that jitter makes no longer than this.
pub(crate) fn before_jitter(longest: Duration) -> Duration {
    longest * 4 / 5
}

impl Session {
    fn back_off(&mut self, attempt: u32) -> Duration {
        let limits = &self.setup.limits;
        let wait = limits
            .back_off_first
            .saturating_mul(2_u32.saturating_pow(attempt.saturating_sub(1).min(16)));
        let wait = wait.min(before_jitter(limits.back_off_last));
        self.random.jitter(wait)
    }

    fn reconnecting(&mut self, error: Error, at_least: Duration, now: Now) -> Instant {
        let attempt = self.recovery.next(now.instant);
        let delay = self.back_off(attempt).max(at_least);
        self.recovery.asked_to_wait =
            at_least > Duration::ZERO || matches!(error.kind, ErrorKind::Busy { .. });
        self.book.is_stale();
        self.own_is_stale();
        self.tell_state(State::Reconnecting {
            attempt,
            delay,
            error,
        });
        now.instant + delay
    }

    /// The application is gone: all its URLs are void. It is created anew with the same endpointId.
    pub(super) fn application_gone(&mut self, kind: ErrorKind, facts: Facts, now: Now) {
        if matches!(
            self.phase,
            Phase::Registering | Phase::Unlocated | Phase::Leaving | Phase::Stopped
        ) {
            return;
        }
        tracing::info!("the application is gone and will be created anew");
        self.phase = Phase::Registering;
        self.application.own = None;
        let at = self.reconnecting(
            Error {
                kind,
                facts: Box::new(facts),
            },
            Duration::ZERO,
            now,
        );
        self.everything_is_gone(now);
        self.timers.set(at, Timer::Register);
    }

    /// Drops what lived in the application or its event channel.
    pub(super) fn everything_is_gone(&mut self, now: Now) {
        self.drop_requests(now);
        self.channel.close();
        self.fetches.clear();
        self.book.forget_urls();
        self.directory.forget_urls();
        self.subscriptions.clear();
        self.contacts.loading = None;
        self.questions.refuse_all();
        self.conversations_are_gone(now);
    }

    pub(super) fn registering_failed(&mut self, error: Error, now: Now) {
        let at = self.reconnecting(error, Duration::ZERO, now);
        if self.recovery.attempt > PROBES {
            self.dislocated();
        } else {
            self.timers.set(at, Timer::Register);
        }
    }

    pub(super) fn registering_refused(&mut self, response: &Response, now: Now) {
        let reason = Reason::read(&response.body).unwrap_or_default();
        if self.application.hearsay && matches!(response.status, 403 | 404 | 502) {
            tracing::info!(
                status = response.status,
                "the server kept from before is asked no more"
            );
            if response.status == 404 {
                // Says nothing of the URL; what discovery finds will tell.
                self.phase = Phase::Unlocated;
            } else {
                self.dislocated();
            }
            return;
        }
        let mut error = Self::error_of(response);
        match response.status {
            403 => error.kind = ErrorKind::AppNotAllowed,
            410 if reason.is("TooManyApplications") => error.kind = ErrorKind::TooManyApplications,
            410 if reason.is("UserAgentNotAllowed") => error.kind = ErrorKind::AppNotAllowed,
            404 => error.kind = ErrorKind::NoUcwa,
            _ => {}
        }
        if matches!(error.kind, ErrorKind::AppNotAllowed) || response.status == 400 {
            self.stop(Some(error));
        } else if let ErrorKind::TooManyApplications = error.kind {
            let at = self.reconnecting(error, TOO_MANY, now);
            self.timers.set(at, Timer::Register);
        } else if response.status == 502 {
            // Besides 403 the only status that says that the URL itself may be wrong.
            self.reconnecting(error, Duration::ZERO, now);
            self.dislocated();
        } else {
            self.registering_failed(error, now);
        }
    }

    /// The connection broke: other requests wait, and the application is asked for until it answers.
    pub(super) fn broken(&mut self, error: Error, now: Now) {
        if matches!(
            self.phase,
            Phase::Leaving | Phase::Stopped | Phase::Unlocated | Phase::Registering
        ) {
            return;
        }
        if self.phase != Phase::Broken && !self.application.loaded {
            // It broke while everything was being read: start over, the answer 200 tells what is still there.
            self.drop_reading(now);
            self.fetches.clear();
            self.contacts.loading = None;
            self.questions.refuse_all();
        }
        self.phase = Phase::Broken;
        let at = self.reconnecting(error, Duration::ZERO, now);
        if self.recovery.attempt > PROBES {
            self.dislocated();
        } else {
            self.timers.set(at, Timer::Probe);
        }
    }

    /// Nothing waits any longer than if it had gone wrong for the first time. What the server asked to wait for stays.
    pub(super) fn network_changed(&mut self, now: Now) {
        if self.recovery.asked_to_wait {
            return;
        }
        self.recovery.all_is_well();
        self.timers.hurry(now.instant);
    }

    /// A wait with jitter, for what is waited for outside.
    pub fn jitter(&mut self, around: Duration) -> Duration {
        self.random.jitter(around)
    }

    pub(super) fn probe(&mut self) {
        if let (Phase::Broken, Some(own)) = (self.phase, self.application.own.clone()) {
            self.get(own, What::Probe);
        }
    }

    pub(super) fn probed(&mut self, response: &Response, now: Now) {
        if self.phase != Phase::Broken {
            return;
        }
        match (response.status, serde_json::from_slice(&response.body)) {
            (200, Ok(application)) => {
                self.read_application(application);
                self.back_online(now);
            }
            (404 | 410, _) => {
                self.application_gone(ErrorKind::SessionEnded, response.facts.clone(), now)
            }
            (403, _) => {
                self.reconnecting(Self::error_of(response), Duration::ZERO, now);
                self.dislocated();
            }
            _ => self.broken(Self::error_of(response), now),
        }
    }

    /// The application still stands: the same event request again gives what was missed, and presence is read anew.
    pub(super) fn back_online(&mut self, now: Now) {
        self.ask_for_events(now);
        if !self.application.loaded {
            self.phase = Phase::Opening;
            if self.setup.available {
                self.make_available(now);
            } else {
                self.load(now);
            }
            return;
        }
        self.phase = Phase::Online;
        self.recovery.online_since(now.instant);
        self.tell_state(State::Ready {
            available: self.application.available,
            resumed: true,
        });
        self.read_own_presence_and_note();
        self.fetch_all_presence();
        self.subscribe_missing(now);
        self.resume_work(now);
    }

    /// The channel was rebuilt under a living application (`resume`), or lost events (`resync`): read everything again.
    pub(super) fn reload(&mut self, now: Now) {
        tracing::info!("the event channel lost its state; everything is read again");
        self.book.is_stale();
        self.own_is_stale();
        self.subscriptions.clear();
        self.directory.is_stale();
        // Before the texts on their way are told as unknown: these are not on their way.
        self.unsent_texts_stay(now);
        self.conversations_are_gone(now);
        if let (Phase::Online, Some(own)) = (self.phase, self.application.own.clone()) {
            self.phase = Phase::Opening;
            self.application.loaded = false;
            // `load` reads conversations of a resumed application only.
            self.application.resumed = true;
            self.get(
                own,
                What::Ordinary(Ordinary::ReadApplication { rebuilt: true }),
            );
        }
    }
}
