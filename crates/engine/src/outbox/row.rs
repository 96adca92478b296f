//! A text on its way out, and how far it came.

use causeway_api::Side;
use jiff::Timestamp;

/// A text on its way out.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// Ours; also the operation id (UCWA) or stanza id (XMPP).
    pub(crate) id: String,
    /// Network.
    pub(crate) side: Side,
    /// Address of the own account that it was written as. It is never sent as another one.
    pub(crate) account: String,
    /// SIP URI or JID.
    pub(crate) to: String,
    /// Lync `threadId` or XMPP thread; empty: none.
    pub(crate) thread: String,
    /// Plain text; emptied as soon as the network has it.
    pub(crate) text: String,
    /// When it was written.
    pub(crate) written: Timestamp,
    /// Id of the text of the other side that this one carries, empty for the bridge's own words; `None`: our person
    /// wrote it here.
    pub(crate) origin: Option<String>,
    /// How far it came.
    pub(crate) stage: Stage,
}

impl std::fmt::Debug for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Row")
            .field("id", &self.id)
            .field("side", &self.side)
            .field("stage", &self.stage)
            .field("text", &format_args!("{} bytes", self.text.len()))
            .finish_non_exhaustive()
    }
}

/// How far a text came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// It waits.
    Queued,
    /// Its turn has come: it is handed over as soon as that is stored. The network has not seen it.
    Due,
    /// Handed to the network in this session.
    Sending,
    /// Handed to the network in an earlier session, outcome not told.
    InDoubt,
    /// The network has it.
    Sent,
}

/// What was learned about a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Evidence {
    /// The network took it.
    Taken,
    /// The other person's client has it.
    Arrived,
    /// It will not arrive.
    Failed,
}
