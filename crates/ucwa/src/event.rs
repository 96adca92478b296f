//! What a signed-in UCWA account tells and can be told, free of HTTP.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use url::Url;
use windows_auth::PassedOver;

use crate::{Availability, PreferredAvailability, PrivacyLevel, SipUri};

/// Number of a journalled event page. The consumer strikes the page off once all that follows from it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PageId(pub i64);

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// The link's state changed; the steps of the sign-in ladder in their order.
    State(State),
    /// A token was got: by which method, and why not by another. Once after each sign-in.
    SignedIn(SignedInHow),
    /// Applications are created here: worth keeping for the next start. `None`: what was kept does not hold any more; only
    /// 403, 502 and a connection that does not come back say so (UCWA documentation, caching of discovery).
    Located(Option<Url>),
    /// The account itself, once after each sign-in.
    Me(Me),
    /// Own presence: on sign-in and after every change by anyone. Absent in watch-only mode.
    OwnPresence {
        /// What others see.
        availability: Availability,
        /// Token or localised words; empty where there is none.
        activity: String,
    },
    /// Own note; `None` where there is none.
    OwnNote(Option<Note>),
    /// The groups of the contact list: on sign-in and after every change of them, before the list itself.
    ContactGroups {
        /// In the server's order: pinned, default, own, of the directory.
        groups: Vec<ContactGroup>,
        /// The list can be changed ([`Command::EditContacts`]); on Lync Server 2013 it can only be read.
        editable: bool,
    },
    /// The whole contact list: on sign-in and after every change of the list.
    Contacts(Vec<Contact>),
    /// The members of a group that was expanded ([`Command::ExpandGroup`]) have changed, or its name.
    GroupMembers(GroupMembers),
    /// What our person lets others see: on sign-in and whenever the list is read anew. Whoever is not named has no level
    /// that is known.
    PrivacyLevels(Vec<(SipUri, PrivacyLevel)>),
    /// The level of one person has changed, or was read.
    Privacy {
        /// Whose.
        address: SipUri,
        /// The level.
        level: PrivacyLevel,
    },
    /// Presence of a subscribed person; only what differs from the last one told.
    Presence(Presence),
    /// A text of a one-to-one conversation, from another person or from ourselves.
    Message(Message),
    /// What became of `Command::Send`.
    Delivery {
        /// `Command::Send::id`.
        id: String,
        /// Outcome so far.
        outcome: Outcome,
    },
    /// The other person types, or stopped.
    Typing {
        /// `threadId`.
        thread: String,
        /// Who.
        address: SipUri,
        /// Started or stopped.
        on: bool,
    },
    /// A conversation opened or ended.
    Conversation {
        /// `threadId`.
        thread: String,
        /// The other person.
        with: SipUri,
        /// Open or ended.
        active: bool,
        /// Subject, empty where there is none.
        subject: String,
    },
    /// Everything that this journalled page says has been told; it may be struck off when that is stored.
    PageDone(PageId),
}

/// State of the link.
#[derive(Clone, Debug)]
pub enum State {
    /// Looking for the server: autodiscovery.
    FindingServer,
    /// TLS to the named host.
    CheckingCertificate(String),
    /// Asking for the 401 challenge.
    AskingMethods,
    /// Asking for a token.
    SigningIn,
    /// Creating the application and opening the event channel.
    OpeningSession,
    /// Reading contacts and subscribing to their presence.
    LoadingContacts,
    /// Signed in.
    Ready {
        /// `makeMeAvailable` was done.
        available: bool,
        /// The server still had the application of this `endpointId` (200 in place of 201): whatever it accepted
        /// before and had not told yet comes on the event channel. The first event answer has been read when this is told.
        /// After a mere reconnect texts of this run need no care: their outcomes follow by `Event::Delivery`.
        resumed: bool,
    },
    /// The connection broke; next try after `delay`. Presence told before is stale now.
    Reconnecting {
        /// Tries since it broke, from 1.
        attempt: u32,
        /// Time until the next try.
        delay: Duration,
        /// Why.
        error: crate::Error,
    },
    /// Ended for good: only a new `start` goes on. A refused password always ends here after one attempt.
    Stopped(Option<crate::Error>),
}

