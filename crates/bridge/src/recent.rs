//! A map that keeps only its most recent entries.

use std::{
    collections::{HashMap, VecDeque},
    hash::Hash,
};

/// At most `most` entries; the oldest goes first.
pub(crate) struct Recent<K, V> {
    entries: HashMap<K, V>,
    order: VecDeque<K>,
    most: usize,
}

impl<K: Clone + Eq + Hash, V> Recent<K, V> {
    pub(crate) fn new(most: usize) -> Self {
        Self {
            entries: HashMap::new(),
            order: VecDeque::new(),
            most,
        }
    }

    /// Adds or replaces; returns the key that had to go.
    pub(crate) fn insert(&mut self, key: K, value: V) -> Option<K> {
        if self.entries.insert(key.clone(), value).is_some() {
            return None;
        }
        self.order.push_back(key);
        if self.order.len() > self.most * 2 {
            // Entries that were removed by hand leave their keys here.
            let entries = &self.entries;
            self.order.retain(|key| entries.contains_key(key));
        }
        if self.entries.len() <= self.most {
            return None;
        }
        while let Some(oldest) = self.order.pop_front() {
            if self.entries.remove(&oldest).is_some() {
                return Some(oldest);
            }
        }
        None
    }

    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        self.entries.get(key)
    }

    pub(crate) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.entries.get_mut(key)
    }

    pub(crate) fn remove(&mut self, key: &K) -> Option<V> {
        self.entries.remove(key)
    }

    pub(crate) fn contains(&self, key: &K) -> bool {
        self.entries.contains_key(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_entry_makes_room() {
        let mut recent = Recent::new(2);
        assert_eq!(recent.insert(1, 'a'), None);
        assert_eq!(recent.insert(2, 'b'), None);
        assert_eq!(recent.insert(1, 'c'), None);
        assert_eq!(recent.insert(3, 'd'), Some(1));
        assert_eq!(recent.remove(&2), Some('b'));
        for key in 10..1000 {
            recent.insert(key, 'x');
            recent.remove(&key);
        }
        assert_eq!(recent.insert(4, 'e'), None);
        assert_eq!(recent.insert(5, 'f'), Some(3));
        assert!(recent.contains(&4) && recent.order.len() < 10);
    }
}
