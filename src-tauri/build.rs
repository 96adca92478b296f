//! Generates the Tauri context from `tauri.conf.json` at the top of the repository.
fn main() {
    tauri_build::build();
}
