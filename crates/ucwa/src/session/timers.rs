//! What has to happen at which time.

use std::collections::BTreeMap;
use std::time::Instant;

use url::Url;

use super::outbox::Outgoing;
use crate::SipUri;

pub(super) enum Timer {
    Retry(Box<Outgoing>),
    Register,
    Probe,
    AskForEvents,
    /// The event request with that number has been held open for a while: the channel stands.
    EventsHeld(u64),
    BulkAllowed,
    Gathered,
    /// Notes that no event has named since the subscription with that number was made.
    NotesMissing(u64),
    ReloadContacts,
    RefreshContactList,
    Extend(u64),
    PollPresence,
    TypingEnds(Url, Instant),
    /// A conversation that has not connected by then does not count as open any more.
    Settle(Url),
    SendAgain(SipUri),
    /// The end of that text should have been told by then.
    NoNews(String),
    Activity,
}

/// Timers in order of their time. A timer is never taken back: who set it checks whether it still means something.
#[derive(Default)]
pub(super) struct Timers {
    by_time: BTreeMap<(Instant, u64), Timer>,
    count: u64,
}

impl Timers {
    pub(super) fn set(&mut self, at: Instant, timer: Timer) {
        self.count += 1;
        self.by_time.insert((at, self.count), timer);
    }

    pub(super) fn next(&self) -> Option<Instant> {
        self.by_time.first_key_value().map(|((at, _), _)| *at)
    }

    pub(super) fn due(&mut self, now: Instant) -> Option<Timer> {
        let entry = self.by_time.first_entry()?;
        (entry.key().0 <= now).then(|| entry.remove())
    }

    /// What waits for a connection that may stand again by now is due at once.
    pub(super) fn hurry(&mut self, now: Instant) {
        let waiting: Vec<_> = self
            .by_time
            .extract_if(.., |_, timer| {
                matches!(
                    timer,
                    Timer::Register | Timer::Probe | Timer::AskForEvents | Timer::Retry(_)
                )
            })
            .collect();
        for ((at, _), timer) in waiting {
            self.set(at.min(now), timer);
        }
    }

    /// Takes out the requests that wait to be repeated.
    pub(super) fn take_retries(&mut self) -> Vec<Outgoing> {
        self.by_time
            .extract_if(.., |_, timer| matches!(timer, Timer::Retry(_)))
            .filter_map(|(_, timer)| {
                if let Timer::Retry(outgoing) = timer {
                    Some(*outgoing)
                } else {
                    None
                }
            })
            .collect()
    }

    pub(super) fn clear(&mut self) {
        self.by_time.clear();
    }
}
