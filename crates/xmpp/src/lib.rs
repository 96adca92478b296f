//! Causeway's XMPP side: one account of a person at an XMPP server.
//!
//! [`wire`] turns stanzas into [`Event`]s and [`Command`]s into stanzas and knows no sockets and no clock.
//! [`link`] (feature `link`) finds the server, signs in, keeps the stream alive and brings it back.

mod error;
mod event;
#[cfg(feature = "link")]
pub mod link;
pub mod wire;

pub use error::{Error, ErrorKind, Facts, Retry};
pub use event::*;
