//! How often a symptom occurs in calm, and how evenly.
//!
//! Enters: seconds in which nothing is wrong, as far as is known. Leaves: a share, and how much more its counts vary
//! than those of independent requests would. Must not know: what is done with either.
//!
//! Real noise comes in clusters. The variance of its counts is a multiple of their mean; that multiple divides what
//! each count says (quasi-likelihood: Wedderburn 1974; McCullagh and Nelder 1989, 9.2).

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::waiting::Waiting;

/// Seconds that pass before a second counts: a burst is to be noticed before it is learned.
pub const DELAY: i64 = 5;

/// Requests that must have come since then, too.
const BEHIND: f64 = 20.0;

/// Seconds in which half of it is forgotten. Long beside incidents, short beside a day's rhythm.
pub const HALF_LIFE: f64 = 1_800.0;

/// Requests of which more tell nothing more.
const ENOUGH: u64 = 10_000;

/// Seconds over which counts are added up before their spread is looked at: clusters are shorter than the first, and
/// what drifts does so within the second.
const WINDOWS: [i64; 2] = [60, 600];

/// Hits for which independence is believed until others tell.
const BELIEVED: f64 = 10.0;

/// The spread is taken for so many times what is known of it.
const MARGIN: f64 = 1.5;

/// Seconds in which half of what is known of the spread is forgotten.
const SPREAD_HALF_LIFE: f64 = 21_600.0;

/// See the module.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Baseline {
    hits: f64,
    requests: f64,
    at: i64,
    waiting: Waiting<(i64, f64, f64)>,
    /// Requests that wait.
    behind: f64,
    windows: [Window; 2],
}

/// Counts that are being added up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
struct Window {
    start: i64,
    hits: f64,
    requests: f64,
    /// Squares of what windows were off their mean, and hits.
    spread: (f64, f64),
}

impl Window {
    /// Adds a second's counts; `length` in seconds, and `seen` the share until now.
    #[inline]
    fn add(&mut self, second: i64, hits: f64, requests: f64, (length, seen): (i64, f64)) {
        if second >= self.start + length {
            self.close(second, length, seen);
        }
        self.hits += hits;
        self.requests += requests;
    }

    fn close(&mut self, second: i64, length: i64, seen: f64) {
        let off = self.hits - seen * self.requests;
        let kept = (-length as f64 / SPREAD_HALF_LIFE).exp2();
        let (squares, known) = self.spread;
        *self = Self {
            start: second,
            hits: 0.0,
            requests: 0.0,
            spread: (squares * kept + off * off, known * kept + self.hits),
        };
    }

    fn spread(&self) -> f64 {
        let (squares, hits) = self.spread;
        (squares + BELIEVED) / (hits + BELIEVED)
    }
}

impl Default for Baseline {
    fn default() -> Self {
        Self {
            hits: 0.0,
            requests: 0.0,
            at: i64::MIN,
            waiting: Waiting::default(),
            behind: 0.0,
            windows: [Window::default(); 2],
        }
    }
}

impl Baseline {
    /// Time passes.
    pub fn forget(&mut self, second: i64) {
        if self.at != i64::MIN && second > self.at {
            let kept = kept(second - self.at);
            self.hits *= kept;
            self.requests *= kept;
        }
        self.at = self.at.max(second);
    }

    /// Learns a second, [`DELAY`] later.
    pub fn learn(&mut self, second: i64, hits: f64, requests: f64) {
        self.waiting.push((second, hits, requests));
        self.behind += requests;
        while let Some(&(at, hits, requests)) = self.waiting.first() {
            if at > second - DELAY || self.behind - requests < BEHIND {
                break;
            }
            let seen = self.seen_share();
            let [minute, ten] = &mut self.windows;
            minute.add(at, hits, requests, (WINDOWS[0], seen));
            ten.add(at, hits, requests, (WINDOWS[1], seen));
            self.hits += hits;
            self.requests += requests;
            self.behind -= requests;
            self.waiting.pass();
        }
    }

    /// What waits to be learned was none of it.
    pub fn discard(&mut self) {
        self.waiting.clear();
        self.behind = 0.0;
    }

    /// So many requests came before it was looked at, and none showed the symptom.
    pub fn began_without_hits(&mut self, requests: u64) {
        self.requests = requests.min(ENOUGH) as f64;
    }

    /// The share of requests that showed the symptom; half a hit in 50 requests stands for what is not known yet.
    pub fn share(&self) -> f64 {
        (self.hits + 0.5) / (self.requests + 50.0)
    }

    /// The share that was seen; 0 before anything was.
    pub fn seen_share(&self) -> f64 {
        self.hits / self.requests.max(1.0)
    }

    /// Variance of the counts over that of independent requests, with a margin.
    pub fn spread(&self) -> f64 {
        let spreads = self.windows.iter().map(Window::spread);
        MARGIN * spreads.fold(1.0, f64::max)
    }

    /// Requests that it rests on.
    pub fn known(&self) -> f64 {
        self.requests
    }

    /// The symptom occurs in calm, too.
    pub fn is_noisy(&self) -> bool {
        self.hits >= 0.5
    }
}

/// Gaps between seconds that are looked up.
const SHORT: usize = 64;

/// The part that is left of a count after so many seconds.
fn kept(passed: i64) -> f64 {
    static SHORTLY: LazyLock<[f64; SHORT]> =
        LazyLock::new(|| std::array::from_fn(|passed| kept_for_long(passed as i64)));
    let shortly = usize::try_from(passed).ok();
    shortly
        .and_then(|passed| SHORTLY.get(passed).copied())
        .unwrap_or_else(|| kept_for_long(passed))
}

fn kept_for_long(passed: i64) -> f64 {
    (-passed as f64 / HALF_LIFE).exp2()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spread(hits: impl Fn(i64) -> f64) -> f64 {
        let mut baseline = Baseline::default();
        for second in 0..7_200 {
            baseline.forget(second);
            baseline.learn(second, hits(second), 50.0);
        }
        baseline.spread()
    }

    #[test]
    fn even_noise_has_no_spread() {
        let even = spread(|second| f64::from(second % 2 == 0));
        assert!(even < 1.1 * MARGIN, "{even}");
    }

    #[test]
    fn noise_in_clusters_has() {
        let clustered = spread(|second| if second % 300 < 10 { 15.0 } else { 0.0 });
        assert!(clustered > 5.0, "{clustered}");
    }
}