/// A method of signing in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignedInBy {
    /// Windows authentication by the ticket of the session.
    Kerberos,
    /// Windows authentication with user name and password.
    Ntlm,
    /// User name and password in the form (grant `password`).
    Forms,
    /// By cookies of the organisation's sign-in page (grant `urn:microsoft.rtc:passive`).
    Web,
    /// The token URL asked for nothing.
    Anonymous,
}

/// How a sign-in went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedInHow {
    /// The method that worked.
    pub by: SignedInBy,
    /// Mechanisms that come before it and did not.
    pub passed_over: Vec<PassedOver>,
}

/// Name of the method.
impl fmt::Display for SignedInBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Kerberos => "Kerberos",
            Self::Ntlm => "NTLM",
            Self::Forms => "password",
            Self::Web => "sign-in page",
            Self::Anonymous => "none",
        })
    }
}

/// me (UCWA reference).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Me {
    /// Own SIP URI.
    pub uri: SipUri,
    /// Display name.
    pub name: String,
    /// Mail addresses.
    pub email_addresses: Vec<String>,
}

/// note, contactNote (UCWA reference).
#[derive(Clone, PartialEq, Eq)]
pub struct Note {
    /// Text.
    pub message: String,
    /// `type` is `OutOfOffice`.
    pub out_of_office: bool,
}

/// contact (UCWA reference), with the names of its groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// SIP URI.
    pub uri: SipUri,
    /// Display name; empty where the directory has none.
    pub name: String,
    /// Group names.
    pub groups: Vec<String>,
    /// Mail addresses.
    pub email_addresses: Vec<String>,
    /// Job title.
    pub title: String,
    /// Department.
    pub department: String,
    /// Company.
    pub company: String,
    /// Office.
    pub office: String,
    /// Numbers in the order work, mobile, home, other.
    pub phones: Vec<(PhoneKind, String)>,
    /// `sourceNetwork`, e.g. `SameEnterprise`, `Federated`.
    pub source_network: String,
}

/// A group of the contact list (UCWA reference, myGroups).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactGroup {
    /// Display name; names of the system's groups come in the language of the server.
    pub name: String,
    /// What kind of group.
    pub kind: GroupKind,
    /// Of a group of the directory.
    pub address: Option<SipUri>,
}

/// A group of the directory (UCWA reference, distributionGroup).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectoryGroup {
    /// Its address.
    pub address: SipUri,
    /// Display name; the address where it has none.
    pub name: String,
}

/// A group of the directory with its members (UCWA reference, expandDistributionGroup).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupMembers {
    /// The group.
    pub group: DirectoryGroup,
    /// Members that are people.
    pub people: Vec<Contact>,
    /// Members that are groups.
    pub groups: Vec<DirectoryGroup>,
}

/// What a search found (UCWA reference, search).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// People.
    pub people: Vec<Contact>,
    /// Groups of the directory.
    pub groups: Vec<DirectoryGroup>,
    /// The server has more than it showed.
    pub more: bool,
}

/// What is done with a privacy relationship (UCWA reference, contactPrivacyRelationship).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PrivacyWish {
    /// It is read.
    Read,
    /// This level takes its place.
    Give(PrivacyLevel),
    /// Back to what the server gives by itself.
    Reset,
}

/// Kinds of groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GroupKind {
    /// `pinnedGroup`: favourites.
    Pinned,
    /// `defaultGroup`: who is in no other.
    Default,
    /// `group`: made by our person, who can rename and delete it.
    Own,
    /// `distributionGroup`: of the directory.
    Distribution,
}

