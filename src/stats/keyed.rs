//! Values by text, as many as there are distinct texts.
//!
//! Enters: texts. Leaves: the value of each. Must not know: what is counted.
//!
//! Texts stand one behind the other in one piece of memory: millions of small ones would be most of what they take.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use crate::rollup::Merge;

/// See the module.
#[derive(Debug)]
pub struct Keyed<V> {
    hasher: RandomState,
    places: HashTable<u32>,
    texts: Vec<u8>,
    held: Vec<Held<V>>,
}

#[derive(Debug)]
struct Held<V> {
    at: usize,
    length: usize,
    hash: u64,
    value: V,
}

impl<V: Default> Keyed<V> {
    /// An empty one; those with the same hasher can be merged.
    pub fn new(hasher: &RandomState) -> Self {
        Self {
            hasher: hasher.clone(),
            places: HashTable::new(),
            texts: Vec::new(),
            held: Vec::new(),
        }
    }

    /// The value of a text.
    #[inline]
    pub fn of(&mut self, text: &[u8]) -> &mut V {
        let hash = self.hasher.hash_one(text);
        self.hashed(text, hash)
    }

    fn hashed(&mut self, text: &[u8], hash: u64) -> &mut V {
        let (texts, held) = (&self.texts, &self.held);
        let is_it = |place: &u32| {
            let held = &held[*place as usize];
            held.hash == hash && texts[held.at..held.at + held.length] == *text
        };
        let place = match self.places.find(hash, is_it) {
            Some(place) => *place as usize,
            None => self.add(text, hash),
        };
        &mut self.held[place].value
    }

    #[cold]
    fn add(&mut self, text: &[u8], hash: u64) -> usize {
        let place = self.held.len();
        let held = &mut self.held;
        held.push(Held {
            at: self.texts.len(),
            length: text.len(),
            hash,
            value: V::default(),
        });
        self.texts.extend_from_slice(text);
        // Four thousand million texts have no room in any memory.
        self.places
            .insert_unique(hash, place as u32, |place| held[*place as usize].hash);
        place
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.held.len()
    }

    /// One of them, by its number.
    pub fn nth(&self, nth: usize) -> (&[u8], &V) {
        let held = &self.held[nth];
        (&self.texts[held.at..held.at + held.length], &held.value)
    }
}

impl<V: Default + Merge> Merge for Keyed<V> {
    fn merge(&mut self, mut other: Self) {
        if self.held.len() < other.held.len() {
            std::mem::swap(self, &mut other);
        }
        for held in other.held {
            let text = &other.texts[held.at..held.at + held.length];
            self.hashed(text, held.hash).merge(held.value);
        }
    }
}
