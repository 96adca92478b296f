//! `check`: the sign-in ladder of both sides.

use causeway_api::{Check, CheckStep, Code, Problem, StepState};
use causeway_engine::Sides;

use super::Ctl;
use crate::outcome::Outcome;
use crate::session::{Needs, options};
use crate::text::{Cell, Colour, Paint, columns, plain};
use crate::words;

pub(super) async fn run(ctl: &mut Ctl) -> Result<Outcome, Problem> {
    let options = options(&ctl.place, Needs::once(Sides::BOTH));
    // Both ladders in one future: too large for the stack.
    let ladder = Box::pin(async { Ok(causeway_engine::check(&options).await) });
    let check = ctl.interrupts.or(ladder).await?;
    let problem = failure(&check);
    // `error` is printed by whoever prints problems.
    let steps = Check {
        error: None,
        ..check
    };
    let people = ladder_for_people(ctl.paint, &steps.steps);
    Ok(Outcome::new(&steps, people)?.but(problem))
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
    // A side that was not tried is one line, not one for each step.
    let mut steps: Vec<&CheckStep> = steps.iter().collect();
    steps.dedup_by(|later, earlier| {
        let skipped = later.state == StepState::Skip && earlier.state == StepState::Skip;
        skipped && later.side == earlier.side && later.message == earlier.message
    });
    let rows: Vec<_> = steps.iter().map(|step| row(step)).collect();
    // Remedies stand under their step, where the eye is.
    let mut page = String::new();
    for (line, step) in columns(paint, &rows).lines().zip(steps) {
        page.push_str(line);
        page.push('\n');
        if let (StepState::Warn | StepState::Fail, Some(remedy)) = (step.state, &step.remedy) {
            page.push_str(&format!("    → {}\n", plain(remedy)));
        }
    }
    page
}

fn row(step: &CheckStep) -> [Cell; 5] {
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
    [
        Cell::coloured(state, Some(colour)),
        words::side(step.side).into(),
        step.step.as_str().into(),
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
            "– skip  Lync  finding-server  No account is configured\n"
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
            "✓ ok    Lync  finding-server  12 ms  found\n\
             ✗ fail  Lync  finding-server  12 ms  silent (CW-1002)\n    → Connect to the company network\n"
        );
    }
}
