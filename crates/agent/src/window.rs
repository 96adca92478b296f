//! The window: a program of its own that is started when somebody wants to see something, and told where to go.

use std::env::consts::EXE_SUFFIX;
use std::fs::{File, TryLockError};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use causeway_api::door::WINDOW_LOCK;
use causeway_api::{Code, Kind, Looking, Problem, View, Wish};
use tokio::process::{Child, Command};
use tokio::sync::{mpsc, watch};
use tracing::{info, warn};

use crate::{desktop, processes};

/// The window's program, and its name at the door.
pub(crate) const PROGRAM: &str = "causeway-window";
/// A window that breaks more often is not opened again by itself.
const SELDOM: Duration = Duration::from_secs(60);
/// A window without an agent looks for one each second.
const COMES_BACK: Duration = Duration::from_secs(3);

/// The one window of a data directory. Clones mean the same one.
#[derive(Clone, Debug)]
pub(crate) struct Window {
    data_dir: PathBuf,
    inner: Arc<Mutex<Inner>>,
    looking: watch::Sender<Looking>,
    /// How often it was hidden because a person closed it.
    closed: watch::Sender<u64>,
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
    /// It said that it is to be seen.
    shown: bool,
    /// When one was last opened in the place of one that broke.
    replaced: Option<Instant>,
    visits: u64,
}

impl Window {
    pub(crate) fn of(data_dir: &Path) -> Self {
        Self {
            data_dir: data_dir.to_owned(),
            inner: Arc::default(),
            looking: watch::Sender::new(Looking::default()),
            closed: watch::Sender::new(0),
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
            if outlived(&self.data_dir).is_some() {
                tokio::spawn(self.clone().start_if_silent());
                return Ok(());
            }
            self.begin(&mut inner, token)
                .inspect_err(|_| inner.wish = None)?;
        }
        Ok(())
    }

    fn begin(&self, inner: &mut Inner, token: Option<&str>) -> Result<(), Problem> {
        let child = self.start(token)?;
        inner.process = child.id();
        tokio::spawn(self.clone().wait(child));
        Ok(())
    }

    /// A window of an agent that broke off is there still and looks for us: it is the one to be shown, if it comes.
    async fn start_if_silent(self) {
        tokio::time::sleep(COMES_BACK).await;
        let mut inner = self.lock();
        if inner.wish.is_none() || inner.process.is_some() {
            return;
        }
        if let Err(problem) = self.begin(&mut inner, None) {
            warn!(code = %problem.code, %problem, "the window was not opened");
        }
    }

    /// Hides it; false where none listens.
    pub(crate) fn hide(&self) -> bool {
        tell(&mut self.lock(), &Kind::Hide)
    }

    /// Hides it because a person closed it; false where none listens.
    pub(crate) fn close(&self) -> bool {
        let hidden = self.hide();
        if hidden {
            self.closed.send_modify(|times| *times += 1);
        }
        hidden
    }

    /// Shows something in the window that is there; false where none listens.
    pub(crate) fn ask(&self, page: View) -> bool {
        tell(&mut self.lock(), &Kind::Show(Wish::page(page)))
    }

    /// Changes when a person has closed it.
    pub(crate) fn closed(&self) -> watch::Receiver<u64> {
        self.closed.subscribe()
    }

    pub(crate) fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// What a person has before their eyes.
    pub(crate) fn looking(&self) -> watch::Receiver<Looking> {
        self.looking.subscribe()
    }

