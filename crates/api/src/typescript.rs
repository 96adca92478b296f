//! The types of the door as the page knows them: `ui/src/ipc/types.ts` is written from here and never by hand.
//!
//! The types derive `TS` for tests alone, so that no program carries it.

use std::{collections::BTreeMap, path::Path};

use ts_rs::{Config, TS, TypeVisitor};

use crate::{Command, Event, Kind, Reply, Snapshot};

const WRITE: &str = "cargo xtask generate";

/// Declarations by name.
struct Declarations {
    config: Config,
    known: BTreeMap<String, String>,
}

impl TypeVisitor for Declarations {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        // What comes with TypeScript or is a list of something has no file, and no declaration of its own.
        if T::output_path().is_none() {
            return T::visit_generics(self);
        }
        let name = T::ident(&self.config);
        if self.known.contains_key(&name) {
            return;
        }
        let docs = T::docs().unwrap_or_default();
        let declaration = laid_out(&docs, &T::decl(&self.config));
        self.known.insert(name, declaration);
        T::visit_dependencies(self);
    }
}

/// A declaration as a person would write it: comments of one line on one line, fields indented, each way of a union on a
/// line of its own.
fn laid_out(docs: &str, declaration: &str) -> String {
    let spread = declaration
        .replace(", } | {", "\n  } | {")
        .replace(", } & ", "\n  } & ")
        .replace(", };", "\n};")
        .replace(" | { \"", "\n  | { \"");
    let mut lines = spread.lines();
    let mut text = format!("{docs}export {}", lines.next().unwrap_or_default());
    for line in lines {
        let indent = match line.as_bytes().first() {
            Some(b'}' | b' ') => "",
            _ => "  ",
        };
        text.push_str(&format!("\n{indent}{}", line.trim_end()));
    }
    short_comments(&text) + "\n"
}

fn short_comments(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines().map(str::trim_end) {
        let indent = &line[..line.len() - line.trim_start().len()];
        match lines.as_slice() {
            [.., begin, words]
                if line.trim() == "*/"
                    && begin.trim() == "/**"
                    && words.trim().starts_with("* ") =>
            {
                let one = format!(
                    "{}/** {} */",
                    begin.trim_end_matches("/**"),
                    &words.trim()[2..]
                );
                lines.truncate(lines.len() - 2);
                lines.push(one);
            }
            _ => lines.push(format!("{indent}{}", line.trim_start())),
        }
    }
    lines.join("\n")
}

/// The whole file.
fn types() -> String {
    let mut declarations = Declarations {
        // No number of ours comes near 2^53, and JSON knows no larger ones.
        config: Config::new().with_large_int("number"),
        known: BTreeMap::new(),
    };
    declarations.visit::<Command>();
    declarations.visit::<Reply>();
    declarations.visit::<Event>();
    declarations.visit::<Kind>();
    declarations.visit::<Snapshot>();
    let head = format!(
        "// The types of the door, as `crates/api` has them. Written by `{WRITE}`; not changed by hand.\n\
         // Times are RFC 3339 texts in UTC; `?` stands where the Rust side leaves a field out.\n\n\
         export type Timestamp = string;\n"
    );
    std::iter::once(head)
        .chain(declarations.known.into_values())
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn the_page_has_the_types_of_the_door() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/src/ipc/types.ts");
    let types = types();
    if std::env::var_os("CAUSEWAY_REGENERATE").is_some() {
        std::fs::write(&path, &types).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap();
    assert!(
        committed == types,
        "{} differs from crates/api; write it anew with: {WRITE}",
        path.display()
    );
}
