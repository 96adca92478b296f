//! Enumerations of the reference. They compare without case and keep what they do not know as text.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Defines an enumeration of the reference together with the text of each value.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$value_doc:meta])* $value:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$value_doc])* $value,)+
            /// A value that the reference does not list, as it was read.
            Other(Box<str>),
        }

        impl $name {
            /// The spelling of the reference, or of the server for an unlisted value.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$value => $text,)+
                    Self::Other(text) => text,
                }
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                $(if text.eq_ignore_ascii_case($text) { return Self::$value; })+
                Self::Other(text.into())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Ok(Self::from(&*std::borrow::Cow::<str>::deserialize(deserializer)?))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
}

words! {
    /// availability (presence, contactPresence): what others see of a person.
    Availability {
        /// Available.
        Online = "Online",
        /// Available, but the person has not been active.
        IdleOnline = "IdleOnline",
        /// Busy.
        Busy = "Busy",
        /// Busy, but the person has not been active.
        IdleBusy = "IdleBusy",
        /// Does not want to be interrupted.
        DoNotDisturb = "DoNotDisturb",
        /// Comes back soon.
        BeRightBack = "BeRightBack",
        /// Away; off work when the activity is [`activity::OFF_WORK`].
        Away = "Away",
        /// Signed out.
        Offline = "Offline",
        /// Not known or not shared.
        None = "None",
    }
}

words! {
    /// type (note, contactNote).
    NoteType {
        /// Written by the person.
        Personal = "Personal",
        /// From the calendar.
        OutOfOffice = "OutOfOffice",
    }
}

words! {
    /// MessageFormat.
    MessageFormat {
        /// text/plain.
        Plain = "Plain",
        /// text/html.
        Html = "Html",
    }
}

words! {
    /// Direction of an invitation or message, seen from this client.
    Direction {
        /// To us.
        Incoming = "Incoming",
        /// From us.
        Outgoing = "Outgoing",
    }
}

words! {
    /// status of a completed operation.
    Status {
        /// It worked.
        Success = "Success",
        /// It did not; a reason follows.
        Failure = "Failure",
    }
}

words! {
    /// type of an event.
    EventType {
        /// A resource appeared.
        Added = "added",
        /// A resource or operation changed.
        Updated = "updated",
        /// A resource went.
        Deleted = "deleted",
        /// An operation began.
        Started = "started",
        /// An operation ended; it may never have been shown as started.
        Completed = "completed",
    }
}

words! {
    /// state of an invitation.
    InvitationState {
        /// Rings.
        Alerting = "Alerting",
        /// Withdrawn.
        Cancelled = "Cancelled",
        /// Taken.
        Connected = "Connected",
        /// Under way.
        Connecting = "Connecting",
        /// Refused.
        Declined = "Declined",
        /// Failed.
        Failed = "Failed",
        /// Sent on to another person.
        Forwarded = "Forwarded",
        /// Rings at a team.
        TeamRing = "TeamRing",
    }
}

words! {
    /// state of a conversation.
    ConversationState {
        /// Begins.
        Connecting = "Connecting",
        /// Runs.
        Connected = "Connected",
        /// Somebody invites us.
        Incoming = "Incoming",
        /// Becomes a conference.
        Conferencing = "Conferencing",
        /// Is a conference.
        Conferenced = "Conferenced",
        /// Waits to be let in.
        InLobby = "InLobby",
        /// Ends.
        Disconnecting = "Disconnecting",
        /// Ended.
        Disconnected = "Disconnected",
    }
}

words! {
    /// state of messaging.
    MessagingState {
        /// Begins.
        Connecting = "Connecting",
        /// Texts can be sent.
        Connected = "Connected",
        /// Ended or not begun.
        Disconnected = "Disconnected",
    }
}

words! {
    /// PrivacyRelationshipLevel: how much our person lets a contact see.
    PrivacyLevel {
        /// Not known.
        Unknown = "Unknown",
        /// Availability, name, title, mail address.
        External = "External",
        /// More of the card, and what the calendar blocks.
        Colleagues = "Colleagues",
        /// The same, and may interrupt "do not disturb".
        Workgroup = "Workgroup",
        /// Everything.
        FriendsAndFamily = "FriendsAndFamily",
        /// Sees nothing and reaches nobody.
        Blocked = "Blocked",
    }
}

words! {
    /// state of myContactsAndGroupsSubscription.
    SubscriptionState {
        /// Off.
        Disconnected = "Disconnected",
        /// Begins.
        Connecting = "Connecting",
        /// Runs.
        Connected = "Connected",
        /// Ends.
        Disconnecting = "Disconnecting",
    }
}

/// PreferredAvailability: what a person can set for themselves. "Offline" cannot be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum PreferredAvailability {
    /// Available.
    Online,
    /// Busy.
    Busy,
    /// Does not want to be interrupted.
    DoNotDisturb,
    /// Comes back soon.
    BeRightBack,
    /// Away.
    Away,
    /// Off work; others see `Away` with the activity [`activity::OFF_WORK`].
    Offwork,
}

impl PreferredAvailability {
    /// The spelling of the reference.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Online => "Online",
            Self::Busy => "Busy",
            Self::DoNotDisturb => "DoNotDisturb",
            Self::BeRightBack => "BeRightBack",
            Self::Away => "Away",
            Self::Offwork => "Offwork",
        }
    }
}

/// Well-known values of `activity`. Anything else is free or localised text.
pub mod activity {
    /// In a meeting by the calendar.
    pub const IN_A_MEETING: &str = "in-a-meeting";
    /// In a conference.
    pub const IN_A_CONFERENCE: &str = "in-a-conference";
    /// In a call.
    pub const ON_THE_PHONE: &str = "on-the-phone";
    /// Goes with do not disturb.
    pub const URGENT_INTERRUPTIONS_ONLY: &str = "urgent-interruptions-only";
    /// Shares the screen.
    pub const PRESENTING: &str = "presenting";
    /// Goes with `Away`.
    pub const OFF_WORK: &str = "off-work";
}
