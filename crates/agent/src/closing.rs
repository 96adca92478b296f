//! What comes of closing the window and of quitting (ux.md 3.4): nobody is left without a way back, and nobody leaves
//! texts behind without having been told.

use std::path::Path;

use causeway_api::{Command, ConfigEntry, Problem, Reply, View, Wish};
use causeway_engine::Handle;
use tracing::debug;

use crate::window::Window;

/// What the person or the administrator chose: `window.on_close`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    /// Hide where a tray is there, else ask.
    Automatic,
    KeepRunning,
    Quit,
}

impl Choice {
    /// The key of the configuration.
    pub(crate) const KEY: &'static str = "window.on_close";
    /// The word for [`Self::Quit`] in it.
    pub(crate) const QUIT: &'static str = "quit";

    /// As the configuration has it.
    pub(crate) fn read(entries: &[ConfigEntry]) -> Self {
        let entry = entries.iter().find(|entry| entry.key == Self::KEY);
        match entry.and_then(|entry| entry.value.as_str()) {
            Some("keep-running") => Self::KeepRunning,
            Some(Self::QUIT) => Self::Quit,
            Some(_) | None => Self::Automatic,
        }
    }
}

/// What a closed window does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Closing {
    /// It hides, and the person is told once where it went.
    Hide,
    /// It hides without a word: the session ends, and the desktop closes what is open.
    Leave,
    Ask,
    Quit,
}

impl Closing {
    /// `tray`: somebody shows tray items at this moment.
    pub(crate) fn of(choice: Choice, tray: bool, session_ends: bool) -> Self {
        match (choice, tray) {
            _ if session_ends => Self::Leave,
            (Choice::Quit, _) => Self::Quit,
            (Choice::KeepRunning, _) | (Choice::Automatic, true) => Self::Hide,
            (Choice::Automatic, false) => Self::Ask,
        }
    }
}

/// Ends the agent. Where texts wait and a window can ask, the person is asked before.
///
/// # Errors
/// Of the engine.
pub(crate) async fn quit(
    engine: &Handle,
    window: &Window,
    token: Option<&str>,
) -> Result<(), Problem> {
    let waiting = match engine.request(Command::Unsent).await {
        Ok(Reply::Unsent { count }) => count,
        // It is on disk, whatever it is.
        Ok(_) | Err(_) => 0,
    };
    if waiting > 0 && window.show(Wish::page(View::Quit), token).is_ok() {
        return Ok(());
    }
    engine.request(Command::Quit).await.map(drop)
}

/// Being there it says that the person knows that closing hides.
const TOLD: &str = "told-that-closing-hides";

pub(crate) fn was_told(data_dir: &Path) -> bool {
    data_dir.join(TOLD).exists()
}

pub(crate) fn note_told(data_dir: &Path) {
    if let Err(error) = std::fs::write(data_dir.join(TOLD), "") {
        debug!(%error, "the person will be told again that closing hides the window");
    }
}

#[cfg(test)]
mod tests {
    use causeway_api::Origin;

    use super::*;

    #[test]
    fn without_a_tray_nothing_vanishes_unasked_unless_somebody_chose_so() {
        let of = |choice, tray| Closing::of(choice, tray, false);
        assert_eq!(of(Choice::Automatic, true), Closing::Hide);
        assert_eq!(of(Choice::Automatic, false), Closing::Ask);
        assert_eq!(of(Choice::KeepRunning, false), Closing::Hide);
        for tray in [true, false] {
            assert_eq!(of(Choice::Quit, tray), Closing::Quit);
        }
    }

    #[test]
    fn the_end_of_the_session_is_no_closing() {
        for choice in [Choice::Automatic, Choice::KeepRunning, Choice::Quit] {
            for tray in [true, false] {
                assert_eq!(Closing::of(choice, tray, true), Closing::Leave);
            }
        }
    }

    #[test]
    fn the_choice_is_read_from_the_configuration() {
        let entry = |value: &str| ConfigEntry {
            key: Choice::KEY.into(),
            value: value.into(),
            origin: Origin::User,
            source: None,
            managed: false,
        };
        assert_eq!(Choice::read(&[entry("keep-running")]), Choice::KeepRunning);
        assert_eq!(Choice::read(&[entry("quit")]), Choice::Quit);
        assert_eq!(Choice::read(&[entry("automatic")]), Choice::Automatic);
        assert_eq!(Choice::read(&[]), Choice::Automatic);
    }
}
