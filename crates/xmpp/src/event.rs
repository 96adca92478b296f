//! What an XMPP account tells and can be told, free of sockets.

use jid::{BareJid, FullJid, Jid};
use jiff::Timestamp;

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// The link's state changed; the steps in their order.
    State(State),
    /// The server took the password, and proved that it knows it.
    SignedIn {
        /// Name of the SASL mechanism, as registered: `SCRAM-SHA-256-PLUS`.
        mechanism: &'static str,
    },
    /// The whole roster (RFC 6121 section 2), after each fresh bind.
    Roster(Vec<RosterItem>),
    /// One item was added or changed.
    RosterItem(RosterItem),
    /// One item was removed.
    RosterRemoved(BareJid),
    /// The server's answer to [`Command::SetContact`], [`Command::RemoveContact`] or [`Command::Block`]. What changed is told before, by
    /// `RosterItem` or `RosterRemoved`, wherever it changed at all.
    RosterAnswer {
        /// As given with the command.
        id: String,
        /// Why it was refused: the defined condition, e.g. `not-allowed`.
        refused: Option<String>,
    },
    /// Everybody whom our server blocks for us: after each fresh bind where it knows of blocking (XEP-0191 section 3.1), and
    /// when all were let through at once.
    Blocked(Vec<BareJid>),
    /// Somebody was blocked or is let through again, by whichever client (XEP-0191 sections 3.2 to 3.4).
    BlockChanged {
        /// Whom.
        jids: Vec<BareJid>,
        /// Blocked.
        on: bool,
    },
    /// A contact asks for our presence (RFC 6121 section 3.1).
    SubscriptionRequest(BareJid),
    /// Presence of a contact's resource, or of another resource of our own account.
    Presence(Presence),
    /// A text, received or (by a carbon or the archive) sent from another client of this account.
    Message(Message),
    /// XEP-0184: the other person's client has the text with this id.
    Received {
        /// Who confirms.
        from: Jid,
        /// Id of the confirmed stanza.
        id: String,
    },
    /// XEP-0198: the server has the stanza with this id. Without stream management told right after it was written.
    Acked {
        /// `Command::Send::id`.
        id: String,
    },
    /// The stream broke for good with this stanza unacknowledged: send it again with the same id when `CaughtUp` has not shown it in the archive.
    Unacked {
        /// `Command::Send::id`.
        id: String,
    },
    /// The stanza came back as an error (RFC 6120 section 8.3).
    Bounced {
        /// Who says so.
        from: Jid,
        /// `Command::Send::id`.
        id: String,
        /// Defined condition, e.g. `service-unavailable`.
        condition: String,
        /// Text of the error, may be empty.
        text: String,
    },
    /// XEP-0085.
    ChatState {
        /// Who.
        from: Jid,
        /// `composing` or anything else.
        composing: bool,
    },
    /// XEP-0313: the archive was read from the stamp given on; what was missed was told as `Message` with `archived` set
    /// (both directions). Told after each fresh bind, and again after each later try where the one before was not whole.
    CaughtUp {
        /// Everything missed was told, so a text in doubt that was not shown never got there. False: the server has no
        /// archive, did not answer in time, or refused a page.
        whole: bool,
    },
}

/// State of the link.
#[derive(Clone, Debug)]
pub enum State {
    /// Looking up SRV and addresses.
    FindingServer,
    /// TLS to the named host.
    CheckingCertificate(String),
    /// Reading the mechanisms offered.
    AskingMethods,
    /// SASL.
    SigningIn,
    /// Resource binding, stream management, carbons.
    OpeningSession,
    /// Reading the roster.
    LoadingContacts,
    /// Online.
    Ready {
        /// Our full JID.
        jid: FullJid,
        /// XEP-0198 resumed: nothing was lost, presences told before still hold.
        resumed: bool,
    },
    /// The connection broke; next try after `delay`.
    Reconnecting {
        /// Tries since it broke, from 1.
        attempt: u32,
        /// Time until the next try.
        delay: std::time::Duration,
        /// Why.
        error: crate::Error,
    },
    /// Ended for good: only a new `start` goes on. A refused password always ends here after one attempt.
    Stopped(Option<crate::Error>),
}

/// `subscription` of a roster item, with `ask`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// We receive their presence (`to`, `both`).
    pub to: bool,
    /// They receive ours (`from`, `both`).
    pub from: bool,
    /// We asked and wait (`ask='subscribe'`).
    pub asked: bool,
}

/// A roster item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RosterItem {
    /// Bare JID.
    pub jid: BareJid,
    /// Name given by our person; empty where there is none.
    pub name: String,
    /// Groups.
    pub groups: Vec<String>,
    /// State.
    pub subscription: Subscription,
}

