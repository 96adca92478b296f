//! The main window: built hidden, shown when it has something to show, ended when it was hidden for a while.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use causeway_api::{Command, Desk as _, Reply};
use tauri::webview::{Color, PageLoadEvent};
use tauri::{
    AppHandle, LogicalPosition, LogicalSize, Manager as _, State, WebviewUrl, WebviewWindow,
    WebviewWindowBuilder, WindowEvent, Wry,
};
use tokio::time::{sleep, timeout};

use crate::ending;
use crate::kept::Keeper;
use crate::looking;
use crate::minimized;
use crate::place::{Place, SMALLEST, USUAL};
use crate::pop_out::PoppedOut;
use crate::shell::Shell;
use crate::sign_in_page;

pub(crate) const LABEL: &str = "main";
/// The agent is on this computer and has nothing to wait for.
const PATIENCE: Duration = Duration::from_secs(5);
/// Ground of the light and of the dark page (`--window` in `ui/src/look`).
const GROUNDS: [Color; 2] = [Color(0xff, 0xff, 0xff, 0xff), Color(0x1e, 0x1f, 0x22, 0xff)];

/// How long a hidden window is kept where the agent does not say.
const KEPT: Duration = Duration::from_secs(60);
/// The key that says so.
const KEPT_KEY: &str = "window.end_hidden_after";

/// Which hiding was the last.
#[derive(Default)]
pub(crate) struct Hidden {
    times: AtomicU64,
}

/// After this time a window that is hidden now gives all its memory back. Until then it is back at once. `None`: never.
async fn kept(app: &AppHandle) -> Option<Duration> {
    match configured(app).await {
        None => Some(KEPT),
        Some(0) => None,
        Some(seconds) => Some(Duration::from_secs(seconds)),
    }
}

async fn configured(app: &AppHandle) -> Option<u64> {
    let client = app.state::<Shell>().client().await.ok()?;
    let asked = timeout(PATIENCE, client.request(Command::ShowConfig)).await;
    let Reply::Config { entries, .. } = asked.ok()?.ok()? else {
        return None;
    };
    let entry = entries.into_iter().find(|entry| entry.key == KEPT_KEY)?;
    entry.value.as_u64()
}

/// Opens the window where the last one stood. It appears when its page is loaded, so that nobody sees an empty one.
pub(crate) fn open(app: &AppHandle) -> tauri::Result<()> {
    let kept = app.state::<Keeper>().kept();
    let window = begun(app, LABEL, USUAL, kept.dark)
        .on_page_load(|window, load| {
            if load.event() == PageLoadEvent::Finished {
                show(window.app_handle());
            }
        })
        .build()?;
    if let Some(place) = kept.place {
        put(&window, place)?;
    }
    ending::heed_page(&window)?;
    minimized::heed(&window)?;
    let app = app.clone();
    window.on_window_event(move |event| {
        if let WindowEvent::CloseRequested { api, .. } = event {
            api.prevent_close();
            close(&app);
        } else {
            looking::note(&app, LABEL);
        }
    });
    Ok(())
}

/// Brings the window to the person.
pub(crate) fn show(app: &AppHandle) {
    let Some(window) = app.get_webview_window(LABEL) else {
        return;
    };
    app.state::<Hidden>().times.fetch_add(1, Ordering::Relaxed);
    front(&window);
}

/// What every window of ours begins with. It is hidden, so that nobody sees an empty one.
pub(crate) fn begun<'a>(
    app: &'a AppHandle,
    label: &str,
    size: (f64, f64),
    dark: bool,
) -> WebviewWindowBuilder<'a, Wry, AppHandle> {
    WebviewWindowBuilder::new(app, label, WebviewUrl::App("index.html".into()))
        .title("Causeway")
        .inner_size(size.0, size.1)
        .min_inner_size(SMALLEST.0, SMALLEST.1)
        .background_color(ground(dark))
        .visible(false)
}

/// Shows a window before all others, as far as the display lets it.
pub(crate) fn front(window: &WebviewWindow) {
    // A display that refuses leaves the window where it is; there is nothing better to do.
    let _ = window.show();
    let _ = window.unminimize();
    let _ = window.set_focus();
    looking::note(window.app_handle(), window.label());
}

