//! Names of texts that were seen lately, so that a repetition does not reach the bridge. The store has the last word.

use std::collections::{HashSet, VecDeque};

use causeway_api::Side;

/// Replays are short: an event page, or the minutes of the archive that are asked for twice.
const KEPT: usize = 8192;

/// Bounded set of names; the oldest goes first.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    names: HashSet<(Side, String)>,
    order: VecDeque<(Side, String)>,
}

impl Seen {
    /// Names that an earlier run saw, oldest first.
    pub(crate) fn restored(names: impl IntoIterator<Item = (Side, String)>) -> Self {
        let mut seen = Self::default();
        for (side, name) in names {
            seen.insert(side, &name);
        }
        seen
    }

    /// Notes a name. False: it was seen before.
    pub(crate) fn insert(&mut self, side: Side, name: &str) -> bool {
        let entry = (side, name.to_owned());
        if !self.names.insert(entry.clone()) {
            return false;
        }
        self.order.push_back(entry);
        if self.order.len() > KEPT
            && let Some(oldest) = self.order.pop_front()
        {
            self.names.remove(&oldest);
        }
        true
    }

    /// Was it seen?
    pub(crate) fn contains(&self, side: Side, name: &str) -> bool {
        self.names.contains(&(side, name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_new_once_on_each_side() {
        let mut seen = Seen::restored([(Side::Lync, "1".to_owned())]);
        assert!(!seen.insert(Side::Lync, "1"));
        assert!(seen.insert(Side::Xmpp, "1"));
        assert!(seen.contains(Side::Xmpp, "1"));
    }

    #[test]
    fn memory_is_bounded() {
        let mut seen = Seen::default();
        for number in 0..=KEPT {
            seen.insert(Side::Lync, &number.to_string());
        }
        assert_eq!(seen.names.len(), KEPT);
        assert!(!seen.contains(Side::Lync, "0"));
    }
}
