//! Tells a burst from noise.
//!
//! Enters: how many of a second's requests showed a symptom. Leaves: since when, if at all, there are more of
//! them than the backend's own baseline explains. Must not know: which symptom, or what an incident is.
//!
//! A one-sided cumulative sum (Page 1954) of the log-likelihood ratio between the baseline's share and a
//! larger one. The mean time between false alarms of such a sum is at least `exp(ALARM)` observations
//! (Lorden 1971). An installation of 20 backends makes some 7 tests a second, 85 million a week; `ALARM` is the
//! logarithm of that, so that independent noise raises one false alarm a week at the most. Real noise comes in
//! clusters, which is why the baseline's share is never taken for less than a floor.

use std::collections::VecDeque;

/// The score at which noise is no longer believed.
const ALARM: f64 = 18.3;

/// The score does not grow beyond this, so that the end of a long burst is seen as soon as that of a short one.
const FULL: f64 = 2.0 * ALARM;

/// Seconds that pass before a second counts as baseline: a burst is to be noticed before it is learned.
const DELAY: i64 = 5;

/// Seconds in which half of the baseline is forgotten. Long beside incidents, short beside a day's rhythm.
const HALF_LIFE: f64 = 1_800.0;

/// What a detector takes for ordinary.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sensitivity {
    /// The smallest share that is ever taken for the baseline's.
    pub floor: f64,
    /// The share tested against is the baseline's plus this, or four times it, whichever is more.
    pub step: f64,
}

/// See the module.
#[derive(Debug, Clone, PartialEq)]
pub struct Detector {
    sensitivity: Sensitivity,
    baseline: Baseline,
    score: f64,
    /// The highest score since it was nothing, and when it was last as high.
    peak: (f64, i64),
    since: Option<i64>,
    alarmed: bool,
}

#[derive(Debug, Clone, PartialEq)]
struct Baseline {
    hits: f64,
    requests: f64,
    at: i64,
    waiting: VecDeque<(i64, f64, f64)>,
}

impl Detector {
    /// One without a baseline.
    pub fn new(sensitivity: Sensitivity) -> Self {
        let baseline = Baseline {
            hits: 0.0,
            requests: 0.0,
            at: i64::MIN,
            waiting: VecDeque::new(),
        };
        Self {
            sensitivity,
            baseline,
            score: 0.0,
            peak: (0.0, i64::MIN),
            since: None,
            alarmed: false,
        }
    }

    /// Takes a second's `requests`, of which `hits` showed the symptom; `learn` when they may be baseline.
    pub fn step(&mut self, second: i64, hits: u64, requests: u64, learn: bool) {
        let (hits, requests) = (hits as f64, requests as f64);
        let ordinary = self.share();
        let tested = (ordinary * 4.0)
            .max(ordinary + self.sensitivity.step)
            .min(0.97);
        self.score += hits * (tested / ordinary).ln() - requests * (tested - ordinary);
        if self.score <= 0.0 {
            self.score = 0.0;
            self.peak = (0.0, i64::MIN);
            self.since = None;
            self.alarmed = false;
        } else {
            self.since = self.since.or(Some(second));
            self.score = self.score.min(FULL);
            if self.score >= self.peak.0 {
                self.peak = (self.score, second);
            }
            self.alarmed |= self.score >= ALARM;
        }
        self.baseline.forget(second);
        if learn && !self.alarmed {
            self.baseline.waiting.push_back((second, hits, requests));
            self.baseline.learn(second);
        } else if self.alarmed {
            self.baseline.waiting.clear();
        }
    }

    /// What it saw is explained: it begins anew, and keeps its baseline.
    pub fn settle(&mut self) {
        (self.score, self.peak) = (0.0, (0.0, i64::MIN));
        (self.since, self.alarmed) = (None, false);
        self.baseline.waiting.clear();
    }

    /// The second in which the burst began that is going on.
    pub fn burst(&self) -> Option<i64> {
        self.since.filter(|_| self.alarmed)
    }

    /// The burst was still going on in this second: the score was at its highest.
    pub fn peaked(&self, second: i64) -> bool {
        self.alarmed && self.peak.1 == second
    }

