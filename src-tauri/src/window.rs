//! The one window: built hidden, shown when it has something to show, ended when it was hidden for a while.

use std::time::Duration;

use tauri::webview::PageLoadEvent;
use tauri::{
    AppHandle, Manager as _, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent,
};
use tokio::time::sleep;

const LABEL: &str = "main";
/// Kept so long after it was closed, since coming back at once is common; then it gives all its memory back.
const KEPT: Duration = Duration::from_secs(60);

/// Opens the window. It appears when its page is loaded, so that nobody sees an empty white one.
pub(crate) fn open(app: &AppHandle) -> tauri::Result<()> {
    let window = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::App("index.html".into()))
        .title("Causeway")
        .inner_size(960.0, 640.0)
        .min_inner_size(320.0, 480.0)
        .visible(false)
        .on_page_load(|window, load| {
            if load.event() == PageLoadEvent::Finished {
                show(window.app_handle());
            }
        })
        .build()?;
    let app = app.clone();
    window.on_window_event(move |event| {
        if let WindowEvent::CloseRequested { api, .. } = event {
            api.prevent_close();
            hide(&app);
        }
    });
    Ok(())
}

/// Brings the window to the person.
pub(crate) fn show(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(LABEL) {
        // A display that refuses leaves the window where it is; there is nothing better to do.
        let _ = window.show();
        let _ = window.unminimize();
        let _ = window.set_focus();
    }
}

/// Hides the window, and ends the program where it stays hidden.
pub(crate) fn hide(app: &AppHandle) {
    let Some(window) = app.get_webview_window(LABEL) else {
        return;
    };
    let _ = window.hide();
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        sleep(KEPT).await;
        if !window.is_visible().unwrap_or(false) {
            app.exit(0);
        }
    });
}

/// Title of the window: unread number, chat, own status.
#[tauri::command]
pub(crate) fn set_title(window: WebviewWindow, title: &str) {
    let _ = window.set_title(title);
}
