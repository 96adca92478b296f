//! The event channel's answers (UCWA reference: event channel).

use serde::{Deserialize, Serialize};

use super::words::{EventType, Status};
use super::{Link, Links, Many, More, Reason};

/// One answer of the event channel. Links: `next`, or `resync` or `resume` in its place.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct EventPage {
    /// Links.
    #[serde(rename = "_links")]
    pub links: Links,
    /// Who tells something, in the order of happening. Missing or empty on a time-out.
    pub sender: Many<Sender>,
}

/// The owner of what happened.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sender {
    /// `me`, `people`, `communication`, `conversation`, ….
    pub rel: String,
    /// Which one.
    pub href: Option<super::Href>,
    /// What happened, in order.
    pub events: Many<Event>,
}

/// Something that happened to a resource or operation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// The resource.
    pub link: RelLink,
    /// The collection that it joined or left, or the contact to whom a presence belongs.
    #[serde(rename = "in", default, skip_serializing_if = "Option::is_none")]
    pub in_: Option<RelLink>,
    /// What happened.
    #[serde(rename = "type")]
    pub kind: EventType,
    /// With `completed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// On failure, or where the server acted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// The whole resource, sometimes, under its rel.
    #[serde(rename = "_embedded", default, skip_serializing_if = "More::is_empty")]
    pub embedded: More,
}

/// A link that says what stands behind it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RelLink {
    /// What.
    pub rel: String,
    /// Where.
    #[serde(flatten)]
    pub link: Link,
}

impl Event {
    /// The embedded resource, where the event carries it and it can be read.
    #[must_use]
    pub fn embedded<T: serde::de::DeserializeOwned>(&self) -> Option<T> {
        let resource = self.embedded.get(&self.link.rel)?;
        T::deserialize(resource).ok()
    }
}

impl EventPage {
    /// Reads an answer of the event channel.
    ///
    /// # Errors
    /// When it is not JSON or has neither links nor senders.
    pub fn read(body: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(body)
    }
}