/// `show` of RFC 6121 section 4.7.2.1, with its absence and with `unavailable`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the field's own words")]
pub enum Show {
    Available,
    Chat,
    Away,
    Xa,
    Dnd,
    Unavailable,
}

/// Presence of one resource.
#[derive(Clone, PartialEq, Eq)]
pub struct Presence {
    /// Full JID, or the bare one of a gateway contact.
    pub from: Jid,
    /// Value.
    pub show: Show,
    /// `status` text.
    pub status: String,
    /// Priority.
    pub priority: i8,
    /// XEP-0319: idle since.
    pub idle_since: Option<Timestamp>,
}

/// A text.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// Writer. Own bare JID equal: sent from another client of this account, or by ourselves (archive).
    pub from: Jid,
    /// Reader.
    pub to: Jid,
    /// `id` of the stanza.
    pub id: Option<String>,
    /// XEP-0359 `origin-id`.
    pub origin_id: Option<String>,
    /// XEP-0359 `stanza-id` given by our own server, the archive's id.
    pub stanza_id: Option<String>,
    /// `<thread/>`.
    pub thread: Option<String>,
    /// XEP-0461: id of the message that this one replies to.
    pub reply_to: Option<String>,
    /// Text, XEP-0461/0428 fallback quotation already cut off.
    pub body: String,
    /// XEP-0203: when it was written, where it was delayed.
    pub delayed: Option<Timestamp>,
    /// XEP-0280: a carbon copy.
    pub carbon: bool,
    /// XEP-0313: from the archive.
    pub archived: bool,
    /// XEP-0184: the writer wants a receipt. The consumer sends it when the text is safe.
    pub wants_receipt: bool,
    /// XEP-0380 or a known end-to-end encryption: the body is only a stand-in.
    pub encrypted: bool,
}

/// Something to do. Never blocks; what is sent while the link is down waits in the caller's queue, see `Acked` and `Unacked`.
#[derive(Clone)]
pub enum Command {
    /// Send a chat message with receipt request, origin-id and `<active/>`.
    Send {
        /// Stanza id and origin-id.
        id: String,
        /// To whom.
        to: Jid,
        /// Plain text.
        body: String,
        /// `<thread/>`.
        thread: Option<String>,
        /// XEP-0203: when it was written, where it is sent late.
        delayed: Option<Timestamp>,
    },
    /// XEP-0184 receipt.
    Receipt {
        /// To whom: the full JID that wrote.
        to: Jid,
        /// Id of the confirmed stanza.
        id: String,
    },
    /// XEP-0085 composing or paused.
    ChatState {
        /// To whom.
        to: Jid,
        /// Started or stopped.
        composing: bool,
    },
    /// Own presence; repeated by the link after each fresh bind.
    SetPresence {
        /// Value; `Chat` is never sent, `Unavailable` means a stream without presence.
        show: Show,
        /// Status text; empty: none.
        status: String,
        /// XEP-0319.
        idle_since: Option<Timestamp>,
    },
    /// Put somebody into the roster, or give another name or other groups (RFC 6121 sections 2.3 and 2.4). Told by
    /// [`Event::RosterAnswer`].
    SetContact {
        /// Unique; comes back in the answer.
        id: String,
        /// Who.
        jid: BareJid,
        /// Name given by our person; empty: none.
        name: String,
        /// All groups.
        groups: Vec<String>,
    },
    /// Take somebody out of the roster, with the subscriptions of both directions (RFC 6121 section 2.5). Told by
    /// [`Event::RosterAnswer`].
    RemoveContact {
        /// Unique; comes back in the answer.
        id: String,
        /// Who.
        jid: BareJid,
    },
    /// Let nothing of somebody through any more, or let it through again (XEP-0191 sections 3.2 and 3.3). Told by
    /// [`Event::RosterAnswer`].
    Block {
        /// Unique; comes back in the answer.
        id: String,
        /// Who.
        jid: BareJid,
        /// Block or unblock.
        on: bool,
    },
    /// Ask for a contact's presence; adds them to the roster.
    Subscribe(BareJid),
    /// Answer a request.
    AnswerSubscription {
        /// Who asked.
        to: BareJid,
        /// Accept or refuse.
        allow: bool,
    },
    /// The network is another one now, or the computer woke up: a pause is over, and a stream has to show that it lives.
    NetworkChanged,
    /// Close the stream in order and stop.
    SignOut,
}

impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Message")
            .field("from", &self.from)
            .field("id", &self.id)
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Presence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Presence")
            .field("from", &self.from)
            .field("show", &self.show)
            .field("status", &format_args!("{} bytes", self.status.len()))
            .finish_non_exhaustive()
    }
}
