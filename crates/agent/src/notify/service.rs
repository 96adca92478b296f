//! The desktop's notification service (Desktop Notifications Specification 1.3) over one connection.
//!
//! One connection and one listener for all notifications: services send their signals to who asked, and some take a
//! notification away when its asker leaves the bus.

use std::collections::HashMap;

use causeway_api::NotificationTest;
use zbus::Connection;
use zbus::message::Message;
use zbus::proxy::{OwnerChangedStream, Proxy, SignalStream};
use zbus::zvariant::Value;

use super::super::rules::{Banner, Button, Order, Subject};
use super::Response;
use crate::desktop;
use crate::words::{Reader, Word, plain};

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";

/// Characters of the service's name.
const NAME_LENGTH: usize = 60;

/// Action of a click on the notification itself.
const DEFAULT: &str = "default";
/// Action of a field to write an answer into, where the service has one (KDE).
const INLINE_REPLY: &str = "inline-reply";

/// What is on the screen, and what the service can do.
pub(super) struct Service {
    proxy: Proxy<'static>,
    reader: Reader,
    abilities: Option<Abilities>,
    ids: HashMap<Subject, u32>,
    /// Came with a click that follows.
    token: Option<(u32, String)>,
}

#[derive(Clone, Copy)]
struct Abilities {
    actions: bool,
    body: bool,
    markup: bool,
    inline_reply: bool,
    /// It knows when the person does not want to be disturbed (`Inhibited`).
    inhibitions: bool,
}

impl Service {
    /// The service, its signals, and its coming and going. It need not be there.
    pub(super) async fn new(
        bus: &Connection,
        reader: Reader,
    ) -> zbus::Result<(Self, SignalStream<'static>, OwnerChangedStream<'static>)> {
        let proxy = desktop::proxy(bus, NAME, PATH, NAME).await?;
        let signals = proxy.receive_all_signals().await?;
        let owners = proxy.receive_owner_changed().await?;
        let service = Self {
            proxy,
            reader,
            abilities: None,
            ids: HashMap::new(),
            token: None,
        };
        Ok((service, signals, owners))
    }

    /// Another service, or none: what was shown is gone.
    pub(super) fn forget(&mut self) {
        self.abilities = None;
        self.ids.clear();
        self.token = None;
    }

    pub(super) async fn perform(&mut self, order: Order) -> zbus::Result<()> {
        match order {
            Order::Show(banner) => self.show(banner).await.map(drop),
            Order::Withdraw(subject) => {
                let Some(id) = self.ids.remove(&subject) else {
                    return Ok(());
                };
                self.proxy.call("CloseNotification", &id).await
            }
        }
    }

    /// Nobody is here any more for whom a click could be carried out, and some services keep what was left behind.
    pub(super) async fn withdraw_all(&mut self) -> zbus::Result<()> {
        for (_, id) in self.ids.drain() {
            let () = self.proxy.call("CloseNotification", &id).await?;
        }
        Ok(())
    }

    /// What the service calls itself.
    pub(super) async fn name(&self) -> zbus::Result<String> {
        let (name, _vendor, _version, _spec): (String, String, String, String) =
            self.proxy.call("GetServerInformation", &()).await?;
        Ok(plain(&name, NAME_LENGTH))
    }

    /// Shows one that says what it is for.
    pub(super) async fn test(&mut self) -> zbus::Result<NotificationTest> {
        let banner = Banner {
            subject: Subject::Test,
            title: self.reader.say(Word::TestTitle).to_owned(),
            body: self.reader.say(Word::TestBody).to_owned(),
            sound: false,
            stays: false,
            buttons: Vec::new(),
        };
        let service = self.name().await?;
        Ok(if self.show(banner).await? {
            NotificationTest::Shown { service }
        } else {
            NotificationTest::HeldBack { service }
        })
    }

