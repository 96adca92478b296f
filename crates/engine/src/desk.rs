//! The engine as whoever stands behind the door.

use causeway_api::{Changes, Command, Desk, Event, Problem, Reply, Snapshot};

use crate::{Handle, Subscription};

impl Desk for Handle {
    type Changes = Subscription;

    async fn request(&self, command: Command) -> Result<Reply, Problem> {
        Handle::request(self, command).await
    }

    async fn subscribe(&self) -> Result<(Snapshot, Subscription), Problem> {
        let subscription = Handle::subscribe(self).await?;
        Ok((subscription.snapshot().clone(), subscription))
    }
}

impl Changes for Subscription {
    async fn next(&mut self) -> Option<Event> {
        Subscription::next(self).await
    }
}
