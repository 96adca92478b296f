//! The UCWA link against the simulated front end: signing in, staying in, and texts in both directions.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a story picks out the few events that it is about"
)]

mod account;
mod cost;
mod handshake;
mod kept_server;
mod names;
mod sign_in;
mod staying;
mod texts;
mod web_sign_in;
