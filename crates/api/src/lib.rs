//! The door: what can be asked of Causeway and what it tells.
//!
//! Every program in front of the engine (window, `causewayctl`, tray) speaks these types, either in one
//! process with the engine or over the local socket. Their JSON form is the one of the `--json` outputs.

mod account;
mod bridge;
mod card;
mod chats;
mod check;
mod command;
mod configuration;
mod desk;
mod desktop;
pub mod door;
mod event;
mod lists;
mod millis;
mod people;
mod privacy;
mod problem;
mod reply;
#[cfg(test)]
mod typescript;
mod view;

pub use account::{About, Discovered, Kept, Password, SignInMethod};
pub use bridge::{
    BridgeEntry, BridgeReport, Crossed, PassedOver, Preset, RowDirection, Show, SideInfo, TableRow,
};
pub use card::{Card, Phone, PhoneKind};
pub use chats::{Chat, ChatPart, Hit, Past, SendWhen, Via};
pub use check::{Check, CheckStep, Diagnosed, StepState};
pub use command::{Command, Looking};
pub use configuration::{ConfigEntry, ConfigIssue, Origin, Severity};
pub use desk::{Changes, Desk, Snapshot};
pub use desktop::{Desktop, NotificationTest};
pub use event::{
    BridgeAction, Conversation, ConversationState, Delivery, DeliveryState, Direction, Event, Kind,
    Message, Side, SideState, Subscription, YesNo,
};
pub use lists::{ContactGroup, ContactList, DirectoryGroup, GroupKind, GroupMembers};
pub use people::{
    Addresses, Availability, HowOften, Network, OwnStatus, Person, Presence, Reason, Settable,
};
pub use privacy::{Privacy, PrivacyLevel};
pub use problem::{Code, Exit, Problem};
pub use reply::{LinkState, Reply, SendState, Sent};
pub use view::{View, Wish};
