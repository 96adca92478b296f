//! What can be asked.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[cfg(doc)]
use crate::Reply;
use crate::{
    HowOften, Network, Password, Preset, PrivacyLevel, SendWhen, Settable, Show, Side, TableRow,
    Wish,
};

/// A question or an order.
#[derive(Clone, derive_more::Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields = nullable))]
#[serde(tag = "command", rename_all = "kebab-case")]
pub enum Command {
    /// Walk the sign-in ladder of both sides with connections of its own, without touching the running links.
    Check {
        /// A person asks for it: a password that was refused is sent once more. Else the refusal that is known is told.
        #[serde(default)]
        again: bool,
    },
    /// Write a report for a help desk, with nothing secret in it. Answer: [`Reply::Diagnosed`].
    Diagnose {
        /// Absolute path of the archive (zip).
        file: String,
        /// Whether a file of that name gives way.
        #[serde(default)]
        overwrite: bool,
    },
    /// People with presence. Answer: [`Reply::People`].
    Contacts,
    /// Presence of addresses, in the list or not. Answer: [`Reply::Presence`].
    Presence {
        /// `sip:…`, `xmpp:…` or a bare address.
        addresses: Vec<String>,
    },
    /// What the directory tells of somebody of the contact list; of others nothing is known. Answer: [`Reply::Card`].
    Card {
        /// `sip:…`, `xmpp:…` or a bare address.
        address: String,
    },
    /// Own status. Answer: [`Reply::Status`].
    GetStatus,
    /// Set the own status. Answer: [`Reply::Status`].
    SetStatus {
        /// The value.
        value: Settable,
        /// When it reverts to automatic.
        until: Option<Timestamp>,
        /// Personal note; `None` leaves it, empty removes it.
        #[debug("{:?} bytes", note.as_ref().map(String::len))]
        note: Option<String>,
    },
    /// Back to automatic. Answer: [`Reply::Status`].
    ResetStatus,
    /// Send a text; answered when its outcome is known. Answer: [`Reply::Sent`].
    Send {
        /// `sip:…`, `xmpp:…` or a bare address.
        address: String,
        /// Plain text.
        #[debug("{} bytes", text.len())]
        text: String,
        /// Repeated in [`Kind::Accepted`](crate::Kind::Accepted), for who wants to know its own text in the stream.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        token: Option<String>,
        /// With [`SendWhen::WhenBack`] it is answered with [`Reply::Done`] once the text is kept.
        #[serde(default)]
        when: SendWhen,
    },
    /// Tell the other side that our person types.
    Typing {
        /// As in `Send`.
        address: String,
        /// Started or stopped.
        on: bool,
    },
    /// Search the directory. Answer: [`Reply::Search`].
    Search {
        /// At least one character, at most 256.
        #[debug("{} bytes", text.len())]
        text: String,
    },
    /// Answer an XMPP contact's subscription request, or ask for one.
    Subscribe {
        /// Bare JID.
        address: String,
        /// Accept or refuse.
        allow: bool,
    },
    /// The contact lists with their groups. Answer: [`Reply::Lists`].
    Lists,
    /// Into the contact list, or into one more group of it. Who is there already stays; XMPP contacts are asked for
    /// their presence too. Done once the server has it; the list follows in the stream.
    AddContact {
        /// `sip:…`, `xmpp:…` or a bare address.
        address: String,
        /// Made where there is none of this name; without it the default group of Lync, no group in XMPP.
        #[serde(default)]
        group: Option<String>,
        /// Name in the XMPP contact list; without it the one that is there stays. In Lync the directory has the names.
        #[serde(default)]
        #[debug("{:?} bytes", name.as_ref().map(String::len))]
        name: Option<String>,
    },
    /// Out of the contact list, in XMPP with the subscriptions of both directions; or out of one group.
    RemoveContact {
        /// `sip:…`, `xmpp:…` or a bare address.
        address: String,
        /// Only out of this group; who is in no other one leaves a Lync list with it.
        #[serde(default)]
        group: Option<String>,
    },
    /// Who is in a group of the directory. From then on changes of it come in the stream
    /// ([`Kind::GroupMembers`](crate::Kind::GroupMembers)), and the presence of its members. Answer:
    /// [`Reply::GroupMembers`].
    GroupMembers {
        /// `sip:staff@contoso.example`, with or without scheme.
        address: String,
    },
    /// A group of the directory into the Lync list.
    AddDirectoryGroup {
        /// `sip:staff@contoso.example`, with or without scheme.
        address: String,
    },
    /// A group of the directory out of the Lync list.
    RemoveDirectoryGroup {
        /// `sip:staff@contoso.example`, with or without scheme.
        address: String,
    },
    /// What is known of what our person lets others see. Answer: [`Reply::Privacy`].
    PrivacyLevels,
    /// What our person lets one person see, asked of the server. Answer: [`Reply::Privacy`] with one.
    Privacy {
        /// `sip:…`, `xmpp:…` or a bare address.
        address: String,
    },
    /// Let a Lync person see more or less (UCWA reference, contactPrivacyRelationship). Answer: [`Reply::Privacy`] with one.
    SetPrivacy {
        /// `sip:…` or a bare address.
        address: String,
        /// `None`: what the server gives by itself.
        #[serde(default)]
        level: Option<PrivacyLevel>,
    },
    /// Let nothing of a person through any more, or let it through again: on every network where they have an address
    /// (XEP-0191; the privacy level `blocked` in Lync). A request of theirs is refused with it. Done once the servers have
    /// it.
    Block {
        /// `sip:…`, `xmpp:…` or a bare address.
        address: String,
        /// Block or unblock.
        on: bool,
    },
    /// From group to group.
    MoveContact {
        /// `sip:…`, `xmpp:…` or a bare address.
        address: String,
        /// Made where there is none of this name.
        to: String,
        /// Without it out of all others.
        #[serde(default)]
        from: Option<String>,
    },
    /// A group without members, in the Lync list. In XMPP a group is there as soon as somebody is in it.
    CreateGroup {
        /// 1 to 256 characters.
        name: String,
    },
    /// Another name for a group of our person's own, in both lists.
    RenameGroup {
        /// The name that it has.
        name: String,
        /// 1 to 256 characters.
        to: String,
    },
    /// A group of our person's own goes, in both lists. Its members stay contacts.
    DeleteGroup {
        /// Its name.
        name: String,
    },
    /// Tell when somebody becomes available ([`Kind::CameAvailable`](crate::Kind::CameAvailable)). Kept over a restart.
    TellWhenAvailable {
        /// `sip:…`, `xmpp:…` or a bare address.
        address: String,
        /// How often; `None`: not any more.
        #[serde(default)]
        how: Option<HowOften>,
    },
    /// Pause the bridge until a time, or until resumed.
    PauseBridge {
        /// `None`: until resumed.
        until: Option<Timestamp>,
    },
    /// End the pause.
    ResumeBridge,
    /// Say which two addresses are one person; `link` false splits them.
    LinkPeople {
        /// SIP URI.
        lync: String,
        /// Bare JID.
        xmpp: String,
        /// Join or split.
        link: bool,
        /// Network of the next message.
        default: Network,
    },
    /// Chats in which something was written, the one with the youngest text first. Answer: [`Reply::Chats`].
    Chats,
    /// The chat with an address, also where nothing was written yet. Answer: [`Reply::Chats`] with one.
    Chat {
        /// `sip:…`, `xmpp:…` or a bare address.
        address: String,
    },
    /// What was written in a chat. Answer: [`Reply::History`], oldest first.
    History {
        /// Conversation ids, one for each network.
        conversations: Vec<String>,
        /// Only what stands before the text with this id; without it the end.
        #[serde(default)]
        before: Option<String>,
        /// In place of `before`: what stands around the text with this id, that one among it.
        #[serde(default)]
        around: Option<String>,
        /// In place of both: what stands after the text with this id.
        #[serde(default)]
        after: Option<String>,
        /// At most so many texts; 1 to 500.
        limit: u32,
    },
    /// Texts in which every word, or the beginning of one, is found. Answer: [`Reply::Hits`], youngest first.
    SearchHistory {
        /// Words.
        #[debug("{} bytes", text.len())]
        text: String,
        /// Only in these conversations; without it in all.
        #[serde(default)]
        conversations: Option<Vec<String>>,
        /// At most so many texts; 1 to 500.
        limit: u32,
    },
    /// Our person has read everything in a chat, or everything up to a text.
    MarkRead {
        /// Conversation ids.
        conversations: Vec<String>,
        /// The last text that was before their eyes: what arrived meanwhile stays unread.
        #[serde(default)]
        up_to: Option<String>,
    },
    /// A text and what came after it count as unread again.
    MarkUnread {
        /// Conversation id.
        conversation: String,
        /// Message id.
        from: String,
    },
    /// Keeps a chat on top of the list, or no longer.
    PinChat {
        /// Conversation ids.
        conversations: Vec<String>,
        /// Pinned or not.
        on: bool,
    },
    /// Takes a chat off the list until something is written in it. Nothing is deleted.
    CloseChat {
        /// Conversation ids.
        conversations: Vec<String>,
    },
    /// Sends a text that failed again, as a new one in its place. One that waits for its reader ([`SendWhen::WhenBack`])
    /// is sent at once. Answer: [`Reply::Sent`], or [`Reply::Done`] where it is kept or was.
    Retry {
        /// Message id.
        id: String,
        /// When.
        when: SendWhen,
    },
    /// Keeps what is typed and not sent; an empty text removes it.
    SaveDraft {
        /// Conversation id.
        conversation: String,
        /// As typed, at most 100,000 characters.
        #[debug("{} bytes", text.len())]
        text: String,
    },
    /// Takes a text that failed, or waits for its reader, out of the history: it was sent anew or is not wanted any more.
    Discard {
        /// Message id.
        id: String,
    },
    /// Effective configuration. Answer: [`Reply::Config`].
    ShowConfig,
    /// Take a key out of the user's file, so that a weaker layer or the built-in value holds.
    UnsetConfig {
        /// `lync.address`.
        key: String,
    },
    /// Change a key of the user's file.
    SetConfig {
        /// `lync.address`.
        key: String,
        /// As typed; parsed by the key's type.
        value: String,
    },
    /// State of the links. Answer: [`Reply::Links`].
    Links,
    /// Try again at once, also after a refused password.
    SignIn {
        /// Which link.
        side: Side,
    },
    /// End a sign-in that is under way, or the session; what is stored stays, `SignIn` begins anew.
    CancelSignIn {
        /// Which link.
        side: Side,
    },
    /// Look for the Lync server of an address that need not be configured yet. Ends where another one is asked for, or
    /// whoever asked is gone. Answer: [`Reply::Discovered`].
    Discover {
        /// `anna@contoso.example`.
        address: String,
    },
    /// Give the password of a configured account and sign in with it. Answer: [`Reply::PasswordTaken`].
    SetPassword {
        /// Which link.
        side: Side,
        /// At most 4096 bytes.
        password: Password,
        /// Keep it in the key store, else in memory until the program ends.
        keep: bool,
    },
    /// The person signed in on the page that the Lync server wants ([`Code::WebSignIn`](crate::Code::WebSignIn)): sign in with
    /// what its host gave. Kept in memory alone.
    WebSignIn {
        /// As the problem names it.
        token_url: String,
        /// The cookies for that URL, as in the header `Cookie` (RFC 6265 section 5.4).
        cookies: Password,
    },
    /// End both sessions and delete the passwords that are kept. Password files are the person's own and stay.
    SignOut,
    /// Version, and who is signed in. Answer: [`Reply::About`].
    About,
    /// Both sides, and what crossed. Answer: [`Reply::Bridge`].
    Bridge,
    /// Rows in place of those of the preset (`bridge.table` of the user's file).
    SetStatusTable {
        /// `None`: back to the preset.
        table: Option<Vec<TableRow>>,
    },
    /// What Lync people would see of an XMPP status. Answer: [`Reply::Preview`].
    PreviewStatus {
        /// The preset.
        preset: Preset,
        /// Rows in its place, such as those that a person is editing.
        #[serde(default)]
        table: Option<Vec<TableRow>>,
        /// Of the XMPP status.
        show: Show,
        /// Status text.
        #[debug("{} bytes", text.len())]
        text: String,
    },
    /// A person has minimised the window. Where `window.minimize_to_tray` says so and a tray is there, it is hidden.
    WindowMinimized,
    /// Bring the window to the front, started where there is none.
    Show(Wish),
    /// Hide the window, where there is one.
    Hide,
    /// A person closes the window. Where a tray is there it is hidden; else the person is asked once
    /// ([`View::Closing`](crate::View::Closing)). `window.on_close` can say otherwise.
    CloseWindow,
    /// What the window shows at this moment. The window says so whenever it differs; with the end of its connection it
    /// shows nothing.
    Looking(Looking),
    /// What the desktop session offers. Answer: [`Reply::Desktop`].
    Desktop,
    /// Start Causeway with the person's session, or no longer (XDG Desktop Application Autostart Specification).
    StartAtLogin {
        /// Start or not.
        on: bool,
    },
    /// Show a notification by the way that every other goes. Answer: [`Reply::NotificationTest`].
    TestNotification,
    /// Texts that were accepted and that no network has taken yet. Answer: [`Reply::Unsent`].
    Unsent,
    /// End the engine after its queue is on disk.
    Quit,
}

