//! A display without a screen, and what a window manager and a person's eyes find on it.

use std::collections::HashSet;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;
use x11rb::connection::Connection as _;
use x11rb::errors::ReplyError;
use x11rb::protocol::xproto::{
    Atom, AtomEnum, BUTTON_PRESS_EVENT, BUTTON_RELEASE_EVENT, ClientMessageEvent,
    ConnectionExt as _, EventMask, ImageFormat, InputFocus, KEY_PRESS_EVENT, KEY_RELEASE_EVENT,
    MOTION_NOTIFY_EVENT, MapState, PropMode, Window,
};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use crate::program::Program;
use crate::wait::until;

/// Class of our window (ICCCM, `WM_CLASS`).
const CLASS: &str = "causeway-window";
/// Rows of pixels that are not looked at.
const ROWS_BETWEEN: usize = 20;
/// The left button of a pointer.
const LEFT: u8 = 1;
/// The Enter key on the usual keyboard.
const ENTER: u8 = 36;
/// Symbols of keys (X11 protocol, appendix A).
const TAB: u32 = 0xff09;
const RETURN: u32 = 0xff0d;
const SHIFT: u32 = 0xffe1;
/// A page has letters with soft edges; an empty one has a ground and perhaps a frame.
const FEWEST_COLOURS: usize = 24;

/// A display without a screen. It ends with the value.
pub struct Screen {
    server: Program,
    name: String,
    display: RustConnection,
    root: Window,
}

impl Screen {
    /// Starts it on a number that is free.
    ///
    /// # Panics
    /// When Xvfb does not start.
    pub async fn new(dir: &Path) -> Self {
        let mut command = Command::new("Xvfb");
        command
            .args(["-displayfd", "1", "-screen", "0", "1280x800x24"])
            .args(["-nolisten", "tcp"])
            .stdout(Stdio::piped());
        let mut server = Program::start(command, &dir.join("xvfb.log"));
        let stdout = server.child().stdout.take().expect("it is piped");
        let number = BufReader::new(stdout).lines().next_line().await;
        let number = number
            .ok()
            .flatten()
            .unwrap_or_else(|| panic!("Xvfb does not start: {}", server.log_text()));
        let name = format!(":{}", number.trim());
        let (display, screen) = RustConnection::connect(Some(&name)).expect("the display is ready");
        let root = display.setup().roots[screen].root;
        Self {
            server,
            name,
            display,
            root,
        }
    }

    /// What `DISPLAY` is for its programs.
    ///
    /// # Panics
    /// When it has ended.
    pub fn name(&self) -> &str {
        assert!(self.server.pid() > 0, "the display is there");
        &self.name
    }

    /// Closes our window as a window manager does: it asks it to go (ICCCM 4.2.8.1).
    ///
    /// # Panics
    /// When none is to be seen.
    pub async fn closes_the_window(&self) {
        self.closes(self.shows_the_window().await);
    }

    /// As [`closes_the_window`](Self::closes_the_window), for any window.
    ///
    /// # Panics
    /// When the display does not listen.
    pub fn closes(&self, window: Window) {
        let delete = [self.atom("WM_DELETE_WINDOW"), 0, 0, 0, 0];
        let message = ClientMessageEvent::new(32, window, self.atom("WM_PROTOCOLS"), delete);
        self.display
            .send_event(false, window, EventMask::NO_EVENT, message)
            .and_then(|_| self.display.flush())
            .expect("the display listens");
    }

    /// Marks our window as minimised, as a window manager does (EWMH, `_NET_WM_STATE_HIDDEN`), or as not any more.
    ///
    /// # Panics
    /// When none is to be seen.
    pub async fn minimizes_the_window(&self, on: bool) {
        let window = self.shows_the_window().await;
        let states = if on {
            vec![self.atom("_NET_WM_STATE_HIDDEN")]
        } else {
            Vec::new()
        };
        self.display
            .change_property32(
                PropMode::REPLACE,
                window,
                self.atom("_NET_WM_STATE"),
                AtomEnum::ATOM,
                &states,
            )
            .and_then(|_| self.display.flush())
            .expect("the display listens");
    }

