//! What the person has before their eyes, for the agent: it notifies of everything else.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use causeway_api::Looking;
use tauri::{AppHandle, Manager as _, State, WebviewWindow};
use tokio::sync::watch;

/// What is looked at now, in each window and altogether.
pub(crate) struct Eyes {
    windows: Mutex<BTreeMap<String, Looking>>,
    all: watch::Sender<Looking>,
}

impl Default for Eyes {
    fn default() -> Self {
        Self {
            windows: Mutex::default(),
            all: watch::Sender::new(Looking::default()),
        }
    }
}

impl Eyes {
    /// Follows it; the value at the beginning counts as new.
    pub(crate) fn follow(&self) -> watch::Receiver<Looking> {
        let mut eyes = self.all.subscribe();
        eyes.mark_changed();
        eyes
    }

    fn change(&self, change: impl FnOnce(&mut BTreeMap<String, Looking>)) {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut windows);
        let now = together(windows.values());
        self.all.send_if_modified(|all| {
            let differs = *all != now;
            *all = now;
            differs
        });
    }
}

/// What a person sees of several windows: the chats of the one that has the keyboard, else of all that are shown.
fn together<'a>(windows: impl Iterator<Item = &'a Looking> + Clone) -> Looking {
    let focused = windows.clone().find(|window| window.focused);
    let shown = windows.clone().filter(|window| window.shown);
    Looking {
        shown: shown.clone().next().is_some(),
        focused: focused.is_some(),
        conversations: match focused {
            Some(window) => window.conversations.clone(),
            None => shown.flat_map(|w| w.conversations.clone()).collect(),
        },
    }
}

/// The page says which chat is open and scrolled to its end.
#[tauri::command]
pub(crate) fn look_at(eyes: State<'_, Eyes>, window: WebviewWindow, conversations: Vec<String>) {
    eyes.change(|windows| {
        let looking = windows.entry(window.label().to_owned()).or_default();
        looking.conversations = conversations;
    });
}

/// A window was shown, hidden, or got or lost the keyboard.
pub(crate) fn note(app: &AppHandle, label: &str) {
    let Some(window) = app.get_webview_window(label) else {
        return;
    };
    // Asked before the value is locked: the main thread answers, and it may be waiting for that lock itself.
    let shown = is_shown(&window);
    let focused = shown && window.is_focused().unwrap_or(false);
    app.state::<Eyes>().change(|windows| {
        let looking = windows.entry(label.to_owned()).or_default();
        looking.shown = shown;
        looking.focused = focused;
    });
}

/// A window was closed.
pub(crate) fn gone(app: &AppHandle, label: &str) {
    app.state::<Eyes>().change(|windows| {
        windows.remove(label);
    });
}

fn is_shown(window: &WebviewWindow) -> bool {
    window.is_visible().unwrap_or(false) && !window.is_minimized().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(shown: bool, focused: bool, chat: &str) -> Looking {
        Looking {
            shown,
            focused,
            conversations: vec![chat.to_owned()],
        }
    }

    #[test]
    fn of_several_windows_the_one_with_the_keyboard_is_looked_at() {
        let main = window(true, false, "anna");
        let own = window(true, true, "ben");
        assert_eq!(together([&main, &own].into_iter()), own);
        let left = window(true, false, "ben");
        let both = together([&main, &left].into_iter());
        assert_eq!(both.conversations, ["anna", "ben"]);
        assert!(both.shown && !both.focused);
        let hidden = window(false, false, "anna");
        assert_eq!(together([&hidden].into_iter()), Looking::default());
    }
}
