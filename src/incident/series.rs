//! Requests over time, in bounded room.
//!
//! Enters: what cells come to, second by second in order. Leaves: a [`Course`] in parts of equal length. Must not know: whose
//! requests they are.
//!
//! Parts are as long as some doubling of a second, and begin at multiples of it since 1970 UTC. When there would be too
//! many, each two of them become one; so what they are depends on nothing but the first and the last second.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::rollup::scale::Scale;
use crate::rollup::seal::Cell;
use crate::words::termination::{Owner, Symptom, owner};

/// Steps of a [`Scale`].
const STEPS: usize = 240;

/// Counts of steps, in order and without those that are 0.
type Sparse = Vec<(u8, u64)>;

/// Requests of one second, summed up once for every series that takes them.
#[derive(Debug, Default)]
pub struct Taken {
    requests: u64,
    failed: BTreeMap<Owner, u64>,
    /// Good answers.
    answers: Dense,
}

impl Taken {
    /// What these cells come to.
    pub fn of<'a>(cells: impl IntoIterator<Item = &'a Cell>) -> Self {
        let mut taken = Self::default();
        cells.into_iter().for_each(|cell| taken.add(cell));
        taken
    }

    fn add(&mut self, cell: &Cell) {
        let (symptom, n) = (cell.outcome.symptom, cell.tally.n);
        self.requests += if symptom.is_request() { n } else { 0 };
        if symptom == Symptom::Fine {
            let counts = self.answers.room();
            let tally = &cell.tally;
            tally
                .scale
                .tell(|step, n| count(counts, step, u64::from(n)));
        } else if symptom.is_failure() {
            *self.failed.entry(owner(cell.outcome.term)).or_default() += n;
        }
    }

    fn is_nothing(&self) -> bool {
        self.requests == 0 && self.failed.is_empty()
    }
}

/// What to do where there would be too many parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Beyond {
    /// Parts become longer.
    Widen,
    /// The first ones are let go of.
    Slide,
}

/// See the module.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Series {
    most: i64,
    beyond: Beyond,
    /// Seconds of each part.
    width: i64,
    /// Parts since 1970 before the first one.
    first: i64,
    parts: Vec<Part>,
    /// Answers of the last part.
    latest: Dense,
    /// The last second that was taken.
    seen: Option<i64>,
}

/// Requests of one part.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Part {
    requests: u64,
    failed: BTreeMap<Owner, u64>,
    /// Times to good answers; of the last part they stand elsewhere.
    answers: Sparse,
}

impl Part {
    fn add(&mut self, requests: u64, failed: &BTreeMap<Owner, u64>) {
        self.requests += requests;
        for (owner, n) in failed {
            *self.failed.entry(*owner).or_default() += n;
        }
    }

    fn join(&mut self, later: Self) {
        self.add(later.requests, &later.failed);
        let mut answers = Dense::of(std::mem::take(&mut self.answers));
        answers.add(&later.answers);
        self.answers = answers.sparse();
    }

    /// What so many of a hundred answers take at most; ms.
    fn percentile(&self, percent: u64) -> Option<u64> {
        let all: u64 = self.answers.iter().map(|(_, n)| n).sum();
        let mut left = (percent * all).div_ceil(100);
        self.answers.iter().find_map(|(step, n)| {
            left = left.saturating_sub(*n);
            (left == 0).then(|| Scale::low(*step).unsigned_abs())
        })
    }
}

/// Answers by step, with room for all.
#[derive(Debug, Clone, Default)]
struct Dense(Option<Box<[u64; STEPS]>>);

impl Dense {
    fn of(answers: Sparse) -> Self {
        let mut dense = Self::default();
        dense.add(&answers);
        dense
    }

    fn room(&mut self) -> &mut [u64; STEPS] {
        self.0.get_or_insert_with(|| Box::new([0; STEPS]))
    }

    fn add(&mut self, answers: &[(u8, u64)]) {
        let counts = self.room();
        for (step, n) in answers {
            count(counts, *step, *n);
        }
    }

    fn merge(&mut self, other: &Self) {
        if let Some(other) = &other.0 {
            let counts = self.room().iter_mut().zip(&**other);
            counts.for_each(|(held, n)| *held += n);
        }
    }

    fn sparse(&self) -> Sparse {
        let counts = self.0.iter().flat_map(|counts| counts.iter());
        let counts = (0u8..).zip(counts.copied());
        counts.filter(|(_, n)| *n > 0).collect()
    }
}

#[inline]
fn count(counts: &mut [u64; STEPS], step: u8, n: u64) {
    counts[usize::from(step).min(STEPS - 1)] += n;
}

impl Serialize for Dense {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.sparse().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Dense {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Sparse::deserialize(deserializer).map(Self::of)
    }
}

impl Series {
    /// One of at most so many parts, which become longer with time.
    pub fn widening(most: i64) -> Self {
        Self::of(most, 1, Beyond::Widen)
    }

    /// The last `most` parts of `width` seconds, which is a power of two.
    pub fn sliding(most: i64, width: i64) -> Self {
        Self::of(most, width, Beyond::Slide)
    }

    fn of(most: i64, width: i64, beyond: Beyond) -> Self {
        Self {
            most,
            beyond,
            width,
            first: 0,
            parts: Vec::new(),
            latest: Dense::default(),
            seen: None,
        }
    }

    /// When the first part begins; s since 1970 UTC. `None`: there is none.
    pub fn began(&self) -> Option<i64> {
        (!self.parts.is_empty()).then_some(self.first * self.width)
    }

