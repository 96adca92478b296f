//! One archive with all that a help desk needs and nothing secret: log files, effective configuration, versions, a check,
//! what the links went through, and how much the store holds.

mod archive;
mod readme;
mod recent;
mod versions;

use std::path::{Path, PathBuf};
use std::time::Duration;

use causeway_api::{Code, ConfigEntry, ConfigIssue, Desktop, Diagnosed, Problem};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::{Options, check, config, crash, log, problems, store};

use archive::Archive;
pub(crate) use recent::{Condition, Recent};

/// A check that takes longer is left out. Each of its steps has a shorter limit of its own.
const CHECK_LIMIT: Duration = Duration::from_secs(90);
/// Words that a person wrote into the configuration.
const WRITTEN: [&str; 2] = ["text", "note"];

/// Where the report goes.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// An absolute path.
    pub file: PathBuf,
    /// Whether a file of that name gives way.
    pub overwrite: bool,
    /// What the desktop session offers, where there is one.
    pub desktop: Option<Desktop>,
}

/// Writes the report of a configuration and data directory that no engine of this program works with.
///
/// # Errors
/// [`Code::FileExists`]; [`Code::Storage`] where the file cannot be written.
pub async fn diagnose(options: &Options, wanted: Wanted) -> Result<Diagnosed, Problem> {
    report(options, wanted, None).await
}

/// As [`diagnose`], with what the engine knows.
pub(crate) async fn report(
    options: &Options,
    wanted: Wanted,
    condition: Option<Condition>,
) -> Result<Diagnosed, Problem> {
    let Wanted {
        file,
        overwrite,
        desktop,
    } = wanted;
    let now = Timestamp::now();
    // Begun first: who may not write there need not wait for the check.
    let archive = blocking(move || Archive::begin(file, overwrite, now)).await?;
    // A report is no wish to sign in.
    let unattended = Options {
        unattended: true,
        ..options.clone()
    };
    let check = timeout(CHECK_LIMIT, check(&unattended)).await;
    let check = check.map_or_else(
        |_| json!({ "left_out": "it took longer than 90 seconds" }),
        |check| json!(check),
    );
    let options = options.clone();
    blocking(move || {
        let mut archive = archive;
        archive.text("README.txt", readme::README)?;
        archive.json("versions.json", &versions::versions(desktop.as_ref()))?;
        archive.json("configuration.json", &configuration(&options))?;
        archive.json("check.json", &check)?;
        archive.json("store.json", &store::counts(&options.data_dir))?;
        archive.json("state.json", &json!(condition))?;
        for directory in [log::DIRECTORY, crash::DIRECTORY] {
            archive.directory(&options.data_dir.join(directory), directory)?;
        }
        archive.finish()
    })
    .await
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|_| Err(problems::internal("Writing the report was cut off")))
}

/// As `config show` tells it.
#[derive(Serialize)]
struct Effective {
    file: String,
    entries: Vec<ConfigEntry>,
    issues: Vec<ConfigIssue>,
}

fn configuration(options: &Options) -> Effective {
    let config::Configuration {
        mut entries,
        issues,
        ..
    } = config::load(&options.locations);
    for entry in &mut entries {
        without_words(&mut entry.value);
    }
    Effective {
        file: options.locations.user_file.display().to_string(),
        entries,
        issues,
    }
}

/// Status texts and notes of a table of one's own are a person's words: only how long they are is told.
fn without_words(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(without_words),
        Value::Object(fields) => {
            for (key, value) in fields {
                let own = WRITTEN.contains(&key.as_str());
                match value.as_str().filter(|_| own) {
                    Some(text) => *value = json!(format!("({} characters)", text.chars().count())),
                    None => without_words(value),
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The path of a report, as it came through the door.
pub(crate) fn path(file: &str) -> Result<PathBuf, Problem> {
    let path = Path::new(file);
    if path.is_absolute() && path.file_name().is_some() {
        return Ok(path.to_owned());
    }
    Err(Problem::new(
        Code::BadConfig,
        "diagnose",
        "The report needs the whole path of its file.",
        "Name a file from the root on, such as /tmp/report.zip.",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_status_table_are_not_told() {
        let mut rows =
            json!([{ "show": "away", "text": "canary text", "lync": "busy", "note": "canary" }]);
        without_words(&mut rows);
        assert_eq!(
            rows,
            json!([{ "show": "away", "text": "(11 characters)", "lync": "busy", "note": "(6 characters)" }])
        );
    }

    #[test]
    fn only_a_whole_path_says_where_a_report_goes() {
        let home = if cfg!(windows) {
            r"C:\Users\Anna"
        } else {
            "/home/anna"
        };
        assert!(path(&format!("{home}/report.zip")).is_ok());
        for file in ["report.zip", "", "/", &format!("{home}/..")] {
            assert!(path(file).is_err(), "{file}");
        }
    }
}
