//! What answers of a backend ordinarily take.
//!
//! Enters: answers of calm seconds, by step of [`Scale`]. Leaves: the median, and from which step on an answer is
//! slow. Must not know: which answers failed.

use std::collections::VecDeque;

use super::baseline::DELAY;
use crate::rollup::cell::Scale;

/// What answers ordinarily take; learned as a [`Baseline`](super::baseline::Baseline) is.
#[derive(Debug, Clone)]
pub struct Pace {
    steps: Vec<f64>,
    total: f64,
    at: i64,
    waiting: VecDeque<(i64, Vec<(u8, u32)>)>,
}

/// Seconds in which half of it is forgotten: what grows slowly over hours must not become ordinary on the way.
const HALF_LIFE: f64 = 21_600.0;

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
    /// Takes a second's answers, by step of [`Scale`].
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
                return Scale::low(step);
            }
        }
        0
    }
}
