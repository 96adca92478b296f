//! The XMPP link against a real Prosody, with itself as the other client.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a story waits for one event and lets the others be"
)]

mod client;
mod loss;
mod sign_in;
mod talk;