    /// A person agrees to what a dialog of our window proposes: its main button, by the Enter key.
    ///
    /// # Panics
    /// When no dialog comes, or it stays.
    pub async fn agrees_to_the_dialog(&self) {
        let dialog = until("a dialog", async || self.dialog()).await;
        until("the dialog to go", async || {
            self.dialog()?;
            let now = x11rb::CURRENT_TIME;
            // A dialog that has gone meanwhile takes no key.
            let _ = self
                .display
                .set_input_focus(InputFocus::PARENT, dialog, now);
            for kind in [KEY_PRESS_EVENT, KEY_RELEASE_EVENT] {
                let _ = self
                    .display
                    .xtest_fake_input(kind, ENTER, now, self.root, 0, 0, 0);
            }
            let _ = self.display.flush();
            tokio::time::sleep(Duration::from_millis(200)).await;
            self.dialog().is_none().then_some(())
        })
        .await;
    }

    /// A window that belongs to ours.
    fn dialog(&self) -> Option<Window> {
        let belongs = |window: &Window| {
            let of = self.display.get_property(
                false,
                *window,
                AtomEnum::WM_TRANSIENT_FOR,
                AtomEnum::WINDOW,
                0,
                1,
            );
            of.ok()
                .and_then(|of| of.reply().ok())
                .is_some_and(|of| !of.value.is_empty())
        };
        let mut windows = self.windows_of(CLASS);
        windows.find(|window| belongs(window) && self.is_mapped(*window).unwrap_or(false))
    }

    fn atom(&self, name: &str) -> Atom {
        let asked = self.display.intern_atom(false, name.as_bytes());
        let asked = asked.expect("the display listens").reply();
        asked.expect("an atom").atom
    }

    /// The window with this title, where it is to be seen.
    pub fn titled(&self, title: &str) -> Option<Window> {
        let (name, text) = (self.atom("_NET_WM_NAME"), self.atom("UTF8_STRING"));
        let tree = self.display.query_tree(self.root).ok()?.reply().ok()?;
        let windows = tree.children.into_iter();
        windows
            .filter(|window| self.is_mapped(*window).unwrap_or(false))
            .find(|window| {
                let asked = self
                    .display
                    .get_property(false, *window, name, text, 0, 256);
                let told = asked.ok().and_then(|asked| asked.reply().ok());
                told.is_some_and(|told| told.value == title.as_bytes())
            })
    }

    /// Something is painted in this window.
    pub fn is_painted_in(&self, window: Window) -> bool {
        self.colours(window).unwrap_or(0) >= FEWEST_COLOURS
    }

    /// A person types into this window. A tab and the end of a line are keys of their own.
    ///
    /// # Panics
    /// When the keyboard of the display has no such key.
    pub fn types(&self, window: Window, text: &str) {
        let focus = InputFocus::POINTER_ROOT;
        let focused = self
            .display
            .set_input_focus(focus, window, x11rb::CURRENT_TIME);
        focused.expect("the display listens");
        let setup = self.display.setup();
        let (first, last) = (setup.min_keycode, setup.max_keycode);
        let keys = self.display.get_keyboard_mapping(first, last - first + 1);
        let keys = keys.expect("the display listens").reply().expect("keys");
        let width = usize::from(keys.keysyms_per_keycode);
        let key = |symbol: u32| {
            let at = |level| {
                let mut rows = keys.keysyms.chunks(width).zip(first..=last);
                rows.find(|(row, _)| row.get(level) == Some(&symbol))
                    .map(|(_, key)| (key, level == 1))
            };
            at(0).or_else(|| at(1))
        };
        let (shift, _) = key(SHIFT).expect("a shift key");
        for character in text.chars() {
            // Latin characters are their own symbols (X11 protocol, appendix A).
            let symbol = match character {
                '\t' => TAB,
                '\n' => RETURN,
                other => other.into(),
            };
            let (key, shifted) = key(symbol).unwrap_or_else(|| panic!("no key for {character:?}"));
            let strokes = [
                (KEY_PRESS_EVENT, shift, shifted),
                (KEY_PRESS_EVENT, key, true),
                (KEY_RELEASE_EVENT, key, true),
                (KEY_RELEASE_EVENT, shift, shifted),
            ];
            for (kind, key, _) in strokes.into_iter().filter(|(.., done)| *done) {
                self.display
                    .xtest_fake_input(kind, key, x11rb::CURRENT_TIME, self.root, 0, 0, 0)
                    .expect("the display listens");
            }
        }
        self.display.flush().expect("the display listens");
    }

    /// Waits until our window is to be seen.
    ///
    /// # Panics
    /// When it does not come.
    pub async fn shows_the_window(&self) -> Window {
        until("the window on the screen", async || self.window()).await
    }

