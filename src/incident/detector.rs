//! Tells a burst from noise.
//!
//! Enters: how many of a second's requests showed a symptom. Leaves: since when, if at all, there are more of
//! them than the baseline explains. Must not know: which symptom, or what an incident is.
//!
//! A one-sided cumulative sum (Page 1954) of the log-likelihood ratio between the baseline's share and a
//! larger one. The mean time between false alarms of such a sum is at least `exp(ALARM)` observations
//! (Lorden 1971). An installation of 20 backends makes some 300 tests a second, 180 million a week; `ALARM` is the
//! logarithm of that, so that independent noise raises one false alarm a week at the most. Real noise comes in
//! clusters: its spread divides the score, and the baseline's share is never taken for less than a floor.

use serde::{Deserialize, Serialize};

use super::baseline::Baseline;

/// The score at which noise is no longer believed.
const ALARM: f64 = 19.0;

/// The score does not grow beyond this, so that the end of a long burst is seen as soon as that of a short one.
const FULL: f64 = 2.0 * ALARM;

/// Requests from which on a baseline is one.
const KNOWN: f64 = 100.0;

/// What a detector takes for ordinary.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Sensitivity {
    /// The smallest share that is ever taken for the baseline's.
    pub floor: f64,
    /// The largest: what shows in more requests is trouble, however long it has been there. A log may begin in it.
    pub most: f64,
    /// What is taken for ordinary until [`KNOWN`] requests tell.
    pub unknown: f64,
    /// The share tested against is the baseline's plus this, or four times it, whichever is more.
    pub step: f64,
    /// The most by which noise in clusters may divide what hits say.
    pub spread: f64,
    /// What one second can say at the most, as a part of what it takes to be believed: a server that stands still for
    /// a moment lets all its requests wait at once.
    pub second: f64,
}

/// See the module.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Detector {
    sensitivity: Sensitivity,
    baseline: Baseline,
    score: f64,
    /// The highest score since it was nothing, and when it was last as high.
    peak: (f64, i64),
    since: Option<i64>,
    alarmed: bool,
    seen: f64,
}

impl Detector {
    /// One without a baseline.
    pub fn new(sensitivity: Sensitivity) -> Self {
        Self::going_on(sensitivity, Baseline::default())
    }

    /// One that has a baseline, and has not seen a hit.
    pub fn going_on(sensitivity: Sensitivity, baseline: Baseline) -> Self {
        Self {
            sensitivity,
            baseline,
            score: 0.0,
            peak: (0.0, i64::MIN),
            since: None,
            alarmed: false,
            seen: 0.0,
        }
    }

    /// So many requests came before it was looked at, and none showed the symptom.
    pub fn began_without(mut self, requests: u64) -> Self {
        self.baseline.began_without_hits(requests);
        self
    }

    /// Takes a second's `requests`, of which `hits` showed the symptom; `learn` when they may be baseline.
    pub fn step(&mut self, second: i64, hits: u64, requests: u64, learn: bool) {
        let (hits, requests) = (hits as f64, requests as f64);
        self.seen += hits;
        self.weigh(second, hits, requests);
        self.baseline.forget(second);
        if learn && !self.alarmed {
            self.baseline.learn(second, hits, requests);
        } else if self.alarmed {
            self.baseline.discard();
        }
    }

    fn weigh(&mut self, second: i64, hits: f64, requests: f64) {
        if hits == 0.0 && self.is_calm() {
            // Less than nothing is nothing.
            return;
        }
        let ordinary = self.share();
        let tested = (ordinary * 4.0)
            .max(ordinary + self.sensitivity.step)
            .min(0.97);
        let says = hits * (tested / ordinary).ln() - requests * (tested - ordinary);
        let spread = self.baseline.spread().min(self.sensitivity.spread);
        self.score += (says / spread).min(self.sensitivity.second * ALARM);
        if self.score <= 0.0 {
            self.score = 0.0;
            self.peak = (0.0, i64::MIN);
            self.since = None;
            self.alarmed = false;
            return;
        }
        self.since = self.since.or(Some(second));
        self.score = self.score.min(FULL);
        if self.score >= self.peak.0 {
            self.peak = (self.score, second);
        }
        self.alarmed |= self.score >= ALARM;
    }

