//! `causeway`: the resident agent. It runs the engine, opens the door to it, and shows it in the tray and as notifications.

// No console opens with it on Windows. `causewayctl` has one, and is a program file of its own there.
#![cfg_attr(windows, windows_subsystem = "windows")]

mod args;
mod attention;
#[cfg_attr(unix, path = "autostart_unix.rs")]
#[cfg_attr(windows, path = "autostart_windows.rs")]
mod autostart;
#[cfg_attr(unix, path = "awake_unix.rs")]
#[cfg_attr(windows, path = "awake_windows.rs")]
mod awake;
mod closing;
#[cfg_attr(unix, path = "desktop_unix.rs")]
#[cfg_attr(windows, path = "desktop_windows.rs")]
mod desktop;
mod front;
mod idle;
#[cfg_attr(windows, expect(dead_code, reason = "what is shown nowhere yet"))]
mod notify;
#[cfg_attr(unix, path = "processes_unix.rs")]
#[cfg_attr(windows, path = "processes_windows.rs")]
mod processes;
mod resident;
mod running;
mod scene;
mod session;
mod tray;
mod window;
#[cfg_attr(
    all(windows, not(test)),
    expect(dead_code, reason = "words of notifications, which are not there yet")
)]
mod words;

use std::io::{IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use causeway_api::door::{Client, Reached, reach};
use causeway_api::{Code, Problem};
use causeway_engine::config::{Locations, default_data_dir, load};
use causeway_engine::secrets::Secrets;
use causeway_engine::{Engine, Options, Sides, keep_reports, log};
use clap::Parser;

use args::Args;

/// Told to the other end of the door.
const PROGRAM: &str = "causeway";

fn main() -> ExitCode {
    #[cfg(windows)]
    windows_native::console::share_parents();
    if causeway_cli::is_called() {
        return causeway_cli::main();
    }
    let args = Args::parse();
    // Nobody has set a logger before us.
    let _ = log::to_stderr(
        args.log,
        std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none(),
    );
    match start(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            say(&format!(
                "causeway: {} ({})\n  {}",
                problem.message, problem.code, problem.remedy
            ));
            ExitCode::from(problem.code.exit() as u8)
        }
    }
}

fn start(args: &Args) -> Result<(), Problem> {
    // One thread: everything here waits far more than it works, and a second one only means more wake-ups and memory for
    // each text. What may block has threads of its own.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| {
            Problem::new(
                Code::Internal,
                "start",
                format!("The run-time cannot start: {error}"),
                "Raise the limits of processes and open files for this user",
            )
        })?;
    let outcome = runtime.block_on(run(args));
    // What still hangs in a blocking call, a name look-up for instance, does not hold up the end.
    runtime.shutdown_background();
    outcome
}

async fn run(args: &Args) -> Result<(), Problem> {
    let data_dir = match args.data_dir.clone() {
        Some(data_dir) => data_dir,
        None => default_data_dir()?,
    };
    if args.quit {
        return quit(&data_dir).await;
    }
    keep_reports(&data_dir);
    let locations = Locations::standard(args.config.clone())?;
    if args.autostart && is_of_no_use(&locations) {
        say("No account is configured; Causeway starts with the session once there is one");
        return Ok(());
    }
    let options = Options {
        locations,
        data_dir: data_dir.clone(),
        sides: Sides::BOTH,
        bridge: true,
        watch_only: false,
        one_shot: false,
        // A person who starts the program wants it to try.
        unattended: args.autostart,
        log_files: true,
        secrets: Secrets::system(),
    };
    match reach(&data_dir, PROGRAM, async || {
        Engine::start(options.clone()).await
    })
    .await?
    {
        Reached::Ours(engine) => {
            let beginning = resident::Beginning {
                wish: args.wish(),
                autostart: args.autostart,
            };
            resident::stay(engine, &data_dir, beginning).await
        }
        Reached::Running(client) => {
            say(&format!("Causeway runs already on {}", data_dir.display()));
            if args.autostart {
                return Ok(());
            }
            running::show(&client, args.wish().unwrap_or_default()).await
        }
    }
}

/// The packages start us with everybody's session. Who never set anything up does not want to meet us there; a
/// configuration with faults is shown.
fn is_of_no_use(locations: &Locations) -> bool {
    let configuration = load(locations);
    let settings = &configuration.settings;
    settings.lync.is_none() && settings.xmpp.is_none() && configuration.issues.is_empty()
}

async fn quit(data_dir: &Path) -> Result<(), Problem> {
    match Client::connect(data_dir, PROGRAM).await? {
        Some(client) => running::quit(&client).await,
        None => {
            say(&format!("No Causeway runs on {}", data_dir.display()));
            Ok(())
        }
    }
}

/// One plain line for people.
fn say(line: &str) {
    // Whoever closed stderr does not want to read it.
    let _ = writeln!(std::io::stderr(), "{line}");
}
