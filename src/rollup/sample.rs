//! Samples and tables of bounded size that do not depend on the order of the lines.
//!
//! Enters: anything with a frozen hash. Leaves: what has the smallest hashes. Must not know: what
//! it keeps, or where the hash comes from.
//!
//! "The first N" and counters that push each other out depend on who came first. The smallest
//! hashes do not: what is among the smallest of the whole is among the smallest of every part that
//! saw it, so it was never let go anywhere.

use std::borrow::Borrow;

use serde::{Deserialize, Serialize};

use super::hash::FrozenKey;
use super::merge::{Merge, union};

/// A uniform sample: the `K` offers with the smallest hashes, equal hashes in the order of `T`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BottomK<T, const K: usize> {
    /// In the order of (hash, T), at most `K`.
    kept: Vec<(u64, T)>,
    seen: u64,
}

impl<T: Ord, const K: usize> BottomK<T, K> {
    /// Offers one item; `make` is called only where [`would_take`](Self::would_take) the hash.
    pub fn offer(&mut self, hash: u64, make: impl FnOnce() -> T) {
        self.seen = self.seen.saturating_add(1);
        if !self.would_take(hash) {
            return;
        }
        let item = (hash, make());
        let at = self.kept.partition_point(|kept| *kept <= item);
        if at < K {
            self.kept.truncate(K - 1);
            self.kept.insert(at, item);
        }
    }

    /// Whether an item with this hash enters. With the largest hash kept it depends on the item.
    pub fn would_take(&self, hash: u64) -> bool {
        self.kept.len() < K || self.kept.last().is_some_and(|last| hash <= last.0)
    }

    /// Number of offers, taken or not.
    pub fn seen(&self) -> u64 {
        self.seen
    }

    /// The sample in the order of the hashes.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.kept.iter().map(|(_, item)| item)
    }
}

impl<T, const K: usize> Default for BottomK<T, K> {
    fn default() -> Self {
        Self {
            kept: Vec::new(),
            seen: 0,
        }
    }
}

impl<T: Ord, const K: usize> Merge for BottomK<T, K> {
    fn merge(&mut self, other: Self) {
        self.seen = self.seen.saturating_add(other.seen);
        // Where there are `K` already, most of the others are behind all of them.
        let last = self.kept.last().filter(|_| self.kept.len() == K);
        let behind = last.map_or(u64::MAX, |(hash, _)| *hash);
        let others = other.kept.into_iter();
        self.kept
            .extend(others.take_while(|(hash, _)| *hash <= behind));
        // The stable sort finds the two runs and merges them in linear time.
        self.kept.sort();
        self.kept.truncate(K);
    }
}

/// A table of the `N` keys with the smallest hashes, equal hashes in the order of the keys; all
/// other keys share one value.
///
/// The value of a kept key is exact, and the shared one is exactly the total less the kept ones. How
/// many keys share it is not known: a key that was let go is forgotten. Meant for up to some
/// thousand keys, as a new one moves those after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capped<K, V, const N: usize> {
    /// In the order of (hash, key), at most `N`.
    kept: Vec<Kept<K, V>>,
    overflow: V,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Kept<K, V> {
    hash: u64,
    key: K,
    value: V,
}

impl<K, V: Merge + Default, const N: usize> Capped<K, V, N> {
    /// Where to count this key: its own value, or the shared one. The key is copied only when it enters.
    pub fn slot<Q>(&mut self, key: &Q) -> &mut V
    where
        K: Borrow<Q>,
        Q: FrozenKey + Ord + ToOwned<Owned = K> + ?Sized,
    {
        let hash = key.frozen();
        match self.find(hash, key) {
            Ok(at) => &mut self.kept[at].value,
            // Full, and all of them are smaller.
            Err(at) if at == N => &mut self.overflow,
            Err(at) => {
                self.let_go(N - 1);
                self.kept.insert(
                    at,
                    Kept {
                        hash,
                        key: key.to_owned(),
                        value: V::default(),
                    },
                );
                &mut self.kept[at].value
            }
        }
    }

