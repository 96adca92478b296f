//! The simulator over real HTTPS, asked by a plain client that knows nothing but the documentation.

mod channel;
mod chat;
mod client;
mod clocks;
mod discovery;
mod people;
mod strict;
