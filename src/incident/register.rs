//! Values in the order of their keys, found at once where they are asked for in that order.
//!
//! Enters: keys and values. Leaves: the values. Must not know: what they are.
//!
//! A copy shares what neither has changed since: what nobody asks for any more costs a copy next to nothing.
//!
//! A second names backends and servers in their order, and the next second names nearly the same ones: the one that is
//! asked for mostly stands behind the one that was found last.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// See the module.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Register<K, V> {
    rows: Vec<(K, Arc<V>)>,
    /// Where the next one is looked for first.
    next: usize,
}

/// Rows that are looked at before all of them are searched.
const NEAR: usize = 2;

impl<K, V> Default for Register<K, V> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            next: 0,
        }
    }
}

impl<K: Ord, V: Clone> Register<K, V> {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// A value.
    pub fn get(&self, key: &K) -> Option<&V> {
        let last = self.next.checked_sub(1).and_then(|at| self.rows.get(at));
        let found = match last.filter(|row| row.0 == *key) {
            Some(row) => row,
            None => &self.rows[self.search(key).ok()?],
        };
        Some(&found.1)
    }

    /// A value, to be changed.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let near = self.rows.iter().skip(self.next).take(NEAR);
        let at = match near.into_iter().position(|row| row.0 == *key) {
            Some(behind) => self.next + behind,
            None => self.search(key).ok()?,
        };
        self.next = at + 1;
        self.rows.get_mut(at).map(|row| Arc::make_mut(&mut row.1))
    }

    /// A value, made when it is not there.
    pub fn get_or_insert_with(&mut self, key: &K, value: impl FnOnce() -> V) -> &mut V
    where
        K: Clone,
    {
        let at = match self.search(key) {
            Ok(at) => at,
            Err(at) => {
                self.rows.insert(at, (key.clone(), Arc::new(value())));
                at
            }
        };
        Arc::make_mut(&mut self.rows[at].1)
    }

    /// Forgets a value.
    pub fn remove(&mut self, key: &K) {
        if let Ok(at) = self.search(key) {
            self.rows.remove(at);
        }
    }

    fn search(&self, key: &K) -> Result<usize, usize> {
        self.rows.binary_search_by(|row| row.0.cmp(key))
    }

    /// All of them, in the order of their keys.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.rows.iter().map(|(key, value)| (key, &**value))
    }

    /// The keys, in their order.
    pub fn keys(&self) -> impl Iterator<Item = &K> {
        self.rows.iter().map(|(key, _)| key)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_copy_shares_what_was_not_changed_since() {
        let mut register = Register::default();
        for key in 0..10 {
            register.get_or_insert_with(&key, || vec![key]);
        }
        let copy = register.clone();
        register.get_mut(&3).expect("it is there").push(0);
        let is_same = |key: &i32| std::ptr::eq(register.get(key).unwrap(), copy.get(key).unwrap());
        let shared: Vec<i32> = (0..10).filter(is_same).collect();
        assert_eq!(shared, [0, 1, 2, 4, 5, 6, 7, 8, 9]);
        assert_eq!(copy.get(&3), Some(&vec![3]), "a copy stays as it was");
    }

    proptest! {
        #[test]
        fn it_holds_what_a_map_holds(asked in proptest::collection::vec((0u8..20, 0u8..4), 0..200)) {
            let (mut register, mut expected) = (Register::default(), BTreeMap::new());
            for (nth, (key, what)) in asked.into_iter().enumerate() {
                match what {
                    0 => {
                        register.remove(&key);
                        expected.remove(&key);
                    }
                    1 => {
                        let made = register.get_or_insert_with(&key, || nth);
                        prop_assert_eq!(made, expected.entry(key).or_insert(nth));
                    }
                    2 => prop_assert_eq!(register.get_mut(&key), expected.get_mut(&key)),
                    _ => prop_assert_eq!(register.get(&key), expected.get(&key)),
                }
                prop_assert!(register.iter().eq(expected.iter()));
                prop_assert_eq!(register.len(), expected.len());
            }
        }
    }
}