/// A person closes the window. What comes of it the agent decides and says as it says everything; where it does not
/// answer, or the page does not listen, the window hides.
fn close(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let asked = async {
            let client = app.state::<Shell>().client().await?;
            client.request(Command::CloseWindow).await
        };
        if !matches!(timeout(PATIENCE, asked).await, Ok(Ok(_))) {
            hide(&app);
        }
    });
}

/// Keeps the window's place and ends the program: the agent or the session ends.
pub(crate) fn leave(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(LABEL) {
        keep_place(app, &window);
    }
    app.exit(0);
}

/// Hides the window, and ends the program where it stays hidden.
pub(crate) fn hide(app: &AppHandle) {
    let Some(window) = app.get_webview_window(LABEL) else {
        return;
    };
    keep_place(app, &window);
    let _ = window.hide();
    looking::note(app, LABEL);
    end_if_unseen(app);
}

/// Ends the program where nothing of it is in sight, and stays so for a while.
pub(crate) fn end_if_unseen(app: &AppHandle) {
    let unseen = |app: &AppHandle| {
        let main = app.get_webview_window(LABEL);
        let shown = main.is_some_and(|window| window.is_visible().unwrap_or(false));
        let signing_in = app.get_webview_window(sign_in_page::LABEL).is_some();
        !shown && !signing_in && !app.state::<PoppedOut>().any()
    };
    if !unseen(app) {
        return;
    }
    let hidden = app.state::<Hidden>();
    let time = hidden.times.fetch_add(1, Ordering::Relaxed) + 1;
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let Some(kept) = kept(&app).await else {
            return;
        };
        sleep(kept).await;
        if app.state::<Hidden>().times.load(Ordering::Relaxed) == time && unseen(&app) {
            app.exit(0);
        }
    });
}

/// Title of the window: unread number, chat, own status.
#[tauri::command]
pub(crate) fn set_title(window: WebviewWindow, title: &str) {
    let _ = window.set_title(title);
}

/// The page is dark or light: so is what stands behind it, now and before the next page is there.
#[tauri::command]
pub(crate) fn set_dark(keeper: State<'_, Keeper>, window: WebviewWindow, dark: bool) {
    let _ = window.set_background_color(Some(ground(dark)));
    // Where it cannot be kept, the next window begins with the other ground: nothing that a person has to be told.
    let _ = keeper.change(|kept| kept.dark = dark);
}

fn ground(dark: bool) -> Color {
    GROUNDS[usize::from(dark)]
}

/// Puts a window where it was, as far as the screens that are there now allow.
pub(crate) fn put(window: &WebviewWindow, place: Place) -> tauri::Result<()> {
    let screens: Vec<Place> = window
        .available_monitors()?
        .iter()
        .map(|monitor| {
            let area = monitor.work_area();
            let scale = monitor.scale_factor();
            let position = area.position.to_logical::<f64>(scale);
            let size = area.size.to_logical::<f64>(scale);
            at(position, size)
        })
        .collect();
    if let Some(place) = place.on(&screens) {
        window.set_size(LogicalSize::new(place.width, place.height))?;
        window.set_position(LogicalPosition::new(place.x, place.y))?;
        if place.maximized {
            window.maximize()?;
        }
    }
    Ok(())
}

/// A place that cannot be asked for or kept is not: the next window opens where the desktop puts it.
fn keep_place(app: &AppHandle, window: &WebviewWindow) {
    let keeper = app.state::<Keeper>();
    let place = place_of(window, keeper.kept().place);
    if let Ok(place) = place {
        let _ = keeper.change(|kept| kept.place = Some(place));
    }
}

pub(crate) fn place_of(window: &WebviewWindow, before: Option<Place>) -> tauri::Result<Place> {
    let maximized = window.is_maximized()?;
    if let Some(before) = before.filter(|_| maximized) {
        return Ok(Place {
            maximized,
            ..before
        });
    }
    let scale = window.scale_factor()?;
    let position = window.outer_position()?.to_logical(scale);
    let size = window.inner_size()?.to_logical(scale);
    Ok(Place {
        maximized,
        ..at(position, size)
    })
}

fn at(position: LogicalPosition<f64>, size: LogicalSize<f64>) -> Place {
    Place {
        x: position.x,
        y: position.y,
        width: size.width,
        height: size.height,
        maximized: false,
    }
}