    /// Takes in a second, unless that was taken before.
    pub fn add(&mut self, second: i64, taken: &Taken) {
        if self.seen.is_some_and(|seen| second <= seen) {
            return;
        }
        self.seen = Some(second);
        // Silence takes no room until something follows it: most made-up names have nothing else.
        if taken.is_nothing() && !self.parts.is_empty() {
            return;
        }
        self.reach(second);
        if let Some(part) = self.parts.last_mut() {
            part.add(taken.requests, &taken.failed);
            self.latest.merge(&taken.answers);
        }
    }

    /// Makes the part of a second the last one, unless there is a later one.
    fn reach(&mut self, second: i64) {
        if self.parts.is_empty() {
            self.first = second.div_euclid(self.width);
            self.parts.push(Part::default());
        }
        loop {
            let wanted = second.div_euclid(self.width) - self.first;
            let missing = wanted + 1 - self.parts.len() as i64;
            if missing <= 0 {
                return;
            }
            if wanted < self.most {
                self.settle();
                self.parts.extend((0..missing).map(|_| Part::default()));
                return;
            }
            match self.beyond {
                Beyond::Widen => self.widen(),
                Beyond::Slide => self.slide(wanted + 1 - self.most),
            }
        }
    }

    /// The last part is the last one no more.
    fn settle(&mut self) {
        if let Some(part) = self.parts.last_mut() {
            part.answers = std::mem::take(&mut self.latest).sparse();
        }
    }

    fn widen(&mut self) {
        self.settle();
        let (was, first) = (self.first, self.first.div_euclid(2));
        let mut joined: Vec<Part> = Vec::with_capacity(self.parts.len() / 2 + 1);
        for (nth, part) in (was..).zip(std::mem::take(&mut self.parts)) {
            match usize::try_from(nth.div_euclid(2) - first) {
                Ok(at) if at < joined.len() => joined[at].join(part),
                _ => joined.push(part),
            }
        }
        (self.width, self.first, self.parts) = (self.width * 2, first, joined);
        if let Some(last) = self.parts.last_mut() {
            self.latest = Dense::of(std::mem::take(&mut last.answers));
        }
    }

    /// Lets go of the first `parts`.
    fn slide(&mut self, parts: i64) {
        self.first += parts;
        if let Some(left) = usize::try_from(parts)
            .ok()
            .filter(|n| *n < self.parts.len())
        {
            self.parts.drain(..left);
        } else {
            (self.parts, self.latest) = (vec![Part::default()], Dense::default());
        }
    }

    /// What it comes to, with the seconds `from` and `to` in it as far as there is room.
    pub fn course(&self, from: i64, to: i64) -> Course {
        let mut whole = self.clone();
        whole.reach(self.seen.map_or(to, |seen| seen.max(to)));
        while whole.reaches_back(from) && whole.beyond == Beyond::Widen {
            whole.widen();
        }
        whole.settle();
        let before = (whole.first - from.div_euclid(whole.width)).max(0);
        let room = whole.most - whole.parts.len() as i64;
        let before = before.min(room.max(0));
        let empty = (0..before).map(|_| Part::default());
        let parts: Vec<Part> = empty.chain(whole.parts).collect();
        let start = (whole.first - before) * whole.width;
        let ends_by = |part: usize| start + whole.width * (part as i64 + 1) - 1;
        let ending = |span: RangeInclusive<i64>| {
            let parts = parts.iter().enumerate();
            let parts = parts.filter(|(part, _)| span.contains(&ends_by(*part)));
            joined(parts.map(|(_, part)| part))
        };
        Course {
            calm: ending(i64::MIN..=from - 1),
            during: ending(from..=to),
            ..Course::of(start, whole.width, &parts)
        }
    }

    /// There would be too many parts with a second before the first one.
    fn reaches_back(&self, from: i64) -> bool {
        let before = self.first - from.div_euclid(self.width);
        before > 0 && before + self.parts.len() as i64 > self.most
    }
}

/// What half of the answers of these parts take at most, and 99 of 100; ms.
fn joined<'a>(parts: impl Iterator<Item = &'a Part>) -> Option<(u64, u64)> {
    let all = parts.cloned().reduce(|mut all, part| {
        all.join(part);
        all
    })?;
    all.percentile(50).zip(all.percentile(99))
}

/// Requests over time, as they are told: lists with one number for each part.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Course {
    /// When the first part begins; s since 1970 UTC.
    pub start: i64,
    /// Seconds of each part.
    pub width: i64,
    /// Requests.
    pub requests: Vec<u64>,
    /// Those of them that failed, by owner.
    pub failed: BTreeMap<Owner, Vec<u64>>,
    /// What half of the good answers take at most; ms.
    pub p50: Vec<Option<u64>>,
    /// What 99 of 100 of them take at most; ms.
    pub p99: Vec<Option<u64>>,
    /// Both of all parts before the span that was asked for; ms.
    pub calm: Option<(u64, u64)>,
    /// Both of all parts that end within it; ms.
    pub during: Option<(u64, u64)>,
}

impl Course {
    fn of(start: i64, width: i64, parts: &[Part]) -> Self {
        let owners = parts.iter().flat_map(|part| part.failed.keys().copied());
        let mut failed: BTreeMap<Owner, Vec<u64>> =
            owners.map(|owner| (owner, vec![0; parts.len()])).collect();
        for (at, part) in parts.iter().enumerate() {
            for (owner, n) in &part.failed {
                failed.entry(*owner).and_modify(|of| of[at] = *n);
            }
        }
        Self {
            start,
            width,
            requests: parts.iter().map(|part| part.requests).collect(),
            failed,
            p50: parts.iter().map(|part| part.percentile(50)).collect(),
            p99: parts.iter().map(|part| part.percentile(99)).collect(),
            calm: None,
            during: None,
        }
    }

    /// When the last part ends; s since 1970 UTC.
    pub fn end(&self) -> i64 {
        self.start + self.width * self.requests.len() as i64
    }
}

#[cfg(test)]
mod tests;
