//! Notifications: what is worth one, and the way to the desktop's service.

pub(crate) mod choice;
pub(crate) mod rules;
#[cfg_attr(unix, path = "bus.rs")]
#[cfg_attr(windows, path = "absent.rs")]
mod way;

use causeway_api::NotificationTest;
use tokio::sync::oneshot;

use rules::{Button, Subject};
pub(crate) use way::run;

/// What a person did with a notification.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Response {
    /// Clicked on it.
    Open {
        subject: Subject,
        token: Option<String>,
    },
    Pressed {
        subject: Subject,
        button: Button,
        token: Option<String>,
    },
    /// Wrote an answer into it.
    Replied { subject: Subject, text: String },
    /// It is gone from the screen.
    Closed(Subject),
}

/// A question about the service, with where its answer goes.
#[derive(Debug)]
pub(crate) enum Inquiry {
    /// What it calls itself; nothing where there is none.
    Name(oneshot::Sender<Option<String>>),
    /// Whether it shows something.
    Test(oneshot::Sender<NotificationTest>),
}
