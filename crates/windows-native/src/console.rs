//! The console of whoever started us.

use windows::Win32::System::Console::{ATTACH_PARENT_PROCESS, AttachConsole};

/// A program without a console of its own writes to that of the program that started it. Nothing where that has none.
pub fn share_parents() {
    // SAFETY: without pointers.
    let _ = unsafe { AttachConsole(ATTACH_PARENT_PROCESS) };
}
