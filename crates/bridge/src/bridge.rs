//! The bridge as one value.

use jiff::Timestamp;

use crate::{Input, Memory, Output, Person, Rules};

/// The bridge.
pub struct Bridge {
    rules: Rules,
}

impl Bridge {
    /// A bridge with these rules, which goes on where an earlier run stopped.
    #[must_use]
    pub fn new(rules: Rules, memory: Memory) -> Self {
        drop(memory.into_facts());
        Self { rules }
    }

    /// Takes in what happened at `now`, and says what is to be done, in this order.
    pub fn handle(&mut self, input: Input, now: Timestamp) -> Vec<Output> {
        let _ = (
            input,
            self.rules.pause_at(now),
            self.rules.presence.reaches(crate::Side::Lync),
        );
        Vec::new()
    }

    /// When [`Input::Tick`] is due, if at all.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Timestamp> {
        None
    }

    /// The configuration changed, or the relay was paused or resumed.
    pub fn set_rules(&mut self, rules: Rules) {
        self.rules = rules;
    }

    /// Everybody on either contact list, in no particular order.
    #[must_use]
    pub fn people(&self) -> Vec<Person> {
        Vec::new()
    }

    /// The person behind an address: SIP URI or JID.
    #[must_use]
    pub fn person(&self, address: &str) -> Option<Person> {
        let _ = address;
        None
    }
}
