//! What stands behind the agent's door: the engine, the window for what only a window can do, and the desktop session.

use std::sync::Arc;

use causeway_api::{
    Changes, Code, Command, ConfigEntry, Desk, Event, Kind, Problem, Reply, Snapshot, View,
};
use causeway_engine::{Handle, Subscription};
use jiff::Timestamp;
use tokio::sync::{mpsc, watch};

use crate::closing::{self, Closing};
use crate::desktop;
use crate::session::Session;
use crate::window::{self, Window};

/// The engine and the window, for one visitor.
#[derive(Clone, Debug)]
pub(crate) struct Front {
    engine: Handle,
    window: Window,
    session: Session,
    /// Grows when the configuration was changed through the door.
    configured: watch::Sender<u64>,
    visit: Option<Arc<Visit>>,
}

/// One connection. It is over when the last clone of its desk is dropped.
#[derive(Debug)]
struct Visit {
    id: u64,
    window: Window,
    is_window: bool,
}

impl Drop for Visit {
    fn drop(&mut self) {
        self.window.left(self.id);
    }
}

impl Front {
    pub(crate) fn new(
        engine: Handle,
        window: Window,
        session: Session,
        configured: watch::Sender<u64>,
    ) -> Self {
        Self {
            engine,
            window,
            session,
            configured,
            visit: None,
        }
    }
}

impl Front {
    async fn configuration(&self) -> Result<Vec<ConfigEntry>, Problem> {
        let reply = self.engine.request(Command::ShowConfig).await?;
        Ok(if let Reply::Config { entries, .. } = reply {
            entries
        } else {
            Vec::new()
        })
    }

    /// Without a tray it stays where the desktop keeps what is minimised: there is a way back.
    async fn window_minimized(&self) -> Result<Reply, Problem> {
        let wanted = is_on(&self.configuration().await?, "window.minimize_to_tray");
        if wanted && self.session.has_tray() {
            // A window that does not listen is minimised, as its person wanted.
            self.window.hide();
        }
        Ok(Reply::Done)
    }

    async fn close_window(&self) -> Result<Reply, Problem> {
        let choice = closing::Choice::read(&self.configuration().await?);
        let ends = desktop::session_ends().await;
        match Closing::of(choice, self.session.has_tray(), ends) {
            Closing::Hide => listens(self.window.close()),
            Closing::Leave => listens(self.window.hide()),
            Closing::Ask => listens(self.window.ask(View::Closing)),
            Closing::Quit => {
                closing::quit(&self.engine, &self.window, None).await?;
                Ok(Reply::Done)
            }
        }
    }
}

/// A key of the window that is on.
fn is_on(entries: &[ConfigEntry], key: &str) -> bool {
    let entry = entries.iter().find(|entry| entry.key == key);
    entry.is_some_and(|entry| entry.value == true)
}

/// A window whose page does not listen has to help itself.
fn listens(told: bool) -> Result<Reply, Problem> {
    if told {
        return Ok(Reply::Done);
    }
    Err(Problem::new(
        Code::NotOffered,
        "window",
        "No window is open",
        "Open it with causeway --show",
    ))
}

impl Desk for Front {
    type Changes = Merged;

    fn visited_by(&self, program: &str) -> Self {
        Self {
            visit: Some(Arc::new(Visit {
                id: self.window.visit(),
                window: self.window.clone(),
                is_window: program == window::PROGRAM,
            })),
            ..self.clone()
        }
    }

    async fn request(&self, command: Command) -> Result<Reply, Problem> {
        if let Command::Show(wish) = command {
            return self.window.show(wish, None).map(|()| Reply::Done);
        }
        if command == Command::Hide {
            return listens(self.window.hide());
        }
        if command == Command::WindowMinimized {
            return self.window_minimized().await;
        }
        if command == Command::CloseWindow {
            return self.close_window().await;
        }
        if let Command::Looking(looking) = command {
            if let Some(visit) = &self.visit {
                self.window.shows(visit.id, looking);
            }
            return Ok(Reply::Done);
        }
        if let Command::StartAtLogin { on } = command {
            return self.session.start_at_login(on).map(|()| Reply::Done);
        }
        if command == Command::Desktop {
            return Ok(Reply::Desktop(self.session.desktop().await));
        }
        if let Command::Diagnose { file, overwrite } = &command {
            let desktop = self.session.desktop().await;
            return self.engine.diagnose(file, *overwrite, desktop).await;
        }
        if command == Command::TestNotification {
            return Ok(Reply::NotificationTest(self.session.test().await));
        }
        let configures = matches!(
            command,
            Command::SetConfig { .. } | Command::UnsetConfig { .. }
        );
        let reply = self.engine.request(command).await?;
        if configures {
            self.configured.send_modify(|times| *times += 1);
        }
        Ok(reply)
    }

    async fn subscribe(&self) -> Result<(Snapshot, Merged), Problem> {
        let engine = self.engine.subscribe().await?;
        let snapshot = engine.snapshot().clone();
        let is_window = self.visit.as_ref().is_some_and(|visit| visit.is_window);
        let merged = Merged {
            engine,
            told: is_window.then(|| self.window.listens()),
            more: 0,
            last: snapshot.seq,
        };
        Ok((snapshot, merged))
    }
}

/// The engine's changes and, for the window, what it is asked to show; numbered through.
pub(crate) struct Merged {
    engine: Subscription,
    told: Option<mpsc::UnboundedReceiver<Kind>>,
    /// How many were not the engine's.
    more: u64,
    last: u64,
}

impl Changes for Merged {
    async fn next(&mut self) -> Option<Event> {
        let Self {
            engine,
            told,
            more,
            last,
        } = self;
        let asked = async {
            match told {
                Some(told) => told.recv().await,
                None => std::future::pending().await,
            }
        };
        let event = tokio::select! {
            event = engine.next() => {
                let event = event?;
                Event { seq: event.seq + *more, ..event }
            }
            Some(kind) = asked => {
                *more += 1;
                Event { seq: *last + 1, at: Timestamp::now(), kind }
            }
        };
        *last = event.seq;
        Some(event)
    }
}
