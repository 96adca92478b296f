//! What the person has before their eyes, for the agent: it notifies of everything else.

use causeway_api::Looking;
use tauri::{AppHandle, Manager as _, State, WebviewWindow};
use tokio::sync::watch;

use crate::window;

/// What is looked at now.
pub(crate) struct Eyes(watch::Sender<Looking>);

impl Default for Eyes {
    fn default() -> Self {
        Self(watch::Sender::new(Looking::default()))
    }
}

impl Eyes {
    /// Follows it; the value at the beginning counts as new.
    pub(crate) fn follow(&self) -> watch::Receiver<Looking> {
        let mut eyes = self.0.subscribe();
        eyes.mark_changed();
        eyes
    }

    fn change(&self, change: impl FnOnce(&mut Looking)) {
        self.0.send_if_modified(|looking| {
            let before = looking.clone();
            change(looking);
            *looking != before
        });
    }
}

/// The page says which chat is open and scrolled to its end.
#[tauri::command]
pub(crate) fn look_at(eyes: State<'_, Eyes>, conversations: Vec<String>) {
    eyes.change(|looking| looking.conversations = conversations);
}

/// The window was shown, hidden, or got or lost the keyboard.
pub(crate) fn note(app: &AppHandle) {
    let Some(window) = app.get_webview_window(window::LABEL) else {
        return;
    };
    // Asked before the value is locked: the main thread answers, and it may be waiting for that lock itself.
    let shown = is_shown(&window);
    let focused = shown && window.is_focused().unwrap_or(false);
    app.state::<Eyes>().change(|looking| {
        looking.shown = shown;
        looking.focused = focused;
    });
}

fn is_shown(window: &WebviewWindow) -> bool {
    window.is_visible().unwrap_or(false) && !window.is_minimized().unwrap_or(false)
}
