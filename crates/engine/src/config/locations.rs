//! Where configuration and data are.

use std::path::PathBuf;

use causeway_api::{Code, Problem};

use super::machine::Machine;

/// Where the layers of the configuration are read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locations {
    /// The user's file.
    pub user_file: PathBuf,
    /// What the administrator says.
    pub machine: Machine,
}

impl Locations {
    /// The places of contract.md; `config` takes the place of the user's file.
    ///
    /// # Errors
    /// `Code::BadConfig` where the home directory is not known and no file was named.
    pub fn standard(config: Option<PathBuf>) -> Result<Self, Problem> {
        let user_file = match config {
            Some(file) => file,
            None => default_user_file()?,
        };
        Ok(Self {
            user_file,
            machine: Machine::standard(),
        })
    }

    /// The user's file is not the usual one and is not there: a slip of the pen, perhaps.
    pub(super) fn names_missing_file(&self) -> bool {
        !self.user_file.exists() && default_user_file().is_ok_and(|usual| usual != self.user_file)
    }

    /// The user's file is where everybody's is: its directory is ours to make.
    pub(super) fn is_usual(&self) -> bool {
        default_user_file().is_ok_and(|usual| usual == self.user_file)
    }
}

/// Where state, history and queue are unless `--data-dir` says otherwise.
///
/// # Errors
/// `Code::BadConfig` where the home directory is not known.
pub fn default_data_dir() -> Result<PathBuf, Problem> {
    base_dir(DATA, "--data-dir")
}

fn default_user_file() -> Result<PathBuf, Problem> {
    Ok(base_dir(CONFIGURATION, "--config")?.join("config.toml"))
}

/// A variable with an absolute path, else a directory in the person's home, and our directory there.
type Base = (&'static str, &'static str, &'static str);

// XDG Base Directory Specification.
#[cfg(not(windows))]
const DATA: Base = ("XDG_DATA_HOME", ".local/share", "causeway");
#[cfg(not(windows))]
const CONFIGURATION: Base = ("XDG_CONFIG_HOME", ".config", "causeway");

// What a person sets follows them to other computers, what lies here does not.
#[cfg(windows)]
const DATA: Base = ("LOCALAPPDATA", r"AppData\Local", "Causeway");
#[cfg(windows)]
const CONFIGURATION: Base = ("APPDATA", r"AppData\Roaming", "Causeway");

/// A relative path in the variable counts as not set.
fn base_dir((variable, in_home, ours): Base, option: &str) -> Result<PathBuf, Problem> {
    std::env::var_os(variable)
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
        .or_else(|| {
            std::env::home_dir()
                .filter(|home| home.is_absolute())
                .map(|home| home.join(in_home))
        })
        .map(|base| base.join(ours))
        .ok_or_else(|| {
            Problem::new(
                Code::BadConfig,
                "configuration",
                format!("Neither ${variable} nor the home directory is known"),
                format!("Set HOME, or use {option}"),
            )
        })
}
