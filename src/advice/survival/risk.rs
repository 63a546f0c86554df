//! Who was still waiting, and how long.
//!
//! Enters: histograms. Leaves: steps of time with those at risk, and where requests were cut. Must not know: models.
//!
//! Within a step nothing is known but how many waits ended. A step ends at the edge of a bucket or at a limit, so that
//! requests that were cut are at risk up to their limit exactly.

use libm::log;

use crate::rollup::histogram::{Bucket, Histogram};

/// Timers fire late by less than this part of the limit.
const LATE: f64 = 1.0 / 32.0;

/// Waits that must be longer than the longest limit, for the time beyond it to count as observed.
const BEYOND: u64 = 30;

/// The beginning of the scale in ms, where 0 would have no logarithm.
const FIRST: f64 = 0.5;

/// A stretch of time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// ln(t / end) of its beginning.
    pub from: f64,
    /// ln(t / end) of its end.
    pub to: f64,
    /// Requests that waited at its beginning, less half of those whose clients left in it.
    pub risk: f64,
    /// Those that completed in it.
    pub ended: f64,
    /// Those whose clients left in it.
    pub left: f64,
}

/// Requests that were cut by one limit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limit {
    /// In ms.
    pub at: f64,
    /// How many were cut.
    pub cut: u64,
}

/// All of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Risk {
    /// In the order of time, up to the end.
    pub steps: Vec<Step>,
    /// In the order of time.
    pub limits: Vec<Limit>,
    /// The last observation in ms.
    pub end: f64,
    /// Requests that had not ended by then.
    pub survivors: f64,
    /// All requests.
    pub all: f64,
}

impl Risk {
    /// Of waits in ms.
    pub fn of(
        completed: &Histogram,
        cut: &Histogram,
        left: Option<&Histogram>,
        present: Option<u32>,
    ) -> Self {
        let none = Histogram::default();
        let left = left.unwrap_or(&none);
        let limits = limits(cut, present);
        let longest = limits.last().map_or(0.0, |limit| limit.at);
        let end = longest.max(last_of_many(completed));
        let mut risk = Self {
            steps: Vec::new(),
            limits,
            end,
            survivors: 0.0,
            all: (completed.count() as f64) + (cut.count() as f64) + (left.count() as f64),
        };
        risk.walk(&spread(completed, end), &spread(left, end));
        risk
    }

    fn walk(&mut self, completed: &[Spread], left: &[Spread]) {
        let mut times: Vec<f64> = (completed.iter().chain(left))
            .flat_map(|spread| [spread.from, spread.to])
            .chain(self.limits.iter().map(|limit| limit.at))
            .chain([self.end])
            .filter(|time| (FIRST..=self.end).contains(time))
            .collect();
        times.sort_by(f64::total_cmp);
        times.dedup();
        let (mut ends, mut leaves) = (Walk::new(completed), Walk::new(left));
        let mut cuts = self.limits.iter().peekable();
        let mut waiting = self.all;
        for pair in times.windows(2) {
            let (from, to) = (pair[0], pair[1]);
            let (ended, left) = (ends.within(from, to), leaves.within(from, to));
            self.steps.push(Step {
                from: log(from / self.end),
                to: log(to / self.end),
                risk: waiting - left / 2.0,
                ended,
                left,
            });
            waiting -= ended + left;
            if to == self.end {
                break;
            }
            while let Some(limit) = cuts.next_if(|limit| limit.at <= to) {
                waiting -= limit.cut as f64;
            }
        }
        self.survivors = waiting.max(0.0);
    }
}

/// Counts between two times in ms.
struct Spread {
    from: f64,
    to: f64,
    n: f64,
}

/// The waits of a histogram; those in the bucket of the end came before it.
fn spread(waits: &Histogram, end: f64) -> Vec<Spread> {
    let spread = waits.iter().map(|(bucket, n)| {
        let (from, to) = edges(bucket);
        let is_cut_off = from < end && end < to;
        Spread {
            from,
            to: if is_cut_off { end } else { to },
            n: n as f64,
        }
    });
    spread.collect()
}

/// Goes through spread counts in the order of time.
struct Walk<'a> {
    rest: &'a [Spread],
}

impl<'a> Walk<'a> {
    fn new(rest: &'a [Spread]) -> Self {
        Self { rest }
    }

    /// How many lie between two times; a count is even within its edges.
    fn within(&mut self, from: f64, to: f64) -> f64 {
        while self.rest.first().is_some_and(|spread| spread.to <= from) {
            self.rest = &self.rest[1..];
        }
        match self.rest.first() {
            Some(spread) if spread.from < to => spread.n * (to - from) / (spread.to - spread.from),
            _ => 0.0,
        }
    }
}

/// The edges of a bucket in ms, as of times that are not whole.
fn edges(bucket: Bucket) -> (f64, f64) {
    let low = f64::from(bucket.low()).max(FIRST);
    (low, f64::from(bucket.high()) + 1.0)
}

/// Requests that were cut, by limit. What comes a little later than a limit was cut by it.
fn limits(cut: &Histogram, present: Option<u32>) -> Vec<Limit> {
    let present = present.map(f64::from);
    let mut limits: Vec<Limit> = Vec::new();
    for (bucket, n) in cut.iter() {
        let (low, high) = edges(bucket);
        match limits.last_mut() {
            Some(last) if low <= last.at * (1.0 + LATE) => last.cut = last.cut.saturating_add(n),
            _ => limits.push(Limit {
                at: present
                    .filter(|at| *at < high && low <= *at * (1.0 + LATE))
                    .unwrap_or_else(|| f64::from(roundest(bucket)).max(FIRST)),
                cut: n,
            }),
        }
    }
    limits
}

/// The number of a bucket that ends in the most zeros, as people choose them; the first of several.
fn roundest(bucket: Bucket) -> u32 {
    let (low, high) = (bucket.low(), bucket.high());
    let mut best = low;
    let mut unit = 1u32;
    while let Some(larger) = unit.checked_mul(10) {
        let halves = [unit, unit.saturating_mul(5)];
        for step in halves {
            match low.div_ceil(step).checked_mul(step) {
                Some(multiple) if multiple <= high => best = multiple,
                _ => {}
            }
        }
        unit = larger;
    }
    best
}

/// The longest time in ms that many waits reached; 0 where there are not so many.
fn last_of_many(completed: &Histogram) -> f64 {
    let all = completed.count();
    if all <= BEYOND {
        return 0.0;
    }
    let mut passed = 0u64;
    let reached = completed.iter().find(|(_, n)| {
        passed = passed.saturating_add(*n);
        all.saturating_sub(passed) <= BEYOND
    });
    reached.map_or(0.0, |(bucket, _)| edges(bucket).0)
}
