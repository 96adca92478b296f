//! Changes of the network.

use std::{io, ptr};

use windows::Win32::NetworkManagement::IpHelper::NotifyAddrChange;

/// Waits until an IPv4 address of this computer came or went (`NotifyAddrChange`). Blocking, perhaps for ever.
///
/// # Errors
/// Where the system does not tell.
pub fn wait_for_change() -> io::Result<()> {
    // SAFETY: without handle and overlapped structure it waits.
    match unsafe { NotifyAddrChange(ptr::null_mut(), ptr::null()) } {
        0 => Ok(()),
        error => Err(io::Error::from_raw_os_error(error.cast_signed())),
    }
}