    /// The exact value of a kept key; `None` when it was never seen or shares the common value.
    pub fn get<Q>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
        Q: FrozenKey + Ord + ?Sized,
    {
        let at = self.find(key.frozen(), key).ok()?;
        Some(&self.kept[at].value)
    }

    /// What belongs to all keys that were not kept, together.
    pub fn overflow(&self) -> &V {
        &self.overflow
    }

    /// The kept keys with their exact values, in the order of the hashes.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.kept.iter().map(|kept| (&kept.key, &kept.value))
    }

    /// Drops or changes values in place; keys stay, as does what shares the common value.
    pub fn change_values(&mut self, mut change: impl FnMut(&K, &mut V)) {
        for kept in &mut self.kept {
            change(&kept.key, &mut kept.value);
        }
    }

    /// Drops or changes what shares the common value.
    pub fn change_overflow(&mut self, change: impl FnOnce(&mut V)) {
        change(&mut self.overflow);
    }

    fn find<Q>(&self, hash: u64, key: &Q) -> Result<usize, usize>
    where
        K: Borrow<Q>,
        Q: Ord + ?Sized,
    {
        self.kept
            .binary_search_by(|kept| (kept.hash, kept.key.borrow()).cmp(&(hash, key)))
    }

    /// Keeps the first `n`, and puts the others' values together with the shared one.
    fn let_go(&mut self, n: usize) {
        for gone in self.kept.drain(n.min(self.kept.len())..) {
            self.overflow.merge(gone.value);
        }
    }
}

impl<K, V: Default, const N: usize> Default for Capped<K, V, N> {
    fn default() -> Self {
        Self {
            kept: Vec::new(),
            overflow: V::default(),
        }
    }
}

