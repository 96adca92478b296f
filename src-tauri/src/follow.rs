//! The stream of changes to the page: a snapshot, then events, over and over where the agent ends and comes back.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use causeway_api::{Changes as _, Command, Desk as _, Event, Kind, Problem, Snapshot, Wish};
use serde::Serialize;
use tauri::async_runtime::JoinHandle;
use tauri::ipc::Channel;
use tauri::{AppHandle, Manager as _, State, WebviewWindow};

use crate::looking::Eyes;
use crate::shell::{self, Shell};
use crate::window;

/// The agent is looked for again after this time; it is a file on this computer, no server.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// One item of the stream (`Change` in `ui/src/ipc`).
#[derive(Clone, Serialize)]
#[serde(tag = "change", rename_all = "lowercase")]
pub(crate) enum Change {
    /// Replaces everything.
    Snapshot { snapshot: Snapshot },
    /// Something changed.
    Event { event: Box<Event> },
    /// The agent is gone; a snapshot follows when it is there again.
    Gone { problem: Problem },
    /// A page or a chat is asked for.
    Show(Wish),
}

/// The pages that are told, by their windows.
#[derive(Default)]
pub(crate) struct Following(Mutex<HashMap<String, JoinHandle<()>>>);

impl Following {
    /// The window is gone.
    pub(crate) fn end(&self, label: &str) {
        if let Some(task) = self.pages().remove(label) {
            task.abort();
        }
    }

    fn pages(&self) -> MutexGuard<'_, HashMap<String, JoinHandle<()>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The page listens from now on. One that was loaded anew takes the place of the one before.
#[tauri::command]
pub(crate) fn changes(
    app: AppHandle,
    following: State<'_, Following>,
    window: WebviewWindow,
    channel: Channel<Change>,
) {
    let label = window.label().to_owned();
    let is_main = label == window::LABEL;
    let task = tauri::async_runtime::spawn(follow(app, is_main, channel));
    if let Some(before) = following.pages().insert(label, task) {
        before.abort();
    }
}

/// Tells the page until it is gone.
async fn follow(app: AppHandle, is_main: bool, channel: Channel<Change>) {
    let mut told_gone = false;
    loop {
        match tell(&app, is_main, &channel, &mut told_gone).await {
            // The page fell behind: everything is told anew.
            Ok(()) => {}
            Err(End::Page) => return,
            Err(End::Agent(problem)) => {
                if !told_gone && channel.send(Change::Gone { problem }).is_err() {
                    return;
                }
                told_gone = true;
                tokio::time::sleep(LOOK_AGAIN).await;
            }
        }
    }
}

/// Why nothing more can be told.
enum End {
    /// The page is gone.
    Page,
    /// The agent is gone, or does not let us in.
    Agent(Problem),
}

/// One subscription, from its snapshot to its end; `Ok` where another one is to be made at once.
async fn tell(
    app: &AppHandle,
    is_main: bool,
    channel: &Channel<Change>,
    told_gone: &mut bool,
) -> Result<(), End> {
    let send = |change| channel.send(change).map_err(|_| End::Page);
    let client = app.state::<Shell>().client().await.map_err(End::Agent)?;
    let (snapshot, mut changes) = client.subscribe().await.map_err(End::Agent)?;
    send(Change::Snapshot { snapshot })?;
    *told_gone = false;
    let mut eyes = app.state::<Eyes>().follow();
    loop {
        let event = tokio::select! {
            event = changes.next() => event,
            // The main window is there as long as the program is, and speaks for all.
            Ok(()) = eyes.changed(), if is_main => {
                let looking = eyes.borrow_and_update().clone();
                client.request(Command::Looking(looking)).await.map_err(End::Agent)?;
                continue;
            }
        };
        let Some(event) = event else {
            return Err(End::Agent(shell::gone()));
        };
        if event.kind == Kind::Resync {
            return Ok(());
        } else if matches!(event.kind, Kind::Hide | Kind::Show(_)) && !is_main {
            // Meant for the main window.
        } else if event.kind == Kind::Hide {
            window::hide(app);
        } else if let Kind::Show(wish) = event.kind {
            window::show(app);
            send(Change::Show(wish))?;
        } else {
            let event = Box::new(event);
            send(Change::Event { event })?;
        }
    }
}
