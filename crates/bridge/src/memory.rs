//! What outlives a restart.

use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};

/// Own status with an end.
pub(crate) const CHOICE: &str = "choice";
/// A Lync conversation that texts were carried to or from.
pub(crate) const CONVERSATION: &str = "conversation";
/// A text that was sent to XMPP, by its id, and the conversation that an answer to it belongs to.
pub(crate) const TEXT: &str = "text";
/// An XMPP text that was taken in, so that a copy of it is known.
pub(crate) const HEARD: &str = "heard";
/// An answer on its way to Lync, so that its writer can be told what became of it.
pub(crate) const ANSWER: &str = "answer";
/// "Who do you mean?", with the texts that wait.
pub(crate) const QUESTION: &str = "question";

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

impl Fact {
    /// Keeps `value` until `expires`.
    pub(crate) fn keep(
        kind: &'static str,
        key: String,
        value: &impl Serialize,
        expires: Timestamp,
    ) -> Self {
        Self {
            kind,
            key,
            value: serde_json::to_value(value).ok(),
            expires: Some(expires),
        }
    }

    pub(crate) fn forget(kind: &'static str, key: String) -> Self {
        Self {
            kind,
            key,
            value: None,
            expires: None,
        }
    }
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
    /// Takes the facts back: kind, key and value, in the order in which they were last written. What this version does
    /// not understand is left out.
    pub fn from_facts(
        facts: impl IntoIterator<Item = (String, String, serde_json::Value)>,
    ) -> Self {
        Self {
            facts: facts.into_iter().collect(),
        }
    }

    /// Key and value of every fact of a kind, oldest first.
    pub(crate) fn of<T: DeserializeOwned>(
        &self,
        kind: &'static str,
    ) -> impl Iterator<Item = (&str, T)> {
        self.facts
            .iter()
            .filter(move |(found, _, _)| found == kind)
            .filter_map(|(_, key, value)| Some((key.as_str(), T::deserialize(value).ok()?)))
    }
}