    /// Nothing suspicious is left.
    pub fn is_calm(&self) -> bool {
        self.score == 0.0
    }

    /// The share of requests that ordinarily show the symptom.
    pub fn share(&self) -> f64 {
        // Half a hit in 50 requests stands for what is not known yet.
        let seen = (self.baseline.hits + 0.5) / (self.baseline.requests + 50.0);
        seen.clamp(self.sensitivity.floor, 0.6)
    }

    /// The share that was seen, without a floor; 0 before anything was.
    pub fn seen_share(&self) -> f64 {
        self.baseline.hits / self.baseline.requests.max(1.0)
    }

    /// The symptom occurs in calm, too: one more of them says nothing.
    pub fn is_noisy(&self) -> bool {
        self.baseline.hits >= 0.5
    }
}

impl Baseline {
    fn forget(&mut self, second: i64) {
        if self.at != i64::MIN && second > self.at {
            let kept = (-(second - self.at) as f64 / HALF_LIFE).exp2();
            self.hits *= kept;
            self.requests *= kept;
        }
        self.at = self.at.max(second);
    }

    fn learn(&mut self, second: i64) {
        while let Some(&(at, hits, requests)) = self.waiting.front() {
            if at > second - DELAY {
                break;
            }
            self.hits += hits;
            self.requests += requests;
            self.waiting.pop_front();
        }
    }
}

/// What answers ordinarily take; learned as a [`Detector`]'s baseline is.
#[derive(Debug, Clone)]
pub struct Pace {
    steps: Vec<f64>,
    total: f64,
    at: i64,
    waiting: VecDeque<(i64, Vec<(u8, u32)>)>,
}

/// Answers that must be known before any is called slow.
const ENOUGH: f64 = 100.0;

impl Default for Pace {
    fn default() -> Self {
        Self {
            steps: vec![0.0; 256],
            total: 0.0,
            at: i64::MIN,
            waiting: VecDeque::new(),
        }
    }
}

impl Pace {
    /// Takes a second's answers, by step of [`crate::rollup::cell::Scale`].
    pub fn step(&mut self, second: i64, answers: Vec<(u8, u32)>, learn: bool) {
        if self.at != i64::MIN && second >= self.at + 60 {
            let kept = (-(second - self.at) as f64 / HALF_LIFE).exp2();
            self.steps.iter_mut().for_each(|n| *n *= kept);
            self.total *= kept;
            self.at = second;
        }
        self.at = if self.at == i64::MIN { second } else { self.at };
        if !learn {
            self.waiting.clear();
            return;
        }
        self.waiting.push_back((second, answers));
        while self
            .waiting
            .front()
            .is_some_and(|(at, _)| *at <= second - DELAY)
        {
            for (step, n) in self
                .waiting
                .pop_front()
                .into_iter()
                .flat_map(|(_, answers)| answers)
            {
                self.steps[usize::from(step)] += f64::from(n);
                self.total += f64::from(n);
            }
        }
    }

    /// The first step that is slow: twice the 99th percentile, three times the median, and 50 ms above the
    /// median at the least. `None` while too little is known.
    pub fn slow_from(&self) -> Option<u8> {
        use crate::rollup::cell::Scale;
        if self.total < ENOUGH {
            return None;
        }
        let (median, p99) = (self.quantile(0.5), self.quantile(0.99));
        let slow = (2 * p99).max(3 * median).max(median + 50);
        Some(Scale::step(slow).saturating_add(1))
    }

    /// The median, in ms.
    pub fn median(&self) -> Option<i64> {
        (self.total >= ENOUGH).then(|| self.quantile(0.5))
    }

    fn quantile(&self, q: f64) -> i64 {
        let mut left = q * self.total;
        for (step, n) in (0..=u8::MAX).zip(&self.steps) {
            left -= n;
            if left <= 0.0 {
                return crate::rollup::cell::Scale::low(step);
            }
        }
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVER: Sensitivity = Sensitivity {
        floor: 0.002,
        step: 0.05,
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
}
