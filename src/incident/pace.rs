//! What answers of a backend ordinarily take.
//!
//! Enters: answers of calm seconds, by step of [`Scale`]. Leaves: the median, and from which step on an answer is
//! slow. Must not know: which answers failed.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::baseline::DELAY;
use crate::rollup::scale::Scale;

/// What answers ordinarily take; learned as a [`Baseline`](super::baseline::Baseline) is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Pace {
    /// None before the first answer is learned: most of what is heard of once is never heard of again.
    #[serde(with = "steps")]
    steps: Option<Box<[f64; 256]>>,
    /// No answer was faster.
    fastest: u8,
    total: f64,
    at: i64,
    waiting: VecDeque<(i64, Answers)>,
    /// Room for the next second, left by one that was learned.
    #[serde(skip)]
    room: Answers,
    /// What follows from the steps.
    slow_from: Option<u8>,
}

/// Steps as bytes.
mod steps {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    type Steps = Option<Box<[f64; 256]>>;

    pub fn serialize<S: Serializer>(steps: &Steps, to: S) -> Result<S::Ok, S::Error> {
        let rows = steps.as_ref().map(|steps| {
            let mut rows = [[0.0; 16]; 16];
            rows.as_flattened_mut().copy_from_slice(&**steps);
            rows
        });
        rows.serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Steps, D::Error> {
        let rows = Option::<[[f64; 16]; 16]>::deserialize(from)?;
        Ok(rows.map(|rows| {
            let mut steps = Box::new([0.0; 256]);
            steps.copy_from_slice(rows.as_flattened());
            steps
        }))
    }
}

/// By step, of one second.
type Answers = Vec<(u8, u32)>;

/// Seconds in which half of it is forgotten: what grows slowly over hours must not become ordinary on the way.
const HALF_LIFE: f64 = 21_600.0;

/// Answers that must be known before any is called slow.
const ENOUGH: f64 = 100.0;

impl Default for Pace {
    fn default() -> Self {
        Self {
            steps: None,
            fastest: u8::MAX,
            total: 0.0,
            at: i64::MIN,
            waiting: VecDeque::new(),
            room: Answers::new(),
            slow_from: None,
        }
    }
}

impl Pace {
    /// Takes a second's answers.
    pub fn step<'a>(&mut self, second: i64, answers: impl Iterator<Item = &'a Scale>, learn: bool) {
        let forgot = self.forget(second);
        let learned = if learn {
            let mut room = std::mem::take(&mut self.room);
            answers.for_each(|scale| scale.tell(|step, n| room.push((step, n))));
            self.waiting.push_back((second, room));
            self.learn(second)
        } else {
            self.waiting.clear();
            false
        };
        if forgot || learned {
            self.slow_from = self.find_slow();
        }
    }

    fn forget(&mut self, second: i64) -> bool {
        let is_time = self.at != i64::MIN && second >= self.at + 60;
        if is_time {
            let kept = (-(second - self.at) as f64 / HALF_LIFE).exp2();
            let steps = self.steps.iter_mut().flat_map(|steps| steps.iter_mut());
            steps.for_each(|n| *n *= kept);
            self.total *= kept;
            self.at = second;
        }
        self.at = if self.at == i64::MIN { second } else { self.at };
        is_time
    }

    fn learn(&mut self, second: i64) -> bool {
        let mut learned = false;
        while let Some((_, mut answers)) =
            self.waiting.pop_front_if(|(at, _)| *at <= second - DELAY)
        {
            learned |= !answers.is_empty();
            self.add(&answers);
            answers.clear();
            self.room = answers;
        }
        learned
    }

    fn add(&mut self, answers: &Answers) {
        if answers.is_empty() {
            return;
        }
        let (mut total, mut fastest) = (self.total, self.fastest);
        let steps = self.steps.get_or_insert_with(|| Box::new([0.0; 256]));
        for (step, n) in answers {
            let n = f64::from(*n);
            steps[usize::from(*step)] += n;
            total += n;
            fastest = fastest.min(*step);
        }
        (self.total, self.fastest) = (total, fastest);
    }

    /// The first step that is slow: twice the 99th percentile, three times the median, and 50 ms above the
    /// median at the least. `None` while too little is known.
    pub fn slow_from(&self) -> Option<u8> {
        self.slow_from
    }

    fn find_slow(&self) -> Option<u8> {
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

    /// What the fastest quarter of the answers take at most, in ms.
    pub fn quartile(&self) -> Option<i64> {
        (self.total >= ENOUGH).then(|| self.quantile(0.25))
    }

    fn quantile(&self, q: f64) -> i64 {
        let mut left = q * self.total;
        let fastest = usize::from(self.fastest);
        let steps = self.steps.iter().flat_map(|steps| &steps[fastest..]);
        let behind = steps.into_iter().position(|n| {
            left -= n;
            left <= 0.0
        });
        behind.map_or(0, |behind| Scale::low((fastest + behind) as u8))
    }
}
