//! `config set`: changes one key of the user's file and keeps everything else in it, comments too.

use std::io::Write;
use std::path::{Path, PathBuf};

use causeway_api::{Code, Origin, Problem, Severity};
use toml_edit::{Array, DocumentMut, Item, Table, Value};

use super::Locations;
use super::layers::{self, Layer};
use super::resolve::{resolve, unknown};
use super::table::row;
use super::value::Raw;
use crate::own_files;

const STEP: &str = "configuration";

/// Sets a key of the user's file to what a person typed. The file is created where there is none (mode 0600; the usual
/// directory too, 0700) and replaced as a whole, so that nobody ever sees half of it. Blocking.
///
/// # Errors
/// `ManagedByPolicy` where the administrator locked the key; `BadConfig` for an unknown key, a wrong value (says what
/// was expected), a file that cannot be read, or one that was named in a directory that is not there; `Storage` where it
/// cannot be written.
pub fn set(locations: &Locations, key: &str, value: &str) -> Result<(), Problem> {
    let row = row(key).ok_or_else(|| unknown_key(key))?;
    let raw = row.typed(value);
    let file = &locations.user_file;
    let mut document = read(file)?;
    put(&mut document, key, raw)?;
    let after = document.to_string();
    check(locations, key, &after)?;
    write(locations, &after)
}

/// Takes a key out of the user's file, so that a weaker layer or the built-in value holds. A key that this version does
/// not know can be taken out too. Blocking.
///
/// # Errors
/// As [`set`], but where the key does not stand in the file nothing is to be done.
pub fn unset(locations: &Locations, key: &str) -> Result<(), Problem> {
    let file = &locations.user_file;
    let mut document = read(file)?;
    let (section, name) = key.split_once('.').unwrap_or(("", key));
    let removed = document
        .get_mut(section)
        .and_then(Item::as_table_like_mut)
        .and_then(|table| table.remove(name));
    if removed.is_none() {
        return match row(key) {
            Some(_) => Ok(()),
            None => Err(unknown_key(key)),
        };
    }
    let after = document.to_string();
    check(locations, key, &after)?;
    write(locations, &after)
}

/// The user's file as it stands; empty where there is none.
fn read(file: &Path) -> Result<DocumentMut, Problem> {
    let before = layers::read_text(file)
        .map_err(|message| {
            bad_config(
                format!("{} cannot be read: {message}", file.display()),
                "Correct or remove the file",
            )
        })?
        .unwrap_or_default();
    before.parse().map_err(|_| {
        let (line, message) = layers::parse(&before).err().unwrap_or_default();
        bad_config(
            format!("{}:{}: {message}", file.display(), line.unwrap_or(1)),
            "Correct the file first; it is not changed",
        )
    })
}

fn unknown_key(key: &str) -> Problem {
    bad_config(
        format!("{key}: {}", unknown(key)),
        "See 'causewayctl config show' for all keys",
    )
    .with("key", key)
}

fn put(document: &mut DocumentMut, key: &str, raw: Raw) -> Result<(), Problem> {
    let (section, name) = key.split_once('.').unwrap_or(("", key));
    let fresh = !document.is_empty();
    let section_item = document.entry(section).or_insert_with(|| {
        let mut table = Table::new();
        if fresh {
            table.decor_mut().set_prefix("\n");
        }
        Item::Table(table)
    });
    let Some(table) = section_item.as_table_like_mut() else {
        return Err(bad_config(
            format!("'{section}' is not a section of the file"),
            format!("Remove the line '{section} = …'"),
        ));
    };
    let mut value = toml(raw);
    if let Some(old) = table.get(name).and_then(Item::as_value) {
        // The comment behind the old value stays.
        *value.decor_mut() = old.decor().clone();
    }
    match table.get_mut(name) {
        Some(item) => *item = Item::Value(value),
        None => {
            table.insert(name, Item::Value(value));
        }
    }
    Ok(())
}

