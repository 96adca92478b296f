//! `bridge run`: account mode without a screen.

use causeway_api::door::{Door, Reached, reach};
use causeway_api::{Code, Problem};
use causeway_engine::Sides;

use super::{Ctl, watch::tell_all};
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
    let mut stream = Stream::to_stdout(ctl.json, ctl.paint);
    let handle = engine.handle();
    let told = async {
        // A bridge goes on when nobody reads what it tells.
        let _ = tell_all(&handle, &mut stream).await;
        std::future::pending().await
    };
    let stopped = tokio::select! {
        interrupt = ctl.interrupts.next() => Some(interrupt),
        () = engine.ended() => None,
        () = told => None,
    };
    door.shut().await;
    engine.stop().await;
    door.close().await;
    stream.end().await;
    match stopped {
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
