//! What travels between client and server, as typed values. Needs no feature; a server can be written with it too.
//!
//! The shapes follow the UCWA reference; where its samples disagree with each other, both forms are read: a rel is
//! read as an object or as an array everywhere, enumerations are compared without case, and members that are not
//! modelled are kept, so that a resource can be written back.

pub mod batch;
pub mod challenge;
pub mod data_uri;
mod date;
pub mod discovery;
#[cfg(test)]
mod documented;
pub mod events;
mod links;
mod many;
pub mod messaging;
pub mod people;
mod reason;
mod resources;
pub mod token;
pub mod words;

pub use date::Date;
pub use links::{Href, Link, Links};
pub use many::Many;
pub use reason::Reason;
pub use resources::{
    Application, ApplicationEmbedded, ApplicationInput, Communication, MakeMeAvailableInput, Me,
    Note, OnlineMeetings, People, Presence,
};

/// Members of a resource that are not modelled. A PUT has to send them back, above all the one whose name is a GUID.
pub type More = serde_json::Map<String, serde_json::Value>;
