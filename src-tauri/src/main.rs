//! Causeway's window: the Tauri shell that comes when called.
//!
//! It holds no secret, opens no network connection and knows nothing of the engine. What it will show comes through
//! the agent's door; so far it shows a page that says hello.

// A console window beside ours would only confuse people on Windows.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

fn main() -> tauri::Result<()> {
    tauri::Builder::default().run(tauri::generate_context!())
}
