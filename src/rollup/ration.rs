//! A table with room for so much, whatever its keys are and however much is put under each.
//!
//! Enters: keys with a frozen hash, and what is put under them. Leaves: all that was put under the keys with the
//! smallest hashes; the rest is handed back. Must not know: what it keeps.
//!
//! In the order of (hash, key), those are kept that fit before the first that does not. The more is put under keys, the
//! more room they take: a key that found none would find none in the end. So the order in which things come makes no
//! difference.

use std::collections::BTreeSet;
use std::hash::Hash;

use hashbrown::HashMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::hash::FrozenKey;

/// What is put under one key.
pub trait Shelf<K>: Default {
    /// What it is put together from.
    type Item;

    /// The room it takes when nothing is on it.
    fn base(key: &K) -> usize;

    /// Puts an item to the others, and tells how much more room they take now.
    fn put(&mut self, item: Self::Item) -> usize;

    /// All of it, as items.
    fn into_items(self) -> impl Iterator<Item = Self::Item>;
}

/// See the module.
#[derive(Debug, Clone)]
pub struct Rationed<K, V, const ROOM: usize> {
    // Seeded per process: keys come from strangers.
    kept: HashMap<K, Kept<V>, foldhash::fast::RandomState>,
    /// The keys by (hash, key).
    order: BTreeSet<(u64, K)>,
    /// The room that all take.
    taken: usize,
    /// The first that found no room; those behind it find none either.
    bound: Option<(u64, K)>,
}

/// A shelf, and the room it takes.
#[derive(Debug, Clone)]
struct Kept<V> {
    room: usize,
    shelf: V,
}

impl<K: FrozenKey + Ord + Hash + Clone, V: Shelf<K>, const ROOM: usize> Rationed<K, V, ROOM> {
    /// Puts an item under a key. What there is no room for, this item or others, is `gone`.
    pub fn put(&mut self, key: &K, item: V::Item, mut gone: impl FnMut(V::Item)) {
        let mut item = Some(item);
        let put = |shelf: &mut V| item.take().map_or(0, |item| shelf.put(item));
        self.fill(key, put, &mut gone);
        item.into_iter().for_each(gone);
    }

    /// Lets `put` put something under a key, and tell how much more room is taken; unless the key finds no room.
    pub fn fill(
        &mut self,
        key: &K,
        put: impl FnOnce(&mut V) -> usize,
        mut gone: impl FnMut(V::Item),
    ) {
        // What is kept stands before the bound.
        if let Some(kept) = self.kept.get_mut(key) {
            let more = put(&mut kept.shelf);
            kept.room += more;
            self.taken += more;
        } else {
            let place = (key.frozen(), key.clone());
            if self.bound.as_ref().is_some_and(|bound| place >= *bound) {
                return;
            }
            let mut shelf = V::default();
            let room = V::base(key) + put(&mut shelf);
            self.taken += room;
            self.order.insert(place);
            self.kept.insert(key.clone(), Kept { room, shelf });
        }
        while self.taken > ROOM
            && let Some(last) = self.order.pop_last()
        {
            self.let_go(&last, &mut gone);
            self.bound = Some(last);
        }
    }

    fn let_go(&mut self, (_, key): &(u64, K), gone: &mut impl FnMut(V::Item)) {
        if let Some(Kept { room, shelf }) = self.kept.remove(key) {
            self.taken -= room;
            shelf.into_items().for_each(gone);
        }
    }

    /// Takes another table in.
    pub fn join(&mut self, other: Self, mut gone: impl FnMut(V::Item)) {
        if let Some(bound) = &other.bound
            && self.bound.as_ref().is_none_or(|mine| bound < mine)
        {
            for behind in self.order.split_off(bound) {
                self.let_go(&behind, &mut gone);
            }
            self.bound = Some(bound.clone());
        }
        if self.kept.is_empty() && self.bound == other.bound {
            *self = other;
            return;
        }
        for (key, shelf) in other.into_shelves() {
            for item in shelf.into_items() {
                self.put(&key, item, &mut gone);
            }
        }
    }

    /// Drops or changes what is kept in place; the room for it stays taken.
    pub fn change(&mut self, mut change: impl FnMut(&K, &mut V)) {
        for (key, kept) in &mut self.kept {
            change(key, &mut kept.shelf);
        }
    }

