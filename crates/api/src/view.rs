//! Where a person wants to be taken in the window.

use serde::{Deserialize, Serialize};

/// What the window is asked to show. Without anything it comes to the front as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct Wish {
    /// The view.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub page: Option<View>,
    /// The person whose chat is meant: `sip:…`, `xmpp:…` or a bare address.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub address: Option<String>,
}

impl Wish {
    /// A view.
    #[must_use]
    pub fn page(page: View) -> Self {
        Self {
            page: Some(page),
            address: None,
        }
    }

    /// The chat with somebody.
    pub fn chat(address: impl Into<String>) -> Self {
        Self {
            page: Some(View::Chats),
            address: Some(address.into()),
        }
    }
}

macro_rules! views {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        /// A view of the window.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(test, derive(ts_rs::TS))]
        pub enum View { $($(#[$doc])* #[serde(rename = $text)] $name,)* }

        impl View {
            /// Every name.
            pub const NAMES: &'static [&'static str] = &[$($text,)*];

            /// `chats`.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }

        impl std::str::FromStr for View {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                match text {
                    $($text => Ok(Self::$name),)*
                    _ => Err(format!("expected one of {}", Self::NAMES.join(", "))),
                }
            }
        }
    };
}

views! {
    /// Chats.
    Chats = "chats";
    /// Contact list.
    People = "people";
    /// Meetings.
    Meetings = "meetings";
    /// Both sides and what crosses.
    Bridge = "bridge";
    /// Settings.
    Settings = "settings";
    /// The sign-in ladder, step by step.
    Check = "check";
    /// The same, and at once the question where a report for a help desk goes.
    Report = "report";
    /// The switcher, for a new message.
    Switcher = "switcher";
    /// Own status with its end and note.
    Status = "status";
    /// Version, licence, where things are kept.
    About = "about";
    /// The question what closing the window is to do, on a desktop without a tray.
    Closing = "closing";
    /// The question whether to end, with what is not sent yet.
    Quit = "quit";
}
