//! Chats as a screen shows them: the list, what was written before, drafts, what was read.

use serde::{Deserialize, Serialize};

use crate::{BridgeAction, DeliveryState, Message, Side};

/// One network's part of a chat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ChatPart {
    /// Conversation id as in [`Message`].
    pub id: String,
    /// The network.
    pub side: Side,
    /// The other person there: SIP URI or bare JID.
    pub address: String,
}

/// A chat of the list: a person with all their networks.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct Chat {
    /// Where it can go on, one for each network of the person; the one of the youngest text first.
    pub conversations: Vec<ChatPart>,
    /// The other person's display name, where it is known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    /// The youngest text, where there is one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub last: Option<Past>,
    /// Received texts that nobody has read here, and that were not answered from elsewhere.
    pub unread: u32,
    /// The first of them.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub first_unread: Option<String>,
    /// Kept on top by the person.
    pub pinned: bool,
    /// What the person had typed and not sent; empty where there is nothing.
    #[serde(default)]
    pub draft: String,
}

impl std::fmt::Debug for Chat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Chat")
            .field("conversations", &self.conversations)
            .field("unread", &self.unread)
            .field("draft", &format_args!("{} bytes", self.draft.len()))
            .finish_non_exhaustive()
    }
}

/// A text of the history with what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct Past {
    /// The text.
    #[serde(flatten)]
    pub message: Message,
    /// How far our own text came, as long as that is remembered (30 days).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub delivery: Option<DeliveryState>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
    /// It waits until its reader is back ([`SendWhen::WhenBack`]).
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    #[cfg_attr(test, ts(optional, as = "Option<bool>"))]
    pub when_back: bool,
    /// What the bridge did with it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub via: Option<Via>,
}

/// The bridge carried a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Via {
    /// To this side or from it: never the side of the text itself.
    pub side: Side,
    /// How far that came.
    pub state: BridgeAction,
}

/// A text that a search found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Hit {
    /// The text.
    pub message: Past,
}

/// When a text is sent, or one that failed is sent again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum SendWhen {
    /// At once.
    #[default]
    Now,
    /// When its reader is back: available or busy, no longer offline, away or not to be disturbed. It is kept until then,
    /// also over a restart; [`Command::Discard`](crate::Command::Discard) takes it back.
    WhenBack,
}
