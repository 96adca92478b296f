//! What programs log, and where.

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};

/// Names of the levels, as `--log` takes them.
pub const LEVELS: [&str; 5] = ["error", "warn", "info", "debug", "trace"];

/// Logs to stderr from now on, in colour where that is wished.
///
/// INVARIANT: the level holds for our own crates. Libraries stay at `warn`: at `trace` they log stanzas and bodies,
/// passwords and texts among them.
///
/// # Errors
/// Where the program logs already.
pub fn to_stderr(level: LevelFilter, colour: bool) -> Result<(), TryInitError> {
    let filter = Targets::new()
        .with_default(level.min(LevelFilter::WARN))
        .with_target("causeway", level)
        .with_target("ucwa", level);
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(colour);
    tracing_subscriber::registry()
        .with(lines)
        .with(filter)
        .try_init()
}
