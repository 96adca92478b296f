//! Changes in the registry.

use std::io;

use windows::Win32::System::Registry::{HKEY, REG_NOTIFY_CHANGE_LAST_SET, RegNotifyChangeKeyValue};
use windows_registry::Key;

/// Waits until a value of this key is written or removed. Blocking, perhaps for ever.
///
/// # Errors
/// Of the system.
pub fn wait_for_change(key: &Key) -> io::Result<()> {
    // SAFETY: the key is open as long as the caller lends it, and without an event the call waits.
    let result = unsafe {
        RegNotifyChangeKeyValue(
            HKEY(key.as_raw()),
            false,
            REG_NOTIFY_CHANGE_LAST_SET,
            None,
            false,
        )
    };
    result.ok().map_err(|error| crate::os(&error))
}
