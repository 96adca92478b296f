//! How much our person lets others see, and whom they block.

use serde::{Deserialize, Serialize};

/// PrivacyRelationshipLevel (UCWA reference, contactPrivacyRelationship). In XMPP somebody is blocked or nothing is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum PrivacyLevel {
    /// The server does not say, or says what this version does not know.
    Unknown,
    /// Name, title, mail address and availability.
    External,
    /// Everything but meeting details and private numbers: what people of the own organisation have.
    Colleagues,
    /// The same, and may interrupt "do not disturb".
    Workgroup,
    /// Everything.
    FriendsAndFamily,
    /// Sees nothing and reaches nobody.
    Blocked,
}

/// What somebody is let see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct Privacy {
    /// SIP URI, or `xmpp:` and a JID.
    pub address: String,
    /// `None`: nothing is said of this address, or not any more.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub level: Option<PrivacyLevel>,
}
