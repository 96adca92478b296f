//! Chats as a screen shows them: the list, what was written before, drafts, what was read.

use serde::{Deserialize, Serialize};

use crate::{DeliveryState, Message, Side};

/// A chat of the list: one conversation with its last text.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chat {
    /// As in [`Message`].
    pub conversation: String,
    /// The network it belongs to.
    pub side: Side,
    /// The other person: SIP URI or bare JID.
    pub address: String,
    /// Their display name, where it is known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    /// The youngest text, where there is one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub last: Option<Past>,
    /// Received texts that nobody has read here, and that were not answered from elsewhere.
    pub unread: u32,
    /// What the person had typed and not sent; empty where there is nothing.
    #[serde(default)]
    pub draft: String,
}

impl std::fmt::Debug for Chat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Chat")
            .field("conversation", &self.conversation)
            .field("unread", &self.unread)
            .field("draft", &format_args!("{} bytes", self.draft.len()))
            .finish_non_exhaustive()
    }
}

/// A text of the history with what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Past {
    /// The text.
    #[serde(flatten)]
    pub message: Message,
    /// How far our own text came, as long as that is remembered (30 days).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub state: Option<DeliveryState>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
    /// Written by our person on the other network and carried here by the bridge.
    #[serde(default)]
    pub bridged: bool,
    /// How far the copy for the other network came, where the bridge made one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub relayed: Option<DeliveryState>,
}
