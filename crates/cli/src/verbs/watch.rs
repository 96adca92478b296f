//! `watch`: the event stream.

use std::time::Duration;

use causeway_api::{Changes, Code, Desk, Kind, Problem};
use causeway_engine::Sides;

use super::Ctl;
use super::ends::Ends;
use crate::outcome::Outcome;
use crate::session::{Needs, Session};
use crate::stream::Stream;

pub(super) async fn run(ctl: &mut Ctl, time: Option<Duration>) -> Result<Outcome, Problem> {
    let needs = Needs {
        one_shot: false,
        ..Needs::once(Sides::BOTH)
    };
    let limit = async {
        match time {
            Some(time) => tokio::time::sleep(time).await,
            None => std::future::pending().await,
        }
    };
    tokio::pin!(limit);
    let session = tokio::select! {
        session = ctl.interrupts.or(Session::open(&ctl.place, needs)) => session?,
        () = &mut limit => return Ok(Outcome::default()),
    };
    let mut stream = Stream::to_stdout(ctl.json, ctl.paint);
    let told = async {
        match &session {
            Session::Running(client) => tell_all(client, &mut stream, None).await,
            Session::Ours(engine) => tell_all(&engine.handle(), &mut stream, None).await,
        }
    };
    let outcome = tokio::select! {
        told = told => told.map(|()| Outcome::default()),
        _ = ctl.interrupts.next() => Ok(Outcome::interrupted()),
        () = limit => Ok(Outcome::default()),
    };
    stream.end().await;
    session.close().await;
    outcome
}

/// Everything known, then every change, until nobody reads any more. A bridge goes on without a reader, until it is of no
/// use.
///
/// # Errors
/// [`Code::AgentGone`] when the engine has ended; why no side can be used without a person.
pub(super) async fn tell_all(
    desk: &impl Desk,
    stream: &mut Stream,
    mut ends: Option<&mut Ends>,
) -> Result<(), Problem> {
    loop {
        let (snapshot, mut changes) = desk.subscribe().await?;
        for event in snapshot.events {
            if let Some(ends) = &mut ends {
                ends.note(&event.kind);
            }
            if stream.tell(event).await.is_err() && ends.is_none() {
                return Ok(());
            }
        }
        loop {
            if let Some(problem) = ends.as_ref().and_then(|ends| ends.of_no_use()) {
                return Err(problem);
            }
            let due = stream.due();
            let quiet = async {
                match due {
                    Some(due) => tokio::time::sleep_until(due).await,
                    None => std::future::pending().await,
                }
            };
            let event = tokio::select! {
                event = changes.next() => event,
                () = quiet => {
                    if stream.settle().await.is_err() && ends.is_none() {
                        return Ok(());
                    }
                    continue;
                }
            };
            let Some(event) = event else {
                return Err(ended());
            };
            let lost = event.kind == Kind::Resync;
            if let Some(ends) = &mut ends {
                ends.note(&event.kind);
            }
            if stream.tell(event).await.is_err() && ends.is_none() {
                return Ok(());
            }
            if lost {
                // Ask for everything anew; the numbers go on.
                break;
            }
        }
    }
}

fn ended() -> Problem {
    Problem::new(
        Code::AgentGone,
        "watch",
        "Causeway has ended",
        "Start it again, then watch again",
    )
}
