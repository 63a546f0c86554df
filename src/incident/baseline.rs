//! How often a symptom occurs in calm, and how evenly.
//!
//! Enters: seconds in which nothing is wrong, as far as is known. Leaves: a share, and how much more its counts vary
//! than those of independent requests would. Must not know: what is done with either.
//!
//! Real noise comes in clusters. The variance of its counts is a multiple of their mean; that multiple divides what
//! each count says (quasi-likelihood: Wedderburn 1974; McCullagh and Nelder 1989, 9.2).

use std::collections::VecDeque;

/// Seconds that pass before a second counts: a burst is to be noticed before it is learned.
pub const DELAY: i64 = 5;

/// Seconds in which half of it is forgotten. Long beside incidents, short beside a day's rhythm.
pub const HALF_LIFE: f64 = 1_800.0;

/// Seconds over which counts are added up before their spread is looked at: clusters are shorter.
const WINDOW: i64 = 60;

/// The spread of one window counts for this much at the most, so that one cluster does not make it deaf.
const WIDEST: f64 = 16.0;

/// Windows for which independence stands until something else is known.
const BELIEVED: f64 = 10.0;

/// Windows in which half of what is known of the spread is forgotten: six hours.
const SPREAD_HALF_LIFE: f64 = 360.0;

/// See the module.
#[derive(Debug, Clone, PartialEq)]
pub struct Baseline {
    hits: f64,
    requests: f64,
    at: i64,
    waiting: VecDeque<(i64, f64, f64)>,
    window: Window,
    /// Sum of the windows' spreads, and their number.
    spread: (f64, f64),
}

/// Counts that are being added up.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Window {
    start: i64,
    hits: f64,
    requests: f64,
}

impl Default for Baseline {
    fn default() -> Self {
        Self {
            hits: 0.0,
            requests: 0.0,
            at: i64::MIN,
            waiting: VecDeque::new(),
            window: Window::default(),
            spread: (0.0, 0.0),
        }
    }
}

impl Baseline {
    /// Time passes.
    pub fn forget(&mut self, second: i64) {
        if self.at != i64::MIN && second > self.at {
            let kept = (-(second - self.at) as f64 / HALF_LIFE).exp2();
            self.hits *= kept;
            self.requests *= kept;
        }
        self.at = self.at.max(second);
    }

    /// Learns a second, [`DELAY`] later. Shares below `floor` are not worth telling apart.
    pub fn learn(&mut self, second: i64, hits: f64, requests: f64, floor: f64) {
        self.waiting.push_back((second, hits, requests));
        while let Some(&(at, hits, requests)) = self.waiting.front() {
            if at > second - DELAY {
                break;
            }
            self.weigh_spread(at, hits, requests, floor);
            self.hits += hits;
            self.requests += requests;
            self.waiting.pop_front();
        }
    }

    /// What waits to be learned was none of it.
    pub fn discard(&mut self) {
        self.waiting.clear();
    }

    fn weigh_spread(&mut self, second: i64, hits: f64, requests: f64, floor: f64) {
        if second >= self.window.start + WINDOW {
            let seen = self.seen_share();
            let Window { hits, requests, .. } = self.window;
            let expected = seen.max(floor) * requests;
            if expected > 0.0 && self.requests > 0.0 {
                let spread = (hits - seen * requests).powi(2) / expected;
                let kept = (-1.0 / SPREAD_HALF_LIFE).exp2();
                self.spread.0 = self.spread.0 * kept + spread.min(WIDEST);
                self.spread.1 = self.spread.1 * kept + 1.0;
            }
            self.window = Window {
                start: second,
                ..Window::default()
            };
        }
        self.window.hits += hits;
        self.window.requests += requests;
    }

    /// The share of requests that showed the symptom; half a hit in 50 requests stands for what is not known yet.
    pub fn share(&self) -> f64 {
        (self.hits + 0.5) / (self.requests + 50.0)
    }

    /// The share that was seen; 0 before anything was.
    pub fn seen_share(&self) -> f64 {
        self.hits / self.requests.max(1.0)
    }

    /// Variance of the counts over that of independent requests; 1 or more.
    pub fn spread(&self) -> f64 {
        let (sum, windows) = self.spread;
        ((sum + BELIEVED) / (windows + BELIEVED)).max(1.0)
    }

    /// The symptom occurs in calm, too.
    pub fn is_noisy(&self) -> bool {
        self.hits >= 0.5
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spread(hits: impl Fn(i64) -> f64) -> f64 {
        let mut baseline = Baseline::default();
        for second in 0..7_200 {
            baseline.forget(second);
            baseline.learn(second, hits(second), 50.0, 0.002);
        }
        baseline.spread()
    }

    #[test]
    fn even_noise_has_no_spread() {
        assert_eq!(spread(|second| f64::from(second % 2 == 0)), 1.0);
    }

    #[test]
    fn noise_in_clusters_has() {
        let clustered = spread(|second| if second % 300 < 10 { 15.0 } else { 0.0 });
        assert!(clustered > 5.0, "{clustered}");
    }
}
