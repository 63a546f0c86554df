//! Victims of an incident over time, in bounded room.
//!
//! Enters: victims by second. Leaves: the worst part, and means over equal parts of a span. Must not know: what they
//! suffered.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Seconds that the curve can tell apart; beyond, neighbours are joined.
const CURVE: usize = 1_024;

/// Times as long as a wait, in which they must have come before they can be said to come one by one.
const LONG: i64 = 10;

/// Standard deviations by which chance hardly ever exceeds a mean.
const CHANCE: f64 = 4.0;

/// Victims by second, joined into wider parts as the span grows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Curve {
    width: i64,
    parts: BTreeMap<i64, u64>,
}

impl Default for Curve {
    fn default() -> Self {
        Self {
            width: 1,
            parts: BTreeMap::new(),
        }
    }
}

impl Curve {
    /// Adds victims of a second.
    pub fn add(&mut self, second: i64, n: u64) {
        *self.parts.entry(second.div_euclid(self.width)).or_default() += n;
        self.narrow();
    }

    /// Takes in what came later: a short curve, of single seconds.
    pub fn join(&mut self, later: Self) {
        for (part, n) in later.parts {
            *self
                .parts
                .entry((part * later.width).div_euclid(self.width))
                .or_default() += n;
        }
        self.narrow();
    }

    fn narrow(&mut self) {
        while self.parts.len() > CURVE {
            self.width *= 2;
            let joined = std::mem::take(&mut self.parts);
            for (part, n) in joined {
                *self.parts.entry(part.div_euclid(2)).or_default() += n;
            }
        }
    }

    /// The worst part: when it began (s) and its victims a second.
    pub fn peak(&self) -> Option<(i64, f64)> {
        let (part, n) = self
            .parts
            .iter()
            .max_by_key(|(part, n)| (**n, std::cmp::Reverse(**part)))?;
        Some((part * self.width, *n as f64 / self.width as f64))
    }

    /// Victims came all along, and never in one wait of so many seconds far more of them than in the others. Those that
    /// know nothing of each other vary by the root of their mean (Poisson); and their rate may double.
    pub fn is_one_by_one(&self, wait: i64) -> bool {
        let (Some((first, _)), Some((last, _))) =
            (self.parts.first_key_value(), self.parts.last_key_value())
        else {
            return false;
        };
        let (wide, all) = (wait.max(1) as u64, last - first + 1);
        let wide = wide.div_ceil(self.width.unsigned_abs()) as i64;
        let mean = self.parts.values().sum::<u64>() as f64 * wide as f64 / all as f64;
        let in_wait = |from: &i64| self.parts.range(*from..from + wide).map(|(_, n)| *n);
        let most = self.parts.keys().map(|from| in_wait(from).sum::<u64>());
        let most = most.max().unwrap_or(0) as f64;
        all >= LONG * wide && most <= 2.0 * mean + CHANCE * mean.sqrt()
    }

    /// Mean victims a second over the span (both ends in s), in `most` parts at the most; and the seconds of a part, of
    /// which the last one may have fewer.
    pub fn resample(&self, start: i64, end: i64, most: i64) -> (i64, Vec<f64>) {
        let seconds = (end - start).max(0) + 1;
        let width = (seconds + most - 1) / most;
        let parts = (seconds + width - 1) / width;
        let mut sums = vec![0.0; usize::try_from(parts).unwrap_or(0)];
        for (part, n) in &self.parts {
            // Victims of what lies beyond an edge count at the edge.
            let from = (part * self.width - start).clamp(0, seconds - 1);
            let to = ((part + 1) * self.width - start).clamp(from + 1, seconds);
            for at in from / width..=(to - 1) / width {
                let ends = ((at + 1) * width).min(seconds);
                let shared = (to.min(ends) - from.max(at * width)) as f64 / (to - from) as f64;
                if let Some(sum) = usize::try_from(at).ok().and_then(|at| sums.get_mut(at)) {
                    *sum += *n as f64 * shared;
                }
            }
        }
        let lengths = (0..parts).map(|at| width.min(seconds - at * width));
        let means = sums
            .iter()
            .zip(lengths)
            .map(|(sum, length)| sum / length as f64);
        (width, means.collect())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn curve(seconds: impl IntoIterator<Item = i64>) -> Curve {
        let mut curve = Curve::default();
        seconds.into_iter().for_each(|second| curve.add(second, 1));
        curve
    }

    #[test]
    fn one_victim_a_second_is_one_a_second_however_long_it_lasts() {
        for seconds in [1, 2, 119, 120, 121, 145, 300, 1_023, 1_024] {
            let curve = curve(0..seconds);
            let (width, means) = curve.resample(0, seconds - 1, 120);
            assert!(
                means.iter().all(|mean| *mean == 1.0),
                "{seconds}: {means:?}"
            );
            assert_eq!(means.len() as i64, (seconds + width - 1) / width);
            assert_eq!(curve.peak(), Some((0, 1.0)), "{seconds}");
        }
    }

    #[test]
    fn parts_are_whole_seconds_and_the_last_one_may_be_shorter() {
        let curve = curve([0, 0, 1, 2, 5, 6, 6, 6]);
        assert_eq!(
            curve.resample(0, 6, 3),
            (3, vec![4.0 / 3.0, 1.0 / 3.0, 3.0])
        );
        assert_eq!(
            curve.resample(0, 6, 120).1,
            [2.0, 1.0, 1.0, 0.0, 0.0, 1.0, 3.0]
        );
    }

    #[test]
    fn one_by_one_is_all_along_and_never_many_at_once() {
        let all_along = || 0..60;
        assert!(curve(all_along()).is_one_by_one(3));
        assert!(curve((0..60).step_by(7)).is_one_by_one(3));
        // Too short to tell.
        assert!(!curve(all_along()).is_one_by_one(7));
        let at_once = |n: usize| curve(all_along().chain(std::iter::repeat_n(59, n)));
        assert!(at_once(3).is_one_by_one(3));
        assert!(!at_once(20).is_one_by_one(3));
        assert!(!curve([]).is_one_by_one(3));
    }

    proptest! {
        #[test]
        fn no_victim_is_lost_and_no_part_is_above_the_peak(
            seconds in proptest::collection::vec(0i64..3_000, 1..1_500), most in 1i64..130,
        ) {
            let curve = curve(seconds.iter().copied());
            let (start, end) = (seconds.iter().min().unwrap(), seconds.iter().max().unwrap());
            let (width, means) = curve.resample(*start, *end, most);
            prop_assert!(means.len() as i64 <= most);
            let last = end - start + 1 - width * (means.len() as i64 - 1);
            let widths = means.iter().enumerate().map(|(at, _)| {
                if at + 1 == means.len() { last } else { width }
            });
            let sum: f64 = widths.zip(&means).map(|(width, mean)| width as f64 * mean).sum();
            prop_assert!((sum - seconds.len() as f64).abs() < 1e-6, "{sum}");
            let (peak, most) = (curve.peak().unwrap().1, means.iter().copied().fold(0.0, f64::max));
            prop_assert!(curve.width > 1 || most <= peak, "{most} > {peak}");
        }
    }
}
