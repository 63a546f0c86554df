//! A small map that takes no more room than what is in it.
//!
//! Enters: keys and values. Leaves: the values, in the order of the keys. Must not know: what is counted.
//!
//! The standard library's map has room for eleven entries as soon as it has one. Where there are thousands of maps that
//! hold one each, for names that come once, that is most of their room.

use serde::{Deserialize, Serialize};

use super::merge::{Merge, union};

/// See the module. A new key moves those behind it, so it is for few keys, or for keys that come in their order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sorted<K, V>(Vec<(K, V)>);

impl<K: Ord, V: Default> Sorted<K, V> {
    /// The value of this key, which begins as its default.
    pub fn slot(&mut self, key: K) -> &mut V {
        let at = match self.find(&key) {
            Ok(at) => at,
            Err(at) => {
                // One is the rule; who has two has more.
                if self.0.is_empty() {
                    self.0.reserve_exact(1);
                }
                self.0.insert(at, (key, V::default()));
                at
            }
        };
        &mut self.0[at].1
    }
}

impl<K: Ord, V> Sorted<K, V> {
    /// The value of this key.
    pub fn get(&self, key: &K) -> Option<&V> {
        self.find(key).ok().map(|at| &self.0[at].1)
    }

    fn find(&self, key: &K) -> Result<usize, usize> {
        self.0.binary_search_by(|(held, _)| held.cmp(key))
    }
}

impl<K, V> Sorted<K, V> {
    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// In the order of the keys.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.0.iter().map(|(key, value)| (key, value))
    }

    /// Drops all.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}

impl<K, V> Default for Sorted<K, V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

/// Key by key.
impl<K: Ord, V: Merge + Default> Merge for Sorted<K, V> {
    fn merge(&mut self, other: Self) {
        union(
            &mut self.0,
            other.0,
            |(a, _), (b, _)| a.cmp(b),
            |(_, mine), (_, theirs)| mine.merge(std::mem::take(theirs)),
        );
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::Sorted;
    use crate::rollup::merge::{Max, law};

    #[test]
    fn a_key_has_one_value() {
        let mut sorted = Sorted::default();
        for key in [5, 1, 5, 3] {
            *sorted.slot(key) += 1;
        }
        let held: Vec<_> = sorted.iter().collect();
        assert_eq!(held, [(&1, &1), (&3, &1), (&5, &2)]);
        assert_eq!((sorted.get(&5), sorted.get(&2)), (Some(&2), None));
    }

    proptest! {
        #[test]
        fn sorted_maps_are_lawful(parts in vec(vec((0u8..6, any::<u8>()), 0..5), 0..6)) {
            let sorted = |part: &Vec<(u8, u8)>| {
                let mut sorted: Sorted<u8, Max<u8>> = Sorted::default();
                for (key, value) in part {
                    *sorted.slot(*key) = Max::of(*value);
                }
                sorted
            };
            law::holds(parts.iter().map(sorted).collect());
        }
    }
}
