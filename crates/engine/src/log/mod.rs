//! What programs log, and where.

mod files;

use std::path::Path;
use std::sync::OnceLock;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Layer as _, SubscriberExt};
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};
use tracing_subscriber::{Registry, reload};

use files::Files;

/// Names of the levels, as `--log` and `log.level` take them.
pub const LEVELS: [&str; 5] = ["error", "warn", "info", "debug", "trace"];

/// Directory of the log files in the data directory.
pub(crate) const DIRECTORY: &str = "logs";

/// The files of this program, where it has begun any.
static FILES: Files = Files::none();
/// What goes into them.
static FILTER: OnceLock<reload::Handle<Targets, Registry>> = OnceLock::new();

/// Logs to stderr from now on, in colour where that is wished.
///
/// # Errors
/// Where the program logs already.
pub fn to_stderr(level: LevelFilter, colour: bool) -> Result<(), TryInitError> {
    let (filter, handle) = reload::Layer::new(Targets::new());
    let in_files = tracing_subscriber::fmt::layer()
        .with_writer(&FILES)
        .with_ansi(false)
        .with_filter(filter);
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(colour)
        .with_filter(ours(level));
    tracing_subscriber::registry()
        .with(in_files)
        .with(lines)
        .try_init()?;
    // A second logger was refused above.
    let _ = FILTER.set(handle);
    Ok(())
}

/// Logs to files below the data directory as well, which the caller holds alone. A disk that does not take a line costs
/// that line and nothing else.
pub(crate) fn to_files(data_dir: &Path, level: LevelFilter) {
    FILES.begin(data_dir.join(DIRECTORY));
    set_level_of_files(level);
}

/// Changes at once what goes into the files, where there are any.
pub(crate) fn set_level_of_files(level: LevelFilter) {
    if let Some(filter) = FILTER.get()
        && FILES.are_begun()
    {
        // Fails only where the logger is gone, and that is the end of the program.
        let _ = filter.reload(ours(level));
    }
}

/// INVARIANT: the level holds for our own crates. Libraries stay at `warn`: at `trace` they log stanzas and bodies,
/// passwords and texts among them.
fn ours(level: LevelFilter) -> Targets {
    Targets::new()
        .with_default(level.min(LevelFilter::WARN))
        .with_target("causeway", level)
        .with_target("ucwa", level)
}
