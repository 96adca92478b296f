//! Causeway's window: the Tauri shell that comes when called and goes when nobody looks.
//!
//! It holds no secret, opens no network connection and knows nothing of the engine. What the page shows comes through
//! the agent's door, and what a person does goes back through it.

// A console window beside ours would only confuse people on Windows.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod arguments;
mod follow;
mod links;
mod shell;
mod view;
mod window;

use clap::Parser as _;

use arguments::Arguments;
use follow::Following;
use shell::Shell;

fn main() -> tauri::Result<()> {
    let arguments = Arguments::parse();
    tauri::Builder::default()
        .manage(Shell::new(arguments.data_dir))
        .manage(Following::default())
        .invoke_handler(tauri::generate_handler![
            shell::door,
            follow::changes,
            links::open_link,
            window::set_title,
            view::save_view,
            view::load_view,
        ])
        .setup(|app| Ok(window::open(app.handle())?))
        .run(tauri::generate_context!())
}
