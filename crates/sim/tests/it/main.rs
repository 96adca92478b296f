//! The simulator over real HTTPS, asked by a plain client that knows nothing but the documentation.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by its panic"
)]

mod channel;
mod chat;
mod client;
mod clocks;
mod directory;
mod discovery;
mod passive;
mod people;
mod privacy;
mod strict;
