//! What the agent says when it starts the window. Where to go it says through the door.

use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;

/// Causeway's window. The agent starts it; `causeway --show` asks the agent for it.
#[derive(Parser, Debug)]
#[command(version)]
pub(crate) struct Arguments {
    /// The agent's data directory, where its door is.
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: PathBuf,
    /// A window that was hidden ends after so many seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    end_hidden_after: u32,
}

impl Arguments {
    /// How long a hidden window is kept.
    pub(crate) fn kept_hidden(&self) -> Duration {
        Duration::from_secs(self.end_hidden_after.into())
    }
}
