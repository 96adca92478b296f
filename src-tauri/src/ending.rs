//! The end that others decide: the agent's, the session's, or that of the page's process.

use std::io;

use tauri::{AppHandle, WebviewWindow};

use crate::window;

/// Leaves as asked by SIGTERM, with the window's place kept.
///
/// # Errors
/// Where signals cannot be received.
#[cfg(unix)]
pub(crate) fn heed(app: &AppHandle) -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let app = app.clone();
    tauri::async_runtime::block_on(async {
        let mut terminate = signal(SignalKind::terminate())?;
        tauri::async_runtime::spawn(async move {
            terminate.recv().await;
            window::leave(&app);
        });
        Ok(())
    })
}

/// Windows tells the window itself.
#[cfg(not(unix))]
pub(crate) fn heed(_app: &AppHandle) -> io::Result<()> {
    Ok(())
}

/// A page whose process is gone shows nothing and hears nothing: the program ends, and the agent opens another window.
///
/// # Errors
/// Of the web view.
#[cfg(target_os = "linux")]
pub(crate) fn heed_page(window: &WebviewWindow) -> tauri::Result<()> {
    use tauri::Manager as _;
    use webkit2gtk::WebViewExt as _;
    let app = window.app_handle().clone();
    window.with_webview(move |webview| {
        webview
            .inner()
            .connect_web_process_terminated(move |_, _| app.exit(1));
    })
}

/// The other web views start their processes anew by themselves.
#[cfg(not(target_os = "linux"))]
pub(crate) fn heed_page(_window: &WebviewWindow) -> tauri::Result<()> {
    Ok(())
}
