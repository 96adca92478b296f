//! What the desktop session offers the agent. An engine without agent has none of it.

use serde::{Deserialize, Serialize};

/// The desktop as the agent finds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct Desktop {
    /// Somebody shows tray items.
    pub tray: bool,
    /// The package that brings a tray to a desktop that has none, where one is known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub tray_package: Option<String>,
    /// Name of the notification service; without it there is none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub notifications: Option<String>,
    /// Causeway starts with the session; without it, that cannot be chosen here.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub starts_at_login: Option<bool>,
    /// Who shows whether somebody uses the computer: `mutter`, `wayland` or `x11`. Where nobody does, Lync is told only
    /// of what our person does in Causeway.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub activity: Option<String>,
}

/// What became of a notification that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum NotificationTest {
    /// The service took it.
    Shown {
        /// Name of the service.
        service: String,
    },
    /// The desktop does not want to be disturbed now (`Inhibited` of the service).
    HeldBack {
        /// Name of the service.
        service: String,
    },
    /// Nobody shows notifications in this session.
    NoService,
    /// The service is there and did not take it.
    Refused {
        /// In its words, or in ours where it did not answer.
        reason: String,
    },
}
