//! The bridge: who is who, status table, text, threads, routing and echo guard.
//!
//! It is a value without I/O, threads or a clock. What happened on either network goes in as an [`Input`] together with
//! the time; what is to be done comes out as a list of [`Output`]s in the order in which they are to be done. What must
//! survive a restart comes out as [`Output::Remember`] and goes back in through [`Memory`].
//!
//! What it does is told to users and administrators in `docs/bridge.md`.

mod answer;
mod bridge;
mod conversations;
mod delivery;
mod guard;
mod ids;
mod input;
mod memory;
mod names;
mod output;
mod own;
mod people;
mod presence;
mod question;
mod recent;
mod relay;
mod rules;
pub mod status;
#[cfg(test)]
mod stories;
pub mod text;
mod typing;

pub use bridge::Bridge;
pub use input::{Input, LyncContact, LyncText, Outcome, XmppContact, XmppText};
pub use memory::{Fact, Memory};
pub use output::{Action, Output, Side};
pub use people::Person;
pub use presence::{Availability, Settable, Show};
pub use rules::{Pause, PresenceDirection, Preset, RelayWhen, Rules};
