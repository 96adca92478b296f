//! The verbs, one file each.

mod bridge;
mod check;
mod config;
mod contacts;
mod diagnose;
mod directory;
mod ends;
mod lists;
mod passwords;
mod presence;
mod privacy;
mod send;
mod status;
mod trust;
mod watch;

use causeway_api::{Code, Problem, SendWhen};
use clap::CommandFactory as _;
use clap_complete::{Shell, generate};
use serde_json::json;

use crate::args::{Args, BridgeVerb, Verb};
use crate::interrupts::Interrupts;
use crate::outcome::{Outcome, internal};
use crate::session::Place;
use crate::text::Paint;

/// What every verb works with.
pub(crate) struct Ctl {
    pub(crate) place: Place,
    pub(crate) interrupts: Interrupts,
    /// Streams print one JSON object a line.
    pub(crate) json: bool,
    /// For stdout.
    pub(crate) paint: Paint,
}

/// Does what was asked.
///
/// # Errors
/// Cause and remedy, with the code that decides the exit code.
pub(crate) async fn run(ctl: &mut Ctl, verb: Verb) -> Result<Outcome, Problem> {
    match verb {
        Verb::Check => check::run(ctl).await,
        Verb::Diagnose { file, force } => diagnose::run(ctl, &file, force).await,
        Verb::Contacts { verb: None } => contacts::list(ctl).await,
        Verb::Contacts { verb: Some(verb) } => lists::run(ctl, verb).await,
        Verb::Presence { addresses } => presence::run(ctl, addresses).await,
        Verb::Status(verb) => status::run(ctl, verb).await,
        Verb::Send {
            address,
            text,
            when_back,
        } => {
            let when = if when_back {
                SendWhen::WhenBack
            } else {
                SendWhen::Now
            };
            send::run(ctl, address, text, when).await
        }
        Verb::Watch { time } => watch::run(ctl, time).await,
        Verb::Search { text } => contacts::search(ctl, text).await,
        Verb::Bridge(BridgeVerb::Run) => bridge::run(ctl).await,
        Verb::Config(verb) => config::run(ctl, verb).await,
        Verb::Login {
            side,
            password_stdin,
        } => passwords::login(ctl, side, password_stdin).await,
        Verb::Logout { side } => passwords::logout(ctl, side).await,
        Verb::Explain { code } => explain(code),
        Verb::Completion { shell } => completion(shell),
    }
}

fn explain(code: Code) -> Result<Outcome, Problem> {
    let document = json!({
        "code": code,
        "title": code.title(),
        "exit": code.exit() as i32,
        "page": code.page(),
    });
    Outcome::new(&document, code.page())
}

fn completion(shell: Shell) -> Result<Outcome, Problem> {
    let mut script = Vec::new();
    generate(shell, &mut Args::command(), "causewayctl", &mut script);
    let script = String::from_utf8(script).map_err(|_| internal("The script is no text"))?;
    Outcome::new(&json!({ "script": script }), script)
}
