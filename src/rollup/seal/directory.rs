//! Names that minutes are told by, each held once.
//!
//! Enters: names as blocks bring them. Leaves: [`Shared`] ones, of which equal ones are the same one. Must not know: what
//! is told of them.
//!
//! The same few hundred places come in every block. Held once, they are told apart by where they are held, their hashes are
//! taken once, and most are put in order by a number: those that come in their order share one soon, and are compared.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;

use hashbrown::HashMap;

use crate::rollup::hash::FrozenKey;

/// Names that nobody has are let go whenever so many have come.
const FEW: usize = 4_096;

/// What a [`Directory`] holds; to be compared with what the same one holds.
#[derive(Debug)]
pub struct Shared<T> {
    held: Arc<T>,
    marks: Marks,
}

/// What is known of a name for as long as it is held.
#[derive(Debug, Clone, Copy)]
struct Marks {
    frozen: u64,
    /// No name that stands before this one has a larger number, and none that stands behind it a smaller one.
    rank: u64,
}

impl<T> Shared<T> {
    /// The name, however long the directory lives.
    pub fn into_arc(self) -> Arc<T> {
        self.held
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self {
            held: self.held.clone(),
            marks: self.marks,
        }
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.held
    }
}

impl<T> PartialEq for Shared<T> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.held, &other.held)
    }
}

impl<T> Eq for Shared<T> {}

impl<T> Hash for Shared<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.held).hash(state);
    }
}

impl<T: Ord> PartialOrd for Shared<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T: Ord> Ord for Shared<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        match self == other {
            true => Ordering::Equal,
            false => {
                let by_rank = self.marks.rank.cmp(&other.marks.rank);
                by_rank.then_with(|| self.held.cmp(&other.held))
            }
        }
    }
}

impl<T> FrozenKey for Shared<T> {
    fn frozen(&self) -> u64 {
        self.marks.frozen
    }
}

/// See the module.
#[derive(Debug, Clone)]
pub struct Directory<T> {
    // Seeded per process: names come from strangers.
    names: HashMap<Arc<T>, Marks, foldhash::fast::RandomState>,
    /// The rank of each, in the order of the names. Copies share it until a new name comes.
    ranks: Arc<BTreeMap<Arc<T>, u64>>,
    /// How many there may be before it is looked for those that nobody has.
    most: usize,
}

impl<T> Default for Directory<T> {
    fn default() -> Self {
        Self {
            names: HashMap::default(),
            ranks: Arc::default(),
            most: FEW,
        }
    }
}

impl<T: FrozenKey + Hash + Ord> Directory<T> {
    /// The one that is held of a name.
    pub fn share(&mut self, name: T) -> Shared<T> {
        if let Some((held, marks)) = self.names.get_key_value(&name) {
            return Shared {
                held: held.clone(),
                marks: *marks,
            };
        }
        if self.names.len() >= self.most {
            self.let_go();
        }
        let marks = Marks {
            frozen: name.frozen(),
            rank: self.rank(&name),
        };
        let held = Arc::new(name);
        self.names.insert(held.clone(), marks);
        Arc::make_mut(&mut self.ranks).insert(held.clone(), marks.rank);
        Shared { held, marks }
    }

    /// A number between those of its neighbours. Where there is none left it is that of the one before it: they are told apart
    /// by their names.
    fn rank(&self, name: &T) -> u64 {
        let before = self.ranks.range::<T, _>(..name).next_back();
        let behind = self.ranks.range::<T, _>(name..).next();
        let before = before.map_or(0, |(_, rank)| *rank);
        behind.map_or(u64::MAX, |(_, rank)| *rank).midpoint(before)
    }

    /// Lets go of those that nobody has.
    fn let_go(&mut self) {
        // Each is held twice here, and then by its rank alone.
        self.names.retain(|held, _| Arc::strong_count(held) > 2);
        Arc::make_mut(&mut self.ranks).retain(|held, _| Arc::strong_count(held) > 1);
        // While a copy of it is looked into, that has them all: they are let go the next time.
        self.most = self.names.len() + FEW;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_has_is_never_held_twice() {
        let mut directory = Directory::default();
        let kept: Vec<Shared<u64>> = (0..100).map(|name| directory.share(name)).collect();
        for name in 0..10 * FEW as u64 {
            directory.share(name);
        }
        assert!(directory.names.len() <= 2 * FEW);
        assert_eq!(directory.ranks.len(), directory.names.len());
        for (name, kept) in (0..).zip(&kept) {
            assert!(directory.share(name) == *kept, "{name}");
        }
    }

    #[test]
    fn they_stand_in_the_order_of_their_names_whatever_order_they_come_in() {
        let shuffled: Vec<u64> = (0..500).map(|nth| nth * 377 % 500).collect();
        let forward: Vec<u64> = (0..500).collect();
        let backward: Vec<u64> = (0..500).rev().collect();
        for names in [shuffled, forward, backward] {
            let mut directory = Directory::default();
            let mut shared: Vec<Shared<u64>> = names
                .into_iter()
                .map(|name| directory.share(name))
                .collect();
            shared.sort();
            assert!(shared.iter().map(|shared| **shared).eq(0..500));
        }
    }

    #[test]
    fn copies_that_come_and_go_keep_nothing() {
        let mut directory = Directory::default();
        let mut copy = None;
        for name in 0..10 * FEW as u64 {
            if name % 64 == 0 {
                copy = (name % 640 < 450).then(|| directory.clone());
            }
            directory.share(name);
        }
        drop(copy);
        assert!(
            directory.names.len() <= 3 * FEW,
            "{}",
            directory.names.len()
        );
    }
}
