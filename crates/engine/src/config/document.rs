//! What is generated from the table: JSON schema, sample file, table for the documentation.

use std::fmt::Write;

use serde_json::{Map, Value as Json, json};

use super::table::{Row, SECTIONS, TABLE};

/// JSON schema (draft 2020-12) of a configuration file, for editors and checks.
#[must_use]
pub fn schema() -> Json {
    let sections: Map<_, _> = SECTIONS.iter().map(|(section, about)| {
        let keys: Map<_, _> = rows(section).map(|(name, row)| (name.to_owned(), key_schema(row))).collect();
        let schema = json!({ "type": "object", "description": about, "properties": keys, "additionalProperties": false });
        ((*section).to_owned(), schema)
    }).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Causeway configuration",
        "type": "object",
        "properties": sections,
        "additionalProperties": false,
    })
}

fn key_schema(row: &dyn Row) -> Json {
    let mut schema = row.schema();
    if let Some(object) = schema.as_object_mut() {
        object.insert(
            "description".into(),
            json!(format!("{}. Expected: {}.", row.help(), row.expected())),
        );
        if let Some(default) = row.default() {
            object.insert("default".into(), default);
        }
    }
    schema
}

/// A file with every key, commented out, with its help line and built-in value.
#[must_use]
pub fn sample() -> String {
    let mut text = String::from(
        "# Causeway configuration, every key. A line that begins with # has no effect; the values shown are\n\
         # the built-in ones, or examples where there is none.\n\
         #\n\
         # The user's file:   $XDG_CONFIG_HOME/causeway/config.toml (~/.config/causeway/config.toml)\n\
         # Machine defaults:  /etc/causeway/defaults.toml\n\
         # Enforced:          /etc/causeway/policy.toml and /etc/causeway/policy.d/*.toml\n",
    );
    for (section, about) in SECTIONS {
        let _ = write!(text, "\n# {about}\n[{section}]\n");
        for (name, row) in rows(section) {
            let value = row
                .default()
                .map_or_else(|| row.example().to_owned(), |default| default.to_string());
            let _ = write!(
                text,
                "# {}.\n# Expected: {}.\n#{name} = {value}\n\n",
                row.help(),
                row.expected()
            );
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    text
}

/// The table of all keys in Markdown.
#[must_use]
pub fn reference() -> String {
    let mut text = String::new();
    for (section, about) in SECTIONS {
        let _ = write!(
            text,
            "### `[{section}]`\n\n{about}\n\n| key | built in | expected | what for |\n|---|---|---|---|\n"
        );
        for (name, row) in rows(section) {
            let default = row
                .default()
                .map_or_else(|| "–".to_owned(), |default| format!("`{default}`"));
            let cell = |text: &str| text.replace('|', "\\|");
            let _ = writeln!(
                text,
                "| `{name}` | {default} | {} | {} |",
                cell(&row.expected()),
                cell(row.help())
            );
        }
        text.push('\n');
    }
    text
}

fn rows(section: &str) -> impl Iterator<Item = (&'static str, &'static dyn Row)> {
    TABLE.iter().copied().filter_map(move |row| {
        let name = row.name().strip_prefix(section)?.strip_prefix('.')?;
        Some((name, row))
    })
}
