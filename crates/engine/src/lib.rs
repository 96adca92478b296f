//! The engine: one loop that owns both links, the bridge, the store and the snapshot of what people see.
//!
//! Programs start it with [`Engine::start`] and speak to it through a [`Handle`], either in the same process or
//! through the door of `causeway-api`.

mod address;
mod bridging;
mod cards;
mod chats;
mod check;
mod choice;
mod commands;
pub mod config;
mod core;
mod crash;
mod delivery;
mod desk;
mod diagnose;
mod directory;
mod engine;
mod handle;
mod held;
mod link;
mod lists;
pub mod log;
mod lookout;
mod lync;
mod network;
mod notices;
mod options;
mod outbox;
mod own;
#[cfg_attr(unix, path = "own_files_unix.rs")]
#[cfg_attr(windows, path = "own_files_windows.rs")]
mod own_files;
mod page;
mod pause;
mod people;
mod prepare;
mod presence;
mod privacy;
mod problems;
mod proxies;
mod refusals;
#[cfg(test)]
mod scene;
pub mod secrets;
mod seen;
mod send;
pub mod signals;
mod status;
pub mod store;
mod supervisor;
mod unit;
mod waiters;
mod xmpp;

use jiff::{SignedDuration, Timestamp};

pub use check::check;
pub use crash::keep_reports;
pub use diagnose::{Wanted, diagnose};
pub use engine::Engine;
pub use handle::{Handle, Subscription};
pub use options::{Options, Sides};
pub use refusals::Refusals;

/// A text that took longer than this to get here is marked as late.
const LATE: SignedDuration = SignedDuration::from_mins(2);

fn is_late(written: Timestamp, now: Timestamp) -> bool {
    now.duration_since(written) > LATE
}
