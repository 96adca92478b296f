//! The window: a program of its own that is started when somebody wants to see something, and told where to go.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use causeway_api::{Code, Kind, Looking, Problem, Wish};
use rustix::process::{Pid, Signal, kill_process};
use tokio::process::{Child, Command};
use tokio::sync::{mpsc, watch};
use tracing::{info, warn};

/// The window's program, and its name at the door.
pub(crate) const PROGRAM: &str = "causeway-window";

/// The one window of a data directory. Clones mean the same one.
#[derive(Clone, Debug)]
pub(crate) struct Window {
    data_dir: PathBuf,
    inner: Arc<Mutex<Inner>>,
    looking: watch::Sender<Looking>,
}

#[derive(Debug, Default)]
struct Inner {
    /// Windows that listen, the youngest last: more than one only where somebody started one by hand.
    listening: Vec<mpsc::UnboundedSender<Kind>>,
    /// What the window is told as soon as it listens.
    wish: Option<Wish>,
    /// The process that we started and that has not ended.
    process: Option<u32>,
    /// The visit that last said what it shows.
    shown_by: Option<u64>,
    visits: u64,
}

impl Window {
    pub(crate) fn of(data_dir: &Path) -> Self {
        Self {
            data_dir: data_dir.to_owned(),
            inner: Arc::default(),
            looking: watch::Sender::new(Looking::default()),
        }
    }

    /// Brings it to the front; starts it where there is none. `token` lets it come to the front on Wayland.
    ///
    /// # Errors
    /// [`Code::NotOffered`] where there is no window on this computer or no screen.
    pub(crate) fn show(&self, wish: Wish, token: Option<&str>) -> Result<(), Problem> {
        let mut inner = self.lock();
        if tell(&mut inner, &Kind::Show(wish.clone())) {
            return Ok(());
        }
        inner.wish = Some(wish);
        if inner.process.is_none() {
            let child = self.start(token).inspect_err(|_| inner.wish = None)?;
            inner.process = child.id();
            tokio::spawn(self.clone().wait(child));
        }
        Ok(())
    }

    /// Hides it, where there is one.
    pub(crate) fn hide(&self) {
        tell(&mut self.lock(), &Kind::Hide);
    }

    /// What a person has before their eyes.
    pub(crate) fn looking(&self) -> watch::Receiver<Looking> {
        self.looking.subscribe()
    }

    /// Ends the process that was started.
    pub(crate) fn end(&self) {
        let process = self.lock().process;
        let pid = process.and_then(|id| Pid::from_raw(id.try_into().ok()?));
        if let Some(pid) = pid {
            // It may have ended by itself meanwhile.
            let _ = kill_process(pid, Signal::TERM);
        }
    }

    /// A window listens from now on; what it is told.
    pub(crate) fn listens(&self) -> mpsc::UnboundedReceiver<Kind> {
        let (tell, told) = mpsc::unbounded_channel();
        let mut inner = self.lock();
        if let Some(wish) = inner.wish.take() {
            let _ = tell.send(Kind::Show(wish));
        }
        inner.listening.retain(|listening| !listening.is_closed());
        inner.listening.push(tell);
        told
    }

    /// Somebody came through the door; the number of the visit.
    pub(crate) fn visit(&self) -> u64 {
        let mut inner = self.lock();
        inner.visits += 1;
        inner.visits
    }

    /// A window says what it shows.
    pub(crate) fn shows(&self, visit: u64, looking: Looking) {
        self.lock().shown_by = Some(visit);
        self.looking.send_if_modified(|now| {
            let differs = *now != looking;
            *now = looking;
            differs
        });
    }

    /// A visitor left: what it showed is not to be seen any more.
    pub(crate) fn left(&self, visit: u64) {
        if self.lock().shown_by == Some(visit) {
            self.shows(visit, Looking::default());
        }
    }

    fn start(&self, token: Option<&str>) -> Result<Child, Problem> {
        if !has_screen() {
            return Err(no_window(
                "There is no screen to open the window on",
                "Start causeway in a desktop session, or use causewayctl",
            ));
        }
        let program = program().ok_or_else(|| {
            no_window(
                "The window is not installed on this computer",
                "Install the package causeway with its window, or use causewayctl",
            )
        })?;
        let mut command = Command::new(&program);
        command
            .arg("--data-dir")
            .arg(&self.data_dir)
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        if let Some(token) = token {
            command.env("XDG_ACTIVATION_TOKEN", token);
        }
        info!(program = %program.display(), "opening the window");
        command.spawn().map_err(|error| {
            no_window(
                &format!("The window does not start: {error}"),
                "Install the package causeway anew",
            )
        })
    }

    async fn wait(self, mut child: Child) {
        match child.wait().await {
            Ok(status) if status.success() => info!("the window has closed"),
            Ok(status) => warn!(%status, "the window ended"),
            Err(error) => warn!(%error, "the window cannot be waited for"),
        }
        let mut inner = self.lock();
        inner.process = None;
        inner.wish = None;
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells the youngest window that listens; false where none does.
fn tell(inner: &mut Inner, kind: &Kind) -> bool {
    inner.listening.retain(|listening| !listening.is_closed());
    inner
        .listening
        .last()
        .is_some_and(|listening| listening.send(kind.clone()).is_ok())
}

/// A desktop session tells programs where its screen is.
pub(crate) fn has_screen() -> bool {
    ["WAYLAND_DISPLAY", "DISPLAY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// Beside our own program, else in `PATH`.
fn program() -> Option<PathBuf> {
    let own = std::env::current_exe().ok();
    let beside = own.and_then(|own| Some(own.parent()?.to_owned()));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let places = beside.into_iter().chain(std::env::split_paths(&path));
    places
        .map(|place| place.join(PROGRAM))
        .find(|program| program.is_file())
}

fn no_window(message: &str, remedy: &str) -> Problem {
    Problem::new(Code::NotOffered, "window", message, remedy)
}

#[cfg(test)]
mod tests {
    use causeway_api::View;

    use super::*;

    fn window() -> Window {
        Window::of(Path::new("/nowhere"))
    }

    #[test]
    fn a_window_that_listens_is_told_and_none_is_started() {
        let window = window();
        let mut told = window.listens();
        window.show(Wish::page(View::People), None).unwrap();
        window.hide();
        assert_eq!(
            told.try_recv().unwrap(),
            Kind::Show(Wish::page(View::People))
        );
        assert_eq!(told.try_recv().unwrap(), Kind::Hide);
    }

    #[test]
    fn what_was_asked_for_before_the_window_listened_is_told_once_it_does() {
        let window = window();
        window.lock().process = Some(1);
        window.show(Wish::page(View::People), None).unwrap();
        window
            .show(Wish::chat("sip:ben@contoso.example"), None)
            .unwrap();
        let mut told = window.listens();
        assert_eq!(
            told.try_recv().unwrap(),
            Kind::Show(Wish::chat("sip:ben@contoso.example"))
        );
        assert!(told.try_recv().is_err());
    }

    #[test]
    fn a_window_that_is_gone_shows_nothing_but_a_stranger_who_leaves_changes_nothing() {
        let window = window();
        let (first, stranger) = (window.visit(), window.visit());
        let open = Looking {
            shown: true,
            focused: true,
            conversations: vec!["lync:ben@contoso.example".into()],
        };
        window.shows(first, open.clone());
        window.left(stranger);
        assert_eq!(*window.looking().borrow(), open);
        window.left(first);
        assert_eq!(*window.looking().borrow(), Looking::default());
    }
}
