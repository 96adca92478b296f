//! What system it is, on Windows: as its registry says.

use windows_registry::LOCAL_MACHINE;

const VERSION: &str = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion";

/// Number of the build; 22000 and later are Windows 11, whatever the name says.
pub(super) fn kernel() -> String {
    said("CurrentBuildNumber").unwrap_or_default()
}

/// `Windows 10 Pro`
pub(super) fn release() -> Option<String> {
    said("ProductName")
}

fn said(name: &str) -> Option<String> {
    LOCAL_MACHINE.open(VERSION).ok()?.get_string(name).ok()
}
