//! Names that minutes are told by, each held once.
//!
//! Enters: names as blocks bring them. Leaves: [`Shared`] ones, of which equal ones are the same one. Must not know: what
//! is told of them.
//!
//! The same few hundred places come in every block. Held once, they are told apart by where they are held, and their
//! hashes are taken once.

use std::cmp::Ordering;
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
    frozen: u64,
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
            frozen: self.frozen,
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
            false => self.held.cmp(&other.held),
        }
    }
}

impl<T> FrozenKey for Shared<T> {
    fn frozen(&self) -> u64 {
        self.frozen
    }
}

/// See the module.
#[derive(Debug, Clone)]
pub struct Directory<T> {
    // Seeded per process: names come from strangers.
    names: HashMap<Arc<T>, u64, foldhash::fast::RandomState>,
    /// How many there may be before it is looked for those that nobody has.
    most: usize,
}

impl<T> Default for Directory<T> {
    fn default() -> Self {
        Self {
            names: HashMap::default(),
            most: FEW,
        }
    }
}

impl<T: FrozenKey + Hash + Eq> Directory<T> {
    /// The one that is held of a name.
    pub fn share(&mut self, name: T) -> Shared<T> {
        if let Some((held, frozen)) = self.names.get_key_value(&name) {
            return Shared {
                held: held.clone(),
                frozen: *frozen,
            };
        }
        if self.names.len() >= self.most {
            self.names.retain(|held, _| Arc::strong_count(held) > 1);
            // While a copy of it is looked into, that has them all: they are let go the next time.
            self.most = self.names.len() + FEW;
        }
        let frozen = name.frozen();
        let held = Arc::new(name);
        self.names.insert(held.clone(), frozen);
        Shared { held, frozen }
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
        for (name, kept) in (0..).zip(&kept) {
            assert!(directory.share(name) == *kept, "{name}");
        }
    }

    #[test]
    fn copies_that_come_and_go_keep_nothing() {
        let mut directory = Directory::default();
        for name in 0..10 * FEW as u64 {
            let copy = (name % 10 < 7).then(|| directory.clone());
            directory.share(name);
            drop(copy);
        }
        assert!(
            directory.names.len() <= 3 * FEW,
            "{}",
            directory.names.len()
        );
    }
}