/// A change of the contact list (UCWA reference, myGroupMemberships, myGroups, group; revision 2). Groups are meant by
/// their names. What is so already counts as done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContactEdit {
    /// Into the list.
    Add {
        /// Who.
        who: SipUri,
        /// Made where there is none of this name; `None`: the default group.
        group: Option<String>,
    },
    /// Out of the list, from all groups.
    Remove {
        /// Who.
        who: SipUri,
    },
    /// Out of one group; from the last one also out of the list.
    Leave {
        /// Who.
        who: SipUri,
        /// The group.
        group: String,
    },
    /// From group to group.
    Move {
        /// Who.
        who: SipUri,
        /// `None`: out of all others.
        from: Option<String>,
        /// Made where there is none of this name.
        to: String,
    },
    /// A group of the directory into the list.
    AddDirectoryGroup {
        /// Its address.
        group: SipUri,
    },
    /// A group of the directory out of the list.
    RemoveDirectoryGroup {
        /// Its address.
        group: SipUri,
    },
    /// A group without members.
    CreateGroup {
        /// Up to 256 characters.
        name: String,
    },
    /// Another name for a group of our person's own.
    RenameGroup {
        /// The name that it has.
        name: String,
        /// The new one, up to 256 characters.
        to: String,
    },
    /// A group of our person's own goes; whoever is in no other one stays in the list, in the default group.
    DeleteGroup {
        /// Its name.
        name: String,
    },
}

/// Where a phone number of a contact leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhoneKind {
    /// `workPhoneNumber`
    Work,
    /// `mobilePhoneNumber`
    Mobile,
    /// `homePhoneNumber`
    Home,
    /// `otherPhoneNumber`
    Other,
}

/// contactPresence and contactNote (UCWA reference).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presence {
    /// Whose.
    pub address: SipUri,
    /// Value.
    pub availability: Availability,
    /// Token or localised words; empty where there is none.
    pub activity: String,
    /// Note.
    pub note: Option<Note>,
    /// `deviceType`.
    pub device: Option<String>,
    /// `lastActive`.
    pub last_active: Option<Timestamp>,
}

/// message (UCWA reference): one text, told once (the text in an invitation and its repetition are one).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The journalled page that it came with.
    pub page: Option<PageId>,
    /// Stable while the application lives: unique per message resource. Used to recognise a replayed page.
    pub key: String,
    /// `threadId` of the conversation.
    pub thread: String,
    /// The other person of the conversation.
    pub with: SipUri,
    /// Display name of the other person, empty where unknown.
    pub name: String,
    /// `Outgoing`: written by our own account. For those sent by `Command::Send` only `Event::Delivery` is told.
    pub outgoing: bool,
    /// Text as sent.
    pub body: Body,
    /// `timeStamp`.
    pub sent_at: Timestamp,
}

/// Content of a message.
#[derive(Clone, PartialEq, Eq)]
pub enum Body {
    /// text/plain.
    Plain(String),
    /// text/html, not cleaned.
    Html(String),
}

/// What became of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The server took it (201).
    Accepted,
    /// `completed`, `Success`: it reached the other person's client.
    Delivered,
    /// It did not arrive; the text may be sent again.
    Failed(Failure),
    /// The answer was lost and nothing on the event channel tells what became of it.
    Unknown,
}

/// reason (UCWA reference): why a text failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// `code`, e.g. `RemoteFailure`.
    pub code: String,
    /// `subcode`, e.g. `DoNotDisturb`, `Timeout`, `Unreachable`; empty where there is none.
    pub subcode: String,
    /// `message`, localised by the server; empty where there is none.
    pub message: String,
}

