//! Configuration and policy.
//!
//! Every setting is defined once, in `table.rs`. Values come in layers, weakest first: built in, machine defaults,
//! the user's file, enforced policy. Each raw value is read once; a wrong one is refused for that key alone and the
//! next weaker layer holds. What policy names is locked, also where its value is wrong.

mod ca_file;
mod document;
mod layers;
mod locations;
#[cfg_attr(unix, path = "machine_unix.rs")]
#[cfg_attr(windows, path = "machine_windows.rs")]
mod machine;
pub(crate) mod plain_file;
mod resolve;
mod screen;
mod set;
mod settings;
mod status_rows;
mod table;
mod value;

#[cfg(test)]
#[cfg(unix)]
mod tests;

pub use ca_file::read_ca_file;
pub use causeway_bridge::{PresenceDirection, Preset, RelayWhen};
pub use causeway_xmpp::link::Tls;
pub use document::{reference, sample, schema};
pub use locations::{Locations, default_data_dir};
pub use machine::Machine;
pub use screen::QuietHours;
pub use set::{set, unset};
pub use settings::{
    Bridge, Gateway, History, HistoryMode, HostPort, Lync, Setting, Settings, Xmpp,
};
pub(crate) use status_rows::own_rows;
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

/// The Lync account of an address that need not be configured: everything else holds as it is set. `None` where that
/// cannot be said. Blocking.
pub(crate) fn lync_of(locations: &Locations, address: &ucwa::SipUri) -> Option<Lync> {
    let mut issues = Vec::new();
    let mut layers = layers::read_all(locations, &mut issues);
    let text = format!(
        "[lync]\naddress = {}\n",
        toml_edit::Value::from(address.address())
    );
    layers.push(layers::Layer {
        file: locations.user_file.clone(),
        origin: causeway_api::Origin::User,
        values: layers::parse(&text).ok()?,
    });
    resolve::resolve(layers, issues).settings.lync
}
