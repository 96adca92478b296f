//! What is to be done.

use jiff::Timestamp;

use crate::{Fact, Settable, Show};

/// Something to do, in the order in which the outputs come.
#[derive(Clone, PartialEq, Eq)]
pub enum Output {
    /// Send a text to an XMPP address. The caller stores it first; sending the same id again must not double it.
    SendXmpp {
        /// Id of the stanza and its `origin-id`. Both, and unchanged: the bridge knows its own texts, and those of another Causeway, by it.
        id: String,
        /// Bare JID.
        to: String,
        /// Plain text, legal in XML.
        body: String,
        /// `thread`, `None` for a notice that belongs to no conversation.
        thread: Option<String>,
        /// Id of the Lync message that it relays; `None` for what the bridge itself has to say.
        origin: Option<String>,
        /// When it was written; a `delay` (XEP-0203) carries it where it is sent late.
        sent_at: Timestamp,
    },
    /// Send a text to a Lync person. The caller stores it first; sending the same id again must not double it.
    SendLync {
        /// `operationId`.
        id: String,
        /// SIP URI.
        to: String,
        /// `threadId`, 32 hex digits where it is a new one.
        thread: String,
        /// Plain text of at most 4,000 characters.
        text: String,
        /// Id of the XMPP message that it answers with.
        origin: String,
    },
    /// Tell an XMPP address that somebody types (XEP-0085), or stopped.
    TypingXmpp {
        /// Bare JID.
        to: String,
        /// Started or stopped.
        on: bool,
    },
    /// Tell a Lync person that our person types.
    TypingLync {
        /// SIP URI.
        to: String,
        /// `threadId` of the conversation.
        thread: String,
    },
    /// Tell the writer that the text arrived (XEP-0184).
    ReceiptXmpp {
        /// JID that wrote it.
        to: String,
        /// Id of the text.
        id: String,
    },
    /// Set own presence in Lync.
    SetLyncPresence(Settable),
    /// Give own presence back to Lync's own logic.
    ResetLyncPresence,
    /// Set the personal note in Lync; empty removes it.
    SetLyncNote(String),
    /// Set the presence of our XMPP resource.
    SetXmppPresence {
        /// Value.
        show: Show,
        /// Status text, empty for none.
        status: String,
        /// XEP-0319.
        idle_since: Option<Timestamp>,
    },
    /// Something for the bridge's log and the event stream.
    Tell {
        /// What was done.
        action: Action,
        /// Id of the message on the side where it was written.
        id: String,
        /// Side where it was written.
        from: Side,
        /// Side where it was to go.
        to: Side,
        /// Why, where that is worth saying; never the text.
        reason: Option<String>,
    },
    /// Keep (or forget) this over a restart, together with what the other outputs of this call store.
    Remember(Fact),
    /// Ask for a contact's presence.
    Subscribe {
        /// Bare JID.
        jid: String,
    },
}

/// What was done with a text: `action` of the event stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// A Lync text reached the XMPP side.
    Relayed,
    /// An XMPP text reached its Lync person.
    Answered,
    /// It is on its way, or waits for an answer to "who do you mean?".
    Queued,
    /// It was rightly not carried: relay paused, an echo, a loop.
    Dropped,
    /// It could not be carried; its writer was told where that is possible.
    Bounced,
}

/// A network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Side {
    /// Lync / Skype for Business Server.
    Lync,
    /// XMPP.
    Xmpp,
}

impl std::fmt::Debug for Output {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::SendXmpp {
                id,
                to,
                body,
                thread,
                origin,
                sent_at,
            } => f
                .debug_struct("SendXmpp")
                .field("id", id)
                .field("to", to)
                .field("body", &format_args!("{} bytes", body.len()))
                .field("thread", thread)
                .field("origin", origin)
                .field("sent_at", sent_at)
                .finish(),
            Self::SendLync {
                id,
                to,
                thread,
                text,
                origin,
            } => f
                .debug_struct("SendLync")
                .field("id", id)
                .field("to", to)
                .field("thread", thread)
                .field("text", &format_args!("{} bytes", text.len()))
                .field("origin", origin)
                .finish(),
            Self::TypingXmpp { to, on } => f
                .debug_struct("TypingXmpp")
                .field("to", to)
                .field("on", on)
                .finish(),
            Self::TypingLync { to, .. } => f
                .debug_struct("TypingLync")
                .field("to", to)
                .finish_non_exhaustive(),
            Self::ReceiptXmpp { to, id } => f
                .debug_struct("ReceiptXmpp")
                .field("to", to)
                .field("id", id)
                .finish(),
            Self::SetLyncPresence(value) => f.debug_tuple("SetLyncPresence").field(value).finish(),
            Self::ResetLyncPresence => f.write_str("ResetLyncPresence"),
            Self::SetLyncNote(note) => f
                .debug_tuple("SetLyncNote")
                .field(&format_args!("{} bytes", note.len()))
                .finish(),
            Self::SetXmppPresence {
                show,
                status,
                idle_since,
            } => f
                .debug_struct("SetXmppPresence")
                .field("show", show)
                .field("status", &format_args!("{} bytes", status.len()))
                .field("idle_since", idle_since)
                .finish(),
            Self::Tell {
                action,
                id,
                from,
                reason,
                ..
            } => f
                .debug_struct("Tell")
                .field("action", action)
                .field("id", id)
                .field("from", from)
                .field("reason", reason)
                .finish_non_exhaustive(),
            Self::Remember(fact) => f.debug_tuple("Remember").field(fact).finish(),
            Self::Subscribe { jid } => f.debug_struct("Subscribe").field("jid", jid).finish(),
        }
    }
}
