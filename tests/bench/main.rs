//! Measures the bridge beside the floor of the same run. Started by `cargo xtask bench`; see `docs/bench.md`.
//!
//! Nothing here is a test: a figure of a noisy machine says something only beside the floor measured with it.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for the terminal"
)]

mod contacts;
mod lync;
mod page;
mod process;
mod rest;
mod run;
mod texts;
mod tray;
mod window;

use anyhow::Result;
use serde_json::Value;

/// What can be measured; all of it where nothing is named.
const PARTS: [&str; 6] = ["texts", "contacts", "rest", "tray", "window", "page"];

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let as_json = arguments.iter().any(|argument| argument == "--json");
    let parts: Vec<&str> = arguments
        .iter()
        .map(String::as_str)
        .filter(|argument| *argument != "--json")
        .collect();
    let mut report = serde_json::Map::new();
    for part in PARTS {
        if !parts.is_empty() && !parts.contains(&part) {
            continue;
        }
        let figures = match part {
            "texts" => texts::measure().await?,
            "contacts" => contacts::measure().await?,
            "rest" => rest::measure().await?,
            "tray" => tray::measure().await?,
            "window" => window::measure().await?,
            _ => page::measure().await?,
        };
        report.insert(part.to_owned(), figures);
    }
    let report = Value::Object(report);
    if as_json {
        println!("{report:#}");
    } else {
        print(&report, 0);
    }
    Ok(())
}

/// The same document with indentation in place of braces.
fn print(value: &Value, depth: usize) {
    let Some(object) = value.as_object() else {
        return;
    };
    for (name, value) in object {
        let indent = "  ".repeat(depth);
        if value.is_object() {
            println!("{indent}{name}");
            print(value, depth + 1);
        } else {
            println!("{indent}{name:<28} {value}");
        }
    }
}
