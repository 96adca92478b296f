//! What happened on either network, at the person's hands, or by time passing.

use jiff::Timestamp;

use crate::{Availability, Settable, Show};

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Input {
    /// Somebody wrote to our person in Lync.
    LyncMessage(LyncText),
    /// Our person wrote in Lync, in another client or in Causeway's own window; `address` and `name` are the reader's.
    LyncOwnMessage(LyncText),
    /// A text on the XMPP side, from anybody to our account, or by our account (carbon or archive).
    XmppMessage(XmppText),
    /// A Lync person types to our person, or stopped.
    LyncTyping {
        /// SIP URI.
        address: String,
        /// Started or stopped.
        on: bool,
    },
    /// Somebody on the XMPP side types, or stopped (XEP-0085).
    XmppTyping {
        /// Full or bare JID.
        from: String,
        /// Started or stopped.
        on: bool,
    },
    /// Presence of another Lync person.
    LyncPresence {
        /// SIP URI.
        address: String,
        /// Value.
        availability: Availability,
        /// Token or localised words, empty where there is none.
        activity: String,
        /// Note, empty where there is none.
        note: String,
    },
    /// Presence of a resource of another XMPP account.
    XmppPresence {
        /// Full JID, or the bare one of a gateway contact.
        from: String,
        /// Value.
        show: Show,
        /// Status text, empty where there is none.
        status: String,
        /// Priority; the highest one speaks for the account.
        priority: i8,
        /// XEP-0319: idle since.
        idle_since: Option<Timestamp>,
    },
    /// Own presence and notes as the Lync server shows them, also when it only repeats what the bridge set.
    OwnLync {
        /// Value.
        availability: Availability,
        /// Token or localised words, empty where there is none.
        activity: String,
        /// Note, empty where there is none.
        note: String,
        /// The note is an out-of-office note.
        out_of_office: bool,
    },
    /// Own presence as another resource of our XMPP account shows it. (An echo of our own resource does no harm.)
    OwnXmpp {
        /// Resource part of the full JID.
        resource: String,
        /// Value.
        show: Show,
        /// Status text, empty where there is none.
        status: String,
        /// XEP-0319: idle since; tells a machine's doing from a person's.
        idle_since: Option<Timestamp>,
    },
    /// Our person chose a status in Causeway.
    OwnChosen {
        /// Value; `None`: keep it, only the note changes.
        status: Option<Settable>,
        /// New personal note; empty removes it, `None` leaves it.
        note: Option<String>,
        /// When it ends by itself.
        until: Option<Timestamp>,
    },
    /// Our person gave the status back to Lync's own logic.
    OwnReset,
    /// What became of an [`Output::SendLync`](crate::Output::SendLync).
    DeliveryLync {
        /// Its id.
        id: String,
        /// Outcome so far.
        outcome: Outcome,
    },
    /// What became of an [`Output::SendXmpp`](crate::Output::SendXmpp).
    DeliveryXmpp {
        /// Its id.
        id: String,
        /// Outcome so far.
        outcome: Outcome,
    },
    /// The whole Lync contact list.
    Contacts(Vec<LyncContact>),
    /// The whole XMPP roster.
    Roster(Vec<XmppContact>),
    /// One roster item was added or changed.
    RosterItem(XmppContact),
    /// One roster item was removed.
    RosterRemoved(String),
    /// Everybody whom our person blocks, on either network: SIP URIs and bare JIDs.
    Blocked(Vec<String>),
    /// The link to Lync (or XMPP) was lost: presences told by it are no longer known.
    Lost(crate::Side),
    /// The moment of [`Bridge::next_deadline`](crate::Bridge::next_deadline) has come.
    Tick,
}

/// A text in a Lync conversation.
#[derive(Clone, PartialEq, Eq)]
pub struct LyncText {
    /// Id of the message, the same for every replay of it and for no other message.
    pub id: String,
    /// `threadId` of the conversation.
    pub thread: String,
    /// SIP URI of the other person of the conversation.
    pub address: String,
    /// Display name of the other person, empty where unknown.
    pub name: String,
    /// Plain text; HTML goes through [`text::from_html`](crate::text::from_html) first.
    pub text: String,
    /// When it was written.
    pub sent_at: Timestamp,
}

/// A text on the XMPP side.
#[derive(Clone, PartialEq, Eq)]
pub struct XmppText {
    /// Id of the message, the same for every replay of it and for no other message. All that the bridge tells names it.
    pub message: String,
    /// `id` of the stanza, else `origin-id`; made up by the caller where there is neither. Receipts and replies name it.
    pub id: String,
    /// XEP-0359 `stanza-id` of our own server's archive.
    pub archive_id: Option<String>,
    /// Full or bare JID of the writer.
    pub from: String,
    /// Full or bare JID of the reader.
    pub to: String,
    /// `thread`.
    pub thread: Option<String>,
    /// XEP-0461: id of the message that this one replies to.
    pub reply_to: Option<String>,
    /// Text.
    pub text: String,
    /// When it was written (XEP-0203 where delayed, else now).
    pub sent_at: Timestamp,
    /// Delayed or from the archive.
    pub late: bool,
    /// XEP-0184: the writer wants to know that it arrived.
    pub wants_receipt: bool,
    /// End-to-end encrypted: the text is only a stand-in and is not carried.
    pub encrypted: bool,
}

/// What became of a text that the bridge sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The server took it.
    Accepted,
    /// The reader's client has it, or the network can tell no more than that it is on its way for good.
    Delivered,
    /// It did not arrive and will not be tried again. Words for the writer, e.g. `offline`, `cannot be disturbed`.
    Failed(String),
    /// Whether it arrived cannot be known.
    Unknown,
}

/// A Lync contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LyncContact {
    /// SIP URI.
    pub address: String,
    /// Display name, empty where there is none.
    pub name: String,
    /// Names of its groups.
    pub groups: Vec<String>,
}

/// A roster item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct XmppContact {
    /// Bare JID.
    pub jid: String,
    /// Name given by our person, empty where there is none.
    pub name: String,
    /// Names of its groups.
    pub groups: Vec<String>,
    /// We receive their presence, or have asked for it.
    pub subscribed: bool,
}

impl std::fmt::Debug for LyncText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LyncText")
            .field("id", &self.id)
            .field("thread", &self.thread)
            .field("text", &format_args!("{} bytes", self.text.len()))
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for XmppText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("XmppText")
            .field("id", &self.id)
            .field("from", &self.from)
            .field("text", &format_args!("{} bytes", self.text.len()))
            .finish_non_exhaustive()
    }
}
