//! What visitors at the door ask about the desktop session.

use std::time::Duration;

use causeway_api::{Desktop, NotificationTest, Problem};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::timeout;

use crate::autostart::{self, Autostart};
use crate::desktop;
use crate::notify::Inquiry;

/// Bus and panel have told long before, unless the agent starts just now.
const PATIENCE: Duration = Duration::from_secs(5);

/// Asks whoever is on the session bus. Clones ask the same.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    host: watch::Receiver<Option<bool>>,
    inquiries: mpsc::UnboundedSender<Inquiry>,
    autostart: Option<Autostart>,
    /// Who shows whether somebody uses the computer.
    seen: watch::Receiver<Option<&'static str>>,
}

/// The other end, for whoever is on the bus. Dropped where there is none.
pub(crate) struct Asked {
    /// A tray is there; `None` until that is known.
    pub(crate) host: watch::Sender<Option<bool>>,
    pub(crate) inquiries: mpsc::UnboundedReceiver<Inquiry>,
}

impl Session {
    pub(crate) fn new(
        autostart: Option<Autostart>,
        seen: watch::Receiver<Option<&'static str>>,
    ) -> (Self, Asked) {
        let (told, host) = watch::channel(None);
        let (inquiries, asked) = mpsc::unbounded_channel();
        let session = Self {
            host,
            inquiries,
            autostart,
            seen,
        };
        let asked = Asked {
            host: told,
            inquiries: asked,
        };
        (session, asked)
    }

    /// Somebody shows tray items at this moment.
    pub(crate) fn has_tray(&self) -> bool {
        *self.host.borrow() == Some(true)
    }

    pub(crate) async fn desktop(&self) -> Desktop {
        let mut host = self.host.clone();
        // Where it is not known in time, what is known counts.
        let _ = timeout(PATIENCE, host.wait_for(Option::is_some))
            .await
            .map(drop);
        let tray = *host.borrow() == Some(true);
        Desktop {
            tray,
            tray_package: desktop::tray_package().map(str::to_owned),
            notifications: self.ask(Inquiry::Name).await.flatten(),
            starts_at_login: self.autostart.as_ref().map(Autostart::is_on),
            activity: (*self.seen.borrow()).map(str::to_owned),
        }
    }

    pub(crate) async fn test(&self) -> NotificationTest {
        let test = self.ask(Inquiry::Test).await;
        test.unwrap_or(NotificationTest::NoService)
    }

    /// # Errors
    /// [`Code::NotOffered`](causeway_api::Code::NotOffered) without a home directory, and
    /// [`Code::Storage`](causeway_api::Code::Storage) where the choice cannot be written.
    pub(crate) fn start_at_login(&self, on: bool) -> Result<(), Problem> {
        let autostart = self.autostart.as_ref().ok_or_else(autostart::no_home)?;
        autostart.choose(on)
    }

    /// `None` where nobody answers: there is no bus, or it is gone.
    async fn ask<T>(&self, inquiry: impl FnOnce(oneshot::Sender<T>) -> Inquiry) -> Option<T> {
        let (answer, answered) = oneshot::channel();
        self.inquiries.send(inquiry(answer)).ok()?;
        answered.await.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn without_a_session_bus_there_is_neither_tray_nor_service() {
        let (_told, seen) = watch::channel(None);
        let (session, asked) = Session::new(None, seen);
        asked.host.send_replace(Some(false));
        drop(asked);
        let wanted = Desktop {
            tray: false,
            tray_package: desktop::tray_package().map(str::to_owned),
            notifications: None,
            starts_at_login: None,
            activity: None,
        };
        assert_eq!(session.desktop().await, wanted);
        assert_eq!(session.test().await, NotificationTest::NoService);
    }
}