    /// What it saw is explained: it begins anew, and keeps its baseline.
    pub fn settle(&mut self) {
        (self.score, self.peak) = (0.0, (0.0, i64::MIN));
        (self.since, self.alarmed) = (None, false);
        self.baseline.discard();
    }

    /// The second in which the burst began that is going on.
    #[inline]
    pub fn burst(&self) -> Option<i64> {
        self.since.filter(|_| self.alarmed)
    }

    /// The burst was still going on in this second: the score was at its highest.
    #[inline]
    pub fn peaked(&self, second: i64) -> bool {
        self.alarmed && self.peak.1 == second
    }

    /// Hits so far.
    #[inline]
    pub fn seen(&self) -> f64 {
        self.seen
    }

    /// Nothing suspicious is left.
    #[inline]
    pub fn is_calm(&self) -> bool {
        self.score == 0.0
    }

    /// The share of requests that is taken for ordinary.
    pub fn share(&self) -> f64 {
        let Sensitivity {
            floor,
            most,
            unknown,
            ..
        } = self.sensitivity;
        let seen = self.baseline.share().clamp(floor, most);
        if self.baseline.known() < KNOWN {
            seen.max(unknown)
        } else {
            seen
        }
    }

    /// The share that was seen, without bounds; 0 before anything was.
    pub fn seen_share(&self) -> f64 {
        self.baseline.seen_share()
    }

    /// The symptom occurs in calm, too: one more of them says nothing.
    pub fn is_noisy(&self) -> bool {
        self.baseline.is_noisy()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVER: Sensitivity = Sensitivity {
        floor: 0.002,
        most: 0.05,
        unknown: 0.0,
        step: 0.05,
        spread: 12.0,
        second: 2.0,
    };

    fn run(seconds: impl IntoIterator<Item = (u64, u64)>) -> Vec<Option<i64>> {
        let mut detector = Detector::new(SERVER);
        seconds
            .into_iter()
            .enumerate()
            .map(|(second, (hits, requests))| {
                detector.step(second as i64, hits, requests, true);
                detector.burst()
            })
            .collect()
    }

    #[test]
    fn a_third_of_the_requests_failing_is_a_burst_from_its_first_second() {
        let calm = std::iter::repeat_n((0, 50), 60);
        let bursts = run(calm.chain(std::iter::repeat_n((17, 50), 5)));
        assert_eq!(bursts[59], None);
        assert_eq!(bursts[64], Some(60));
    }

    #[test]
    fn a_steady_share_is_learned_and_is_no_burst() {
        let bursts = run((0..3_000).map(|second| (u64::from(second % 4 == 0), 50)));
        assert!(bursts.iter().all(Option::is_none));
    }

    #[test]
    fn a_burst_ends_when_requests_are_served_again() {
        let calm = std::iter::repeat_n((0, 50), 60);
        let burst = std::iter::repeat_n((40, 50), 600);
        let bursts = run(calm.clone().chain(burst).chain(calm));
        assert_eq!(bursts[659], Some(60));
        assert_eq!(
            bursts[690], None,
            "a long burst is over as soon as a short one"
        );
    }

    #[test]
    fn a_few_failures_among_few_requests_are_no_burst() {
        let bursts = run((0..600).map(|second| (u64::from(second % 100 == 0), 1)));
        assert!(bursts.iter().all(Option::is_none));
    }

    #[test]
    fn a_log_that_begins_in_trouble_is_no_baseline() {
        for (hits, requests, every) in [(1, 3, 1), (1, 2, 5), (1, 1, 60)] {
            let second = |at: i64| {
                if at % every == 0 {
                    (hits, requests)
                } else {
                    (0, 0)
                }
            };
            let bursts = run((0..3_600).map(second));
            assert_eq!(
                bursts.last(),
                Some(&Some(0)),
                "{hits} of {requests} each {every} s"
            );
        }
    }
}
