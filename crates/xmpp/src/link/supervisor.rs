//! Keeps a session alive: signs in, runs it, and after a pause signs in again, until told to stop or refused.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};

use super::connect::sign_in;
use super::desk::{Desk, Taken};
use super::dns::chance;
use super::ladder::Ladder;
use super::session::{run, tell};
use super::settings::{Limits, Settings};
use crate::{Command, Error, ErrorKind, Event, Retry, State};

/// Runs a link to its end.
pub(super) async fn supervise(
    settings: Settings,
    mut commands: mpsc::UnboundedReceiver<Command>,
    events: mpsc::Sender<Event>,
) {
    let mut desk = Desk::new(settings.jid.clone(), settings.archive_since);
    let error = Box::pin(keep_alive(&settings, &mut desk, &mut commands, &events))
        .await
        .err();
    // Whatever is still here was not delivered for sure.
    tell(&events, desk.lost()).await;
    commands.close();
    while let Ok(command) = commands.try_recv() {
        if let Command::Send { id, .. } = command {
            tell(&events, [Event::Unacked { id }]).await;
        }
    }
    tracing::info!(account = %settings.jid, error = error.as_ref().map(tracing::field::display), "link ended");
    tell(&events, [Event::State(State::Stopped(error))]).await;
}

/// `Ok`: signed out. `Err`: refused.
async fn keep_alive(
    settings: &Settings,
    desk: &mut Desk,
    commands: &mut mpsc::UnboundedReceiver<Command>,
    events: &mpsc::Sender<Event>,
) -> Result<(), Error> {
    let mut pauses = Pauses::default();
    let mut was_ready = false;
    loop {
        let began = Instant::now();
        let mut ladder = Ladder::new(Some(events));
        let mut ready = None;
        let ended = match while_down(
            Box::pin(sign_in(settings, &mut ladder)),
            None,
            desk,
            commands,
            events,
        )
        .await
        {
            None => return Ok(()),
            Some(Err(error)) => Err(error),
            Some(Ok(signed_in)) => {
                let mechanism = signed_in.mechanism;
                tell(events, [Event::SignedIn { mechanism }]).await;
                Box::pin(run(
                    signed_in,
                    settings,
                    desk,
                    commands,
                    events,
                    &mut ladder,
                    &mut ready,
                ))
                .await
            }
        };
        let Err(error) = ended else {
            return Ok(());
        };
        was_ready |= ready.is_some();
        if !goes_on(&error, was_ready) {
            return Err(error);
        }
        if ready.is_some_and(|since| since.elapsed() >= settings.limits.healthy) {
            pauses = Pauses::default();
        }
        let since_login = ladder.signed_in().then(|| began.elapsed());
        let (attempt, delay) = pauses.next(&settings.limits, since_login, chance());
        tracing::info!(account = %settings.jid, %error, attempt, ?delay, "connection lost");
        tell(
            events,
            [Event::State(State::Reconnecting {
                attempt,
                delay,
                error,
            })],
        )
        .await;
        if while_down(sleep(delay), Some(()), desk, commands, events)
            .await
            .is_none()
        {
            return Ok(());
        }
    }
}

/// Does the work while commands go on being taken; `None`: told to sign out, or nobody is left to work for. Another
/// network ends work that has a `shortcut`.
async fn while_down<T>(
    work: impl Future<Output = T>,
    mut shortcut: Option<T>,
    desk: &mut Desk,
    commands: &mut mpsc::UnboundedReceiver<Command>,
    events: &mpsc::Sender<Event>,
) -> Option<T> {
    let mut work = pin!(work);
    loop {
        tokio::select! {
            done = &mut work => return Some(done),
            () = events.closed() => return None,
            command = commands.recv() => {
                let command = command?;
                if matches!(command, Command::ChatState { .. }) {
                    // Typing is over by the time that it could be told.
                    continue;
                }
                match desk.take(command) {
                    Taken::Waits => {}
                    Taken::Full(event) => tell(events, [*event]).await,
                    Taken::NetworkChanged => {
                        if let Some(result) = shortcut.take() {
                            return Some(result);
                        }
                    }
                    Taken::SignOut => return None,
                }
            }
        }
    }
}

/// Whether to try again by ourselves. A certificate that was good before is a foreign network in between more often than
/// a change at the server, and nothing secret is sent before it is checked.
fn goes_on(error: &Error, was_ready: bool) -> bool {
    let certificate = matches!(
        error.kind,
        ErrorKind::CertificateExpired { .. }
            | ErrorKind::CertificateIssuer { .. }
            | ErrorKind::CertificateName { .. }
    );
    match error.retry() {
        Retry::After(_) => true,
        Retry::Never | Retry::SignInAgain => certificate && was_ready,
    }
}

/// Pauses between tries.
#[derive(Debug, Default)]
struct Pauses {
    attempt: u32,
}

impl Pauses {
    /// Number and length of the next pause: doubling, with jitter so that a server that comes back is not met by
    /// everybody at once, and never so short that sign-ins come in a storm.
    fn next(
        &mut self,
        limits: &Limits,
        since_login: Option<Duration>,
        chance: f64,
    ) -> (u32, Duration) {
        let doubled = limits.first_pause.saturating_mul(1 << self.attempt.min(16));
        self.attempt = self.attempt.saturating_add(1);
        let jittered = doubled
            .min(limits.longest_pause)
            .mul_f64(0.5 + chance / 2.0);
        let gap = since_login.map_or(Duration::ZERO, |since| {
            limits.between_logins.saturating_sub(since)
        });
        (self.attempt, jittered.max(gap))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest_and_keep_below_fifteen_seconds() {
        let limits = Limits::default();
        let mut pauses = Pauses::default();
        let mut last = Duration::ZERO;
        for expected in 1..=10 {
            let (attempt, delay) = pauses.next(&limits, None, 0.999);
            assert_eq!(attempt, expected);
            assert!(
                delay >= last && delay < Duration::from_secs(15),
                "{delay:?}"
            );
            last = delay;
        }
        assert!(last > Duration::from_secs(11));
    }

    #[test]
    fn sign_ins_never_come_in_a_storm() {
        let limits = Limits::default();
        let (_, delay) = Pauses::default().next(&limits, Some(Duration::from_millis(50)), 0.0);
        assert!(delay >= Duration::from_millis(2950), "{delay:?}");
    }

    #[test]
    fn a_refusal_ends_the_link() {
        for kind in [
            ErrorKind::PasswordRefused,
            ErrorKind::Conflict,
            ErrorKind::NoMechanism { offered: vec![] },
        ] {
            assert!(!goes_on(&kind.clone().into(), true), "{kind:?}");
        }
    }

    #[test]
    fn a_bad_certificate_ends_only_a_link_that_was_never_up() {
        let error = || {
            Error::from(ErrorKind::CertificateName {
                wanted: "a".into(),
                found: vec![],
            })
        };
        assert!(!goes_on(&error(), false));
        assert!(goes_on(&error(), true));
    }
}