/// Reads what would be written as the program will read it: nothing that it would refuse or ignore is written.
fn check(locations: &Locations, key: &str, text: &str) -> Result<(), Problem> {
    let values =
        layers::parse(text).map_err(|(_, message)| bad_config(message, "Check the value"))?;
    let user = Layer {
        file: locations.user_file.clone(),
        origin: Origin::User,
        values,
    };
    let mut layers = vec![user];
    layers.extend(locations.machine.policies(&mut Vec::new()));
    let outcome = resolve(layers, Vec::new());
    if let Some(entry) = outcome
        .entries
        .iter()
        .find(|entry| entry.key == key && entry.managed)
    {
        let source = entry.source.clone().unwrap_or_default();
        return Err(Problem::new(
            Code::ManagedByPolicy,
            STEP,
            format!("{key} is set by your organisation ({source})"),
            "Ask your administrator to change it",
        )
        .with("key", key)
        .with("source", source));
    }
    let file = locations.user_file.display().to_string();
    let wrong = |issue: &&causeway_api::ConfigIssue| {
        issue.severity == Severity::Error && issue.key.as_deref() == Some(key) && issue.file == file
    };
    match outcome.issues.iter().find(wrong) {
        Some(issue) => Err(bad_config(
            format!("{key}: {}", issue.message),
            "docs/configuration.md tells what each setting takes.",
        )
        .with("key", key)),
        None => Ok(()),
    }
}

fn write(locations: &Locations, text: &str) -> Result<(), Problem> {
    let named = &locations.user_file;
    // A link to a file elsewhere stays a link.
    let file = named.canonicalize().unwrap_or_else(|_| named.clone());
    let dir = file
        .parent()
        .filter(|dir| !dir.as_os_str().is_empty())
        .map_or_else(|| PathBuf::from("."), Path::to_owned);
    // Anywhere else a directory that is not there is a slip of the pen.
    if !dir.exists() && !locations.is_usual() {
        return Err(bad_config(
            format!(
                "The directory of the configuration file {} does not exist",
                file.display()
            ),
            "Correct --config, or make the directory first",
        )
        .with("file", file.display().to_string()));
    }
    replace(&file, &dir, text).map_err(|error| {
        Problem::new(
            Code::Storage,
            STEP,
            format!("{} cannot be written: {error}", file.display()),
            "Check the rights and the free space of its directory",
        )
        .with("file", file.display().to_string())
    })
}

fn replace(file: &Path, dir: &Path, text: &str) -> std::io::Result<()> {
    own_files::create_dir(dir)?;
    let mut fresh = tempfile::NamedTempFile::new_in(dir)?;
    if let Ok(metadata) = std::fs::metadata(file) {
        fresh.as_file().set_permissions(metadata.permissions())?;
    }
    fresh.write_all(text.as_bytes())?;
    fresh.as_file().sync_all()?;
    fresh.persist(file)?;
    own_files::sync_dir(dir)
}

fn toml(raw: Raw) -> Value {
    match raw {
        Raw::Text(text) => text.into(),
        Raw::Bool(value) => value.into(),
        Raw::Integer(number) => number.into(),
        Raw::List(items) => Value::Array(list(items)),
        Raw::Table(fields) => Value::InlineTable(
            fields
                .into_iter()
                .map(|(name, raw)| (name, toml(raw)))
                .collect(),
        ),
        Raw::Other(kind) => kind.into(),
    }
}

/// Rows of a table stand on lines of their own.
fn list(items: Vec<Raw>) -> Array {
    let in_lines = items.iter().any(|item| matches!(item, Raw::Table(_)));
    let mut array = items.into_iter().map(toml).collect::<Array>();
    if in_lines {
        for item in array.iter_mut() {
            item.decor_mut().set_prefix("\n  ");
        }
        array.set_trailing_comma(true);
        array.set_trailing("\n");
    }
    array
}

fn bad_config(message: impl Into<String>, remedy: impl Into<String>) -> Problem {
    Problem::new(Code::BadConfig, STEP, message, remedy)
}
