//! `status get`, `set`, `reset`: the own status.

use causeway_api::{Command, OwnStatus, Problem, Reply};
use causeway_engine::Sides;

use super::Ctl;
use crate::args::StatusVerb;
use crate::outcome::Outcome;
use crate::session::{Needs, ask, wrong_reply};
use crate::text::{Cell, Paint, columns};
use crate::words;

pub(super) async fn run(ctl: &mut Ctl, verb: StatusVerb) -> Result<Outcome, Problem> {
    let looking = Needs::once(Sides::BOTH);
    let setting = Needs {
        presence: true,
        ..looking
    };
    let (needs, command) = match verb {
        StatusVerb::Get => (looking, Command::GetStatus),
        StatusVerb::Set { value, until, note } => (
            setting,
            Command::SetStatus {
                value: value.into(),
                until,
                note,
            },
        ),
        StatusVerb::Reset => (setting, Command::ResetStatus),
    };
    let reply = ask(&ctl.place, &mut ctl.interrupts, needs, command).await?;
    let Reply::Status(status) = reply else {
        return Err(wrong_reply());
    };
    Outcome::new(&status, line(ctl.paint, &status))
}

fn line(paint: Paint, status: &OwnStatus) -> String {
    let until = status
        .until
        .map(|until| format!(" until {}", words::time(until)))
        .unwrap_or_default();
    let row: [Cell; 5] = [
        words::shape(status.availability),
        words::availability(status.availability).into(),
        status.activity.as_deref().unwrap_or_default().into(),
        status.note.as_deref().unwrap_or_default().into(),
        format!("({}{until})", why(&status.reason)).into(),
    ];
    columns(paint, &[row])
}

/// The reasons of [`OwnStatus::reason`] in words.
fn why(reason: &str) -> &str {
    match reason {
        "you" => "set by you",
        "bridge" => "from the other side of the bridge",
        "other-client" => "set in another program",
        "watch-only" => "watching only",
        "signed-out" => "signed out",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use causeway_api::Availability;

    use super::*;

    #[test]
    fn the_line_says_what_why_and_the_note() {
        let status = OwnStatus {
            availability: Availability::DoNotDisturb,
            activity: None,
            note: Some("Writing".into()),
            until: None,
            reason: "you".into(),
        };
        assert_eq!(
            line(Paint { on: false }, &status),
            "⊘  Do not disturb  Writing  (set by you)\n"
        );
    }
}
