//! What it takes to be a part of the rollup: two halves make the same whole, in any order.
//!
//! Enters: two values of one type. Leaves: one. Must not know: what is counted.

use std::cmp::Ordering;
use std::collections::{BTreeMap, btree_map};
use std::hash::{BuildHasher, Hash};

use hashbrown::{HashMap, hash_map};

/// A value that can be counted in parts and put together.
///
/// The law: `merge` is commutative and associative, and `Default`, where a type has one, is its
/// identity. State is integers only, because adding floats depends on the order. Counts saturate,
/// which keeps the law, and neither panic nor wrap.
pub trait Merge {
    /// Takes `other` in.
    fn merge(&mut self, other: Self);
}

/// The smallest value seen; `None` before the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Min<T>(pub Option<T>);

impl<T> Min<T> {
    /// One value seen.
    pub fn of(value: T) -> Self {
        Self(Some(value))
    }
}

impl<T> Default for Min<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: Ord> Merge for Min<T> {
    fn merge(&mut self, other: Self) {
        self.0 = match (self.0.take(), other.0) {
            (Some(mine), Some(theirs)) => Some(mine.min(theirs)),
            (mine, theirs) => mine.or(theirs),
        };
    }
}

/// The largest value seen; `None` before the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Max<T>(pub Option<T>);

impl<T> Max<T> {
    /// One value seen.
    pub fn of(value: T) -> Self {
        Self(Some(value))
    }
}

impl<T> Default for Max<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: Ord> Merge for Max<T> {
    fn merge(&mut self, other: Self) {
        // `None` is below every `Some`.
        self.0 = self.0.take().max(other.0);
    }
}

/// Key by key.
impl<K: Eq + Hash, V: Merge, S: BuildHasher> Merge for HashMap<K, V, S> {
    fn merge(&mut self, mut other: Self) {
        // The order does not matter, so the smaller one moves.
        if self.len() < other.len() {
            std::mem::swap(self, &mut other);
        }
        for (key, value) in other {
            match self.entry(key) {
                hash_map::Entry::Occupied(mut mine) => mine.get_mut().merge(value),
                hash_map::Entry::Vacant(free) => {
                    free.insert(value);
                }
            }
        }
    }
}

/// Key by key.
impl<K: Ord, V: Merge> Merge for BTreeMap<K, V> {
    fn merge(&mut self, mut other: Self) {
        if self.len() < other.len() {
            std::mem::swap(self, &mut other);
        }
        for (key, value) in other {
            match self.entry(key) {
                btree_map::Entry::Occupied(mut mine) => mine.get_mut().merge(value),
                btree_map::Entry::Vacant(free) => {
                    free.insert(value);
                }
            }
        }
    }
}

/// Puts two vectors together that are each in strict `order`; of two equal items, `join` puts the
/// second into the first.
pub(crate) fn union<T>(
    into: &mut Vec<T>,
    from: Vec<T>,
    order: impl Fn(&T, &T) -> Ordering,
    mut join: impl FnMut(&mut T, &mut T),
) {
    into.extend(from);
    // The stable sort finds the two runs and merges them in linear time.
    into.sort_by(&order);
    into.dedup_by(|second, first| {
        let same = order(first, second).is_eq();
        if same {
            join(first, second);
        }
        same
    });
}

#[cfg(test)]
pub(crate) mod law {
    //! The law of [`Merge`], for any type's tests.

    use std::fmt::Debug;

    use super::Merge;
    use crate::rollup::hash::mix;

    /// Panics unless these parts obey the law: `Default` changes nothing, any two may change
    /// places, any permutation and any grouping makes the same whole.
    pub(crate) fn holds<T: Merge + Default + Clone + PartialEq + Debug>(parts: Vec<T>) {
        for part in &parts {
            assert_eq!(&merged(part.clone(), T::default()), part, "part + empty");
            assert_eq!(&merged(T::default(), part.clone()), part, "empty + part");
        }
        for pair in parts.windows(2) {
            let [a, b] = [&pair[0], &pair[1]].map(T::clone);
            assert_eq!(merged(a.clone(), b.clone()), merged(b, a), "a + b, b + a");
        }
        let whole = in_order(parts.clone());
        assert_eq!(in_order(parts.iter().rev().cloned().collect()), whole);
        for seed in 0..4 {
            assert_eq!(in_order(shuffled(parts.clone(), seed)), whole, "permuted");
            assert_eq!(grouped(parts.clone(), seed), whole, "grouped");
        }
    }

    fn merged<T: Merge>(mut a: T, b: T) -> T {
        a.merge(b);
        a
    }

    fn in_order<T: Merge + Default>(parts: Vec<T>) -> T {
        parts.into_iter().fold(T::default(), merged)
    }

