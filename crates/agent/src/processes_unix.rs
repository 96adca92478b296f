//! Other programs of ours.

use rustix::process::{Pid, Signal, kill_process};

/// Asks a child of ours to end.
pub(crate) fn end(id: u32) {
    if let Some(pid) = id.try_into().ok().and_then(Pid::from_raw) {
        // It may have ended by itself meanwhile.
        let _ = kill_process(pid, Signal::TERM);
    }
}
