//! How much was heard of names, so that those that are there are told from those that are made up.
//!
//! Enters: frozen hashes of names, and how many lines spoke of each. Leaves: how many that were, or somewhat more. Must not
//! know: what the names are, and how many there is room for.
//!
//! A count-min sketch (Cormode and Muthukrishnan 2005): nothing but sums, so that the order in which lines come makes no
//! difference. A million names that are made up raise what is told of all names alike, and put none before another.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::hash;
use super::merge::Merge;

/// Sums of each name; the least of them is told.
const ROWS: usize = 2;

/// Sums of a row. The names of a large installation leave most of them free.
const WIDTH: usize = 1 << 15;

/// Sums that are held, and copied, together.
const PAGE: usize = 128;

/// See the module. Copies share the pages that neither has changed since.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Heard {
    /// None of those in which nothing was counted.
    pages: Vec<Option<Arc<[u32]>>>,
}

/// Names of which was heard in a short time, listed one by one while they are few.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Word {
    few: Vec<(u64, u32)>,
    rest: Heard,
}

/// Some more than most minutes speak of.
const FEW: usize = 4_096;

impl Word {
    /// So many lines spoke of the name with this hash.
    pub fn add(&mut self, name: u64, lines: u64) {
        if self.few.len() >= FEW {
            let few = self.few.drain(..);
            few.for_each(|(name, lines)| self.rest.add(name, u64::from(lines)));
        }
        let lines = u32::try_from(lines).unwrap_or(u32::MAX);
        self.few.push((name, lines));
    }

    /// Takes in what was heard beside it.
    pub fn add_all(&mut self, heard: Heard) {
        self.rest.merge(heard);
    }
}

impl Heard {
    /// Takes in what was heard in a short time.
    pub fn take(&mut self, word: &Word) {
        let few = word.few.iter();
        few.for_each(|(name, lines)| self.add(*name, u64::from(*lines)));
        self.merge(word.rest.clone());
    }

    /// So many lines spoke of the name with this hash.
    pub fn add(&mut self, name: u64, lines: u64) {
        let lines = u32::try_from(lines).unwrap_or(u32::MAX);
        for place in places(name) {
            let page = self.page(place / PAGE);
            page[place % PAGE] = page[place % PAGE].saturating_add(lines);
        }
    }

    /// How many lines spoke of a name, by its hash: never less than did.
    pub fn of(&self, name: u64) -> u32 {
        let sum = |place: usize| match self.pages.get(place / PAGE) {
            Some(Some(page)) => page[place % PAGE],
            _ => 0,
        };
        places(name).map(sum).min().unwrap_or(0)
    }

    /// All of it counts half as much, so many times.
    pub fn fade(&mut self, times: u32) {
        for held in &mut self.pages {
            let Some(page) = held else { continue };
            let halved = page.iter().map(|sum| sum.checked_shr(times).unwrap_or(0));
            let halved: Arc<[u32]> = halved.collect();
            *held = halved.iter().any(|sum| *sum > 0).then_some(halved);
        }
    }

    fn page(&mut self, nth: usize) -> &mut [u32] {
        if self.pages.is_empty() {
            self.pages = vec![None; ROWS * WIDTH / PAGE];
        }
        let page = self.pages[nth].get_or_insert_with(|| [0; PAGE].into());
        Arc::make_mut(page)
    }
}

impl Merge for Heard {
    fn merge(&mut self, other: Self) {
        for (nth, page) in other.pages.into_iter().enumerate() {
            let Some(page) = page else { continue };
            let held = self.page(nth);
            for (sum, more) in held.iter_mut().zip(page.iter()) {
                *sum = sum.saturating_add(*more);
            }
        }
    }
}

/// Where the sums of a name are.
fn places(name: u64) -> impl Iterator<Item = usize> {
    (0..ROWS).map(move |row| {
        let hash = hash::combine(name, row as u64);
        row * WIDTH + hash as usize % WIDTH
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_stands_out_among_a_million_names_that_are_not() {
        let mut heard = Heard::default();
        for name in 0..1_000_000 {
            heard.add(hash::mix(name), 1);
        }
        let most = (0..1_000).map(|name| heard.of(hash::mix(name))).max();
        heard.add(7, 1_000);
        assert!(heard.of(7) >= 1_000);
        assert!(most < Some(100), "{most:?}");
    }

    #[test]
    fn parts_come_to_the_whole_and_all_of_it_fades() {
        let (mut whole, mut one, mut other) =
            (Heard::default(), Heard::default(), Heard::default());
        for name in 0..5_000 {
            whole.add(name, name);
            if name % 3 == 0 { &mut one } else { &mut other }.add(name, name);
        }
        let copy = one.clone();
        one.merge(other);
        assert!((0..6_000).all(|name| one.of(name) == whole.of(name)));
        let changed = (0..5_000).filter(|name| copy.of(*name) != whole.of(*name));
        assert!(changed.count() > 3_000, "a copy stays as it was");
        one.fade(1);
        assert!((0..6_000).all(|name| one.of(name) == whole.of(name) / 2));
        one.fade(40);
        assert!(one.pages.iter().all(Option::is_none));
    }
}