/// What a person has before their eyes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct Looking {
    /// The window is on the screen, covered or not.
    pub shown: bool,
    /// It has the keyboard.
    pub focused: bool,
    /// Conversations of the chat that is open and scrolled to its end, as in [`Message`](crate::Message): one for each
    /// network on which one writes with that person.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub conversations: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Availability, Direction, Message, OwnStatus, Reply};

    #[test]
    fn words_of_people_are_not_in_what_a_log_could_show() {
        const CANARY: &str = "canary";
        let command = Command::Send {
            address: "sip:bob@contoso.example".into(),
            text: CANARY.into(),
            token: None,
            when: SendWhen::Now,
        };
        let set = Command::SetStatus {
            value: Settable::Busy,
            until: None,
            note: Some(CANARY.into()),
        };
        let message = Message {
            id: "1".into(),
            conversation: "c".into(),
            side: Side::Lync,
            direction: Direction::In,
            from: "a".into(),
            to: "b".into(),
            name: None,
            text: CANARY.into(),
            sent_at: Timestamp::UNIX_EPOCH,
            late: false,
            relay: false,
        };
        let status = OwnStatus {
            availability: Availability::Busy,
            activity: None,
            note: Some(CANARY.into()),
            until: None,
            reason: crate::Reason::You,
        };
        let password = Command::SetPassword {
            side: Side::Lync,
            password: CANARY.to_owned().into(),
            keep: false,
        };
        let web = Command::WebSignIn {
            token_url: "https://pool.contoso.example/".to_owned(),
            cookies: CANARY.to_owned().into(),
        };
        let shown = format!(
            "{command:?} {set:?} {message:?} {password:?} {web:?} {:?}",
            Reply::Status(status)
        );
        assert!(!shown.contains(CANARY), "{shown}");
        assert!(shown.contains("6"), "{shown}");
    }
}
