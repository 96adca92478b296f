//! Invitations, conversations and messages (UCWA reference: communication).

use serde::{Deserialize, Serialize};

use super::words::{
    ConversationState, Direction, InvitationState, MessageFormat, MessagingState, Status,
};
use super::{Date, Href, Links, Many, More};

/// Input of startMessaging (revision 2: `operationId` required; sent always).
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StartMessagingInput {
    /// SIP URI; one.
    pub to: String,
    /// Up to 50 characters, unique in the application.
    pub operation_id: String,
    /// Up to 250 characters.
    pub subject: String,
    /// `Normal`.
    pub importance: String,
    /// The same value joins the old thread on the other side.
    pub thread_id: String,
    /// The first message.
    #[serde(rename = "_links")]
    pub links: MessageLink,
}

/// `_links` of an input that carries a text.
#[derive(Clone, Serialize, Deserialize)]
pub struct MessageLink {
    /// The text.
    pub message: DataHref,
}

/// A data URI in an input.
#[derive(Clone, Serialize, Deserialize)]
pub struct DataHref {
    /// The data URI.
    pub href: String,
}

/// messagingInvitation. Links: `accept`, `decline`, `cancel`, `conversation`, `messaging`, `from`, `to`, `message`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MessagingInvitation {
    /// Who invites whom.
    pub direction: Option<Direction>,
    /// Progress.
    pub state: Option<InvitationState>,
    /// Thread.
    pub thread_id: Option<String>,
    /// Subject.
    pub subject: Option<String>,
    /// Of the operation that made it.
    pub operation_id: Option<String>,
    /// Links.
    #[serde(rename = "_links")]
    pub links: Links,
    /// Who invites.
    #[serde(rename = "_embedded")]
    pub embedded: InvitationEmbedded,
    /// The rest.
    #[serde(flatten)]
    pub more: More,
}

/// What an invitation embeds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct InvitationEmbedded {
    /// The inviter.
    pub from: Many<Participant>,
    /// Who took it.
    pub accepted_by_participant: Many<Participant>,
    /// The rest.
    #[serde(flatten)]
    pub more: More,
}

/// conversation. Links: `messaging`, `participants`, `localParticipant`, `addParticipant`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Conversation {
    /// Progress.
    pub state: Option<ConversationState>,
    /// Thread.
    pub thread_id: Option<String>,
    /// Subject.
    pub subject: Option<String>,
    /// `Messaging`, ….
    pub active_modalities: Many<String>,
    /// Links.
    #[serde(rename = "_links")]
    pub links: Links,
    /// The rest.
    #[serde(flatten)]
    pub more: More,
}

/// communication/conversations.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Conversations {
    /// Links; `conversation` where they are not embedded.
    #[serde(rename = "_links")]
    pub links: Links,
    /// The conversations.
    #[serde(rename = "_embedded")]
    pub embedded: ConversationsEmbedded,
}

/// What conversations embeds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConversationsEmbedded {
    /// The conversations.
    pub conversation: Many<Conversation>,
}

/// messaging. Links: `sendMessage`, `setIsTyping`, `stopMessaging`, `addMessaging`, `conversation`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Messaging {
    /// Progress.
    pub state: Option<MessagingState>,
    /// What the other side takes.
    pub negotiated_message_formats: Many<MessageFormat>,
    /// Links.
    #[serde(rename = "_links")]
    pub links: Links,
    /// The rest.
    #[serde(flatten)]
    pub more: More,
}

/// message. Links: `plainMessage` or `htmlMessage` (data URIs), `participant`, `contact`, `messaging`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Message {
    /// From whom.
    pub direction: Option<Direction>,
    /// Delivery.
    pub status: Option<Status>,
    /// The server's clock.
    pub time_stamp: Option<Date>,
    /// Of the operation that made it; often missing.
    pub operation_id: Option<String>,
    /// Links.
    #[serde(rename = "_links")]
    pub links: Links,
    /// The rest.
    #[serde(flatten)]
    pub more: More,
}

impl Message {
    /// The data URI of the text, the richer form last.
    #[must_use]
    pub fn text(&self) -> Option<&Href> {
        self.links
            .href("plainMessage")
            .or_else(|| self.links.href("htmlMessage"))
    }
}

/// participant. Links: `contact`, `contactPresence`, `conversation`, `me`, ….
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Participant {
    /// Display name.
    pub name: Option<String>,
    /// SIP URI.
    pub uri: Option<String>,
    /// It is ourselves.
    pub local: Option<bool>,
    /// Links.
    #[serde(rename = "_links")]
    pub links: Links,
    /// The rest.
    #[serde(flatten)]
    pub more: More,
}

/// conversation/participants.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Participants {
    /// Links; `participant` where they are not embedded.
    #[serde(rename = "_links")]
    pub links: Links,
    /// The participants.
    #[serde(rename = "_embedded")]
    pub embedded: ParticipantsEmbedded,
}

/// What participants embeds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ParticipantsEmbedded {
    /// The participants.
    pub participant: Many<Participant>,
    /// Ourselves.
    pub local_participant: Many<Participant>,
}
