//! `causewayctl`: checks, verbs for scripts, and the bridge without a screen.

mod args;
mod interrupts;
mod outcome;
mod session;
mod stream;
mod text;
mod until;
mod verbs;
mod words;

use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;

use causeway_api::{Exit, Problem};
use causeway_engine::log;
use clap::Parser;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use args::{Args, ConfigVerb, Verb};
use interrupts::Interrupts;
use outcome::{Outcome, internal, usage};
use session::{Place, must_exist, name_errors};
use text::Paint;
use verbs::Ctl;

/// Of both programs; the reason stands beside the library's name in the workspace.
#[cfg(target_os = "linux")]
#[global_allocator]
static MEMORY: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// The name of the program.
const NAME: &str = "causewayctl";

/// Whether this program file was called by that name. Packages with the agent carry one file under both names, since the
/// two share nearly all of their code.
#[must_use]
pub fn is_called() -> bool {
    let called = std::env::args_os().next();
    called.is_some_and(|path| Path::new(&path).file_stem() == Some(NAME.as_ref()))
}

/// The whole program.
#[must_use]
pub fn main() -> ExitCode {
    let exit = match Args::try_parse() {
        Ok(args) => start(args),
        Err(error) => not_understood(&error),
    };
    ExitCode::from(exit as u8)
}

fn start(args: Args) -> Exit {
    // Nobody has set a logger before us.
    let _ = log::to_stderr(args.global.log, in_colour(&std::io::stderr()));
    let json = args.global.json;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            return Outcome::from(internal(format!("The run-time cannot start: {error}")))
                .print(json);
        }
    };
    let outcome = runtime.block_on(run(args)).unwrap_or_else(Outcome::from);
    let exit = outcome.print(json);
    // What still hangs in a blocking call, reading a terminal for instance, does not hold up the end.
    runtime.shutdown_background();
    exit
}

async fn run(args: Args) -> Result<Outcome, Problem> {
    let mut ctl = Ctl {
        place: Place::of(&args.global)?,
        interrupts: Interrupts::new()?,
        json: args.global.json,
        paint: Paint {
            on: in_colour(&std::io::stdout()),
        },
    };
    if !matches!(args.verb, Verb::Config(ConfigVerb::Set { .. })) {
        must_exist(args.global.config.as_deref())?;
    }
    if !matches!(
        args.verb,
        Verb::Config(_) | Verb::Completion { .. } | Verb::Explain { .. }
    ) {
        name_errors(&ctl.place).await;
    }
    verbs::run(&mut ctl, args.verb).await
}

/// On a terminal, unless the person does not want it (no-color.org).
fn in_colour(stream: &impl IsTerminal) -> bool {
    stream.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Help and version are answers; everything else is wrong usage, as JSON too where that was asked for.
fn not_understood(error: &clap::Error) -> Exit {
    let json = std::env::args_os()
        .take_while(|argument| argument != "--")
        .any(|argument| argument == "--json");
    let kind = error.kind();
    if matches!(kind, ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        // Nobody is there to be told that the reader has gone.
        let _ = error.print();
        return Exit::Done;
    }
    if let Some(verb) = of_a_later_version(error) {
        let message = format!("'{verb}' is not in this version");
        return Outcome::from(usage(message)).print(json);
    }
    if !json {
        let _ = error.print();
        return Exit::Usage;
    }
    if kind == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return Outcome::from(usage("A command is missing")).print(true);
    }
    Outcome::from(usage(cause(&error.render().to_string()))).print(true)
}

/// A verb that the documents promise and this version does not have yet.
fn of_a_later_version(error: &clap::Error) -> Option<&str> {
    match error.get(ContextKind::InvalidSubcommand) {
        Some(ContextValue::String(verb)) if ["meeting", "gateway"].contains(&verb.as_str()) => {
            Some(verb)
        }
        Some(_) | None => None,
    }
}

/// The first paragraph of a usage error, on one line: what is wrong and what would be right.
fn cause(page: &str) -> String {
    let lines: Vec<&str> = page.lines().map(str::trim).collect();
    let end = lines
        .iter()
        .position(|line| line.starts_with("Usage:") || line.starts_with("For more"));
    let words: Vec<&str> = lines
        .iter()
        .take(end.unwrap_or(lines.len()))
        .copied()
        .filter(|line| !line.is_empty())
        .collect();
    let cause = words.join(" ");
    cause.strip_prefix("error: ").unwrap_or(&cause).to_owned()
}
