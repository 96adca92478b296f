//! Files that a person saves: where, they say in the dialog of their desktop. The page names no path, so a page that was
//! led astray can overwrite nothing.

use std::path::{Path, PathBuf};

use causeway_api::{Code, Command, Desk as _, Diagnosed, Problem, Reply};
use tauri::{State, WebviewWindow};
use tokio::sync::oneshot;

use crate::shell::Shell;

/// Longest text that is saved.
const LONGEST: usize = 1024 * 1024;

/// Has the agent write a report for a help desk where the person wants it; `None` where they changed their mind.
#[tauri::command]
pub(crate) async fn save_report(
    shell: State<'_, Shell>,
    window: WebviewWindow,
    title: String,
    name: String,
) -> Result<Option<Diagnosed>, Problem> {
    let Some(file) = chosen(&window, title, &name).await? else {
        return Ok(None);
    };
    let command = Command::Diagnose {
        file: file.to_str().ok_or_else(unreadable)?.to_owned(),
        // The dialog has asked.
        overwrite: true,
    };
    let reply = shell.client().await?.request(command).await?;
    if let Reply::Diagnosed(diagnosed) = reply {
        return Ok(Some(diagnosed));
    }
    let message = "The agent answered something else";
    Err(problem(Code::Internal, message.into()))
}

/// Saves a text where the person wants it, and tells where that is; `None` where they changed their mind.
#[tauri::command]
pub(crate) async fn save_text(
    window: WebviewWindow,
    title: String,
    name: String,
    text: String,
) -> Result<Option<String>, Problem> {
    if text.len() > LONGEST {
        let message = "The text is too long to be saved";
        return Err(problem(Code::Internal, message.into()));
    }
    let Some(file) = chosen(&window, title, &name).await? else {
        return Ok(None);
    };
    let shown = file.display().to_string();
    match tokio::fs::write(&file, text).await {
        Ok(()) => Ok(Some(shown)),
        Err(error) => Err(
            problem(Code::Storage, format!("{shown} cannot be written: {error}"))
                .with("path", shown),
        ),
    }
}

/// Where the person wants a file.
async fn chosen(
    window: &WebviewWindow,
    title: String,
    name: &str,
) -> Result<Option<PathBuf>, Problem> {
    // A name, whatever the page says.
    let name = Path::new(name).file_name().ok_or_else(unreadable)?;
    let name = name.to_string_lossy().into_owned();
    let (tell, told) = oneshot::channel();
    let parent = window.clone();
    let asked = window.run_on_main_thread(move || ask(&parent, &title, &name, tell));
    asked.map_err(|error| problem(Code::Internal, format!("The dialog does not open: {error}")))?;
    // A dialog that went with its window has chosen nothing.
    Ok(told.await.unwrap_or_default())
}

/// The desktop's own dialog. Tauri's plugin for it would give the page commands of its own, and runs GTK on a second
/// thread.
#[cfg(target_os = "linux")]
fn ask(parent: &WebviewWindow, title: &str, name: &str, tell: oneshot::Sender<Option<PathBuf>>) {
    use std::cell::Cell;

    use gtk::prelude::{FileChooserExt as _, FileExt as _, NativeDialogExt as _};
    use gtk::{FileChooserAction, FileChooserNative, ResponseType, glib};

    let window = parent.gtk_window().ok();
    let action = FileChooserAction::Save;
    let dialog = FileChooserNative::new(Some(title), window.as_ref(), action, None, None);
    dialog.set_modal(true);
    dialog.set_do_overwrite_confirmation(true);
    let documents = glib::user_special_dir(glib::UserDirectory::Documents);
    // Where the folder is not there, the dialog begins with one of its own.
    dialog.set_current_folder(documents.unwrap_or_else(glib::home_dir));
    dialog.set_current_name(name);
    let tell = Cell::new(Some(tell));
    // The dialog lives until it has answered.
    let alive = Cell::new(Some(dialog.clone()));
    dialog.connect_response(move |dialog, response| {
        let file = dialog.file().and_then(|file| file.path());
        if let Some(tell) = tell.take() {
            // Nobody waits any more where the page is gone.
            let _ = tell.send(file.filter(|_| response == ResponseType::Accept));
        }
        alive.take();
    });
    dialog.show();
}

/// Not written for other systems yet: nothing is chosen there.
#[cfg(not(target_os = "linux"))]
fn ask(_parent: &WebviewWindow, _title: &str, _name: &str, tell: oneshot::Sender<Option<PathBuf>>) {
    let _ = tell.send(None);
}

fn unreadable() -> Problem {
    problem(
        Code::Storage,
        "The name of the file cannot be read as text".into(),
    )
}

fn problem(code: Code, message: String) -> Problem {
    Problem::new(code, "window", message, "Choose another place.")
}
