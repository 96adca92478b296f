//! The sign-in ladder as a report, and the report for a help desk.

use serde::{Deserialize, Serialize};

use crate::{Code, Problem, Side};

/// Result of one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum StepState {
    /// Passed.
    Ok,
    /// Passed, but an administrator should know.
    Warn,
    /// Failed; later steps of this side are skipped.
    Fail,
    /// Not tried.
    Skip,
}

/// One step of the ladder; `step` has the names of the sign-in states (ux.md section 5).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct CheckStep {
    /// Which link.
    pub side: Side,
    /// Name of the step.
    pub step: String,
    /// How it went.
    pub state: StepState,
    /// How long it took.
    pub ms: u64,
    /// Code of the failure or warning.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub code: Option<Code>,
    /// What was found.
    pub message: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub remedy: Option<String>,
    /// Host, status, names and dates of certificates, methods offered.
    pub detail: serde_json::Map<String, serde_json::Value>,
}

/// A report that was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Diagnosed {
    /// Its path.
    pub file: String,
    /// Its length.
    pub bytes: u64,
}

/// The whole ladder, both sides.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct Check {
    /// In the order tried, Lync first.
    pub steps: Vec<CheckStep>,
    /// The first failure.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub error: Option<Problem>,
}
