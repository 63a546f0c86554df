//! A table with room for so much, whatever its keys are and however much is put under each.
//!
//! Enters: keys, how much was heard of each before, and what is put under them. Leaves: all that was put under the keys of
//! which most was heard, and of equal ones under those with the smallest hashes; the rest is handed back. Must not know: what
//! it keeps.
//!
//! In that order, those are kept that fit before the first that does not. The more is put under keys, the more room they
//! take: a key that found none would find none in the end. So the order in which things come makes no difference. That is
//! why it goes by what was heard before, and not by what is put in: whoever is let go of with one thing would be missed once
//! there are many.
//!
//! While it is not known yet what was heard before, there is room for twice as much. It is asked only where room is wanting,
//! and only then are the keys put in order: in nearly all minutes there is room for everything.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::hash::Hash;
use std::sync::Arc;

use hashbrown::HashMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::hash::FrozenKey;
use super::heard::Heard;

/// What things may be put under.
pub trait RationedKey: FrozenKey + Ord + Hash + Clone {
    /// The hash of the name of which it counts how much was heard, if there is one.
    fn name(&self) -> Option<u64> {
        Some(self.frozen())
    }
}

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
    /// Of those that are kept, once some have to go.
    order: Option<BTreeSet<Place<K>>>,
    /// The room that all take.
    taken: usize,
    /// The first that found no room; those behind it find none either.
    bound: Option<Place<K>>,
    /// What was heard before, once it was asked.
    heard: Option<Arc<Heard>>,
    /// Room was wanting before that was known: it goes by the hashes for good.
    hasty: bool,
}

/// Where a key stands: how much was heard of it, its hash, and itself.
type Place<K> = (Reverse<u32>, u64, K);

/// A shelf, and the room it takes.
#[derive(Debug, Clone)]
struct Kept<V> {
    room: usize,
    shelf: V,
}

impl<K: RationedKey, V: Shelf<K>, const ROOM: usize> Rationed<K, V, ROOM> {
    /// Some tables, which are one in the end, have no room for all, and it matters what was heard before: one of them does
    /// not know.
    pub fn ask<'a>(tables: impl Iterator<Item = &'a Self> + Clone) -> bool
    where
        Self: 'a,
    {
        let taken: usize = tables.clone().map(|table| table.taken).sum();
        let is_short = taken > ROOM || tables.clone().any(|table| table.bound.is_some());
        is_short
            && tables
                .clone()
                .any(|table| table.heard.is_none() && !table.hasty)
    }

    /// It is known now what was heard before.
    pub fn settle(&mut self, heard: &Arc<Heard>, gone: impl FnMut(&K, V::Item)) {
        if self.hasty || self.heard.is_some() {
            return;
        }
        self.heard = Some(heard.clone());
        self.order = None;
        self.bound = self.bound.take().map(|(.., key)| self.place(key));
        self.make_room(gone);
    }

    fn place(&self, key: K) -> Place<K> {
        let heard = self.heard.as_ref().zip(key.name());
        let heard = heard.map_or(0, |(heard, name)| heard.of(name));
        (Reverse(heard), key.frozen(), key)
    }

    /// Puts an item under a key. What there is no room for, this item or others, is `gone`.
    pub fn put(&mut self, key: &K, item: V::Item, mut gone: impl FnMut(&K, V::Item)) {
        let mut item = Some(item);
        let put = |shelf: &mut V| item.take().map_or(0, |item| shelf.put(item));
        self.fill(key, put, &mut gone);
        item.into_iter().for_each(|item| gone(key, item));
    }

    /// Lets `put` put something under a key, and tell how much more room is taken; unless the key finds no room.
    pub fn fill(
        &mut self,
        key: &K,
        put: impl FnOnce(&mut V) -> usize,
        gone: impl FnMut(&K, V::Item),
    ) {
        // What is kept stands before the bound.
        if let Some(kept) = self.kept.get_mut(key) {
            let more = put(&mut kept.shelf);
            kept.room += more;
            self.taken += more;
        } else {
            if !self.finds_room(key) {
                return;
            }
            let mut shelf = V::default();
            let room = V::base(key) + put(&mut shelf);
            self.taken += room;
            self.kept.insert(key.clone(), Kept { room, shelf });
        }
        self.make_room(gone);
    }

    /// Whether a key stands before the bound. If so, it is put in order, where there is one.
    fn finds_room(&mut self, key: &K) -> bool {
        if self.bound.is_none() && self.order.is_none() {
            return true;
        }
        let place = self.place(key.clone());
        let finds = self.bound.as_ref().is_none_or(|bound| place < *bound);
        if finds && let Some(order) = &mut self.order {
            order.insert(place);
        }
        finds
    }

    fn make_room(&mut self, mut gone: impl FnMut(&K, V::Item)) {
        let room = match self.heard {
            Some(_) => ROOM,
            None => 2 * ROOM,
        };
        if self.taken <= room {
            return;
        }
        let mut order = self.order.take().unwrap_or_else(|| self.in_order());
        while self.taken > room
            && let Some(last) = order.pop_last()
        {
            self.let_go(&last, &mut gone);
            self.hasty |= self.heard.is_none();
            self.bound = Some(last);
        }
        self.order = Some(order);
    }

    fn in_order(&self) -> BTreeSet<Place<K>> {
        self.kept
            .keys()
            .map(|key| self.place(key.clone()))
            .collect()
    }

    fn let_go(&mut self, (.., key): &Place<K>, gone: &mut impl FnMut(&K, V::Item)) {
        if let Some(Kept { room, shelf }) = self.kept.remove(key) {
            self.taken -= room;
            shelf.into_items().for_each(|item| gone(key, item));
        }
    }

    /// Takes another table in.
    pub fn join(&mut self, other: Self, mut gone: impl FnMut(&K, V::Item)) {
        if self.kept.is_empty() && self.bound.is_none() {
            *self = other;
            return;
        }
        if let Some(bound) = &other.bound
            && self.bound.as_ref().is_none_or(|mine| bound < mine)
        {
            let mut order = self.order.take().unwrap_or_else(|| self.in_order());
            for behind in order.split_off(bound) {
                self.let_go(&behind, &mut gone);
            }
            self.order = Some(order);
            self.bound = Some(bound.clone());
        }
        for (key, shelf) in other.into_shelves() {
            for item in shelf.into_items() {
                self.put(&key, item, &mut gone);
            }
        }
    }

    /// The room that all of it takes.
    pub fn taken(&self) -> usize {
        self.taken
    }

    /// What is kept, in no order.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.kept.iter().map(|(key, kept)| (key, &kept.shelf))
    }

    /// Drops or changes what is kept in place; the room for it stays taken.
    pub fn change(&mut self, mut change: impl FnMut(&K, &mut V)) {
        for (key, kept) in &mut self.kept {
            change(key, &mut kept.shelf);
        }
    }

    /// The keys with what was put under them, in no order.
    pub fn into_shelves(self) -> impl ExactSizeIterator<Item = (K, V)> {
        let kept = self.kept.into_iter();
        kept.map(|(key, kept)| (key, kept.shelf))
    }
}