/// Something to do. Commands wait while the link is down; `Send` is the caller's to keep until its outcome is told.
pub enum Command {
    /// Send a text: in the open conversation with that person, else by a new invitation. One at a time per conversation, in order.
    Send {
        /// `operationId`, up to 50 characters, unique; comes back in `Event::Delivery`.
        id: String,
        /// To whom.
        to: SipUri,
        /// `threadId` for a new conversation, 32 hex digits; an open conversation with that person is used as it is.
        thread: String,
        /// Plain text, at most 4000 characters.
        text: String,
    },
    /// Our person types in the conversation with that person (ignored where there is none open).
    Typing {
        /// To whom.
        to: SipUri,
    },
    /// Set the own presence.
    SetPresence(PreferredAvailability),
    /// Back to automatic.
    ResetPresence,
    /// Set the personal note; empty removes it.
    SetNote(String),
    /// Our person is active: allows the next reportMyActivity. Without it none is sent.
    Active,
    /// Watch the presence of these people besides the contact list.
    Watch(Vec<SipUri>),
    /// Read presence and note now. Answer: one for each address, `Availability::None` where nothing is shared.
    GetPresence(Vec<SipUri>, Answer<Vec<Presence>>),
    /// search (UCWA reference), for people and groups of the directory.
    Search(String, Answer<Found>),
    /// Read who is in a group of the directory. From then on their presence is told as that of the contact list, and
    /// changes by [`Event::GroupMembers`].
    ///
    /// Errors: [`ErrorKind::NotInDirectory`](crate::ErrorKind::NotInDirectory),
    /// [`ErrorKind::Refused`](crate::ErrorKind::Refused) with the subcode `TooManyContacts`.
    ExpandGroup(SipUri, Answer<GroupMembers>),
    /// Read or change what our person lets somebody see, on the list or not. Answer: the level that holds then.
    ///
    /// Errors: [`ErrorKind::NotInDirectory`](crate::ErrorKind::NotInDirectory),
    /// [`ErrorKind::NotPossible`](crate::ErrorKind::NotPossible) where the server only shows it (Lync Server 2013).
    Privacy(SipUri, PrivacyWish, Answer<PrivacyLevel>),
    /// Change the contact list; one change after the other. Answered once the list was read anew.
    ///
    /// Errors: [`ErrorKind::NotPossible`](crate::ErrorKind::NotPossible) where the list cannot be changed or the group is
    /// not there, [`ErrorKind::Refused`](crate::ErrorKind::Refused) with the server's subcode, such as `LimitExceeded`,
    /// `TooManyGroups`, `OperationNotSupported`, `MigrationInProgress`.
    EditContacts(ContactEdit, Answer<()>),
    /// The network is another one now, or the computer woke up. What waits for its time is tried at once, what seems to
    /// stand is asked whether it does.
    NetworkChanged,
    /// End the application (DELETE, at most 2 s) and stop.
    SignOut,
}

/// Where the answer to a question goes.
pub struct Answer<T>(pub Box<dyn FnOnce(Result<T, crate::Error>) + Send + Sync>);

impl<T> Answer<T> {
    /// Calls this with the answer.
    pub fn new(told: impl FnOnce(Result<T, crate::Error>) + Send + Sync + 'static) -> Self {
        Self(Box::new(told))
    }
}

impl<T> fmt::Debug for Answer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Answer")
    }
}

/// Texts stay out of logs: their lengths are enough there.
impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain(text) => write!(f, "Plain({} bytes)", text.len()),
            Self::Html(text) => write!(f, "Html({} bytes)", text.len()),
        }
    }
}

/// The name alone: texts, notes and search words stay out of logs.
impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Send { .. } => "Send",
            Self::Typing { .. } => "Typing",
            Self::SetPresence(_) => "SetPresence",
            Self::ResetPresence => "ResetPresence",
            Self::SetNote(_) => "SetNote",
            Self::Active => "Active",
            Self::Watch(_) => "Watch",
            Self::GetPresence(..) => "GetPresence",
            Self::Search(..) => "Search",
            Self::ExpandGroup(..) => "ExpandGroup",
            Self::Privacy(..) => "Privacy",
            Self::EditContacts(..) => "EditContacts",
            Self::NetworkChanged => "NetworkChanged",
            Self::SignOut => "SignOut",
        })
    }
}

impl fmt::Debug for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Note")
            .field("bytes", &self.message.len())
            .field("out_of_office", &self.out_of_office)
            .finish()
    }
}
