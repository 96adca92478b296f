//! What outlives a restart.

use jiff::Timestamp;

/// One thing to keep; it takes the place of the one of the same kind and key.
#[derive(Clone, PartialEq, Eq)]
pub struct Fact {
    /// What sort of thing.
    pub kind: &'static str,
    /// Which one of its kind.
    pub key: String,
    /// Opaque to the caller, and private: it may hold a text that waits. `None`: forget it.
    pub value: Option<serde_json::Value>,
    /// When it may be thrown away unasked.
    pub expires: Option<Timestamp>,
}

impl std::fmt::Debug for Fact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fact")
            .field("kind", &self.kind)
            .field("key", &self.key)
            .field("kept", &self.value.is_some())
            .finish_non_exhaustive()
    }
}

/// What an earlier run kept.
#[derive(Default)]
pub struct Memory {
    facts: Vec<(String, String, serde_json::Value)>,
}

impl Memory {
    /// Takes the facts back: kind, key and value, in the order in which they were last written. What this version does not understand is left out.
    pub fn from_facts(
        facts: impl IntoIterator<Item = (String, String, serde_json::Value)>,
    ) -> Self {
        Self {
            facts: facts.into_iter().collect(),
        }
    }

    pub(crate) fn into_facts(self) -> Vec<(String, String, serde_json::Value)> {
        self.facts
    }
}
