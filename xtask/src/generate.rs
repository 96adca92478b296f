//! `cargo xtask generate`: the files that are committed and come from the code. The tests that compare them write them.

use anyhow::Result;

use crate::run::{cargo, step};

/// Writes all of them anew.
pub(crate) fn run() -> Result<()> {
    step(
        "generated files",
        cargo([
            "test",
            "--quiet",
            "--locked",
            "--package=causeway-api",
            "--package=causeway-engine",
            "--",
            "up_to_date",
            "the_page_has_the_types_of_the_door",
        ])
        .env("CAUSEWAY_REGENERATE", "1"),
    )
}
