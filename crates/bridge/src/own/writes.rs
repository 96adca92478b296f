//! What was written to Lync and has not come back yet.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};

use crate::{Availability, Settable};

/// How long an echo is waited for. Own presence comes over the event channel, which aggregates and may be reopened.
const PATIENCE: SignedDuration = SignedDuration::from_secs(60);

/// One write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Write {
    /// A status was set.
    Set(Settable),
    /// It was given back to Lync; anything may come of it.
    Reset,
}

/// Writes in their order, the oldest first.
#[derive(Default)]
pub(super) struct Writes {
    waiting: VecDeque<(Write, Timestamp)>,
    /// Lync told a state that none of the waiting writes explains.
    contradicted: bool,
}

impl Writes {
    /// Notes a write; false where it is the same as the one just made and need not be made again.
    ///
    /// A write whose effect is already shown, with nothing else on its way, has no echo to wait for.
    pub(super) fn push(
        &mut self,
        write: Write,
        now: Timestamp,
        shown: Option<Availability>,
    ) -> bool {
        if self
            .waiting
            .back()
            .is_some_and(|(last, at)| *last == write && *at == now)
        {
            return false;
        }
        let shown_already = matches!(write, Write::Set(status) if Some(status.shown()) == shown);
        if shown_already && self.waiting.is_empty() {
            return true;
        }
        self.waiting.truncate(15);
        self.waiting.push_back((write, now));
        self.contradicted = false;
        true
    }

    /// Whether a change that Lync tells is the echo of a write. Echoes come in order and may be skipped, never repeated.
    pub(super) fn confirms(&mut self, shown: Availability) -> bool {
        let exact = self
            .waiting
            .iter()
            .position(|(write, _)| matches!(write, Write::Set(status) if fits(*status, shown)));
        let found = exact.or_else(|| {
            self.waiting
                .iter()
                .position(|(write, _)| *write == Write::Reset)
        });
        if let Some(place) = found {
            self.waiting.drain(..=place);
        }
        self.contradicted = found.is_none();
        found.is_some()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    pub(super) fn deadline(&self) -> Option<Timestamp> {
        self.waiting.front().map(|(_, at)| *at + PATIENCE)
    }

    /// Gives up on echoes that are overdue; true where Lync showed something else in the meantime.
    pub(super) fn expire(&mut self, now: Timestamp) -> bool {
        let before = self.waiting.len();
        self.waiting.retain(|(_, at)| now < *at + PATIENCE);
        let gave_up = self.waiting.len() < before && self.waiting.is_empty();
        gave_up && std::mem::take(&mut self.contradicted)
    }
}

/// Whether Lync may show `shown` for somebody who just chose `status`: also idle at once, and off work as plain away.
fn fits(status: Settable, shown: Availability) -> bool {
    match (status, shown) {
        (Settable::Online, Availability::IdleOnline)
        | (Settable::Busy, Availability::IdleBusy)
        | (Settable::Offwork, Availability::Away) => true,
        (status, shown) => status.shown() == shown,
    }
}
