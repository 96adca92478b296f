//! Who is who: two addresses, one person.

use crate::{Availability, Side};

/// A person of the contact list: one row, one or two networks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Display name; the address where nobody gave one.
    pub name: String,
    /// SIP URI.
    pub lync: Option<String>,
    /// Bare JID.
    pub xmpp: Option<String>,
    /// Where the next text goes when nothing else is said.
    pub default: Side,
    /// The more telling of the presences of both networks.
    pub availability: Availability,
    /// Token or localised words that belong to it, empty where there are none.
    pub activity: String,
    /// Note or status text, empty where there is none.
    pub note: String,
    /// Names of the groups that the person is in, on either side.
    pub groups: Vec<String>,
}
