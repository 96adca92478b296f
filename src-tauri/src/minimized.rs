//! A window that was minimised. What comes of it the agent decides, which knows of tray and policy.

use tauri::WebviewWindow;

/// Tells the agent whenever a person minimises the window. Tauri has no event for it.
///
/// # Errors
/// Of the window.
#[cfg(target_os = "linux")]
pub(crate) fn heed(window: &WebviewWindow) -> tauri::Result<()> {
    use causeway_api::{Command, Desk as _};
    use gtk::gdk::WindowState;
    use gtk::prelude::WidgetExt as _;
    use tauri::Manager as _;

    use crate::shell::Shell;

    let app = window.app_handle().clone();
    let told = move || {
        let app = app.clone();
        tauri::async_runtime::spawn(async move {
            // Where nobody answers the window stays minimised, as its person wanted.
            if let Ok(client) = app.state::<Shell>().client().await {
                let _ = client.request(Command::WindowMinimized).await;
            }
        });
    };
    window
        .gtk_window()?
        .connect_window_state_event(move |_, event| {
            let minimized = WindowState::ICONIFIED;
            if event.changed_mask().contains(minimized)
                && event.new_window_state().contains(minimized)
            {
                told();
            }
            gtk::glib::Propagation::Proceed
        });
    Ok(())
}

/// Not known there.
#[cfg(not(target_os = "linux"))]
pub(crate) fn heed(_window: &WebviewWindow) -> tauri::Result<()> {
    Ok(())
}
