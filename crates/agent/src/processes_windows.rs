//! Other programs of ours.

/// Ends a child of ours: the window, which keeps nothing that would be lost.
pub(crate) fn end(id: u32) {
    // It may have ended by itself meanwhile.
    let _ = windows_native::process::end(id);
}
