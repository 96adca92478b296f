//! What `cargo xtask demo` shows: people of a simulated Lync and of a real Prosody, talking over Causeway's bridge.
//!
//! Nothing of the conversation is made up here but the words: each line is printed when the text has been handed to the
//! writer's own client or has been seen at the reader's.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

mod join;
mod screenplay;
mod stage;
mod transcript;

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use tokio::signal::unix::{SignalKind, signal};

use crate::stage::Stage;

#[derive(Parser)]
#[command(
    name = "causeway-demo",
    about = "People of two networks talking over Causeway"
)]
struct Arguments {
    /// End by itself after so many seconds of talk.
    #[arg(long, value_name = "N")]
    seconds: Option<u64>,
    /// With the agent in the tray and its window, on this desktop.
    #[arg(long)]
    window: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // The harness panics with a sentence that says what was missing; that sentence is all that people need.
    std::panic::set_hook(Box::new(|panic| {
        println!(
            "\nThe demo stopped: {}",
            panic.payload_as_str().unwrap_or("for an unknown reason")
        );
    }));
    let mut ended = std::pin::pin!(interrupted());
    println!("Starting a Lync front end, a Prosody and the bridge …");
    let mut stage = tokio::select! {
        stage = Stage::set(arguments.window) => stage,
        () = &mut ended => return ExitCode::from(130),
    };
    join::print(&stage);
    let play = async {
        // However short the time: one exchange in both directions is shown.
        stage.opening().await;
        let rest = stage.play_on();
        match arguments.seconds {
            Some(seconds) => {
                // Running out of time is the planned end.
                let _ = tokio::time::timeout(Duration::from_secs(seconds), rest).await;
            }
            None => rest.await,
        }
    };
    tokio::select! {
        () = play => {}
        () = ended => {}
    }
    stage.close().await
}

/// Resolves at Ctrl-C or SIGTERM.
async fn interrupted() {
    let (Ok(mut interrupt), Ok(mut terminate)) = (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
    ) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}
