//! The agent that stays: engine, door, tray and notifications, until somebody ends it.

use std::path::Path;

use causeway_api::door::Door;
use causeway_api::{Problem, Wish};
use causeway_engine::Engine;
use causeway_engine::signals::Signals;
use tokio::sync::{oneshot, watch};
use tracing::{info, warn};

use crate::PROGRAM;
use crate::attention::attend;
use crate::autostart::Autostart;
use crate::front::Front;
use crate::session::Session;
use crate::window::Window;
use crate::{awake, idle};

/// How a person began it.
pub(crate) struct Beginning {
    /// What the window is to show at once.
    pub(crate) wish: Option<Wish>,
    /// Started with the session.
    pub(crate) autostart: bool,
}

/// Opens the door and stays until a signal or `Command::Quit`. When this returns the queue is on disk, the links are
/// closed and the data directory is free.
///
/// # Errors
/// [`Code::Storage`](causeway_api::Code::Storage) where the door cannot be opened.
pub(crate) async fn stay(
    mut engine: Engine,
    data_dir: &Path,
    beginning: Beginning,
) -> Result<(), Problem> {
    let mut signals = Signals::new()?;
    let window = Window::of(data_dir);
    let (configured, configured_again) = watch::channel(0);
    let (seen_told, seen) = watch::channel(None);
    let (session, asked) = Session::new(Autostart::of_session(), seen);
    let front = Front::new(engine.handle(), window.clone(), session, configured);
    let mut door = Door::open(data_dir, PROGRAM, front)?;
    info!(data_dir = %data_dir.display(), version = env!("CARGO_PKG_VERSION"), "ready");
    let (end, ending) = oneshot::channel();
    let attention = tokio::spawn(attend(
        engine.handle(),
        window.clone(),
        configured_again,
        asked,
        beginning.autostart,
        ending,
    ));
    let presence = tokio::spawn(idle::attend(engine.handle(), seen_told));
    let nights = tokio::spawn(awake::attend(engine.handle()));
    if let Some(wish) = beginning.wish
        && let Err(problem) = window.show(wish, None)
    {
        warn!(code = %problem.code, remedy = %problem.remedy, %problem, "the window was not opened");
    }
    tokio::select! {
        signal = signals.next() => info!(%signal, "ending"),
        () = engine.ended() => info!("ending as asked through the door"),
    }
    for task in [presence, nights] {
        task.abort();
    }
    drop(end);
    window.end();
    door.shut().await;
    engine.stop().await;
    door.close().await;
    let _ = attention.await;
    info!("ended");
    Ok(())
}
