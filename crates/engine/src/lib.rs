//! The engine: one loop that owns both links, the bridge, the store and the snapshot of what people see.
//!
//! Programs start it with [`Engine::start`] and speak to it through a [`Handle`], either in the same process or
//! through the door of `causeway-api`.

pub mod config;
mod desk;
mod engine;
mod handle;
pub mod log;
mod options;
pub mod secrets;
pub mod store;

pub use engine::{Engine, check};
pub use handle::{Handle, Subscription};
pub use options::{Options, Sides};
