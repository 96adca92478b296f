//! Ids and tokens: unguessable without the seed, the same again with it.

use std::hash::Hasher as _;

/// A keyed counter: what comes out tells nothing about what comes next.
pub(crate) struct Random {
    key: u128,
    count: u64,
}

impl Random {
    /// Reproducible with a seed, else keyed by the system.
    pub(crate) fn new(seed: Option<u64>) -> Self {
        let key = seed.map_or_else(
            || uuid::Uuid::new_v4().as_u128(),
            |seed| u128::from(seed) << 64 | 0x5ca1_ab1e,
        );
        Self { key, count: 0 }
    }

    pub(crate) fn number(&mut self) -> u64 {
        self.count += 1;
        let mut hasher = std::hash::DefaultHasher::new();
        hasher.write_u128(self.key);
        hasher.write_u64(self.count);
        hasher.finish()
    }

    pub(crate) fn wide(&mut self) -> u128 {
        u128::from(self.number()) << 64 | u128::from(self.number())
    }

    /// 64 random bits as 16 hex digits.
    pub(crate) fn id(&mut self) -> String {
        format!("{:016x}", self.number())
    }

    pub(crate) fn guid(&mut self) -> String {
        uuid::Builder::from_random_bytes(self.wide().to_be_bytes())
            .into_uuid()
            .to_string()
    }
}
