//! `status get`, `set`, `reset`: the own status.

use causeway_api::{Code, Command, OwnStatus, Problem, Reason, Reply};
use causeway_engine::Sides;

use super::Ctl;
use crate::args::StatusVerb;
use crate::outcome::{self, Outcome};
use crate::session::{Needs, Place, Session, wrong_reply};
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
    let sets = matches!(command, Command::SetStatus { .. });
    let ends = matches!(command, Command::SetStatus { until: Some(_), .. });
    let open = async {
        if ends {
            Session::running(&ctl.place, needs_one(&ctl.place)).await
        } else {
            Session::open(&ctl.place, needs).await
        }
    };
    let session = ctl.interrupts.or(open).await?;
    let ours = matches!(session, Session::Ours(_));
    let reply = ctl.interrupts.or(session.request(command)).await;
    session.close().await;
    let Reply::Status(status) = reply? else {
        return Err(wrong_reply());
    };
    let outcome = Outcome::new(&status, line(ctl.paint, &status))?;
    if !sets {
        return Ok(outcome);
    }
    if ours {
        let data_dir = ctl.place.data_dir.display();
        outcome::warn(&format!(
            "no Causeway runs on {data_dir}: this status ends with this command, unless another client of yours keeps \
             it. Start 'causeway', then set it again"
        ));
    }
    Ok(outcome.with("lasts", !ours))
}

/// A status with an end needs somebody who ends it.
fn needs_one(place: &Place) -> Problem {
    let data_dir = place.data_dir.display().to_string();
    Problem::new(
        Code::BadConfig,
        "status",
        format!("A status ends by itself only while Causeway runs, and none runs on {data_dir}"),
        "Start 'causeway' or 'causewayctl bridge run' first, or leave --until out",
    )
    .with("path", data_dir)
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
        format!("({}{until})", why(status.reason)).into(),
    ];
    columns(paint, &[row])
}

/// Why, in words.
fn why(reason: Reason) -> &'static str {
    match reason {
        Reason::You => "set by you",
        Reason::Automatic => "automatic",
        Reason::Bridge => "from the other side of the bridge",
        Reason::OtherClient => "set in another program",
        Reason::WatchOnly => "watching only",
        Reason::Reconnecting => "reconnecting",
        Reason::SignedOut => "signed out",
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
            reason: Reason::You,
        };
        assert_eq!(
            line(Paint { on: false }, &status),
            "⊘  Do not disturb  Writing  (set by you)\n"
        );
    }
}
