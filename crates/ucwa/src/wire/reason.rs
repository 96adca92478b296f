//! Error bodies, and the `reason` of events (UCWA reference: errors).

use serde::{Deserialize, Serialize};

use super::More;

/// Why something was refused or ended. New subcodes may appear at any time: decide by a known subcode, else by code.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Reason {
    /// Always there, e.g. `Conflict`.
    pub code: Option<String>,
    /// More exactly, e.g. `AlreadyExists`.
    pub subcode: Option<String>,
    /// In the language of the application's `culture`; may be shown.
    pub message: Option<String>,
    /// `link`, `parameters`, `debugInfo` and whatever comes.
    #[serde(flatten)]
    pub more: More,
}

impl Reason {
    /// Whether this is the subcode.
    #[must_use]
    pub fn is(&self, subcode: &str) -> bool {
        self.subcode
            .as_deref()
            .is_some_and(|own| own.eq_ignore_ascii_case(subcode))
    }

    /// Reads an error body; `None` where it is not one.
    #[must_use]
    pub fn read(body: &[u8]) -> Option<Self> {
        serde_json::from_slice::<Self>(body)
            .ok()
            .filter(|reason| reason.code.is_some())
    }
}
