//! The contact lists as they can be changed.

use serde::{Deserialize, Serialize};

use crate::Network;

/// A network's contact list: its groups, and whether the server lets us change it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ContactList {
    /// The network.
    pub network: Network,
    /// It can be changed. Lync Server 2013 lets clients like this one only read it.
    pub editable: bool,
    /// Its groups; in XMPP those that somebody is in.
    pub groups: Vec<ContactGroup>,
}

/// A group of a contact list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ContactGroup {
    /// Its name; groups mean the same where their names are equal.
    pub name: String,
    /// What kind of group.
    pub kind: GroupKind,
}

/// Kinds of groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum GroupKind {
    /// Our person's own, which can be renamed and deleted.
    Own,
    /// Favourites (UCWA reference, pinnedGroup).
    Pinned,
    /// Who is in no other group (UCWA reference, defaultGroup).
    Default,
    /// Of the directory (UCWA reference, distributionGroup): its members are not ours to change.
    Directory,
}