    /// Waits until our window is not to be seen.
    ///
    /// # Panics
    /// When it stays.
    pub async fn hides_the_window(&self) {
        until("the window to go from the screen", async || {
            self.window().is_none().then_some(())
        })
        .await;
    }

    /// Waits until something is painted in our window.
    ///
    /// # Panics
    /// When it stays empty.
    pub async fn paints_the_window(&self) {
        until("something painted in the window", async || {
            self.is_painted().then_some(())
        })
        .await;
    }

    /// Our window is to be seen, and something in it.
    pub fn is_painted(&self) -> bool {
        self.paints(CLASS)
    }

    /// A window of this class is to be seen, and something in it.
    pub fn paints(&self, class: &str) -> bool {
        self.window_of(class)
            .is_some_and(|window| self.colours(window).unwrap_or(0) >= FEWEST_COLOURS)
    }

    /// A person clicks with the left button in the middle of a window of this class.
    ///
    /// # Panics
    /// When none is to be seen.
    pub async fn clicks_on(&self, class: &str) {
        let what = format!("a window of {class}");
        let window = until(&what, async || self.window_of(class)).await;
        let place = self
            .display
            .get_geometry(window)
            .expect("the display listens");
        let place = place.reply().expect("a window has a place");
        let at = |from: i16, length: u16| from.saturating_add_unsigned(length / 2);
        let (x, y) = (at(place.x, place.width), at(place.y, place.height));
        for (kind, detail) in [
            (MOTION_NOTIFY_EVENT, 0),
            (BUTTON_PRESS_EVENT, LEFT),
            (BUTTON_RELEASE_EVENT, LEFT),
        ] {
            self.display
                .xtest_fake_input(kind, detail, x11rb::CURRENT_TIME, self.root, x, y, 0)
                .expect("the display listens");
        }
        self.display.flush().expect("the display listens");
    }

    /// The keyboard goes to our window, and away from it.
    pub fn flicks_the_keyboard(&self) {
        let Some(window) = self.window() else { return };
        for focus in [window, self.root] {
            // A window that has gone meanwhile gets none.
            let _ =
                self.display
                    .set_input_focus(InputFocus::POINTER_ROOT, focus, x11rb::CURRENT_TIME);
        }
        let _ = self.display.flush();
    }

    /// Our window, where it is to be seen.
    pub fn window(&self) -> Option<Window> {
        self.window_of(CLASS)
    }

    fn window_of(&self, class: &str) -> Option<Window> {
        let mut windows = self.windows_of(class);
        windows.find(|window| self.is_mapped(*window).unwrap_or(false))
    }

    /// Seen or not.
    fn windows_of<'a>(&'a self, class: &'a str) -> impl Iterator<Item = Window> + 'a {
        let tree = self.display.query_tree(self.root).ok();
        let tree = tree.and_then(|tree| tree.reply().ok());
        let windows = tree.into_iter().flat_map(|tree| tree.children);
        windows.filter(move |window| self.is_of(*window, class).unwrap_or(false))
    }

    fn is_of(&self, window: Window, name: &str) -> Result<bool, ReplyError> {
        let class = self.display.get_property(
            false,
            window,
            AtomEnum::WM_CLASS,
            AtomEnum::STRING,
            0,
            64,
        )?;
        let class = String::from_utf8_lossy(&class.reply()?.value).to_lowercase();
        Ok(class.contains(name))
    }

    fn is_mapped(&self, window: Window) -> Result<bool, ReplyError> {
        let attributes = self.display.get_window_attributes(window)?.reply()?;
        Ok(attributes.map_state == MapState::VIEWABLE)
    }

    /// How many colours there are in some rows of pixels.
    fn colours(&self, window: Window) -> Result<usize, ReplyError> {
        let place = self.display.get_geometry(window)?.reply()?;
        let mut colours = HashSet::new();
        for y in (0..place.height).step_by(ROWS_BETWEEN) {
            let y = i16::try_from(y).unwrap_or(i16::MAX);
            let row = self.display.get_image(
                ImageFormat::Z_PIXMAP,
                window,
                0,
                y,
                place.width,
                1,
                u32::MAX,
            )?;
            let row = row.reply()?.data;
            colours.extend(row.chunks(4).map(<[u8]>::to_vec));
        }
        Ok(colours.len())
    }
}
