//! How often each wait occurred.
//!
//! Enters: waits. Leaves: their counts, that merge. Must not know: whose they are, or how a request ended.

use super::merge::{Merge, union};
use super::timers::{NUMBERS, Short, Wait};

/// How often each wait occurred, in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Waits(Vec<(Wait, u64)>);

impl Waits {
    /// Each wait with its count.
    pub fn iter(&self) -> impl Iterator<Item = (Wait, u64)> + '_ {
        self.0.iter().copied()
    }
}

impl FromIterator<(Wait, u64)> for Waits {
    fn from_iter<I: IntoIterator<Item = (Wait, u64)>>(counted: I) -> Self {
        let mut waits = Self::default();
        for counted in counted {
            union(
                &mut waits.0,
                vec![counted],
                |(a, _), (b, _)| a.cmp(b),
                |(_, mine), (_, theirs)| *mine += *theirs,
            );
        }
        waits
    }
}

/// Waits as they are counted: each page holds those of one timer that are near each other, and is there once it is
/// needed. So a wait finds its count without a search, and few pages are ever there.
#[derive(Debug, Clone)]
pub struct Counting {
    /// For each page its place in `counts`, from 1.
    pages: Box<[u16; PAGES]>,
    counts: Vec<[u32; PAGE]>,
}

/// Waits on a page.
const PAGE: usize = 32;

/// Pages of all waits.
const PAGES: usize = NUMBERS / PAGE;

impl Default for Counting {
    fn default() -> Self {
        Self {
            pages: Box::new([0; PAGES]),
            counts: Vec::with_capacity(8),
        }
    }
}

impl Counting {
    /// Counts a wait `n` times.
    #[inline]
    pub fn add(&mut self, wait: Wait, n: u32) {
        let (page, line) = (wait.number() / PAGE, wait.number() % PAGE);
        let place = match self.pages[page % PAGES] {
            0 => self.open(page),
            place => place,
        };
        if let Some(counts) = self.counts.get_mut(usize::from(place) - 1) {
            let count = &mut counts[line];
            *count = count.saturating_add(n);
        }
    }

    #[cold]
    fn open(&mut self, page: usize) -> u16 {
        self.counts.push([0; PAGE]);
        let place = self.counts.len() as u16;
        self.pages[page % PAGES] = place;
        place
    }

    /// Bytes that it takes.
    pub fn bytes(&self) -> usize {
        size_of::<[u16; PAGES]>() + size_of_val(self.counts.as_slice())
    }

    /// Each number with its count, in their order.
    fn iter(&self) -> impl Iterator<Item = (Wait, u32)> + '_ {
        let pages = self.pages.iter().enumerate();
        let written = pages.filter(|(_, place)| **place > 0);
        written.flat_map(|(page, place)| {
            let counts = self.counts[usize::from(*place) - 1].iter().enumerate();
            counts
                .filter(|(_, n)| **n > 0)
                .map(move |(line, n)| (Wait::numbered(page * PAGE + line), *n))
        })
    }

    /// Each wait by itself, no more to be counted.
    pub fn into_waits(mut self) -> Waits {
        let together: Vec<(Short, u32)> = self
            .iter()
            .filter_map(|(wait, n)| Some((Short::told(wait)?, n)))
            .collect();
        for (short, n) in together {
            short.each().into_iter().for_each(|wait| self.add(wait, n));
        }
        let alone = self.iter().filter(|(wait, _)| Short::told(*wait).is_none());
        Waits(alone.map(|(wait, n)| (wait, u64::from(n))).collect())
    }
}

impl PartialEq for Counting {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Merge for Counting {
    fn merge(&mut self, other: Self) {
        if self.counts.is_empty() {
            *self = other;
            return;
        }
        other.iter().for_each(|(wait, n)| self.add(wait, n));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rollup::timers::Timer;

    #[test]
    fn waits_merge_by_the_law() {
        let of = |values: &[u32]| {
            let mut counting = Counting::default();
            for ms in values {
                counting.add(Wait::of(Timer::Response, *ms), 1);
            }
            counting
        };
        crate::rollup::merge::law::holds(vec![of(&[3, 1, 3]), of(&[2]), of(&[]), of(&[1, 900])]);
        assert_eq!(
            of(&[3, 1, 3]).iter().map(|(_, n)| n).collect::<Vec<_>>(),
            [1, 2]
        );
    }
}
