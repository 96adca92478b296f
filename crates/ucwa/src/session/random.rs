//! Jitter, and names that only have to be unique. Seeded, so that a scripted exchange is the same each time.

use std::time::Duration;

use uuid::Uuid;

/// SplitMix64: small, and good enough for what is not secret.
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(super) fn uuid(&mut self) -> Uuid {
        Uuid::from_u64_pair(self.next(), self.next())
    }

    /// Three quarters to five quarters of the time, so that clients do not return all at once.
    pub(super) fn jitter(&mut self, around: Duration) -> Duration {
        let quarters = 750 + u32::try_from(self.next() % 501).unwrap_or(250);
        around * quarters / 1000
    }
}
