//! Requests for events, which wait.

use std::sync::Arc;

use super::{Shared, trouble};
use crate::reply::{Answer, Refusal, Reply};
use crate::resources::Call;
use crate::tls::Connection;
use crate::world::{CUT, Parameters, Poll};

pub(super) async fn serve(
    shared: &Arc<Shared>,
    connection: &Connection,
    call: &Call<'_>,
) -> Answer {
    let input = crate::input::Input::read(call.request)?;
    let ack = input
        .number("ack", 0..=u64::MAX)?
        .ok_or_else(|| Refusal::parameter("ack", "is missing"))?;
    let parameters = Parameters {
        low: input.number("low", 5..=1800)?,
        medium: input.number("medium", 5..=1800)?,
        timeout: input.number("timeout", 180..=1800)?,
        priority: input
            .number("priority", 0..=1_000_000)?
            .and_then(|priority| i64::try_from(priority).ok())
            .unwrap_or_default(),
    };
    let (poll, cut) = {
        let mut world = shared.world();
        let poll = world.poll(call.key, ack, parameters);
        let cut = matches!(poll, Poll::Later(..))
            .then(|| world.faults.take("pget-cut", Some("events")))
            .flatten();
        (poll, cut)
    };
    let page = match poll {
        Poll::Now(page) => page,
        Poll::Later(number, later) => {
            let _held = Held {
                shared,
                key: call.key,
                number,
            };
            let cut_after = cut.map(|fault| fault.seconds.unwrap_or(0.0));
            let page = match cut_after {
                None => later.await,
                Some(seconds) => tokio::select! {
                    page = later => page,
                    () = trouble::wait(shared, seconds) => Ok(Err(Refusal::new(CUT, "", ""))),
                },
            };
            page.unwrap_or_else(|_| Err(Refusal::no_application()))
        }
    };
    if page.as_ref().is_err_and(|refusal| refusal.status == CUT) {
        connection.cut();
        return Ok(Reply::no_content());
    }
    page.map(Reply::json)
}

/// A held request; when it goes, the clock of the application runs.
struct Held<'a> {
    shared: &'a Shared,
    key: &'a str,
    number: u64,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.shared.world().poll_ended(self.key, self.number);
    }
}
