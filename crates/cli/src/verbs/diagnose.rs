//! `diagnose`: the report for a help desk, written by whoever knows most.

use std::path::Path;

use causeway_api::door::Client;
use causeway_api::{Command, Diagnosed, Problem, Reply};
use causeway_engine::{Sides, Wanted};

use super::Ctl;
use crate::outcome::{self, Outcome, usage};
use crate::session::{Needs, PROGRAM, Session, options, wrong_reply};
use crate::text::plain;

pub(super) async fn run(ctl: &mut Ctl, file: &Path, force: bool) -> Result<Outcome, Problem> {
    // Whoever writes it may have been started somewhere else.
    let file = std::path::absolute(file)
        .map_err(|error| usage(format!("{} is no path: {error}", file.display())))?;
    let name = file
        .to_str()
        .ok_or_else(|| usage("The name of the file cannot be read as text"))?;
    let running = match Client::connect(&ctl.place.data_dir, PROGRAM).await {
        Ok(running) => running,
        // That, too, is worth a report.
        Err(problem) => {
            outcome::warn(&problem.message);
            None
        }
    };
    let written = async {
        let Some(client) = running else {
            let options = options(&ctl.place, Needs::once(Sides::BOTH));
            let wanted = Wanted {
                file: file.clone(),
                overwrite: force,
                desktop: None,
            };
            return causeway_engine::diagnose(&options, wanted).await;
        };
        let command = Command::Diagnose {
            file: name.to_owned(),
            overwrite: force,
        };
        let reply = Session::Running(client).request(command).await?;
        let Reply::Diagnosed(diagnosed) = reply else {
            return Err(wrong_reply());
        };
        Ok(diagnosed)
    };
    // Both ways of writing it in one future: too large for the stack.
    let diagnosed = ctl.interrupts.or(Box::pin(written)).await?;
    let people = for_people(&diagnosed);
    Outcome::new(&diagnosed, people)
}

fn for_people(Diagnosed { file, bytes }: &Diagnosed) -> String {
    format!(
        "{} ({} kB)\nAddresses and names of servers are in it, passwords and texts are not; README.txt says more.\n",
        plain(file),
        bytes.div_ceil(1000),
    )
}
