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
mod rest;
mod run;
mod texts;

use anyhow::Result;
use serde_json::{Value, json};

#[tokio::main]
async fn main() -> Result<()> {
    let as_json = std::env::args().any(|argument| argument == "--json");
    let texts = texts::measure().await?;
    let contacts = contacts::measure().await?;
    let rest = rest::measure().await?;
    let report = json!({"texts": texts, "contacts": contacts, "rest": rest});
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
