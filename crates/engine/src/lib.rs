//! One loop over both sides: supervision, translation, configuration, secrets, store.
pub mod config;
pub mod secrets;
pub mod store;
