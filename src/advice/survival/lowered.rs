//! What a shorter limit would cut, and what it would free.
//!
//! Enters: waits and a limit. Leaves: counts and slot-seconds, between the edges of buckets. Must not know: tails.

use crate::rollup::histogram::Histogram;

/// What a shorter limit would have done.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lowered {
    /// Completed requests that it would have cut: at least, at most.
    pub lost: (u64, u64),
    /// Slot-seconds that nobody would have held: at least, at most.
    pub freed_s: (f64, f64),
}

/// The answer for a limit in ms.
pub fn answer(completed: &Histogram, cut: &Histogram, limit: u32) -> Lowered {
    let (mut least, mut most) = (0.0, 0.0);
    for (bucket, n) in completed.iter().chain(cut.iter()) {
        let seconds = |ms: u32| f64::from(ms.saturating_sub(limit)) / 1e3 * n as f64;
        least += seconds(bucket.low());
        most += seconds(bucket.high());
    }
    Lowered {
        lost: completed.above(limit),
        freed_s: (least, most),
    }
}

#[cfg(test)]
mod tests {
    use super::answer;
    use crate::rollup::histogram::Histogram;

    #[test]
    fn what_waits_longer_is_cut() {
        let (mut completed, mut cut) = (Histogram::default(), Histogram::default());
        completed.add(90, 1_000);
        completed.add(125, 10);
        completed.add(3_000, 4);
        cut.add(30_000, 2);
        let lowered = answer(&completed, &cut, 100);
        assert_eq!(lowered.lost, (14, 14));
        assert_eq!(lowered.freed_s.0, 0.25 + 4.0 * 2.876 + 2.0 * 29.852);
        assert_eq!(lowered.freed_s.1, 0.25 + 4.0 * 2.907 + 2.0 * 30.107);
        // Within a bucket nobody knows.
        assert_eq!(answer(&completed, &cut, 3_000).lost, (0, 4));
        assert_eq!(answer(&completed, &cut, 40_000).freed_s, (0.0, 0.0));
    }
}
