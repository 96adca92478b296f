//! The configuration as it is told.

use serde::{Deserialize, Serialize};

/// Where an effective value came from, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// Compiled in.
    BuiltIn,
    /// Machine defaults.
    MachineDefault,
    /// The user's file.
    User,
    /// Enforced by the administrator.
    Enforced,
}

/// One key of the configuration. Secrets are files or key-store entries and never stand here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct ConfigEntry {
    /// `lync.address`.
    pub key: String,
    /// Effective value; null where there is none.
    pub value: serde_json::Value,
    /// Where it came from.
    pub origin: Origin,
    /// File and line, where it came from a file.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub source: Option<String>,
    /// Locked by the administrator.
    pub managed: bool,
}

/// How bad a configuration issue is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The value is not used.
    Error,
    /// Unknown key, ignored file.
    Warning,
}

/// Something wrong in a configuration file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct ConfigIssue {
    /// Error or warning.
    pub severity: Severity,
    /// Path of the file.
    pub file: String,
    /// Line, from 1.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub line: Option<usize>,
    /// The key, where one is concerned.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub key: Option<String>,
    /// What is wrong and what was expected.
    pub message: String,
}
