//! The event stream: what `watch --json` prints and what every screen lives from.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Addresses, ContactList, GroupMembers, HowOften, OwnStatus, Person, Presence, Privacy, Problem,
    StepState, Wish,
};

/// One line of the stream. `seq` grows by one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Event {
    /// Position in the stream of this subscription.
    pub seq: u64,
    /// When the engine learned of it.
    #[serde(with = "crate::millis")]
    #[cfg_attr(test, ts(as = "Timestamp"))]
    pub at: Timestamp,
    /// What happened.
    #[serde(flatten)]
    pub kind: Kind,
}

/// A link that can be up or down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The Lync account.
    Lync,
    /// The XMPP account.
    Xmpp,
    /// The XEP-0114 component.
    Gateway,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Kind {
    /// A link changed its state.
    State {
        /// Which link.
        side: Side,
        /// Name of the state, stable (ux.md section 5).
        state: SideState,
        /// Why, where it is a bad one.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        error: Option<Problem>,
    },
    /// A step of a sign-in that runs has ended; the states tell when it began.
    Step {
        /// Which link.
        side: Side,
        /// Name of the step.
        step: SideState,
        /// Passed or failed.
        state: StepState,
        /// How long it took.
        ms: u64,
        /// What was found, such as the name of the server; empty where there is nothing to say.
        message: String,
    },
    /// When a link that waits is tried again by itself.
    #[serde(rename = "next-try")]
    NextTry {
        /// Which link.
        side: Side,
        /// Then.
        #[serde(with = "crate::millis")]
        #[cfg_attr(test, ts(as = "Timestamp"))]
        next_at: Timestamp,
    },
    /// A person of the list after any change.
    Person(Person),
    /// Nobody of the list has these addresses in this combination any more: they left it, or were joined with another.
    #[serde(rename = "person-gone")]
    PersonGone(Addresses),
    /// The groups of a contact list, and whether it can be changed.
    #[serde(rename = "contact-list")]
    ContactList(ContactList),
    /// A group of the directory that somebody looked into has other members now, or another name.
    #[serde(rename = "group-members")]
    GroupMembers(GroupMembers),
    /// What some people are let see; replaces what was told of them.
    Privacy {
        /// Each address with its level.
        levels: Vec<Privacy>,
    },
    /// Presence of one address.
    Presence {
        /// Where it was learned.
        side: Side,
        /// The value.
        #[serde(flatten)]
        presence: Presence,
    },
    /// Our person wants to know when somebody becomes available
    /// ([`Command::TellWhenAvailable`](crate::Command::TellWhenAvailable)), or not any more.
    Lookout {
        /// SIP URI, or `xmpp:` and a bare JID.
        address: String,
        /// `None`: not any more.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        how: Option<HowOften>,
    },
    /// Somebody of whom our person wants to know it has become available.
    #[serde(rename = "came-available")]
    CameAvailable {
        /// As in [`Kind::Lookout`].
        address: String,
        /// Display name; the address where nobody gave one.
        name: String,
    },
    /// A text, in or out.
    Message(Message),
    /// A text that was sent with a token is on disk; comes right after its [`Kind::Message`].
    Accepted {
        /// Message id.
        id: String,
        /// As given with [`Command::Send`](crate::Command::Send).
        token: String,
    },
    /// What became of a text that was sent.
    Delivery(Delivery),
    /// Somebody types, or stopped.
    Typing {
        /// Conversation id as in [`Message`].
        conversation: String,
        /// Who.
        address: String,
        /// Started or stopped.
        on: bool,
    },
    /// A conversation began, changed or ended.
    Conversation(Conversation),
    /// What the bridge did with a text.
    Bridge {
        /// What.
        action: BridgeAction,
        /// Message id.
        id: String,
        /// Where the text came from.
        from_side: Side,
        /// Where it goes.
        to_side: Side,
        /// Why, where that is worth a word.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        reason: Option<String>,
    },
    /// Presence subscription of an XMPP contact changed.
    Subscription(Subscription),
    /// The number of unread texts of a chat changed.
    Unread {
        /// Conversation id.
        conversation: String,
        /// So many are unread now.
        count: u32,
    },
    /// A text left the history on the person's order ([`Command::Discard`](crate::Command::Discard)).
    Discarded {
        /// Conversation id.
        conversation: String,
        /// Message id.
        id: String,
    },
    /// The own status after any change of it, of its end or of its reason.
    Own {
        /// As [`Command::GetStatus`](crate::Command::GetStatus) answers it.
        status: OwnStatus,
    },
    /// The bridge was paused, or goes on: by whatever program, or because the pause was over.
    Paused {
        /// Nothing crosses.
        paused: bool,
        /// When it goes on by itself.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        #[serde(with = "crate::millis::option")]
        #[cfg_attr(test, ts(as = "Option<Timestamp>"))]
        until: Option<Timestamp>,
    },
    /// What a person has to know and no link's state tells. Replaces what was told before.
    Notices {
        /// Causes with their remedies.
        problems: Vec<Problem>,
    },
    /// Told to the window alone: come to the front with this.
    Show(Wish),
    /// Told to the window alone: hide.
    Hide,
    /// The subscriber fell behind and events were dropped: ask for everything anew.
    Resync,
}

