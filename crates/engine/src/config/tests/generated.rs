//! Files that are generated from the table and committed.

use super::super::table::{SECTIONS, TABLE};
use super::*;
use crate::config::{reference, sample, schema};

/// Set to anything to write the files in place of comparing them (`cargo xtask generate`).
const REGENERATE: &str = "CAUSEWAY_REGENERATE";
const BEGIN: &str = "<!-- generated from the table of settings: begin -->\n";
const END: &str = "<!-- generated from the table of settings: end -->\n";

fn docs(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs")
        .join(name)
}

#[track_caller]
fn compare(name: &str, expected: &str) {
    let path = docs(name);
    if std::env::var_os(REGENERATE).is_some() {
        fs::write(&path, expected).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == expected,
        "docs/{name} is stale: cargo xtask generate"
    );
}

#[test]
fn the_sample_file_is_up_to_date() {
    compare("config.toml", &sample());
}

#[test]
fn the_schema_is_up_to_date() {
    compare(
        "config.schema.json",
        &(serde_json::to_string_pretty(&schema()).unwrap() + "\n"),
    );
}

#[test]
fn the_table_in_the_documentation_is_up_to_date() {
    let page = fs::read_to_string(docs("configuration.md")).unwrap();
    let (before, rest) = page
        .split_once(BEGIN)
        .expect("the page has a mark where the table begins");
    let (_, after) = rest
        .split_once(END)
        .expect("the page has a mark where the table ends");
    compare(
        "configuration.md",
        &format!("{before}{BEGIN}\n{}{END}{after}", reference()),
    );
}

#[test]
fn the_sample_file_changes_nothing_and_with_its_values_switched_on_it_is_right() {
    assert_eq!(user_file(&sample()).issues, []);
    let switched_on: String = sample()
        .lines()
        .map(|line| match line.strip_prefix('#') {
            Some(value) if !value.starts_with(' ') && !value.is_empty() => format!("{value}\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    let configuration = user_file(&switched_on);
    assert_eq!(errors(&configuration), []);
    assert!(
        configuration
            .entries
            .iter()
            .all(|entry| entry.origin == Origin::User),
        "every key stands in it"
    );
}

#[test]
fn every_key_is_in_a_section_of_the_schema() {
    let schema = schema();
    for row in TABLE {
        let (section, name) = row.name().split_once('.').unwrap();
        assert!(SECTIONS.iter().any(|(known, _)| *known == section));
        assert!(
            schema["properties"][section]["properties"][name]["description"].is_string(),
            "{}",
            row.name()
        );
    }
}
