//! A table whose rows are asked for again and again.
//!
//! Enters: keys, and what is put under them. Leaves: rows in no order that matters. Must not know: what it counts.
//!
//! The keys of a log repeat from line to line: the same process and second, the same servers, the same way to end. So
//! the row that a few bits of the key led to last is looked at first, and hashing the whole key is left to those that
//! come for the first time. Those bits decide nothing but speed.

use std::hash::{BuildHasher, Hash};

use hashbrown::HashTable;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Rows that are found without hashing.
const RECENT: usize = 512;

/// A key with a few bits that are cheap to get and tell most keys of one moment apart.
pub trait Hinted: Eq + Hash {
    /// They stand at the upper end of the number.
    fn hint(&self) -> u64;
}

/// Spreads small numbers over the upper bits.
pub const fn spread(numbers: [u32; 3]) -> u64 {
    let [a, b, c] = numbers;
    (a as u64 ^ ((b as u64) << 20) ^ ((c as u64) << 40)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// See the module.
#[derive(Debug, Clone)]
pub struct Rows<K, V> {
    rows: Vec<(K, V)>,
    numbers: HashTable<u32>,
    // Seeded per process: keys come from strangers.
    hasher: foldhash::fast::RandomState,
    /// By their hints; a number that is too large is none. Empty before the first row.
    recent: Vec<u32>,
}

impl<K, V> Default for Rows<K, V> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            numbers: HashTable::new(),
            hasher: foldhash::fast::RandomState::default(),
            recent: Vec::new(),
        }
    }
}

impl<K: Hinted, V> Rows<K, V> {
    /// What stands under a key; `make` makes it where nothing does.
    #[inline]
    pub fn row(&mut self, key: K, make: impl FnOnce() -> V) -> &mut V {
        let number = self.number(key, make);
        &mut self.rows[number as usize].1
    }

    /// The number of a key's row, from 0 in the order in which they were made; `make` makes it where there is none.
    #[inline]
    pub fn number(&mut self, key: K, make: impl FnOnce() -> V) -> u32 {
        let recent = (key.hint() >> (64 - RECENT.ilog2())) as usize;
        let known = self.recent.get(recent).copied();
        let is_it = |number: &u32| {
            let row = self.rows.get(*number as usize);
            row.is_some_and(|row| row.0 == key)
        };
        match known.filter(is_it) {
            Some(number) => number,
            None => self.find(key, recent, make),
        }
    }

    /// The row with a number that was given out here.
    #[inline]
    pub fn at(&mut self, number: u32) -> &mut V {
        &mut self.rows[number as usize].1
    }

    /// The same with its key, to be looked at.
    #[inline]
    pub fn of(&self, number: u32) -> (&K, &V) {
        let (key, row) = &self.rows[number as usize];
        (key, row)
    }

    /// The key and the row with a number that was given out here.
    pub fn get(&self, number: u32) -> Option<(&K, &V)> {
        self.rows.get(number as usize).map(|(key, row)| (key, row))
    }

    /// The number of a key's row, which is found without hashing from now on.
    #[inline(never)]
    fn find(&mut self, key: K, recent: usize, make: impl FnOnce() -> V) -> u32 {
        let Self {
            rows,
            numbers,
            hasher,
            ..
        } = self;
        let is_it = |number: &u32| rows[*number as usize].0 == key;
        let hash = hasher.hash_one(&key);
        let number = match numbers.find(hash, is_it) {
            Some(number) => *number,
            None => {
                let number = rows.len() as u32;
                rows.push((key, make()));
                let rehash = |number: &u32| hasher.hash_one(&rows[*number as usize].0);
                numbers.insert_unique(hash, number, rehash);
                number
            }
        };
        if self.recent.is_empty() {
            self.recent.resize(RECENT, u32::MAX);
        }
        self.recent[recent] = number;
        number
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.rows.len()
    }

    /// The rows, in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.rows.iter().map(|(key, row)| (key, row))
    }

    /// The same, to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&K, &mut V)> {
        self.rows.iter_mut().map(|(key, row)| (&*key, row))
    }
}

impl<K, V> Rows<K, V> {
    /// Takes all rows out, in the order of their numbers, and keeps the room for others.
    pub fn drain(&mut self) -> impl ExactSizeIterator<Item = (K, V)> + '_ {
        // What `recent` leads to is compared with what is asked for, and may stay.
        self.numbers.clear();
        self.rows.drain(..)
    }

    /// Forgets all rows, and keeps the room for others.
    pub fn clear(&mut self) {
        self.numbers.clear();
        self.rows.clear();
    }
}

impl<K: Serialize, V: Serialize> Serialize for Rows<K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.rows.serialize(serializer)
    }
}

impl<'de, K: Hinted + Deserialize<'de>, V: Deserialize<'de>> Deserialize<'de> for Rows<K, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut rows = Self::default();
        for (number, (key, row)) in (0..).zip(Vec::<(K, V)>::deserialize(deserializer)?) {
            if rows.number(key, || row) != number {
                return Err(D::Error::custom("a row stands there twice"));
            }
        }
        Ok(rows)
    }
}

impl<K, V> IntoIterator for Rows<K, V> {
    type Item = (K, V);
    type IntoIter = std::vec::IntoIter<(K, V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.rows.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    struct Key(u32);

    impl Hinted for Key {
        fn hint(&self) -> u64 {
            spread([self.0 / 7, 0, 0])
        }
    }

    #[test]
    fn keys_with_one_hint_have_rows_of_their_own() {
        let mut rows: Rows<Key, u32> = Rows::default();
        for round in 0..3 {
            for key in 0..2_000 {
                let row = rows.row(Key(key), || 0);
                assert_eq!(*row, round, "{key}");
                *row += 1;
            }
        }
        assert_eq!(rows.iter().count(), 2_000);
    }
}
