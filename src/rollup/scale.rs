//! What waits took, coarsely.
//!
//! Enters: milliseconds. Leaves: a [`Scale`] that merges. Must not know: what was waited for.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::filled::{ROW, places};
use super::merge::Merge;

/// A coarse histogram of milliseconds: eight steps to the doubling, exact below 8 ms.
///
/// A few answers come from a place in a second, and their steps are held one by one, in no order: so no room is asked for
/// them, and it is not looked for the one that they belong to. More of them fill a table of all steps, of 1 KiB, until the
/// scale is [settled](Scale::settle) or merged: then those stand in order that were counted.
#[derive(Debug, Clone)]
pub struct Scale(Steps);

#[derive(Debug, Clone)]
enum Steps {
    /// The step of each; zeros behind them.
    Few { n: u8, steps: [u8; FEW] },
    /// The count of each step, while it is being filled.
    Filling(Box<[u32; STEPS]>),
    /// Steps with their counts, in order.
    Many(Box<[Counted]>),
}

/// A step and its count, in four bytes: most of what is held of a busy minute are these. Of a count that does not fit, there
/// are several.
#[derive(Debug, Clone, Copy)]
struct Counted(u32);

impl Counted {
    /// The largest count that fits.
    const MOST: u32 = (1 << 24) - 1;

    /// Counts in the order of their steps, and how many they are.
    fn all(counts: impl Iterator<Item = (u8, u32)>, many: usize) -> Box<[Self]> {
        let mut all = Vec::with_capacity(many);
        counts.for_each(|(step, mut left)| {
            while left > 0 {
                let n = left.min(Self::MOST);
                all.push(Self(u32::from(step) << 24 | n));
                left -= n;
            }
        });
        all.into_boxed_slice()
    }

    fn of(counts: Vec<(u8, u32)>) -> Box<[Self]> {
        let many = counts.len();
        Self::all(counts.into_iter(), many)
    }

    fn read(self) -> (u8, u32) {
        ((self.0 >> 24) as u8, self.0 & Self::MOST)
    }
}

/// As it is written: without what only holds its room.
#[derive(Serialize)]
enum Written<'a> {
    Few(&'a [u8]),
    Many(Vec<(u8, u32)>),
}

/// As it is read.
#[derive(Deserialize)]
enum Read {
    Few(Vec<u8>),
    Many(Vec<(u8, u32)>),
}

impl Serialize for Scale {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let written = match &self.0 {
            Steps::Few { n, steps } => Written::Few(&steps[..usize::from(*n)]),
            Steps::Filling(_) | Steps::Many(_) => Written::Many(self.clone().into_counts()),
        };
        written.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Scale {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let held = match Read::deserialize(deserializer)? {
            Read::Many(mut counts) => {
                counts.sort_unstable();
                counts.dedup_by(|(step, n), (held, all)| {
                    let is_same = step == held;
                    count(all, if is_same { *n } else { 0 });
                    is_same
                });
                return Ok(Self(Steps::Many(Counted::of(counts))));
            }
            Read::Few(held) => held,
        };
        let mut steps = [0; FEW];
        let room = steps.get_mut(..held.len());
        let room = room.ok_or_else(|| D::Error::custom("more than few"))?;
        room.copy_from_slice(&held);
        let n = held.len() as u8;
        Ok(Self(Steps::Few { n, steps }))
    }
}

/// As many as take no more room than many.
const FEW: usize = 30;

/// There are so many steps, whatever is waited for.
const STEPS: usize = 256;

impl Default for Scale {
    fn default() -> Self {
        let steps = [0; FEW];
        Self(Steps::Few { n: 0, steps })
    }
}

impl Scale {
    /// The step a value (ms) falls into.
    #[inline]
    pub fn step(ms: i64) -> u8 {
        let ms = u32::try_from(ms.max(0)).unwrap_or(u32::MAX);
        if ms < 8 {
            return ms as u8;
        }
        let octave = ms.ilog2();
        ((octave - 2) * 8 + ((ms >> (octave - 3)) & 7)) as u8
    }