impl<K: Ord, V: Merge + Default, const N: usize> Merge for Capped<K, V, N> {
    fn merge(&mut self, other: Self) {
        self.overflow.merge(other.overflow);
        union(
            &mut self.kept,
            other.kept,
            |a, b| (a.hash, &a.key).cmp(&(b.hash, &b.key)),
            |mine, theirs| mine.value.merge(std::mem::take(&mut theirs.value)),
        );
        self.let_go(N);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::{BottomK, Capped};
    use crate::rollup::hash::FrozenKey;
    use crate::rollup::merge::{Merge, law};

    type Three = BottomK<u8, 3>;

    fn sample(offers: &[(u64, u8)]) -> Three {
        let mut sample = Three::default();
        offers
            .iter()
            .for_each(|&(hash, item)| sample.offer(hash, || item));
        sample
    }

    #[test]
    fn an_item_is_made_only_when_it_may_enter() {
        let mut sample = sample(&[(10, 1), (20, 2), (30, 5)]);
        assert!(sample.would_take(29) && sample.would_take(30) && !sample.would_take(31));
        sample.offer(31, || unreachable!("a large hash does not enter"));
        sample.offer(30, || 4);
        sample.offer(30, || 6);
        assert_eq!(sample.iter().collect::<Vec<_>>(), [&1, &2, &4]);
        assert_eq!(sample.seen(), 6);
    }

    #[test]
    fn a_sample_of_none_only_counts() {
        let mut none = BottomK::<u8, 0>::default();
        none.offer(0, || unreachable!("nothing enters"));
        none.merge(none.clone());
        assert_eq!(
            (none.seen(), none.iter().count(), none.would_take(0)),
            (2, 0, false)
        );
    }

    /// A count.
    #[derive(Debug, Clone, Default, PartialEq)]
    struct Lines(u64);

    impl Merge for Lines {
        fn merge(&mut self, other: Self) {
            self.0 += other.0;
        }
    }

    /// A key of which many have the same hash.
    #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
    struct Crowded(u8);

    impl FrozenKey for Crowded {
        fn frozen(&self) -> u64 {
            u64::from(self.0 % 4)
        }
    }

    type Table<K> = Capped<K, Lines, 3>;

    fn table<K: FrozenKey + Ord + Clone>(keys: &[K]) -> Table<K> {
        let mut table = Table::default();
        keys.iter().for_each(|key| table.slot(key).0 += 1);
        table
    }

    /// The three first keys by (hash, key) with their counts, and the count of all others.
    fn oracle<K: FrozenKey + Ord + Clone>(keys: &[K]) -> (Vec<(K, u64)>, u64) {
        let mut counts = BTreeMap::<(u64, K), u64>::new();
        for key in keys {
            *counts.entry((key.frozen(), key.clone())).or_default() += 1;
        }
        let others = counts.values().skip(3).sum();
        (
            counts
                .into_iter()
                .take(3)
                .map(|((_, key), n)| (key, n))
                .collect(),
            others,
        )
    }

    fn content<K: FrozenKey + Ord + Clone>(table: &Table<K>) -> (Vec<(K, u64)>, u64) {
        (
            table
                .iter()
                .map(|(key, lines)| (key.clone(), lines.0))
                .collect(),
            table.overflow().0,
        )
    }

    fn merged<T: Merge + Default>(parts: impl IntoIterator<Item = T>) -> T {
        let mut whole = T::default();
        parts.into_iter().for_each(|part| whole.merge(part));
        whole
    }

    #[test]
    fn names_are_looked_up_without_a_copy() {
        let mut names = Capped::<Vec<u8>, Lines, 2>::default();
        for name in [&b"/a"[..], b"/b", b"/c", b"/a"] {
            names.slot(name).0 += 1;
        }
        let mut kept = [&b"/a"[..], b"/b", b"/c"];
        kept.sort_by_key(|name| name.frozen());
        let expected = |name: &[u8]| 1 + u64::from(name == b"/a");
        for name in &kept[..2] {
            assert_eq!(names.get(*name), Some(&Lines(expected(name))));
        }
        assert_eq!(names.get(kept[2]), None);
        assert_eq!(names.overflow(), &Lines(expected(kept[2])));
    }

    #[test]
    fn a_table_of_none_shares_all() {
        let mut none = Capped::<u64, Lines, 0>::default();
        none.slot(&1).0 += 1;
        none.merge(none.clone());
        assert_eq!((none.iter().count(), none.overflow()), (0, &Lines(2)));
    }

    proptest! {
        #[test]
        fn the_smallest_survive(parts in vec(vec((0u64..12, 0u8..4), 0..10), 0..6)) {
            let mut offers = parts.concat();
            let whole = sample(&offers);
            let from_parts = merged(parts.iter().map(|part| sample(part)));
            prop_assert_eq!(&from_parts, &whole);
            offers.reverse();
            prop_assert_eq!(&sample(&offers), &whole);
            offers.sort_unstable();
            let smallest: Vec<_> = offers.iter().take(3).map(|offer| &offer.1).collect();
            prop_assert_eq!(whole.iter().collect::<Vec<_>>(), smallest);
            prop_assert_eq!(whole.seen(), offers.len() as u64);
            law::holds(parts.iter().map(|part| sample(part)).collect());
        }

        #[test]
        fn kept_keys_are_exact(parts in vec(vec(0u64..9, 0..12), 0..6)) {
            let mut keys = parts.concat();
            let whole = table(&keys);
            prop_assert_eq!(content(&whole), oracle(&keys));
            prop_assert_eq!(&merged(parts.iter().map(|part| table(part))), &whole);
            keys.reverse();
            prop_assert_eq!(&table(&keys), &whole);
            law::holds(parts.iter().map(|part| table(part)).collect());
        }

        #[test]
        fn keys_of_one_hash_stay_apart(parts in vec(vec((0u8..9).prop_map(Crowded), 0..12), 0..6)) {
            let keys = parts.concat();
            prop_assert_eq!(content(&table(&keys)), oracle(&keys));
            prop_assert_eq!(content(&merged(parts.iter().map(|part| table(part)))), oracle(&keys));
        }
    }
}
