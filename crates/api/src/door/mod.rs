//! The local socket through which other programs of the same person speak to a running engine.
//!
//! Both ends exchange lines of JSON ([`frame`]). On Unix the socket stands in a directory of mode 0700, and both ends check
//! the other's user id; on Windows it is a named pipe that is open to its user alone, and the client checks whose it is.
//! One end serves any [`Desk`](crate::Desk); the other end is one.

mod client;
pub mod frame;
mod reach;
mod server;
#[cfg_attr(unix, path = "socket_unix.rs")]
#[cfg_attr(windows, path = "socket_windows.rs")]
mod socket;
#[cfg(test)]
mod tests;
mod visit;

pub use client::{Client, Listening};
pub use reach::{Reached, reach};
pub use server::Door;

/// Name of the file in the data directory that a window holds locked as long as it lives; its process number stands in it.
/// An agent that follows one which broke off finds the window by it that is there still.
pub const WINDOW_LOCK: &str = "window.lock";
