//! What a program decides when it starts an engine.

use std::path::PathBuf;

use crate::{config::Locations, secrets::Secrets};

/// How to start an engine.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where the configuration files are.
    pub locations: Locations,
    /// Directory of state, history and queue; created where it is missing.
    pub data_dir: PathBuf,
    /// Which links to start. A link without configuration stays `signed-out`.
    pub sides: Sides,
    /// Relay and keep presence equal, where the configuration allows it too.
    pub bridge: bool,
    /// Never change the person's presence, whatever `lync.mode` says: for verbs that only look, search or send.
    pub watch_only: bool,
    /// The engine lives for one command: a sign-in that does not succeed is the answer to it, in place of patience.
    pub one_shot: bool,
    /// Nobody asked for a sign-in at this moment: a password that was refused is not sent again until it is changed.
    pub unattended: bool,
    /// Log to files below the data directory as well, as `log.level` says.
    pub log_files: bool,
    /// Where passwords come from.
    pub secrets: Secrets,
}

/// Which links are started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sides {
    /// The Lync account.
    pub lync: bool,
    /// The XMPP account.
    pub xmpp: bool,
}

impl Sides {
    /// Lync and XMPP.
    pub const BOTH: Self = Self {
        lync: true,
        xmpp: true,
    };
    /// Lync alone.
    pub const LYNC: Self = Self {
        lync: true,
        xmpp: false,
    };
    /// XMPP alone.
    pub const XMPP: Self = Self {
        lync: false,
        xmpp: true,
    };
}
