//! The simulator's own clock, which `POST /clock` moves, and the appointments kept by it.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::{Duration, Instant};

/// A point in simulated time: milliseconds since the Unix epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(pub(crate) u64);

impl Moment {
    /// As UCWA writes times in JSON.
    pub(crate) fn ucwa(self) -> String {
        format!("/Date({})/", self.0)
    }

    /// RFC 3339, for the control interface.
    pub(crate) fn rfc3339(self) -> String {
        i64::try_from(self.0)
            .ok()
            .and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok())
            .map(|at| at.to_string())
            .unwrap_or_default()
    }

    pub(crate) fn since(self, earlier: Moment) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

impl std::ops::Add<Duration> for Moment {
    type Output = Moment;

    fn add(self, by: Duration) -> Moment {
        Moment(
            self.0
                .saturating_add(u64::try_from(by.as_millis()).unwrap_or(u64::MAX)),
        )
    }
}

/// Real time since the start plus what was advanced, and a heap of appointments.
pub(crate) struct Clock<T> {
    started: Instant,
    epoch: Moment,
    advanced: Duration,
    appointments: BinaryHeap<Reverse<Appointment<T>>>,
    count: u64,
}

struct Appointment<T> {
    at: Moment,
    /// Keeps equal times in the order in which they were made.
    number: u64,
    what: T,
}

impl<T> PartialEq for Appointment<T> {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl<T> Eq for Appointment<T> {}

impl<T> PartialOrd for Appointment<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Appointment<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.number).cmp(&(other.at, other.number))
    }
}

impl<T> Clock<T> {
    pub(crate) fn new() -> Self {
        let epoch = u64::try_from(jiff::Timestamp::now().as_millisecond()).unwrap_or_default();
        Self {
            started: Instant::now(),
            epoch: Moment(epoch),
            advanced: Duration::ZERO,
            appointments: BinaryHeap::new(),
            count: 0,
        }
    }

    pub(crate) fn now(&self) -> Moment {
        self.epoch + self.started.elapsed() + self.advanced
    }

    pub(crate) fn advance(&mut self, by: Duration) {
        self.advanced = self.advanced.saturating_add(by);
    }

    /// Makes an appointment; true where it is now the earliest, so that whoever waits has to look again.
    pub(crate) fn schedule(&mut self, at: Moment, what: T) -> bool {
        let earliest = self
            .appointments
            .peek()
            .is_none_or(|Reverse(first)| at < first.at);
        self.count += 1;
        self.appointments.push(Reverse(Appointment {
            at,
            number: self.count,
            what,
        }));
        earliest
    }

    /// The next appointment that is due.
    pub(crate) fn due(&mut self) -> Option<T> {
        let now = self.now();
        if self
            .appointments
            .peek()
            .is_some_and(|Reverse(first)| first.at <= now)
        {
            return self.appointments.pop().map(|Reverse(first)| first.what);
        }
        None
    }

    /// Real time until the earliest appointment.
    pub(crate) fn wait(&self) -> Option<Duration> {
        let now = self.now();
        self.appointments
            .peek()
            .map(|Reverse(first)| first.at.since(now))
    }
}