    /// The keys with what was put under them, in the order of the hashes.
    pub fn into_shelves(mut self) -> impl Iterator<Item = (K, V)> {
        self.order.into_iter().filter_map(move |(_, key)| {
            let kept = self.kept.remove(&key)?;
            Some((key, kept.shelf))
        })
    }
}

impl<K, V, const ROOM: usize> Default for Rationed<K, V, ROOM> {
    fn default() -> Self {
        Self {
            kept: HashMap::default(),
            order: BTreeSet::new(),
            taken: 0,
            bound: None,
        }
    }
}

impl<K: FrozenKey + Ord + Hash + Clone + Serialize, V: Serialize, const ROOM: usize> Serialize
    for Rationed<K, V, ROOM>
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let shelves = self.order.iter().filter_map(|(_, key)| {
            let kept = self.kept.get(key)?;
            Some((key, kept.room, &kept.shelf))
        });
        let shelves: Vec<(&K, usize, &V)> = shelves.collect();
        let bound = self.bound.as_ref().map(|(_, key)| key);
        (shelves, bound).serialize(serializer)
    }
}

impl<'de, K, V, const ROOM: usize> Deserialize<'de> for Rationed<K, V, ROOM>
where
    K: FrozenKey + Ord + Hash + Clone + Deserialize<'de>,
    V: Deserialize<'de>,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (shelves, bound) = <(Vec<(K, usize, V)>, Option<K>)>::deserialize(deserializer)?;
        let mut rationed = Self {
            bound: bound.map(|key| (key.frozen(), key)),
            ..Self::default()
        };
        for (key, room, shelf) in shelves {
            rationed.taken = rationed.taken.saturating_add(room);
            rationed.order.insert((key.frozen(), key.clone()));
            rationed.kept.insert(key, Kept { room, shelf });
        }
        Ok(rationed)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::{Rationed, Shelf};
    use crate::rollup::hash::FrozenKey;

    /// Different numbers, each of which takes one.
    #[derive(Debug, Clone, Default, PartialEq)]
    struct Numbers(BTreeMap<u8, u64>);

    impl Shelf<u64> for Numbers {
        type Item = (u8, u64);

        fn base(_: &u64) -> usize {
            2
        }

        fn put(&mut self, (number, n): (u8, u64)) -> usize {
            let before = self.0.len();
            *self.0.entry(number).or_default() += n;
            self.0.len() - before
        }

        fn into_items(self) -> impl Iterator<Item = (u8, u64)> {
            self.0.into_iter()
        }
    }

    const ROOM: usize = 12;

    type Table = Rationed<u64, Numbers, ROOM>;

    /// What is kept under each key, and how much is gone.
    type Content = (Vec<(u64, Numbers)>, u64);

    fn table(items: &[(u64, u8)]) -> (Table, u64) {
        let (mut table, mut gone) = (Table::default(), 0);
        for (key, number) in items {
            table.put(key, (*number, 1), |(_, n)| gone += n);
        }
        (table, gone)
    }

    fn content((table, gone): (Table, u64)) -> Content {
        (table.into_shelves().collect(), gone)
    }

    /// The keys in their order while all different numbers so far fit.
    fn oracle(items: &[(u64, u8)]) -> Content {
        let keys: BTreeSet<(u64, u64)> =
            items.iter().map(|(key, _)| (key.frozen(), *key)).collect();
        let (mut kept, mut gone, mut taken) = (Vec::new(), 0, 0);
        for (_, key) in keys {
            let mut numbers = Numbers::default();
            for (_, number) in items.iter().filter(|(other, _)| *other == key) {
                *numbers.0.entry(*number).or_default() += 1;
            }
            taken += 2 + numbers.0.len();
            match taken <= ROOM {
                true => kept.push((key, numbers)),
                false => gone += numbers.0.values().sum::<u64>(),
            }
        }
        (kept, gone)
    }

    proptest! {
        #[test]
        fn what_is_kept_does_not_depend_on_the_order(parts in vec(vec((0u64..6, 0u8..5), 0..14), 0..5)) {
            let mut items = parts.concat();
            prop_assert_eq!(content(table(&items)), oracle(&items));
            let (mut whole, mut gone) = (Table::default(), 0);
            for part in &parts {
                let (part, gone_before) = table(part);
                gone += gone_before;
                whole.join(part, |(_, n)| gone += n);
            }
            prop_assert_eq!(content((whole, gone)), oracle(&items));
            items.reverse();
            prop_assert_eq!(content(table(&items)), oracle(&items));
        }
    }
}
