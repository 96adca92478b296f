//! What the agent says when it starts the window. Where to go it says through the door.

use std::path::PathBuf;

use clap::Parser;

/// Causeway's window. The agent starts it; `causeway --show` asks the agent for it.
#[derive(Parser, Debug)]
#[command(version)]
pub(crate) struct Arguments {
    /// The agent's data directory, where its door is.
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: PathBuf,
}
