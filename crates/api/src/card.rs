//! The contact card: what the directory tells of a person besides name and presence.

use serde::{Deserialize, Serialize};

/// Facts of the directory; what it does not tell is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct Card {
    /// Job title.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub title: Option<String>,
    /// Department.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub department: Option<String>,
    /// Company.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub company: Option<String>,
    /// Office.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub office: Option<String>,
    /// Mail address.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub mail: Option<String>,
    /// In the order work, mobile, home, other.
    pub phones: Vec<Phone>,
}

/// A phone number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Phone {
    /// Where it leads to.
    pub kind: PhoneKind,
    /// As the directory writes it.
    pub number: String,
}

/// Where a phone number leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum PhoneKind {
    Work,
    Mobile,
    Home,
    Other,
}