    /// The smallest value (ms) of a step.
    pub fn low(step: u8) -> i64 {
        if step < 8 {
            return i64::from(step);
        }
        let (octave, part) = (u32::from(step) / 8 + 2, i64::from(step % 8));
        (8 + part) << (octave - 3)
    }

    /// Counts `n` values of `ms`.
    #[inline]
    pub fn add(&mut self, ms: i64, n: u32) {
        let step = Self::step(ms);
        match &mut self.0 {
            Steps::Few { n: held, steps } if n == 1 && usize::from(*held) < FEW => {
                steps[usize::from(*held)] = step;
                *held += 1;
            }
            Steps::Filling(counts) => count(&mut counts[usize::from(step)], n),
            _ => self.add_step(step, n),
        }
    }

    fn add_step(&mut self, step: u8, n: u32) {
        match &mut self.0 {
            Steps::Few { n: held, steps } if n as usize <= FEW - usize::from(*held) => {
                let from = usize::from(*held);
                steps[from..from + n as usize].fill(step);
                *held += n as u8;
            }
            _ => {
                let mut counts = Box::new([0; STEPS]);
                let mut add = |step, n| count(&mut counts[usize::from(step)], n);
                self.tell(&mut add);
                add(step, n);
                self.0 = Steps::Filling(counts);
            }
        }
    }

    /// Takes no more room than its steps need: hardly any more will be counted.
    pub fn settle(&mut self) {
        if let Steps::Filling(counts) = &self.0 {
            let many = counts.iter().filter(|n| **n > 0).count();
            self.0 = Steps::Many(Counted::all(filled(&counts[..]), many));
        }
    }

    /// Steps with their counts, each once and in order.
    fn into_counts(self) -> Vec<(u8, u32)> {
        match self.0 {
            Steps::Few { n, mut steps } => {
                let held = &mut steps[..usize::from(n)];
                held.sort_unstable();
                let same = held.chunk_by(|a, b| a == b);
                same.map(|same| (same[0], same.len() as u32)).collect()
            }
            Steps::Filling(held) => filled(&held[..]).collect(),
            Steps::Many(counted) => {
                let mut counts: Vec<(u8, u32)> = Vec::with_capacity(counted.len());
                for (step, n) in counted.iter().map(|counted| counted.read()) {
                    match counts.last_mut().filter(|(last, _)| *last == step) {
                        Some((_, held)) => count(held, n),
                        None => counts.push((step, n)),
                    }
                }
                counts
            }
        }
    }

    /// The median (ms), as exact as its step; `None` where nothing was counted.
    pub fn median(&self) -> Option<i64> {
        self.quarters(2)
    }

    /// What so many quarters of them take at most (ms), as exact as its step; `None` where nothing was counted.
    pub fn quarters(&self, quarters: u64) -> Option<i64> {
        self.quarters_below(quarters, u8::MAX)
    }

    /// The same of those below a step.
    pub fn quarters_below(&self, quarters: u64, below: u8) -> Option<i64> {
        let mut counts = self.clone().into_counts();
        counts.retain(|(step, _)| *step < below);
        let all: u64 = counts.iter().map(|(_, n)| u64::from(*n)).sum();
        let mut left = (quarters * all).div_ceil(4);
        counts.into_iter().find_map(|(step, n)| {
            left = left.saturating_sub(u64::from(n));
            (left == 0).then(|| Self::low(step))
        })
    }

    /// How many there are, and how many of them at a step or above.
    pub fn from(&self, from: u8) -> (u64, u64) {
        if let Steps::Few { n, steps } = &self.0 {
            let held = &steps[..usize::from(*n)];
            let above = held.iter().filter(|step| **step >= from).count();
            return (u64::from(*n), above as u64);
        }
        let (mut all, mut above) = (0, 0);
        self.tell(|step, n| {
            let n = u64::from(n);
            all += n;
            above += if step >= from { n } else { 0 };
        });
        (all, above)
    }

