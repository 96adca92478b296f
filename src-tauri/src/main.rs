//! Causeway's window.
fn main() {}
