//! `bridge run`: account mode without a screen.

use causeway_api::door::{Door, Reached, reach};
use causeway_api::{Code, Problem};
use causeway_engine::Sides;

use super::{Ctl, ends::Ends, watch::tell_all};
use crate::interrupts::Interrupt;
use crate::outcome::Outcome;
use crate::session::{Needs, PROGRAM, start};
use crate::stream::Stream;

pub(super) async fn run(ctl: &mut Ctl) -> Result<Outcome, Problem> {
    let needs = Needs {
        sides: Sides::BOTH,
        bridge: true,
        presence: true,
        one_shot: false,
    };
    let place = ctl.place.clone();
    let started = reach(&place.data_dir, PROGRAM, async || {
        start(&place, needs).await
    });
    let mut engine = match ctl.interrupts.or(started).await? {
        Reached::Ours(engine) => engine,
        Reached::Running(client) => return Err(bridged_already(ctl, &client.server().program)),
    };
    let opened = Door::open(&place.data_dir, PROGRAM, engine.handle());
    let mut door = match opened {
        Ok(door) => door,
        Err(problem) => {
            engine.stop().await;
            return Err(problem);
        }
    };
    let mut stream = Stream::of_a_bridge(ctl.json, ctl.paint);
    let mut ends = Ends::default();
    let handle = engine.handle();
    let told = async {
        match tell_all(&handle, &mut stream, Some(&mut ends)).await {
            Err(problem) if problem.code != Code::AgentGone => problem,
            // The engine tells its end by itself.
            Ok(()) | Err(_) => std::future::pending().await,
        }
    };
    let stopped = tokio::select! {
        interrupt = ctl.interrupts.next() => Ok(Some(interrupt)),
        () = engine.ended() => Ok(None),
        problem = told => Err(problem),
    };
    door.shut().await;
    engine.stop().await;
    door.close().await;
    stream.end().await;
    match stopped? {
        Some(Interrupt::Person) => Ok(Outcome::interrupted()),
        Some(Interrupt::Terminate) | None => Ok(Outcome::default()),
    }
}

fn bridged_already(ctl: &Ctl, program: &str) -> Problem {
    let data_dir = ctl.place.data_dir.display().to_string();
    Problem::new(
        Code::DataDirBusy,
        "start",
        format!("{program} runs already on {data_dir}, and bridges"),
        "End it first (causeway --quit), or choose another directory with --data-dir",
    )
    .with("path", data_dir)
}
