//! The layers, weakest first.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use causeway_api::{ConfigIssue, Origin, Severity};
use toml_edit::{Document, Item, TableLike};

use super::Locations;
use super::plain_file;
use super::table::row;
use super::value::Raw;

/// Longest configuration file in bytes.
const LONGEST: usize = 256 * 1024;

/// What one file says.
#[derive(Debug)]
pub(super) struct Layer {
    pub(super) file: PathBuf,
    pub(super) origin: Origin,
    /// By dotted name.
    pub(super) values: BTreeMap<String, Located>,
}

impl Layer {
    /// Where relative paths count from.
    pub(super) fn base(&self) -> &Path {
        self.file.parent().unwrap_or(Path::new(""))
    }

    /// File and line.
    pub(super) fn place(&self, line: Option<usize>) -> String {
        match line {
            Some(line) => format!("{}:{line}", self.file.display()),
            None => self.file.display().to_string(),
        }
    }
}

/// A raw value and its line.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Located {
    pub(super) raw: Raw,
    pub(super) line: Option<usize>,
}

/// Reads all layers, weakest first. What is missing is no layer, what cannot be used is an issue.
pub(super) fn read_all(locations: &Locations, issues: &mut Vec<ConfigIssue>) -> Vec<Layer> {
    let mut layers = locations.machine.defaults(issues);
    match read_layer(&locations.user_file, Origin::User, issues) {
        Some(layer) => layers.push(layer),
        None if locations.names_missing_file() => {
            issues.push(warning(&locations.user_file, "The file does not exist"));
        }
        None => {}
    }
    layers.extend(locations.machine.policies(issues));
    layers
}

pub(super) fn read_layer(
    file: &Path,
    origin: Origin,
    issues: &mut Vec<ConfigIssue>,
) -> Option<Layer> {
    let refused = |line, message: String| ConfigIssue {
        severity: Severity::Error,
        file: file.display().to_string(),
        line,
        key: None,
        message: format!("The whole file is ignored: {message}"),
    };
    let text = match read_text(file) {
        Ok(text) => text?,
        Err(message) => {
            issues.push(refused(None, message));
            return None;
        }
    };
    match parse(&text) {
        Ok(values) => Some(Layer {
            file: file.to_owned(),
            origin,
            values,
        }),
        Err((line, message)) => {
            issues.push(refused(line, message));
            None
        }
    }
}

/// `None` where there is no file.
pub(super) fn read_text(file: &Path) -> Result<Option<String>, String> {
    let bytes = match plain_file::open(file).and_then(|opened| plain_file::read(&opened, LONGEST)) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.to_string()),
    };
    match std::str::from_utf8(&bytes) {
        Ok(text) => Ok(Some(text.to_owned())),
        Err(_) => Err("it is not UTF-8 text".into()),
    }
}

/// Dotted names and values, or the line and the cause.
pub(super) fn parse(text: &str) -> Result<BTreeMap<String, Located>, (Option<usize>, String)> {
    let document = Document::parse(text).map_err(|error| {
        let line = error.span().and_then(|span| line_of(text, span.start));
        (line, error.message().trim().replace('\n', ", "))
    })?;
    let mut values = BTreeMap::new();
    collect(text, "", document.as_table(), &mut values);
    Ok(values)
}

fn collect(
    text: &str,
    prefix: &str,
    table: &dyn TableLike,
    values: &mut BTreeMap<String, Located>,
) {
    for (name, item) in table.iter() {
        let name = if prefix.is_empty() {
            name.to_owned()
        } else {
            format!("{prefix}.{name}")
        };
        // A table where a key of ours expects a value is a wrong value, not a section.
        if row(&name).is_none()
            && let Some(table) = item.as_table_like()
        {
            collect(text, &name, table, values);
            continue;
        }
        let line = item.span().and_then(|span| line_of(text, span.start));
        values.insert(
            name,
            Located {
                raw: raw(item),
                line,
            },
        );
    }
}

fn raw(item: &Item) -> Raw {
    match item {
        Item::Value(value) => raw_value(value),
        Item::ArrayOfTables(tables) => {
            Raw::List(tables.iter().map(|table| raw_table(table)).collect())
        }
        Item::Table(table) => raw_table(table),
        Item::None => Raw::Other("nothing"),
    }
}

fn raw_value(value: &toml_edit::Value) -> Raw {
    match value {
        toml_edit::Value::String(text) => Raw::Text(text.value().clone()),
        toml_edit::Value::Integer(number) => Raw::Integer(*number.value()),
        toml_edit::Value::Boolean(value) => Raw::Bool(*value.value()),
        toml_edit::Value::Array(items) => Raw::List(items.iter().map(raw_value).collect()),
        toml_edit::Value::Float(_) => Raw::Other("a number with a fraction"),
        toml_edit::Value::Datetime(_) => Raw::Other("a date"),
        toml_edit::Value::InlineTable(table) => raw_table(table),
    }
}

fn raw_table(table: &dyn TableLike) -> Raw {
    let fields = table
        .iter()
        .map(|(name, item)| (name.to_owned(), raw(item)));
    Raw::Table(fields.collect())
}

fn line_of(text: &str, position: usize) -> Option<usize> {
    text.get(..position)
        .map(|before| before.matches('\n').count() + 1)
}

pub(super) fn warning(file: &Path, message: &str) -> ConfigIssue {
    ConfigIssue {
        severity: Severity::Warning,
        file: file.display().to_string(),
        line: None,
        key: None,
        message: message.to_owned(),
    }
}