/// States of a link, in the order of the sign-in ladder (ux.md section 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
#[expect(
    missing_docs,
    reason = "the names are the documentation: they are shown to people as they stand"
)]
pub enum SideState {
    SignedOut,
    FindingServer,
    CheckingCertificate,
    AskingMethods,
    SigningIn,
    OpeningSession,
    LoadingContacts,
    ReadyWatching,
    ReadyAvailable,
    WaitingForNetwork,
    Reconnecting,
    NeedsPassword,
    NeedsConsent,
    NeedsSignIn,
    Refused,
    NotAllowed,
    ServerUnavailable,
    Stopped,
}

impl SideState {
    /// Signed in and usable.
    #[must_use]
    pub fn is_ready(self) -> bool {
        matches!(self, Self::ReadyWatching | Self::ReadyAvailable)
    }

    /// A step of the sign-in ladder.
    #[must_use]
    pub fn is_step(self) -> bool {
        matches!(
            self,
            Self::FindingServer
                | Self::CheckingCertificate
                | Self::AskingMethods
                | Self::SigningIn
                | Self::OpeningSession
                | Self::LoadingContacts
        )
    }

    /// Nothing happens any more without a person or an administrator.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(
            self,
            Self::SignedOut
                | Self::NeedsPassword
                | Self::NeedsConsent
                | Self::NeedsSignIn
                | Self::Refused
                | Self::NotAllowed
                | Self::Stopped
        )
    }
}

/// Into the account or out of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Received.
    In,
    /// Sent.
    Out,
}

/// A text.
#[derive(Clone, derive_more::Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct Message {
    /// Ours, unique in the data directory.
    pub id: String,
    /// Ours, stable for one person on one side.
    pub conversation: String,
    /// The network it belongs to.
    pub side: Side,
    /// In or out.
    pub direction: Direction,
    /// Address of the writer: SIP URI or bare JID.
    pub from: String,
    /// Address of the reader.
    pub to: String,
    /// Display name of the other person.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    /// Plain text.
    #[debug("{} bytes", text.len())]
    pub text: String,
    /// When it was written.
    #[serde(with = "crate::millis")]
    #[cfg_attr(test, ts(as = "Timestamp"))]
    pub sent_at: Timestamp,
    /// Arrived much later than it was written (archive, queue).
    pub late: bool,
    /// To or from the address that texts are relayed to: it belongs to no chat.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    #[cfg_attr(test, ts(optional, as = "Option<bool>"))]
    pub relay: bool,
}

/// State of a sent text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum DeliveryState {
    /// On disk, waiting for its turn or for the link.
    Queued,
    /// Handed to the network.
    Sending,
    /// Taken by the network.
    Sent,
    /// The other side confirmed it.
    Delivered,
    /// It will not arrive; the reason says why.
    Failed,
}

/// What became of a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct Delivery {
    /// Message id.
    pub id: String,
    /// Its state now.
    pub state: DeliveryState,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
    /// It waits until its reader is back ([`SendWhen::WhenBack`](crate::SendWhen::WhenBack)).
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    #[cfg_attr(test, ts(optional, as = "Option<bool>"))]
    pub when_back: bool,
}

impl Delivery {
    /// A state that needs no further words.
    #[must_use]
    pub fn of(id: &str, state: DeliveryState) -> Self {
        Self {
            id: id.to_owned(),
            state,
            reason: None,
            when_back: false,
        }
    }
}

/// Is a conversation open?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum ConversationState {
    /// Open.
    Active,
    /// Closed by either side; the next text opens it again.
    Ended,
}

/// A conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct Conversation {
    /// As in [`Message`].
    pub id: String,
    /// Network.
    pub side: Side,
    /// Addresses of the others.
    pub people: Vec<String>,
    /// Open or ended.
    pub state: ConversationState,
    /// Subject, where one was given.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub subject: Option<String>,
}

/// What the bridge did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum BridgeAction {
    /// A Lync text went to the relay address.
    Relayed,
    /// An answer from the relay address went into its Lync conversation.
    Answered,
    /// Kept until the other side is there or the person has said whom they mean.
    Queued,
    /// Recognised as our own echo, or not meant for the other side.
    Dropped,
    /// Could not be delivered; the writer was told.
    Bounced,
}

/// One direction of a presence subscription (RFC 6121 section 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum YesNo {
    /// Subscribed.
    Yes,
    /// Not subscribed.
    No,
    /// Asked, no answer yet.
    Asked,
    /// The other side asked and waits for our person.
    Wanted,
}

/// Subscription state of an XMPP contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Subscription {
    /// Bare JID.
    pub address: String,
    /// Do we receive their presence?
    pub you_see_them: YesNo,
    /// Do they receive ours?
    pub they_see_you: YesNo,
}
