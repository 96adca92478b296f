//! Causeway's window: the Tauri shell that comes when called and goes when nobody looks.
//!
//! It holds no secret, opens no network connection and knows nothing of the engine. What the page shows comes through
//! the agent's door, and what a person does goes back through it. The one exception is the sign-in page of an organisation,
//! which has a window of its own and reaches nothing here.

// A console window beside ours would only confuse people on Windows.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod alive;
mod arguments;
mod ending;
mod follow;
mod kept;
mod links;
mod looking;
mod minimized;
mod place;
mod pop_out;
mod saving;
mod shell;
mod sign_in_page;
mod window;

use clap::Parser as _;

use arguments::Arguments;
use follow::Following;
use kept::Keeper;
use looking::Eyes;
use pop_out::PoppedOut;
use shell::Shell;
use window::Hidden;

fn main() -> tauri::Result<()> {
    let arguments = Arguments::parse();
    let _alive = alive::hold(&arguments.data_dir);
    tauri::Builder::default()
        .manage(Keeper::of(&arguments.data_dir))
        .manage(Hidden::default())
        .manage(Eyes::default())
        .manage(Following::default())
        .manage(PoppedOut::default())
        .manage(Shell::new(arguments.data_dir))
        .invoke_handler(tauri::generate_handler![
            shell::door,
            follow::changes,
            links::open_link,
            looking::look_at,
            pop_out::pop_out,
            pop_out::own_chat,
            pop_out::close_own,
            sign_in_page::sign_in_page,
            window::set_title,
            window::set_dark,
            kept::save_view,
            kept::load_view,
            saving::save_report,
            saving::save_text,
        ])
        .setup(|app| {
            ending::heed(app.handle())?;
            Ok(window::open(app.handle())?)
        })
        .run(tauri::generate_context!())
}
