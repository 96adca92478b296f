//! Stanzas to events and commands to stanzas. Pure: no sockets, no clock, no state.
//!
//! Every function takes what came from outside as it is and never fails loudly: a stanza that says nothing to us,
//! or that pretends to come from somebody else, gives no event.

mod answers;
mod archive;
mod blocking;
mod element;
mod message;
mod presence;
mod roster;
mod stamp;
#[cfg(test)]
mod tests;
mod text;

pub use answers::{About, answer, disco};
pub use archive::{
    ArchiveFrom, ArchivePage, ArchiveText, archive_page, archive_query, archive_text,
};
pub use blocking::{block, block_push, blocklist, blocklist_query};
pub use message::{chat_message, chat_state, condition, message_events, receipt};
pub use presence::{own_presence, presence_event, subscribe, subscription_answer};
pub use roster::{Push, roster, roster_push, roster_query, roster_remove, roster_set};
pub use stamp::{from_stamp, stamp};
pub use text::xml_text;
