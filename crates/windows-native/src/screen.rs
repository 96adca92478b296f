//! What is drawn.

use windows::Win32::UI::HiDpi::{
    DPI_AWARENESS_CONTEXT_PER_MONITOR_AWARE_V2, SetProcessDpiAwarenessContext,
};
use windows::Win32::UI::WindowsAndMessaging::{GetSystemMetrics, SM_CXSMICON};

/// Menus and icons are drawn in the pixels of the screen, not enlarged by the system. Before the first window.
pub fn draw_in_its_pixels() {
    // SAFETY: without pointers. An error means that it was decided before.
    let _ = unsafe { SetProcessDpiAwarenessContext(DPI_AWARENESS_CONTEXT_PER_MONITOR_AWARE_V2) };
}

/// Edge of a small icon, as the taskbar shows it, in pixels.
#[must_use]
pub fn small_icon() -> u32 {
    // SAFETY: without pointers.
    let edge = unsafe { GetSystemMetrics(SM_CXSMICON) };
    u32::try_from(edge).unwrap_or(16).max(16)
}