    /// Tells the steps with their counts, in no order; one step may come several times.
    // No iterator: that would ask at each step in which of three forms they are held.
    #[inline]
    pub fn tell(&self, mut told: impl FnMut(u8, u32)) {
        match &self.0 {
            Steps::Few { n, steps } => steps[..usize::from(*n)]
                .iter()
                .for_each(|step| told(*step, 1)),
            Steps::Filling(counts) => filled(&counts[..]).for_each(|(step, n)| told(step, n)),
            Steps::Many(counts) => counts.iter().for_each(|counted| {
                let (step, n) = counted.read();
                told(step, n);
            }),
        }
    }
}

/// The steps that were counted.
fn filled(counts: &[u32]) -> impl Iterator<Item = (u8, u32)> + '_ {
    let (rows, _) = counts.as_chunks();
    let each = (0..).step_by(ROW).zip(rows);
    each.flat_map(|(first, row)| places(row).map(move |place| ((first + place) as u8, row[place])))
}

fn count(held: &mut u32, n: u32) {
    *held = held.saturating_add(n);
}

/// Whatever they are held as.
impl PartialEq for Scale {
    fn eq(&self, other: &Self) -> bool {
        self.clone().into_counts() == other.clone().into_counts()
    }
}

impl Merge for Scale {
    fn merge(&mut self, other: Self) {
        match (&mut self.0, &other.0) {
            (
                Steps::Few {
                    n: held,
                    steps: into,
                },
                Steps::Few { n, steps },
            ) if usize::from(*held) + usize::from(*n) <= FEW => {
                let from = usize::from(*held);
                into[from..from + usize::from(*n)].copy_from_slice(&steps[..usize::from(*n)]);
                *held += n;
            }
            _ => {
                let mut counts = std::mem::take(self).into_counts();
                other.tell(
                    |step, n| match counts.binary_search_by_key(&step, |(step, _)| *step) {
                        Ok(at) => count(&mut counts[at].1, n),
                        Err(at) => counts.insert(at, (step, n)),
                    },
                );
                self.0 = Steps::Many(Counted::of(counts));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rollup::merge::law;

    #[test]
    fn steps_are_in_order_and_hold_what_they_say() {
        for ms in 0..20_000 {
            let step = Scale::step(ms);
            assert!(Scale::low(step) <= ms, "{ms} is in {step}");
            assert!(ms < Scale::low(step + 1), "{ms} is in {step}");
        }
        assert!(Scale::step(i64::MAX) > Scale::step(1 << 30));
    }

    fn of(values: impl IntoIterator<Item = i64>) -> Scale {
        let mut scale = Scale::default();
        values.into_iter().for_each(|ms| scale.add(ms, 1));
        scale.settle();
        scale
    }

    #[test]
    fn few_and_many_merge_by_the_law() {
        law::holds(vec![of([]), of([7, 7, 90]), of(0..25), of(3..60)]);
        let filling = |values: std::ops::Range<i64>| {
            let mut scale = Scale::default();
            values.for_each(|ms| scale.add(ms, 1));
            scale
        };
        law::holds(vec![filling(5..9), filling(0..40), filling(3..60)]);
    }

    #[test]
    fn the_form_tells_nothing_but_how_many_there_are() {
        for n in [1, FEW as i64 - 1, FEW as i64, FEW as i64 + 1, 200] {
            let one_by_one = of((0..n).map(|at| at * 37 % 100));
            let mut halves = of((0..n / 2).map(|at| at * 37 % 100));
            halves.merge(of((n / 2..n).map(|at| at * 37 % 100)));
            assert_eq!(one_by_one, halves, "{n}");
            let mut counted = 0;
            one_by_one.tell(|_, n| counted += n);
            assert_eq!(i64::from(counted), n);
        }
    }

    #[test]
    fn what_was_repeated_counts_as_often() {
        for (times, few) in [(2, 3), (29, 1), (30, 0), (30, 1), (5_000, 2), (u32::MAX, 2)] {
            let mut scale = of((0..few).map(|_| 50));
            scale.add(12, times);
            scale.settle();
            let expected = [(Scale::step(12), times), (Scale::step(50), few as u32)];
            assert_eq!(scale.into_counts(), &expected[..1 + usize::from(few > 0)]);
        }
    }
}
