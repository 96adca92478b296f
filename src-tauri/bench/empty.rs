//! The floor of a window: Tauri, a web view, a line of text (`docs/bench.md`).

use tauri::{WebviewUrl, WebviewWindowBuilder};

/// Enough soft edges of letters to see from outside that something is painted.
const PAGE: &str = "addEventListener('DOMContentLoaded', () => { document.body.innerHTML = \
    '<h1>An empty window of Tauri</h1><p>It has nothing but this text.</p>'.repeat(8) })";

fn main() -> tauri::Result<()> {
    tauri::Builder::default()
        .setup(|app| {
            let url = WebviewUrl::External("about:blank".parse()?);
            WebviewWindowBuilder::new(app, "main", url)
                .title("Empty")
                .inner_size(960.0, 640.0)
                .initialization_script(PAGE)
                .build()?;
            Ok(())
        })
        .run(tauri::generate_context!())
}
