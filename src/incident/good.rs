//! Good requests of a backend or a frontend, and whether they became fewer.
//!
//! Enters: how many there were in each second. Leaves: whether something took their place. Must not know: what.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

/// Seconds that are remembered.
const REMEMBERED: i64 = 60;

/// Seconds just before that tell how many there had been: traffic may have ebbed.
const JUST_BEFORE: i64 = 5;

/// See the module.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Good {
    /// Seconds with how many seconds they stand for, and requests.
    seconds: VecDeque<(i64, i64, u64)>,
}

impl Good {
    /// Takes the count of a second, and of the silent ones before it.
    pub fn add(&mut self, second: i64, passed: i64, n: u64) {
        self.seconds.push_back((second, passed.max(1), n));
        while self
            .seconds
            .front()
            .is_some_and(|(at, ..)| *at <= second - REMEMBERED)
        {
            self.seconds.pop_front();
        }
    }

    /// There were some lately.
    pub fn is_any(&self) -> bool {
        self.seconds.iter().any(|(.., n)| *n > 0)
    }

    /// The part that is left since that second of those before it, or of those just before it if they were fewer.
    /// `None`: there were none, or nothing is known yet.
    pub fn left(&self, since: i64) -> Option<f64> {
        let before = self
            .mean(i64::MIN, since)?
            .min(self.mean(since - JUST_BEFORE, since)?);
        let now = self.mean(since, i64::MAX)?;
        (before > 0.0).then(|| now / before)
    }

    /// Requests a second from one second up to, but without, another one.
    fn mean(&self, from: i64, until: i64) -> Option<f64> {
        let within = self
            .seconds
            .iter()
            .filter(|(at, ..)| (from..until).contains(at));
        let (seconds, n) = within.fold((0, 0), |(seconds, n), (_, passed, more)| {
            (seconds + passed, n + more)
        });
        (seconds > 0).then(|| n as f64 / seconds as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ebb_that_came_before_is_no_fall() {
        let fell = |good: &dyn Fn(i64) -> u64| {
            let mut answers = Good::default();
            (0..60).for_each(|second| answers.add(second, 1, good(second)));
            answers.left(50).is_some_and(|left| left < 0.5)
        };
        assert!(fell(&|second| if second < 50 { 40 } else { 10 }));
        assert!(!fell(&|second| if second < 44 { 40 } else { 10 }));
        assert!(!fell(&|_| 40));
    }
}
