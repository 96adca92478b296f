//! Causeway's XMPP side.
mod event;
pub use event::*;