    /// Ends the window, also one that is not of our making.
    pub(crate) fn end(&self) {
        let process = self.lock().process;
        let process = process.or_else(|| outlived(&self.data_dir));
        if let Some(id) = process {
            processes::end(id);
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
        {
            let mut inner = self.lock();
            inner.shown_by = Some(visit);
            inner.shown = looking.shown;
        }
        self.tell_looking(looking);
    }

    fn tell_looking(&self, looking: Looking) {
        self.looking.send_if_modified(|now| {
            let differs = *now != looking;
            *now = looking;
            differs
        });
    }

    /// A visitor left: what it showed is not to be seen any more.
    pub(crate) fn left(&self, visit: u64) {
        if self.lock().shown_by == Some(visit) {
            self.tell_looking(Looking::default());
        }
    }

    fn start(&self, token: Option<&str>) -> Result<Child, Problem> {
        if !desktop::has_screen() {
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
        let ended = child.wait().await;
        match &ended {
            Ok(status) if status.success() => info!("the window has closed"),
            Ok(status) => warn!(%status, "the window broke"),
            Err(error) => warn!(%error, "the window cannot be waited for"),
        }
        let broke = ended.is_ok_and(|status| !status.success());
        if !self.over(broke, Instant::now()) {
            return;
        }
        // Whoever looked at it gets another one, at the same place.
        let wish = self.lock().wish.take().unwrap_or_default();
        if let Err(problem) = self.show(wish, None) {
            warn!(code = %problem.code, %problem, "the window was not opened again");
        }
    }

    /// The process has ended; true where another one takes its place: somebody asked for it while it was going, or it broke
    /// before a person's eyes and is not one that always breaks.
    fn over(&self, broke: bool, now: Instant) -> bool {
        let mut inner = self.lock();
        inner.process = None;
        let shown = std::mem::take(&mut inner.shown);
        if !broke {
            return inner.wish.is_some();
        }
        let seldom = inner
            .replaced
            .is_none_or(|replaced| now.duration_since(replaced) > SELDOM);
        let again = (shown || inner.wish.is_some()) && seldom;
        if again {
            inner.replaced = Some(now);
        } else {
            inner.wish = None;
        }
        again
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

/// The process of a window that is there, whoever started it.
fn outlived(data_dir: &Path) -> Option<u32> {
    let file = File::open(data_dir.join(WINDOW_LOCK)).ok()?;
    match file.try_lock_shared() {
        Err(TryLockError::WouldBlock) => {}
        Ok(()) | Err(TryLockError::Error(_)) => return None,
    }
    let mut number = String::new();
    file.take(20).read_to_string(&mut number).ok()?;
    number.trim().parse().ok()
}

/// Beside our own program, else in `PATH`.
fn program() -> Option<PathBuf> {
    let own = std::env::current_exe().ok();
    let beside = own.and_then(|own| Some(own.parent()?.to_owned()));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let places = beside.into_iter().chain(std::env::split_paths(&path));
    places
        .map(|place| place.join(format!("{PROGRAM}{EXE_SUFFIX}")))
        .find(|program| program.is_file())
}

fn no_window(message: &str, remedy: &str) -> Problem {
    Problem::new(Code::NotOffered, "window", message, remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window() -> Window {
        Window::of(Path::new("/nowhere"))
    }

    #[test]
    fn a_window_that_listens_is_told_and_none_is_started() {
        let window = window();
        let mut told = window.listens();
        window.show(Wish::page(View::People), None).unwrap();
        assert!(window.hide());
        assert_eq!(
            told.try_recv().unwrap(),
            Kind::Show(Wish::page(View::People))
        );
        assert_eq!(told.try_recv().unwrap(), Kind::Hide);
    }

    #[test]
    fn closing_counts_where_a_window_listens_and_nothing_is_started_to_be_asked() {
        let window = window();
        let mut closed = window.closed();
        assert!(!window.close() && !window.ask(View::Closing));
        assert!(!closed.has_changed().unwrap());
        let _told = window.listens();
        assert!(window.close());
        assert!(closed.has_changed().unwrap());
        closed.mark_unchanged();
        assert!(window.hide());
        assert!(!closed.has_changed().unwrap(), "the tray hid it");
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
    fn a_window_that_breaks_before_a_persons_eyes_is_replaced_but_not_over_and_over() {
        let window = window();
        let open = Looking {
            shown: true,
            ..Looking::default()
        };
        let now = Instant::now();
        assert!(!window.over(true, now), "nobody saw it");
        window.shows(1, open.clone());
        assert!(!window.over(false, now), "it was ended");
        window.shows(1, open.clone());
        window.left(1);
        assert!(window.over(true, now));
        window.shows(2, open.clone());
        assert!(!window.over(true, now + SELDOM));
        window.shows(3, open);
        assert!(window.over(true, now + SELDOM + Duration::from_secs(1)));
        window.lock().wish = Some(Wish::default());
        assert!(window.over(false, now), "it was asked for while it went");
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
