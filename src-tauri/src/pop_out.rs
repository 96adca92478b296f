//! Chats in windows of their own. Each shows one chat and nothing else, stands where it stood last, and is gone when closed.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use causeway_api::{Code, Problem};
use tauri::webview::PageLoadEvent;
use tauri::{AppHandle, Manager as _, State, WebviewWindow, WindowEvent};

use crate::follow::Following;
use crate::kept::Keeper;
use crate::looking;
use crate::window::{self, begun, front, place_of, put};

/// Before the number in the label of such a window (`capabilities/default.json`).
const LABEL: &str = "chat-";
/// Of one that was never opened before.
const USUAL: (f64, f64) = (460.0, 600.0);
/// The key of a chat is an address, or the id of a conversation.
const LONGEST_KEY: usize = 2048;
/// More windows than anybody can look at; each of them is a page of its own.
const MOST: usize = 20;

/// The chats that have a window, by its label.
#[derive(Default)]
pub(crate) struct PoppedOut(Mutex<Open>);

#[derive(Default)]
struct Open {
    next: u32,
    chats: BTreeMap<String, String>,
}

impl PoppedOut {
    fn change<T>(&self, change: impl FnOnce(&mut Open) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether there is any.
    pub(crate) fn any(&self) -> bool {
        self.change(|open| !open.chats.is_empty())
    }
}

/// Opens a chat in a window of its own, or brings that window to the person.
#[tauri::command]
pub(crate) async fn pop_out(app: AppHandle, chat: String) -> Result<(), Problem> {
    if chat.len() > LONGEST_KEY {
        return Err(refused("The name of the chat is too long"));
    }
    let popped = app.state::<PoppedOut>();
    let known = popped.change(|open| {
        let known = open.chats.iter().find(|(_, key)| **key == chat);
        known.map(|(label, _)| label.clone())
    });
    if let Some(window) = known.and_then(|label| app.get_webview_window(&label)) {
        front(&window);
        return Ok(());
    }
    let label = popped.change(|open| {
        (open.chats.len() < MOST).then(|| {
            open.next = open.next.wrapping_add(1);
            let label = format!("{LABEL}{}", open.next);
            open.chats.insert(label.clone(), chat.clone());
            label
        })
    });
    let label = label.ok_or_else(|| refused("Too many chats have a window of their own"))?;
    open(&app, &label, &chat).map_err(|error| {
        popped.change(|open| open.chats.remove(&label));
        refused(&format!("The window cannot be opened: {error}"))
    })
}

/// The chat of this window; the main window has none.
#[tauri::command]
pub(crate) fn own_chat(popped: State<'_, PoppedOut>, window: WebviewWindow) -> Option<String> {
    popped.change(|open| open.chats.get(window.label()).cloned())
}

/// Closes the window of a chat; the main window knows other ways.
#[tauri::command]
pub(crate) fn close_own(window: WebviewWindow) {
    if window.label().starts_with(LABEL) {
        // It is closed already, or cannot be: nothing that would have to be told.
        let _ = window.close();
    }
}

fn open(app: &AppHandle, label: &str, chat: &str) -> tauri::Result<()> {
    let kept = app.state::<Keeper>().kept();
    let window = begun(app, label, USUAL, kept.dark)
        .on_page_load(|window, load| {
            if load.event() == PageLoadEvent::Finished {
                front(&window);
            }
        })
        .build()?;
    if let Some(place) = kept.chats.get(chat) {
        put(&window, *place)?;
    }
    let (app, label, chat) = (app.clone(), label.to_owned(), chat.to_owned());
    let shown = window.clone();
    window.on_window_event(move |event| {
        if let WindowEvent::CloseRequested { .. } = event {
            keep_place(&app, &shown, &chat);
        } else if let WindowEvent::Destroyed = event {
            closed(&app, &label);
        } else {
            looking::note(&app, &label);
        }
    });
    Ok(())
}

fn keep_place(app: &AppHandle, window: &WebviewWindow, chat: &str) {
    let keeper = app.state::<Keeper>();
    let before = keeper.kept().chats.get(chat).copied();
    if let Ok(place) = place_of(window, before) {
        // Where it cannot be kept the desktop chooses the next place.
        let _ = keeper.change(|kept| kept.keep_chat(chat, place));
    }
}

fn closed(app: &AppHandle, label: &str) {
    app.state::<Following>().end(label);
    app.state::<PoppedOut>()
        .change(|open| open.chats.remove(label));
    looking::gone(app, label);
    window::end_if_unseen(app);
}

fn refused(message: &str) -> Problem {
    Problem::new(
        Code::Internal,
        "window",
        message,
        "Close some windows and try again",
    )
}
