//! What is answered.

use serde::{Deserialize, Serialize};

use crate::{
    About, Availability, BridgeReport, Card, Chat, Check, Code, ConfigEntry, ConfigIssue,
    ContactList, Desktop, Diagnosed, DirectoryGroup, Discovered, GroupMembers, Hit, Kept,
    NotificationTest, OwnStatus, Past, Person, Presence, Privacy, Problem, Side, SideState,
    Subscription,
};

/// Outcome of a sent text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum SendState {
    /// The other side confirmed it.
    Delivered,
    /// Taken by a network that confirms no delivery.
    Sent,
    /// It will not arrive.
    Failed,
}

/// Answer to `Send`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct Sent {
    /// Message id.
    pub id: String,
    /// Outcome.
    pub state: SendState,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
    /// Where it failed: [`Code::NotDelivered`], or [`Code::OutcomeUnknown`].
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub code: Option<Code>,
}

/// State of one link, and why it is no better one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct LinkState {
    /// Which link.
    pub side: Side,
    /// Its state.
    pub state: SideState,
    /// Why, where it is a bad one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub error: Option<Problem>,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "reply", rename_all = "kebab-case")]
pub enum Reply {
    /// Done, nothing to tell.
    Done,
    /// The ladder.
    Check(Check),
    /// The report is there.
    Diagnosed(Diagnosed),
    /// The contact list.
    People {
        /// Sorted by name.
        people: Vec<Person>,
        /// Subscription state of the XMPP contacts.
        #[serde(default)]
        subscriptions: Vec<Subscription>,
        /// The links behind it. What is told of people of one that is not signed in is what was known last.
        #[serde(default)]
        links: Vec<LinkState>,
    },
    /// The contact lists.
    Lists {
        /// Of Lync, then of XMPP; those that were told since the program started.
        lists: Vec<ContactList>,
    },
    /// Presence of addresses, in the order asked.
    Presence {
        /// One for each address.
        presence: Vec<Presence>,
    },
    /// Own status.
    Status(OwnStatus),
    /// What became of the text.
    Sent(Sent),
    /// Directory search.
    Search {
        /// Found people.
        people: Vec<Person>,
        /// Found groups of the directory.
        #[serde(default)]
        groups: Vec<DirectoryGroup>,
        /// The server has more than it showed.
        more: bool,
    },
    /// A group of the directory.
    GroupMembers(GroupMembers),
    /// What people are let see.
    Privacy {
        /// Sorted by address.
        levels: Vec<Privacy>,
    },
    /// Chats.
    Chats {
        /// The list, or the one that was asked for.
        chats: Vec<Chat>,
    },
    /// Texts of a chat.
    History {
        /// Oldest first.
        messages: Vec<Past>,
        /// There are older ones.
        more_before: bool,
        /// There are younger ones.
        more_after: bool,
    },
    /// Texts that were found.
    Hits {
        /// Youngest first.
        hits: Vec<Hit>,
        /// There are more of them.
        more: bool,
    },
    /// Effective configuration.
    Config {
        /// Path of the user's file, which `SetConfig` changes; it need not exist.
        file: String,
        /// Every key.
        entries: Vec<ConfigEntry>,
        /// Everything wrong with the files.
        issues: Vec<ConfigIssue>,
    },
    /// What the directory tells of a person.
    Card(Card),
    /// A server was found.
    Discovered(Discovered),
    /// The password is there.
    PasswordTaken {
        /// Where it is kept.
        kept: Kept,
    },
    /// About the program.
    About(About),
    /// The bridge.
    Bridge(BridgeReport),
    /// What would be seen.
    Preview {
        /// The value; `unknown` where Lync's own logic decides.
        availability: Availability,
        /// The note.
        note: String,
    },
    /// What waits.
    Unsent {
        /// Texts; they are on disk and go out at the next start.
        count: u32,
    },
    /// The desktop session.
    Desktop(Desktop),
    /// What became of the notification.
    NotificationTest(NotificationTest),
    /// State of the links.
    Links {
        /// Lync, then XMPP; only those that are configured.
        links: Vec<(Side, SideState)>,
        /// The bridge is switched on and not paused.
        bridge: bool,
    },
}
