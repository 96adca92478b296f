//! The floor of a window: Tauri, a web view, some lines of text (`docs/bench.md`).

use tauri::http::Response;
use tauri::http::header::{CONTENT_TYPE, HeaderValue};
use tauri::{WebviewUrl, WebviewWindowBuilder};

/// Enough soft edges of letters to see from outside that something is painted.
const LINES: &str = "<h1>An empty window of Tauri</h1><p>It has nothing but this text.</p>";

fn main() -> tauri::Result<()> {
    tauri::Builder::default()
        .register_uri_scheme_protocol("empty", |_, _| {
            let mut page = Response::new(LINES.repeat(8).into_bytes());
            let html = HeaderValue::from_static("text/html");
            page.headers_mut().insert(CONTENT_TYPE, html);
            page
        })
        .setup(|app| {
            let url = WebviewUrl::CustomProtocol("empty://localhost/".parse()?);
            WebviewWindowBuilder::new(app, "main", url)
                .title("Empty")
                .inner_size(960.0, 640.0)
                .build()?;
            Ok(())
        })
        .run(tauri::generate_context!())
}
