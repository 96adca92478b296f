//! Every code has its page, and the index of them is generated from the codes.

#![expect(
    clippy::unwrap_used,
    reason = "what cannot be read here fails the test"
)]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use causeway_api::Code;

/// Set to anything to write the index in place of comparing it (`cargo xtask generate`).
const REGENERATE: &str = "CAUSEWAY_REGENERATE";

/// The first digits of a code say what it is about.
const AREAS: [(&str, &str); 9] = [
    ("CW-10", "Lync: finding the server"),
    ("CW-11", "Lync: certificates and trust"),
    ("CW-12", "Lync: signing in"),
    ("CW-13", "Lync: what the server allows"),
    ("CW-14", "Lync: while signed in"),
    ("CW-20", "XMPP"),
    ("CW-30", "Messages"),
    ("CW-4", "This computer"),
    ("CW-9", "Mistakes of ours"),
];

/// What every page has, in this order.
const SECTIONS: [&str; 5] = [
    "What you see",
    "Cause",
    "What you can do",
    "What your administrator can check",
    "Details",
];

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs")
}

#[test]
fn every_code_has_a_page_of_the_same_build() {
    for code in Code::ALL {
        let page = code.page();
        let exit = code.exit() as i32;
        let head = format!(
            "# {code}: {}\n\nExit code of `causewayctl`: {exit}.\n",
            code.title()
        );
        assert!(page.starts_with(&head), "{code} does not begin:\n{head}");
        let sections: Vec<&str> = page
            .lines()
            .filter_map(|line| line.strip_prefix("## "))
            .collect();
        assert_eq!(sections, SECTIONS, "{code}");
        let empty = page
            .split("\n## ")
            .find(|section| section.trim().lines().count() < 2);
        assert_eq!(empty, None, "{code}");
        assert!(code.title().chars().count() <= 90, "{code}");
    }
}

#[test]
fn there_is_no_page_without_a_code() {
    let pages = fs::read_dir(docs().join("errors")).unwrap();
    for page in pages {
        let name = page.unwrap().file_name().into_string().unwrap();
        assert!(
            Code::ALL.iter().any(|code| format!("{code}.md") == name),
            "docs/errors/{name} explains a code that does not exist"
        );
    }
}

#[test]
fn the_index_is_up_to_date() {
    let path = docs().join("errors.md");
    let expected = index();
    if std::env::var_os(REGENERATE).is_some() {
        fs::write(&path, &expected).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == expected,
        "docs/errors.md is stale: cargo xtask generate"
    );
}

fn index() -> String {
    let mut page = String::from(
        "# What the codes mean\n\n\
         Every failure that Causeway reports has a code that never changes its meaning, and a page: what you see, the cause,\n\
         what you can do, what your administrator can check with which commands, and what the facts beside it mean. The window\n\
         shows the page under *Help*, a terminal with `causewayctl explain CW-1201`.\n\n\
         `causewayctl --json` prints the code as `error.code` and in the steps of `check`; the plain output prints it beside the\n\
         sentence. The exit code follows from the code; see [causewayctl.md](causewayctl.md).\n\n\
         Support staff: the `detail` object beside a code has the facts that a server team asks for. It never holds a password,\n\
         a token or the text of a message.\n\n\
         This page is generated from the codes (`cargo xtask generate`).\n",
    );
    let mut told = 0;
    for (prefix, heading) in AREAS {
        let codes = Code::ALL
            .iter()
            .filter(|code| code.as_str().starts_with(prefix));
        write!(
            page,
            "\n## {heading}\n\n| code | what happened | exit |\n|---|---|---|\n"
        )
        .unwrap();
        for code in codes {
            let exit = code.exit() as i32;
            writeln!(
                page,
                "| [{code}](errors/{code}.md) | {} | {exit} |",
                code.title()
            )
            .unwrap();
            told += 1;
        }
    }
    assert_eq!(told, Code::ALL.len(), "a code belongs to no area");
    page
}