    /// False where the desktop does not want to be disturbed.
    async fn show(&mut self, banner: Banner) -> zbus::Result<bool> {
        let abilities = self.abilities().await?;
        if abilities.inhibitions && self.proxy.get_property("Inhibited").await.unwrap_or(false) {
            return Ok(false);
        }
        let replaces = self.ids.get(&banner.subject).copied().unwrap_or(0);
        let mut actions = Vec::new();
        if abilities.actions {
            actions.extend([DEFAULT, self.reader.say(Word::OpenTheWindow)]);
            for button in &banner.buttons {
                let (id, word) = button.action(abilities.inline_reply);
                actions.extend([id, self.reader.say(word)]);
            }
        }
        let body = match (abilities.body, abilities.markup) {
            (false, _) => String::new(),
            (true, false) => banner.body,
            (true, true) => escaped(&banner.body),
        };
        let mut hints: HashMap<&str, Value<'_>> = HashMap::from([
            ("desktop-entry", "causeway".into()),
            ("category", category(&banner.subject).into()),
            ("urgency", 1_u8.into()),
        ]);
        if banner.sound {
            hints.insert("sound-name", "message-new-instant".into());
        } else {
            hints.insert("suppress-sound", true.into());
        }
        // Milliseconds; 0: it stays, -1: as the service likes.
        let expires: i32 = if banner.stays { 0 } else { -1 };
        let id: u32 = self
            .proxy
            .call(
                "Notify",
                &(
                    "Causeway",
                    replaces,
                    "causeway",
                    banner.title.as_str(),
                    body.as_str(),
                    actions,
                    hints,
                    expires,
                ),
            )
            .await?;
        self.ids.insert(banner.subject, id);
        Ok(true)
    }

    async fn abilities(&mut self) -> zbus::Result<Abilities> {
        if let Some(abilities) = self.abilities {
            return Ok(abilities);
        }
        let names: Vec<String> = self.proxy.call("GetCapabilities", &()).await?;
        let has = |name: &str| names.iter().any(|has| has == name);
        let abilities = Abilities {
            actions: has("actions"),
            body: has("body"),
            markup: has("body-markup"),
            inline_reply: has(INLINE_REPLY),
            inhibitions: has("inhibitions"),
        };
        self.abilities = Some(abilities);
        Ok(abilities)
    }

    /// What a signal says about one of our notifications. Other programs' come by, too.
    pub(super) fn heard(&mut self, signal: &Message) -> Option<Response> {
        let header = signal.header();
        let body = signal.body();
        match header.member()?.as_str() {
            "ActivationToken" => {
                let (id, token) = body.deserialize::<(u32, String)>().ok()?;
                self.subject(id)?;
                self.token = Some((id, token));
                None
            }
            "ActionInvoked" => {
                let (id, action) = body.deserialize::<(u32, String)>().ok()?;
                let subject = self.subject(id)?;
                let token = self.token.take().filter(|(of, _)| *of == id);
                let token = token.map(|(_, token)| token);
                match Button::of(&action) {
                    Some(button) => Some(Response::Pressed {
                        subject,
                        button,
                        token,
                    }),
                    None if action == DEFAULT => Some(Response::Open { subject, token }),
                    None => None,
                }
            }
            "NotificationReplied" => {
                let (id, text) = body.deserialize::<(u32, String)>().ok()?;
                let subject = self.subject(id)?;
                Some(Response::Replied { subject, text })
            }
            "NotificationClosed" => {
                let (id, _why) = body.deserialize::<(u32, u32)>().ok()?;
                let subject = self.subject(id)?;
                self.ids.remove(&subject);
                Some(Response::Closed(subject))
            }
            _ => None,
        }
    }

    fn subject(&self, id: u32) -> Option<Subject> {
        let found = self.ids.iter().find(|(_, shown)| **shown == id)?;
        Some(found.0.clone())
    }
}

impl Button {
    fn action(self, inline_reply: bool) -> (&'static str, Word) {
        match self {
            Self::Reply if inline_reply => (INLINE_REPLY, Word::Reply),
            Self::Reply => ("reply", Word::Reply),
            Self::MarkRead => ("mark-read", Word::MarkRead),
            Self::Accept => ("accept", Word::Accept),
            Self::Decline => ("decline", Word::Decline),
            Self::Open => ("open", Word::OpenTheWindow),
            Self::QuitInstead => ("quit", Word::QuitInstead),
            Self::AlwaysQuit => ("always-quit", Word::AlwaysQuit),
        }
    }

    fn of(action: &str) -> Option<Self> {
        let all = [
            Self::Reply,
            Self::MarkRead,
            Self::Accept,
            Self::Decline,
            Self::Open,
            Self::QuitInstead,
            Self::AlwaysQuit,
        ];
        all.into_iter()
            .find(|button| button.action(false).0 == action)
    }
}

fn category(subject: &Subject) -> &'static str {
    match subject {
        Subject::Chat(_) | Subject::Chats => "im.received",
        Subject::Request(_) | Subject::Person(_) => "presence",
        Subject::Side(_) => "network",
        Subject::Tray | Subject::Hidden | Subject::Test => "device",
    }
}

/// Where the service takes markup, text has none.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
