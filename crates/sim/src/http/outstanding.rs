//! How many requests a user has outstanding: above the limit they are refused (429).

use std::sync::Arc;

use super::Shared;
use crate::input::Address;
use crate::reply::Refusal;
use crate::world::OUTSTANDING;

/// Requests of one user that are being served.
pub(super) struct Outstanding {
    shared: Arc<Shared>,
    user: Address,
    count: usize,
}

impl Outstanding {
    /// Counts `count` requests more, or refuses all of them.
    pub(super) fn take(
        shared: &Arc<Shared>,
        user: &Address,
        count: usize,
    ) -> Result<Self, Refusal> {
        let mut world = shared.world();
        let present = world.outstanding.entry(user.clone()).or_default();
        if *present + count > OUTSTANDING {
            return Err(Refusal::new(
                429,
                "TooManyRequests",
                "The user has too many requests outstanding.",
            ));
        }
        *present += count;
        Ok(Self {
            shared: Arc::clone(shared),
            user: user.clone(),
            count,
        })
    }
}

impl Drop for Outstanding {
    fn drop(&mut self) {
        let mut world = self.shared.world();
        if let Some(present) = world.outstanding.get_mut(&self.user) {
            *present = present.saturating_sub(self.count);
        }
    }
}
