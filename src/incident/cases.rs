//! All cases, by what they are about and where.
//!
//! Enters: cases. Leaves: the same, each by its key, and those of one place. Must not know: what becomes of them.

use std::collections::{BTreeMap, btree_map};

use serde::{Deserialize, Serialize};

use super::case::Case;
use super::place::{Group, Site};

/// What an incident is found by.
pub type Key = (Group, Site);

/// See the module.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Cases {
    cases: BTreeMap<Key, Case>,
    /// The groups of which each place has one: most places have none.
    places: BTreeMap<Site, Vec<Group>>,
}

impl Cases {
    /// The case of a group in a place.
    pub fn get(&self, key: &Key) -> Option<&Case> {
        self.cases.get(key)
    }

    /// The same, to be changed.
    pub fn get_mut(&mut self, key: &Key) -> Option<&mut Case> {
        self.cases.get_mut(key)
    }

    /// The same, opened where there is none.
    pub fn get_or_open(&mut self, key: Key, open: impl FnOnce() -> Case) -> &mut Case {
        if !self.cases.contains_key(&key) {
            self.places.entry(key.1.clone()).or_default().push(key.0);
        }
        self.cases.entry(key).or_insert_with(open)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.cases.len()
    }

    /// Takes a case out.
    pub fn remove(&mut self, key: &Key) -> Option<Case> {
        let case = self.cases.remove(key)?;
        self.leave(key);
        Some(case)
    }

    /// Drops all cases but those that are told to stay.
    pub fn retain(&mut self, mut stays: impl FnMut(&Key, &mut Case) -> bool) {
        let leave = |(key, case): (&Key, &mut Case)| (!stays(key, case)).then(|| key.clone());
        let gone: Vec<Key> = self.cases.iter_mut().filter_map(leave).collect();
        for key in gone {
            self.remove(&key);
        }
    }

    fn leave(&mut self, (group, site): &Key) {
        if let Some(groups) = self.places.get_mut(site) {
            groups.retain(|of| of != group);
            if groups.is_empty() {
                self.places.remove(site);
            }
        }
    }

    /// Some place has a case of a group.
    pub fn is_any(&self, group: Group) -> bool {
        let first = self.cases.range((group, Site::default())..).next();
        first.is_some_and(|((of, _), _)| *of == group)
    }

    /// The groups of which a place has a case, and whether it goes on.
    pub fn at(&self, site: &Site) -> Vec<(Group, bool)> {
        let Some(groups) = self.places.get(site) else {
            return Vec::new();
        };
        let goes_on = |group| {
            let case = self.cases.get(&(group, site.clone()));
            case.is_some_and(|case| case.ended.is_none())
        };
        groups
            .iter()
            .map(|group| (*group, goes_on(*group)))
            .collect()
    }

    /// All of them, in the order of their keys.
    pub fn iter(&self) -> btree_map::Iter<'_, Key, Case> {
        self.cases.iter()
    }

    /// The same, to be changed.
    pub fn iter_mut(&mut self) -> btree_map::IterMut<'_, Key, Case> {
        self.cases.iter_mut()
    }

    /// The keys, in their order.
    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        self.cases.keys()
    }

    /// The cases, in the order of their keys.
    pub fn values(&self) -> impl Iterator<Item = &Case> {
        self.cases.values()
    }

    /// The same, to be changed.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut Case> {
        self.cases.values_mut()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_has_the_cases_that_were_not_taken_out() {
        let site = |name: &str| Site::of_backend(name.as_bytes().into());
        let mut cases = Cases::default();
        for (group, name) in [
            (Group::Service, "app"),
            (Group::Errors, "app"),
            (Group::Errors, "api"),
        ] {
            let open = || Case::open(group, site(name), 0, 0);
            cases.get_or_open((group, site(name)), open);
        }
        cases
            .get_mut(&(Group::Errors, site("app")))
            .expect("a case")
            .ended = Some(1);
        assert_eq!(
            cases.at(&site("app")),
            [(Group::Service, true), (Group::Errors, false)]
        );
        assert!(cases.remove(&(Group::Service, site("app"))).is_some());
        assert_eq!(cases.at(&site("app")), [(Group::Errors, false)]);
        cases.retain(|(_, at), _| *at != site("app"));
        assert_eq!(cases.at(&site("app")), []);
        assert_eq!(cases.at(&site("api")), [(Group::Errors, true)]);
        assert_eq!(cases.iter().count(), 1);
        assert!(cases.is_any(Group::Errors) && !cases.is_any(Group::Service));
    }
}
