//! A window that outlives its agent is found by the next one.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use causeway_api::door::WINDOW_LOCK;

/// Holds the lock as long as the file is kept. Where it cannot be had, a second window may open beside this one: no reason
/// to have none.
pub(crate) fn hold(data_dir: &Path) -> Option<File> {
    let mut file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(data_dir.join(WINDOW_LOCK))
        .ok()?;
    file.try_lock().ok()?;
    file.set_len(0).ok()?;
    write!(file, "{}", std::process::id()).ok()?;
    Some(file)
}
