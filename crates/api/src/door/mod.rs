//! The local socket through which other programs of the same person speak to a running engine.
//!
//! Both ends exchange lines of JSON ([`frame`]). The socket stands in a directory of mode 0700, and both ends check the
//! other's user id. One end serves any [`Desk`](crate::Desk); the other end is one.

mod client;
pub mod frame;
mod reach;
mod server;
mod socket_unix;
#[cfg(test)]
mod tests;
mod visit;

pub use client::{Client, Listening};
pub use reach::{Reached, reach};
pub use server::Door;
