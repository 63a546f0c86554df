//! Whether waits that were cut would have ended soon after.
//!
//! Enters: a sample and the timeout that cut it. Leaves: how the waits near the limit end, and what a longer one would
//! let through. Must not know: why they are long.
//!
//! Of the waits that reached the last quarter of the limit, some ended in it and the others were cut. If waits go on to
//! end at that rate, a longer timeout lets a known share of the cut ones through. Where work is fast or never ends,
//! hardly any wait ends near the limit, and no timeout is long enough.

use super::waits::Sample;

/// Waits that must have ended in the last quarter, to speak of a rate.
const ENOUGH: u64 = 20;

/// The smallest rate that makes waiting worth while: of the cut waits, 80 % end within as long again.
const RATE: f64 = 1.0 / 3.0;

/// The largest share that may be cut; beyond, the limit is not what is wrong.
const MOST_CUT: f64 = 0.4;

/// The rate below which work counts as fast or never.
const NEVER: f64 = 0.1;

/// How waits end near a limit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pressure {
    limit: u64,
    cut: u64,
    share: f64,
    /// Waits that ended in the last quarter of the limit.
    pub late: u64,
}

impl Pressure {
    /// Of a sample whose waits were cut at `limit` ms.
    pub fn of(sample: &Sample, limit: u64) -> Self {
        let from = limit - limit / 4;
        let late = sample
            .completed
            .iter()
            .filter(|(bucket, _)| (from..=limit).contains(&u64::from(bucket.low())))
            .map(|(_, n)| n)
            .sum();
        Self {
            limit,
            cut: sample.cut(),
            share: sample.share(),
            late,
        }
    }

    /// Waits end near the limit often enough that those cut would have ended soon after.
    pub fn is_pressing(&self) -> bool {
        self.late >= ENOUGH && self.share < MOST_CUT && self.rate() >= RATE
    }

    /// Waits end early or not at all.
    pub fn is_fast_or_never(&self) -> bool {
        self.rate() < NEVER
    }

    /// How many of the cut waits a limit of `longer` ms would let through: two standard errors down and up.
    pub fn saved(&self, longer: u64) -> (u64, u64) {
        let n = (self.late + self.cut).max(1) as f64;
        let error = 2.0 * (self.rate() * (1.0 - self.rate()) / n).sqrt();
        let quarters =
            longer.saturating_sub(self.limit) as f64 / (self.limit as f64 / 4.0).max(1.0);
        let saved = |rate: f64| {
            let still_waiting = (1.0 - rate.clamp(0.0, 1.0)).powf(quarters);
            (self.cut as f64 * (1.0 - still_waiting)).floor() as u64
        };
        (saved(self.rate() - error), saved(self.rate() + error))
    }

    /// Of the waits that reached the last quarter, the share that ended in it.
    fn rate(&self) -> f64 {
        let reached = self.late + self.cut;
        if reached == 0 {
            0.0
        } else {
            self.late as f64 / reached as f64
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Pressure;
    use crate::advice::waits::Sample;

    fn pressure(completed: &[(u32, u64)], cut: u64) -> Pressure {
        let mut sample = Sample::default();
        for (ms, n) in completed {
            sample.completed.add(*ms, *n);
        }
        sample.cut.add(1_201, cut);
        Pressure::of(&sample, 1_200)
    }

    #[test]
    fn a_tail_that_ends_near_the_limit_presses() {
        let tail = [(100, 500), (700, 300), (1_000, 80), (1_100, 60)];
        let pressure = pressure(&tail, 85);
        assert!(pressure.is_pressing() && !pressure.is_fast_or_never());
        assert_eq!(pressure.late, 140);
        let (low, high) = pressure.saved(2_400);
        assert!(low > 75 && low <= high && high <= 85, "{low} to {high}");
        assert_eq!(pressure.saved(1_200), (0, 0));
    }

    #[test]
    fn other_shapes_do_not() {
        // Fast or never; most are cut; too few near the limit to tell; everything is cut.
        for (completed, cut, never) in [
            (&[(100, 5_000)][..], 85, true),
            (&[(100, 50), (1_000, 60)], 85, false),
            (&[(100, 5_000), (1_000, 19)], 20, false),
            (&[], 500, true),
        ] {
            let pressure = pressure(completed, cut);
            assert!(!pressure.is_pressing(), "{completed:?}");
            assert_eq!(pressure.is_fast_or_never(), never, "{completed:?}");
        }
    }
}
