//! The contact lists as they can be changed.

use serde::{Deserialize, Serialize};

use crate::{Network, Person};

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
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct ContactGroup {
    /// Its name; groups mean the same where their names are equal.
    pub name: String,
    /// What kind of group.
    pub kind: GroupKind,
    /// SIP URI of a group of the directory.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub address: Option<String>,
}

/// A group of the directory (UCWA reference, distributionGroup).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct DirectoryGroup {
    /// SIP URI.
    pub address: String,
    /// Display name; the address where it has none.
    pub name: String,
}

/// A group of the directory with its members (UCWA reference, expandDistributionGroup).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct GroupMembers {
    /// SIP URI of the group.
    pub address: String,
    /// Its name.
    pub name: String,
    /// Members that are people, sorted by name.
    pub people: Vec<Person>,
    /// Members that are groups.
    pub groups: Vec<DirectoryGroup>,
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