impl<K, V, const ROOM: usize> Default for Rationed<K, V, ROOM> {
    fn default() -> Self {
        Self {
            kept: HashMap::default(),
            order: None,
            taken: 0,
            bound: None,
            heard: None,
            hasty: false,
        }
    }
}

/// What was heard before is not written with it: where it matters, it is [asked for](Rationed::ask) again.
impl<K: RationedKey + Serialize, V: Serialize, const ROOM: usize> Serialize
    for Rationed<K, V, ROOM>
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let shelves = self.kept.iter();
        let mut shelves: Vec<(&K, usize, &V)> = shelves
            .map(|(key, kept)| (key, kept.room, &kept.shelf))
            .collect();
        shelves.sort_by_key(|(key, ..)| *key);
        let bound = self.bound.as_ref().map(|(.., key)| key);
        (shelves, bound, self.hasty).serialize(serializer)
    }
}

impl<'de, K, V, const ROOM: usize> Deserialize<'de> for Rationed<K, V, ROOM>
where
    K: RationedKey + Deserialize<'de>,
    V: Deserialize<'de>,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (shelves, bound, hasty) =
            <(Vec<(K, usize, V)>, Option<K>, bool)>::deserialize(deserializer)?;
        let place = |key: K| (Reverse(0), key.frozen(), key);
        let mut rationed = Self {
            bound: bound.map(place),
            hasty,
            ..Self::default()
        };
        for (key, room, shelf) in shelves {
            rationed.taken = rationed.taken.saturating_add(room);
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

    use super::{Arc, Heard, Rationed, RationedKey, Reverse, Shelf};
    use crate::rollup::hash::FrozenKey;

    impl RationedKey for u64 {}

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

    /// Of the first keys something was heard.
    fn heard() -> Arc<Heard> {
        let mut heard = Heard::default();
        heard.add(0u64.frozen(), 7);
        heard.add(1u64.frozen(), 90);
        heard.into()
    }

    fn table(mut table: Table, items: &[(u64, u8)]) -> (Table, u64) {
        let mut gone = 0;
        for (key, number) in items {
            table.put(key, (*number, 1), |_, (_, n)| gone += n);
        }
        (table, gone)
    }

    fn content((table, gone): (Table, u64)) -> Content {
        let mut kept: Vec<(u64, Numbers)> = table.into_shelves().collect();
        kept.sort_by_key(|(key, _)| *key);
        (kept, gone)
    }

    /// The keys in their order while all different numbers so far fit.
    fn oracle(items: &[(u64, u8)]) -> Content {
        let heard = heard();
        let place = |key: u64| (Reverse(heard.of(key.frozen())), key.frozen(), key);
        let keys: BTreeSet<_> = items.iter().map(|(key, _)| place(*key)).collect();
        let (mut kept, mut gone, mut taken) = (Vec::new(), 0, 0);
        for (.., key) in keys {
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
        kept.sort_by_key(|(key, _)| *key);
        (kept, gone)
    }

    proptest! {
        #[test]
        fn what_is_kept_does_not_depend_on_the_order(parts in vec(vec((0u64..6, 0u8..5), 0..14), 0..5)) {
            let knowing = || {
                let mut table = Table::default();
                table.settle(&heard(), |_, _| ());
                table
            };
            let mut items = parts.concat();
            prop_assert_eq!(content(table(knowing(), &items)), oracle(&items));
            let (mut whole, mut gone) = (knowing(), 0);
            for part in &parts {
                let (part, gone_before) = table(knowing(), part);
                gone += gone_before;
                whole.join(part, |_, (_, n)| gone += n);
            }
            prop_assert_eq!(content((whole, gone)), oracle(&items));
            items.reverse();
            prop_assert_eq!(content(table(knowing(), &items)), oracle(&items));
        }

        #[test]
        fn nor_on_when_it_is_known_what_was_heard(before in vec((0u64..4, 0u8..4), 0..12), after in vec((0u64..6, 0u8..5), 0..14)) {
            let (mut settled, mut gone) = table(Table::default(), &before);
            prop_assert_eq!(gone, 0, "there is room for twice as much");
            settled.settle(&heard(), |_, (_, n)| gone += n);
            let (settled, more) = table(settled, &after);
            prop_assert_eq!(content((settled, gone + more)), oracle(&[before, after].concat()));
        }
    }
}
