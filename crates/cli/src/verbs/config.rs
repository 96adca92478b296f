//! `config show`, `check`, `schema`, `set`.

use causeway_api::door::Client;
use causeway_api::{Command, ConfigEntry, ConfigIssue, Desk, Origin, Problem, Reply, Severity};
use causeway_engine::config;
use serde_json::{Value, json};

use super::Ctl;
use crate::args::ConfigVerb;
use crate::outcome::{self, Outcome, internal};
use crate::session::{PROGRAM, Place, issue_line, place_of, wrong_configuration, wrong_reply};
use crate::text::{Cell, Colour, Paint, columns};

pub(super) async fn run(ctl: &mut Ctl, verb: ConfigVerb) -> Result<Outcome, Problem> {
    let file = ctl.place.locations.user_file.display().to_string();
    match verb {
        ConfigVerb::Show => {
            let shown = ctl.interrupts.or(effective(&ctl.place)).await?;
            let page =
                entries_table(ctl.paint, &shown.entries) + &issues_table(ctl.paint, &shown.issues);
            let document =
                json!({ "file": file, "entries": shown.entries, "issues": shown.issues });
            Outcome::new(&document, page)
        }
        ConfigVerb::Check => {
            let issues = config::load(&ctl.place.locations).issues;
            let page = match issues.as_slice() {
                [] => format!("No issues in {file}\n"),
                issues => issues_table(ctl.paint, issues),
            };
            let problem = wrong_configuration(&issues);
            Ok(
                Outcome::new(&json!({ "file": file, "issues": issues }), page)?
                    .but_shown(problem, "the configuration has errors"),
            )
        }
        ConfigVerb::Schema => {
            let schema = config::schema();
            let page = serde_json::to_string_pretty(&schema)
                .map_err(|_| internal("The schema is no JSON"))?;
            Outcome::new(&schema, page + "\n")
        }
        ConfigVerb::Set { key, value } => {
            let set = set(&ctl.place, key.clone(), value);
            ctl.interrupts.or(set).await?;
            let shown = ctl.interrupts.or(effective(&ctl.place)).await?;
            let entry = shown.entries.into_iter().find(|entry| entry.key == key);
            let entry = entry.ok_or_else(wrong_reply)?;
            let of_it = |issue: &&ConfigIssue| issue.key.as_ref() == Some(&key);
            for issue in shown.issues.iter().filter(of_it) {
                outcome::warn(&issue_line(issue));
            }
            Outcome::new(
                &entry,
                entries_table(ctl.paint, std::slice::from_ref(&entry)),
            )
        }
    }
}

pub(super) struct Effective {
    entries: Vec<ConfigEntry>,
    issues: Vec<ConfigIssue>,
}

/// What holds: for the running engine where it reads the same file, else for the next one.
async fn effective(place: &Place) -> Result<Effective, Problem> {
    if let Some((_, effective)) = running(place).await? {
        return Ok(effective);
    }
    let config::Configuration {
        entries, issues, ..
    } = config::load(&place.locations);
    Ok(Effective { entries, issues })
}

/// The values of a list, as they hold now.
pub(super) async fn texts(place: &Place, key: &str) -> Result<Vec<String>, Problem> {
    let entries = effective(place).await?.entries;
    let entry = entries.into_iter().find(|entry| entry.key == key);
    let values = entry.and_then(|entry| entry.value.as_array().cloned());
    let texts = values.unwrap_or_default().into_iter();
    Ok(texts
        .filter_map(|value| value.as_str().map(str::to_owned))
        .collect())
}

/// Through the running engine where it reads the same file, so that it takes the change up at once.
pub(super) async fn set(place: &Place, key: String, value: String) -> Result<(), Problem> {
    match running(place).await? {
        Some((client, _)) => client
            .request(Command::SetConfig { key, value })
            .await
            .map(|_| ()),
        None => config::set(&place.locations, &key, &value),
    }
}

/// The engine that runs on the data directory with our configuration file. One that was started with another
/// `--config` is left alone: its file is not the one meant.
pub(super) async fn running(place: &Place) -> Result<Option<(Client, Effective)>, Problem> {
    let Some(client) = Client::connect(&place.data_dir, PROGRAM).await? else {
        return Ok(None);
    };
    let Reply::Config {
        file,
        entries,
        issues,
    } = client.request(Command::ShowConfig).await?
    else {
        return Err(wrong_reply());
    };
    let same = same_file(file.as_ref(), &place.locations.user_file);
    Ok(same.then_some((client, Effective { entries, issues })))
}

fn same_file(theirs: &std::path::Path, ours: &std::path::Path) -> bool {
    match (theirs.canonicalize(), ours.canonicalize()) {
        (Ok(theirs), Ok(ours)) => theirs == ours,
        // Not there yet: by name.
        _ => std::path::absolute(theirs).ok() == std::path::absolute(ours).ok(),
    }
}

fn entries_table(paint: Paint, entries: &[ConfigEntry]) -> String {
    let rows: Vec<[Cell; 5]> = entries
        .iter()
        .map(|entry| {
            let managed = if entry.managed { "managed" } else { "" };
            [
                entry.key.as_str().into(),
                value(&entry.value).into(),
                origin(entry.origin).into(),
                Cell::coloured(managed, Some(Colour::Yellow)),
                entry.source.as_deref().unwrap_or_default().into(),
            ]
        })
        .collect();
    columns(paint, &rows)
}

fn issues_table(paint: Paint, issues: &[ConfigIssue]) -> String {
    let rows: Vec<[Cell; 4]> = issues
        .iter()
        .map(|issue| {
            let (severity, colour) = match issue.severity {
                Severity::Error => ("error", Colour::Red),
                Severity::Warning => ("warning", Colour::Yellow),
            };
            [
                Cell::coloured(severity, Some(colour)),
                place_of(issue).into(),
                issue.key.as_deref().unwrap_or_default().into(),
                issue.message.as_str().into(),
            ]
        })
        .collect();
    columns(paint, &rows)
}

/// As it is written in the file; a dash where there is none.
fn value(value: &Value) -> String {
    match value {
        Value::Null => "–".into(),
        Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Array(_)
        | Value::Object(_) => value.to_string(),
    }
}

fn origin(origin: Origin) -> &'static str {
    match origin {
        Origin::BuiltIn => "built in",
        Origin::MachineDefault => "machine default",
        Origin::User => "user",
        Origin::Enforced => "policy",
    }
}
