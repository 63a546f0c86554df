//! How often each wait occurred.
//!
//! Enters: waits. Leaves: their counts, that merge. Must not know: whose they are, or how a request ended.

use super::filled;
use super::measured::{FIRST, Four, Short};
use super::merge::Merge;
use std::ops::Range;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::timers::{NUMBERS, Wait};

/// How often each wait occurred, in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waits(Vec<(Wait, u32)>);

impl Waits {
    /// Each wait with its count.
    pub fn iter(&self) -> impl Iterator<Item = (Wait, u64)> + '_ {
        self.0.iter().map(|(wait, n)| (*wait, u64::from(*n)))
    }
}

impl FromIterator<(Wait, u64)> for Waits {
    fn from_iter<I: IntoIterator<Item = (Wait, u64)>>(counted: I) -> Self {
        let mut counting = Counting::default();
        for (wait, n) in counted {
            counting.add(wait, u32::try_from(n).unwrap_or(u32::MAX));
        }
        counting.into_waits()
    }
}

/// Waits as they are counted. A few are listed one by one: most servers of a quiet log have a request or two in a minute.
#[derive(Debug, Clone)]
pub enum Counting {
    /// In no order.
    Few(Vec<Wait>),
    /// More than [`FEW`].
    Many(Paged),
}

/// Waits that are listed one by one, those of some ten requests.
const FEW: usize = 32;

/// Many waits: each page holds those of one timer that are near each other, and is there once it is needed. So a wait finds
/// its count without a search, and few pages are ever there.
#[derive(Debug, Clone)]
pub struct Paged {
    /// For each page its place in `counts`, from 1.
    pages: Box<[u16; PAGES]>,
    counts: Vec<[u32; PAGE]>,
}

/// Waits on a page.
const PAGE: usize = filled::ROW;

/// Pages of all waits.
const PAGES: usize = NUMBERS / PAGE;

/// The first page of those that are counted [together](Short).
const TOGETHER: usize = FIRST / PAGE;

impl Default for Counting {
    fn default() -> Self {
        Self::Few(Vec::new())
    }
}

impl Default for Paged {
    fn default() -> Self {
        Self {
            pages: Box::new([0; PAGES]),
            counts: Vec::with_capacity(8),
        }
    }
}

impl Paged {
    /// Counts a wait `n` times.
    #[inline]
    fn add(&mut self, wait: Wait, n: u32) {
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

    /// The waits on some pages, each with its count, in their order.
    fn on(&self, pages: Range<usize>) -> Vec<(Wait, u32)> {
        // Most pages have no more on them: growing by and by would cost more than what is left over.
        let mut waits = Vec::with_capacity(self.counts.len() * PAGE / 4);
        for page in pages {
            let Some(place) = self.pages[page].checked_sub(1) else {
                continue;
            };
            let counts = &self.counts[usize::from(place)];
            let wait = |line| (Wait::numbered(page * PAGE + line), counts[line]);
            waits.extend(filled::places(counts).map(wait));
        }
        waits
    }
}

impl Counting {
    /// Counts a wait `n` times.
    #[inline]
    pub fn add(&mut self, wait: Wait, n: u32) {
        match self {
            Self::Many(paged) => paged.add(wait, n),
            Self::Few(_) => self.add_to_few(wait, n),
        }
    }

    // What form it has follows from how many there are, whatever came first.
    #[inline(never)]
    fn add_to_few(&mut self, wait: Wait, n: u32) {
        match self {
            Self::Few(waits) if n as usize <= FEW - waits.len() => {
                waits.extend(std::iter::repeat_n(wait, n as usize));
            }
            _ => {
                let mut paged = Paged::default();
                let before = self.on(0..PAGES);
                before
                    .into_iter()
                    .chain([(wait, n)])
                    .for_each(|(wait, n)| paged.add(wait, n));
                *self = Self::Many(paged);
            }
        }
    }

    /// Counts those of requests.
    pub fn add_all(&mut self, requests: &[Four]) {
        let waits = requests.iter().flatten();
        let mut waits = waits.filter(|wait| **wait != Wait::NONE);
        while matches!(self, Self::Few(_)) {
            let Some(wait) = waits.next() else { return };
            self.add_to_few(*wait, 1);
        }
        // From here on it keeps its form, so that this is not asked for each.
        if let Self::Many(paged) = self {
            waits.for_each(|wait| paged.add(*wait, 1));
        }
    }

    /// Bytes that it may take without more pages.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Few(_) => size_of::<[Wait; FEW]>(),
            Self::Many(paged) => size_of::<[u16; PAGES]>() + size_of_val(paged.counts.as_slice()),
        }
    }

    /// The waits on some pages, each with its count, in their order.
    fn on(&self, pages: Range<usize>) -> Vec<(Wait, u32)> {
        let waits = match self {
            Self::Many(paged) => return paged.on(pages),
            Self::Few(waits) => waits,
        };
        let is_on = |wait: &Wait| pages.contains(&(wait.number() / PAGE));
        counted(waits.iter().copied().filter(is_on).collect())
    }

    /// Each wait by itself, no more to be counted.
    pub fn into_waits(mut self) -> Waits {
        if let Self::Few(waits) = self {
            let each = waits.into_iter().flat_map(each);
            return Waits(counted(each.collect()));
        }
        for (wait, n) in self.on(TOGETHER..PAGES) {
            let short = Short::told(wait).into_iter().flat_map(Short::each);
            short.for_each(|wait| self.add(wait, n));
        }
        let mut waits = self.on(0..TOGETHER);
        waits.shrink_to_fit();
        Waits(waits)
    }
}

/// Those that a wait stands for.
fn each(wait: Wait) -> impl Iterator<Item = Wait> {
    let short = Short::told(wait).map(Short::each);
    let itself = short.is_none().then_some(wait);
    short.into_iter().flatten().chain(itself)
}

/// Each wait with its count, in their order.
fn counted(mut waits: Vec<Wait>) -> Vec<(Wait, u32)> {
    waits.sort_unstable();
    let same = || waits.chunk_by(|a, b| a == b);
    // They are kept for long, and take no more room than they need.
    let mut counted = Vec::with_capacity(same().count());
    counted.extend(same().map(|same| (same[0], same.len() as u32)));
    counted
}

impl Serialize for Counting {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.on(0..PAGES).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Counting {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let counts = Vec::<(Wait, u32)>::deserialize(deserializer)?;
        let mut counting = Self::default();
        counts
            .into_iter()
            .for_each(|(wait, n)| counting.add(wait, n));
        Ok(counting)
    }
}

impl PartialEq for Counting {
    fn eq(&self, other: &Self) -> bool {
        self.on(0..PAGES) == other.on(0..PAGES)
    }
}

impl Merge for Counting {
    fn merge(&mut self, other: Self) {
        if matches!(self, Self::Few(waits) if waits.is_empty()) {
            *self = other;
            return;
        }
        for (wait, n) in other.on(0..PAGES) {
            self.add(wait, n);
        }
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
        let many: Vec<u32> = (0..FEW as u32 + 5).collect();
        let parts = vec![of(&[3, 1, 3]), of(&[2]), of(&[]), of(&[1, 900]), of(&many)];
        crate::rollup::merge::law::holds(parts);
        assert!(matches!(of(&many), Counting::Many(_)));
        let counts = of(&[3, 1, 3]).on(0..PAGES);
        assert!(counts.iter().map(|(_, n)| *n).eq([1, 2]), "{counts:?}");
    }
}
