//! Configuration and policy.
//!
//! Every setting is defined once, in `table.rs`. Values come in layers, weakest first: built in, machine defaults,
//! the user's file, enforced policy. Each raw value is parsed once; a wrong one is refused for that key alone and
//! the next weaker layer holds.

mod locations;
mod settings;

pub use locations::{Locations, default_data_dir};
pub use settings::{
    Bridge, Gateway, History, HistoryMode, HostPort, Lync, PresenceDirection, Preset, RelayWhen,
    Setting, Settings, Tls, Xmpp,
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