    fn shuffled<T>(mut parts: Vec<T>, seed: u64) -> Vec<T> {
        for last in (1..parts.len()).rev() {
            parts.swap(last, below(last + 1, seed, last));
        }
        parts
    }

    /// Merges random neighbours until one is left: the order stays, the brackets move.
    fn grouped<T: Merge + Default>(mut parts: Vec<T>, seed: u64) -> T {
        while parts.len() > 1 {
            let left = below(parts.len() - 1, seed, parts.len());
            let right = parts.remove(left + 1);
            parts[left].merge(right);
        }
        parts.pop().unwrap_or_default()
    }

    fn below(end: usize, seed: u64, step: usize) -> usize {
        (mix(mix(seed) ^ step as u64) % end as u64) as usize
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use hashbrown::HashMap;
    use proptest::collection::{btree_map, vec};
    use proptest::option;
    use proptest::prelude::*;

    use super::{Max, Merge, Min, law, union};

    type Names = HashMap<u8, Max<u8>, foldhash::fast::RandomState>;

    #[test]
    fn min_and_max_by_hand() {
        let mut min = Min::default();
        let mut max = Max::default();
        for value in [5, 3, 9] {
            min.merge(Min::of(value));
            max.merge(Max::of(value));
        }
        assert_eq!((min.0, max.0), (Some(3), Some(9)));
    }

    #[test]
    fn maps_merge_key_by_key() {
        let mut map = BTreeMap::from([("a", Max::of(1)), ("b", Max::of(5))]);
        let other = BTreeMap::from([("b", Max::of(4)), ("c", Max::of(2)), ("d", Max::of(0))]);
        Merge::merge(&mut map, other);
        let expected = [
            ("a", Max::of(1)),
            ("b", Max::of(5)),
            ("c", Max::of(2)),
            ("d", Max::of(0)),
        ];
        assert_eq!(map, BTreeMap::from(expected));
    }

    #[test]
    fn union_joins_what_is_equal() {
        let mut into = vec![(1, "a"), (3, "b")];
        let mut gone = Vec::new();
        union(
            &mut into,
            vec![(0, "c"), (3, "d"), (4, "e")],
            |a, b| a.0.cmp(&b.0),
            |first, second| gone.push((first.1, second.1)),
        );
        assert_eq!(into, [(0, "c"), (1, "a"), (3, "b"), (4, "e")]);
        assert_eq!(gone, [("b", "d")]);
    }

    proptest! {
        #[test]
        fn min_and_max_are_lawful(parts in vec(option::of(any::<u8>()), 0..8)) {
            law::holds(parts.iter().copied().map(Min).collect());
            law::holds(parts.iter().copied().map(Max).collect());
        }

        #[test]
        fn maps_are_lawful(parts in vec(btree_map(0u8..6, any::<u8>(), 0..5), 0..6)) {
            let maxima = |part: &BTreeMap<u8, u8>| -> Vec<_> {
                part.iter().map(|(&k, &v)| (k, Max::of(v))).collect()
            };
            law::holds::<BTreeMap<_, _>>(parts.iter().map(|p| maxima(p).into_iter().collect()).collect());
            law::holds::<Names>(parts.iter().map(|p| maxima(p).into_iter().collect()).collect());
        }
    }

    /// Its identity would be 1.
    #[derive(Debug, Clone, Default, PartialEq)]
    struct Product(u32);

    impl Merge for Product {
        fn merge(&mut self, other: Self) {
            self.0 *= other.0;
        }
    }

    #[test]
    #[should_panic(expected = "part + empty")]
    fn the_law_sees_a_wrong_identity() {
        law::holds(vec![Product(2), Product(3)]);
    }

    /// Depends on the order.
    #[derive(Debug, Clone, Default, PartialEq)]
    struct First(Option<u32>);

    impl Merge for First {
        fn merge(&mut self, other: Self) {
            self.0 = self.0.or(other.0);
        }
    }

    #[test]
    #[should_panic(expected = "a + b, b + a")]
    fn the_law_sees_an_order() {
        law::holds(vec![First(Some(2)), First(Some(3))]);
    }

    /// Commutative with an identity, but depends on the brackets.
    #[derive(Debug, Clone, Default, PartialEq)]
    struct Mean(Option<u32>);

    impl Merge for Mean {
        fn merge(&mut self, other: Self) {
            self.0 = match (self.0, other.0) {
                (Some(a), Some(b)) => Some((a + b) / 2),
                (a, b) => a.or(b),
            };
        }
    }

    #[test]
    #[should_panic(expected = "assertion `left == right` failed")]
    fn the_law_sees_brackets() {
        law::holds(vec![
            Mean(Some(0)),
            Mean(Some(64)),
            Mean(Some(0)),
            Mean(Some(64)),
        ]);
    }
}
