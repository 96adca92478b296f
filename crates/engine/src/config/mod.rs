//! Configuration and policy.
//!
//! Every setting is defined once, in `table.rs`. Values come in layers, weakest first: built in, machine defaults,
//! the user's file, enforced policy. Each raw value is read once; a wrong one is refused for that key alone and the
//! next weaker layer holds. What policy names is locked, also where its value is wrong.

mod ca_file;
mod document;
mod layers;
mod locations;
pub(crate) mod plain_file;
mod resolve;
mod set;
mod settings;
mod table;
mod value;

#[cfg(test)]
mod tests;

pub use ca_file::read_ca_file;
pub use causeway_bridge::{PresenceDirection, Preset, RelayWhen};
pub use causeway_xmpp::link::Tls;
pub use document::{reference, sample, schema};
pub use locations::{Locations, default_data_dir};
pub use set::set;
pub use settings::{
    Bridge, Gateway, History, HistoryMode, HostPort, Lync, Setting, Settings, Xmpp,
};
pub use ucwa::client::{Method, Mode, Proxy};

use causeway_api::{ConfigEntry, ConfigIssue};

/// The configuration in force, and how it came about.
#[derive(Clone, Debug, PartialEq)]
pub struct Configuration {
    /// Values.
    pub settings: Settings,
    /// Every key with its effective value and origin, in the order of the table.
    pub entries: Vec<ConfigEntry>,
    /// Everything wrong with the files.
    pub issues: Vec<ConfigIssue>,
}

/// Reads all layers. Never fails: what cannot be used is an issue, and what is left holds. Blocking.
#[must_use]
pub fn load(locations: &Locations) -> Configuration {
    let mut issues = Vec::new();
    let layers = layers::read_all(locations, &mut issues);
    resolve::resolve(layers, issues)
}
