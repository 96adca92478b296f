//! application, me, people, communication and what belongs to oneself (UCWA reference).

use std::fmt;

use serde::{Deserialize, Serialize};

use super::words::{Availability, MessageFormat, NoteType};
use super::{Links, Many, More};
use crate::PreferredAvailability;

/// Input of POST applications.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApplicationInput {
    /// Name and version of the client, up to 100 characters.
    pub user_agent: String,
    /// One per installation and running instance, up to 100 characters.
    pub endpoint_id: String,
    /// Language of messages made by the server, up to 100 characters.
    pub culture: String,
}

/// application: the entry to everything else.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Application {
    /// Client name as given.
    pub user_agent: Option<String>,
    /// Language as given.
    pub culture: Option<String>,
    /// `self`, `policies`, `batch`, `events`.
    #[serde(rename = "_links")]
    pub links: Links,
    /// The resources below.
    #[serde(rename = "_embedded")]
    pub embedded: ApplicationEmbedded,
    /// The rest.
    #[serde(flatten)]
    pub more: More,
}

/// What an application embeds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ApplicationEmbedded {
    /// The account.
    pub me: Many<Me>,
    /// Contacts and presence.
    pub people: Many<People>,
    /// Meetings.
    pub online_meetings: Many<OnlineMeetings>,
    /// Conversations.
    pub communication: Many<Communication>,
}

/// me: the account. Links: `makeMeAvailable` before; `presence`, `note`, `location`, `reportMyActivity` after it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Me {
    /// Display name.
    pub name: Option<String>,
    /// SIP URI.
    pub uri: Option<String>,
    /// Mail addresses.
    pub email_addresses: Many<String>,
    /// Links.
    #[serde(rename = "_links")]
    pub links: Links,
    /// The rest.
    #[serde(flatten)]
    pub more: More,
}

/// people. Links: `myContacts`, `myGroups`, `presenceSubscriptions`, `myContactsAndGroupsSubscription`, `search`, ….
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct People {
    /// Links.
    #[serde(rename = "_links")]
    pub links: Links,
    /// The rest.
    #[serde(flatten)]
    pub more: More,
}

/// onlineMeetings. Links: `myOnlineMeetings`, `onlineMeetingEligibleValues`, ….
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct OnlineMeetings {
    /// Links.
    #[serde(rename = "_links")]
    pub links: Links,
    /// The rest.
    #[serde(flatten)]
    pub more: More,
}

/// communication. Links: `startMessaging`, `conversations`, ….
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Communication {
    /// Formats that this client takes.
    pub supported_message_formats: Many<MessageFormat>,
    /// Modalities that this client takes.
    pub supported_modalities: Many<String>,
    /// Links.
    #[serde(rename = "_links")]
    pub links: Links,
    /// The rest, with the GUID member that a PUT must return.
    #[serde(flatten)]
    pub more: More,
}

/// Input of makeMeAvailable.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MakeMeAvailableInput {
    /// `Messaging` for a chat client.
    pub supported_modalities: Vec<String>,
    /// What can be shown.
    pub supported_message_formats: Vec<MessageFormat>,
    /// First status; absent: the last manual choice, or Online.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sign_in_as: Option<PreferredAvailability>,
}

/// presence: what others see of oneself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Presence {
    /// Value.
    pub availability: Option<Availability>,
    /// Token or localised words.
    pub activity: Option<String>,
    /// Links.
    #[serde(rename = "_links")]
    pub links: Links,
    /// The rest.
    #[serde(flatten)]
    pub more: More,
}

/// note and contactNote.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Note {
    /// Text.
    pub message: Option<String>,
    /// Personal or out of office.
    #[serde(rename = "type")]
    pub kind: Option<NoteType>,
    /// Links.
    #[serde(rename = "_links")]
    pub links: Links,
    /// The rest.
    #[serde(flatten)]
    pub more: More,
}

impl fmt::Debug for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.message.as_ref().map(String::len);
        f.debug_struct("Note")
            .field("bytes", &bytes)
            .field("type", &self.kind)
            .finish_non_exhaustive()
    }
}
