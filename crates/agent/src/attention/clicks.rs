//! What is done for a click: in the tray, on a notification.

use causeway_api::{Command, SendWhen, Side, SideState, View, Wish};
use jiff::Timestamp;
use tracing::warn;

use super::Attention;
use crate::closing;
use crate::notify::Response;
use crate::notify::rules::{Button, Subject};
use crate::scene;
use crate::tray::{Action, Click};

impl Attention {
    /// A click on the icon or in its menu.
    pub(super) fn act(&mut self, Click { action, token }: Click) {
        let now = Timestamp::now();
        match action {
            Action::Toggle => {
                if self.looking.borrow().focused {
                    // Where none listens, it has just gone by itself.
                    let _ = self.window.hide();
                } else {
                    self.show(Wish::default(), token);
                }
            }
            Action::NextUnread => {
                let next = self.scene.unread.values().next();
                let wish = next.map_or_else(Wish::default, |chat| Wish::chat(&chat.address));
                self.show(wish, token);
            }
            Action::Show(wish) => self.show(wish, token),
            Action::SetStatus(value) => self.ask(Command::SetStatus {
                value,
                until: None,
                note: None,
            }),
            Action::ResetStatus => self.ask(Command::ResetStatus),
            Action::WatchOnly(on) => self.ask(Command::SetConfig {
                key: "lync.mode".into(),
                value: if on { "watch-only" } else { "available" }.into(),
            }),
            Action::MarkAllRead => self.ask(Command::MarkRead {
                conversations: self.scene.unread.keys().cloned().collect(),
                up_to: None,
            }),
            Action::PauseBridge(span) => self.ask(Command::PauseBridge {
                until: span.until(now, &self.reader),
            }),
            Action::ResumeBridge => self.ask(Command::ResumeBridge),
            Action::PauseNotifications(span) => {
                let until = span.until(now, &self.reader);
                self.scene.quiet_until = Some(until.unwrap_or(Timestamp::MAX));
            }
            Action::ResumeNotifications => self.scene.quiet_until = None,
            Action::SignIn => {
                self.each_side(|state| !state.is_ready(), |side| Command::SignIn { side })
            }
            Action::CancelSignIn => self.each_side(
                |state| !state.is_ready() && !state.is_final(),
                |side| Command::CancelSignIn { side },
            ),
            Action::Quit => self.quit(token, None),
        }
    }

    /// Ends the agent, where the person does not want otherwise; `first` is carried out before.
    fn quit(&self, token: Option<String>, first: Option<Command>) {
        let (engine, window) = (self.engine.clone(), self.window.clone());
        tokio::spawn(async move {
            let quit = async {
                if let Some(first) = first {
                    engine.request(first).await?;
                }
                closing::quit(&engine, &window, token.as_deref()).await
            };
            if let Err(problem) = quit.await {
                warn!(code = %problem.code, %problem, "Causeway did not quit");
            }
        });
    }

    fn each_side(&self, which: impl Fn(SideState) -> bool, command: impl Fn(Side) -> Command) {
        for side in self.scene.sides() {
            if self
                .scene
                .state(side)
                .is_some_and(|(state, _)| which(state))
            {
                self.ask(command(side));
            }
        }
    }

    /// What a person did with a notification.
    pub(super) fn respond(&mut self, response: Response) {
        match response {
            Response::Open { subject, token } => self.open(&subject, token),
            Response::Pressed {
                subject,
                button,
                token,
            } => match (button, &subject) {
                (Button::MarkRead, Subject::Chat(conversation)) => self.ask(Command::MarkRead {
                    conversations: vec![conversation.clone()],
                    up_to: None,
                }),
                (Button::Accept | Button::Decline, Subject::Request(address)) => {
                    self.ask(Command::Subscribe {
                        address: address.clone(),
                        allow: button == Button::Accept,
                    });
                }
                (Button::QuitInstead, _) => self.quit(token, None),
                (Button::AlwaysQuit, _) => {
                    let always = Command::SetConfig {
                        key: closing::Choice::KEY.into(),
                        value: closing::Choice::QUIT.into(),
                    };
                    self.quit(token, Some(always));
                }
                (
                    Button::Reply
                    | Button::MarkRead
                    | Button::Accept
                    | Button::Decline
                    | Button::Open,
                    _,
                ) => self.open(&subject, token),
            },
            Response::Replied {
                subject: Subject::Chat(conversation),
                text,
            } => self.ask(Command::Send {
                address: scene::address(&conversation),
                text,
                token: None,
                when: SendWhen::Now,
            }),
            Response::Replied { .. } => {}
            Response::Closed(subject) => self.banners.closed(&subject),
        }
    }

    /// Opens exactly what a notification is about.
    fn open(&self, subject: &Subject, token: Option<String>) {
        let wish = match subject {
            Subject::Chat(conversation) => Wish::chat(scene::address(conversation)),
            Subject::Chats => Wish::page(View::Chats),
            Subject::Person(address) => Wish::chat(address.clone()),
            Subject::Request(_) => Wish::page(View::People),
            // Its password can be typed there.
            Subject::Side(Side::Xmpp) => Wish::page(View::Bridge),
            Subject::Side(_) => Wish::page(View::Check),
            Subject::Tray | Subject::Hidden | Subject::Test => Wish::default(),
        };
        self.show(wish, token);
    }

    fn show(&self, wish: Wish, token: Option<String>) {
        if let Err(problem) = self.window.show(wish, token.as_deref()) {
            warn!(code = %problem.code, %problem, "the window was not opened");
        }
    }

    /// Puts a command to the engine without waiting for it.
    fn ask(&self, command: Command) {
        let engine = self.engine.clone();
        tokio::spawn(async move {
            if let Err(problem) = engine.request(command).await {
                warn!(code = %problem.code, %problem, "what was clicked was not carried out");
            }
        });
    }
}
