//! `check`: the sign-in ladder of both sides.

use causeway_api::{Check, CheckStep, Code, Command, Desk as _, Problem, Reply, StepState};
use causeway_engine::{Options, Sides, config};

use super::config::running;
use super::{Ctl, trust};
use crate::outcome::Outcome;
use crate::session::{Needs, Place, options, wrong_configuration, wrong_reply};
use crate::text::{Cell, Colour, Paint, columns, plain};
use crate::words;

pub(super) async fn run(ctl: &mut Ctl) -> Result<Outcome, Problem> {
    let (check, failure) = loop {
        let options = Options {
            // To try it is what this verb is for.
            unattended: false,
            ..options(&ctl.place, Needs::once(Sides::BOTH))
        };
        let ladder = async { Ok(causeway_engine::check(&options).await) };
        let check = ctl.interrupts.or(ladder).await?;
        let check = ctl.interrupts.or(with_cookies(&ctl.place, check)).await?;
        let failure = failure(&check);
        if !trust::ask(ctl, failure.as_ref()).await? {
            break (check, failure);
        }
    };
    let problem = match failure {
        // Nothing could be tried: perhaps because what is written cannot be used.
        Some(problem) if check.steps.is_empty() => {
            let issues = config::load(&ctl.place.locations).issues;
            Some(wrong_configuration(&issues).unwrap_or(problem))
        }
        problem => problem,
    };
    // `error` is printed by whoever prints problems.
    let steps = Check {
        error: None,
        ..check
    };
    let people = ladder_for_people(ctl.paint, &steps.steps);
    Ok(Outcome::new(&steps, people)?.but_shown(problem, "the check failed"))
}

/// What a sign-in page gave is in the memory of the running Causeway alone: where that is what is missing, it walks.
async fn with_cookies(place: &Place, check: Check) -> Result<Check, Problem> {
    let wants_page = |check: &Check| {
        let failure = failure(check);
        failure.is_some_and(|problem| problem.code == Code::WebSignIn)
    };
    if !wants_page(&check) {
        return Ok(check);
    }
    let Some((client, _)) = running(place).await? else {
        return Ok(check);
    };
    let Reply::Check(walked) = client.request(Command::Check { again: true }).await? else {
        return Err(wrong_reply());
    };
    Ok(walked)
}

/// The first failure; its code decides the exit code.
fn failure(check: &Check) -> Option<Problem> {
    check.error.clone().or_else(|| {
        let step = check
            .steps
            .iter()
            .find(|step| step.state == StepState::Fail)?;
        let mut problem = Problem::new(
            step.code.unwrap_or(Code::Internal),
            &step.step,
            step.message.clone(),
            step.remedy.clone().unwrap_or_default(),
        );
        problem.detail = step.detail.clone();
        Some(problem)
    })
}

fn ladder_for_people(paint: Paint, steps: &[CheckStep]) -> String {
    // Steps that were not tried for one reason are one line, not one for each.
    let mut rungs: Vec<(&CheckStep, usize)> = Vec::new();
    for step in steps {
        match rungs.last_mut() {
            Some((first, more)) if skipped_alike(first, step) => *more += 1,
            Some(_) | None => rungs.push((step, 0)),
        }
    }
    let rows: Vec<_> = rungs.iter().map(|(step, more)| row(step, *more)).collect();
    // Remedies stand under their step, where the eye is.
    let mut page = String::new();
    for (line, (step, _)) in columns(paint, &rows).lines().zip(rungs) {
        page.push_str(line);
        page.push('\n');
        if let (StepState::Warn | StepState::Fail, Some(remedy)) = (step.state, &step.remedy) {
            page.push_str(&format!("    → {}\n", plain(remedy)));
        }
    }
    page
}

fn skipped_alike(one: &CheckStep, other: &CheckStep) -> bool {
    let skipped = one.state == StepState::Skip && other.state == StepState::Skip;
    skipped && one.side == other.side && one.message == other.message
}

/// A step, and how many more after it share its fate.
fn row(step: &CheckStep, more: usize) -> [Cell; 5] {
    let (state, colour) = match step.state {
        StepState::Ok => ("✓ ok", Colour::Green),
        StepState::Warn => ("! warn", Colour::Yellow),
        StepState::Fail => ("✗ fail", Colour::Red),
        StepState::Skip => ("– skip", Colour::Grey),
    };
    let ms = match step.state {
        StepState::Skip => String::new(),
        StepState::Ok | StepState::Warn | StepState::Fail => format!("{} ms", step.ms),
    };
    let message = match step.code {
        Some(code) => format!("{} ({code})", step.message),
        None => step.message.clone(),
    };
    let name = match more {
        0 => words::step(&step.step).to_owned(),
        _ => format!("{} and {more} more", words::step(&step.step)),
    };
    [
        Cell::coloured(state, Some(colour)),
        words::side(step.side).into(),
        name.into(),
        ms.into(),
        message.into(),
    ]
}

#[cfg(test)]
mod tests {
    use causeway_api::Side;

    use super::*;

    fn step(state: StepState, message: &str) -> CheckStep {
        CheckStep {
            side: Side::Lync,
            step: "finding-server".into(),
            state,
            ms: 12,
            code: (state == StepState::Fail).then_some(Code::DiscoverySilent),
            message: message.into(),
            remedy: (state == StepState::Fail).then(|| "Connect to the company network".into()),
            detail: serde_json::Map::new(),
        }
    }

    #[test]
    fn a_failed_step_decides_even_where_nobody_named_it() {
        let check = Check {
            steps: vec![step(StepState::Ok, "a"), step(StepState::Fail, "b")],
            error: None,
        };
        assert_eq!(
            failure(&check).map(|problem| problem.code),
            Some(Code::DiscoverySilent)
        );
        let check = Check {
            steps: vec![step(StepState::Warn, "a")],
            error: None,
        };
        assert_eq!(failure(&check), None);
    }

    #[test]
    fn a_side_that_was_not_tried_is_one_line() {
        let skipped = step(StepState::Skip, "No account is configured");
        let page = ladder_for_people(Paint { on: false }, &[skipped.clone(), skipped]);
        assert_eq!(
            page,
            "– skip  Lync  finding the server and 1 more  No account is configured\n"
        );
    }

    #[test]
    fn the_remedy_stands_under_the_step() {
        let page = ladder_for_people(
            Paint { on: false },
            &[
                step(StepState::Ok, "found"),
                step(StepState::Fail, "silent"),
            ],
        );
        assert_eq!(
            page,
            "✓ ok    Lync  finding the server  12 ms  found\n\
             ✗ fail  Lync  finding the server  12 ms  silent (CW-1002)\n    → Connect to the company network\n"
        );
    }
}
