//! Calls of Windows for which no library with safe functions will do. Everything unsafe of the house is here and stays
//! inside: what the system lends is given back, and no pointer outlives its call. On other systems this crate is empty.

#![cfg(windows)]

pub mod activity;
pub mod console;
pub mod messages;
pub mod network;
#[cfg(feature = "pipe")]
pub mod pipe;
pub mod power;
pub mod process;
pub mod registry;
pub mod screen;
pub mod security;
pub mod sspi;

use windows::Win32::Foundation::WIN32_ERROR;

/// With the number that the system's own functions give, so that `ErrorKind` fits.
fn os(error: &windows::core::Error) -> std::io::Error {
    match WIN32_ERROR::from_error(error) {
        Some(WIN32_ERROR(code)) => std::io::Error::from_raw_os_error(code.cast_signed()),
        None => std::io::Error::from_raw_os_error(error.code().0),
    }
}
