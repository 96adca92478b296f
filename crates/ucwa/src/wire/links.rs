//! `_links`: where a client may go from a resource. A missing link means "not possible now".

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

use super::{Many, More};

/// The address of a link as the server wrote it: relative or absolute, or a data URI. Only received and followed.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Href(String);

impl Href {
    /// From a `Location` or `WWW-Authenticate` header.
    #[must_use]
    pub fn from_header(text: &str) -> Self {
        Self(text.trim().to_owned())
    }

    /// As the server wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The URL to ask: relative ones are resolved against the URL of the application.
    ///
    /// # Errors
    /// When the text is no URL.
    pub fn resolve(&self, base: &Url) -> Result<Url, url::ParseError> {
        base.join(self.0.trim())
    }
}

/// Data URIs hold texts of people, which stay out of logs.
impl fmt::Debug for Href {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.split_once(',') {
            Some((head, data)) if head.trim_start().starts_with("data") => {
                write!(f, "{head},({} bytes)", data.len())
            }
            Some(_) | None => f.write_str(&self.0),
        }
    }
}

/// A link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Where to.
    pub href: Href,
    /// Display name of what stands there, with `from`, `participant` and the like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Revision of the resource, a decimal number; none means 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
    /// Members that are not modelled.
    #[serde(flatten)]
    pub more: More,
}

impl Link {
    /// Revision of the resource behind the link.
    #[must_use]
    pub fn revision(&self) -> u32 {
        self.revision
            .as_deref()
            .and_then(|text| text.trim().split('.').next()?.parse().ok())
            .unwrap_or(1)
    }
}

/// All links of a resource by their rel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Links(BTreeMap<String, Many<Link>>);

impl Links {
    /// The link of this rel, the first where there are several.
    #[must_use]
    pub fn get(&self, rel: &str) -> Option<&Link> {
        self.0.get(rel).and_then(Many::first)
    }

    /// Where the link of this rel leads.
    #[must_use]
    pub fn href(&self, rel: &str) -> Option<&Href> {
        self.get(rel).map(|link| &link.href)
    }

    /// All links of this rel.
    pub fn all(&self, rel: &str) -> impl Iterator<Item = &Link> {
        self.0.get(rel).into_iter().flatten()
    }
}
