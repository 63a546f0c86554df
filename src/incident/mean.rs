//! A mean a second that forgets, whatever the gaps between seconds with traffic.
//!
//! Enters: counts. Leaves: their mean a second. Must not know: of what.

use serde::{Deserialize, Serialize};

/// See the module.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Mean {
    /// Seconds after which a count weighs 1/e.
    over: f64,
    /// What is left of a count after one second.
    kept: f64,
    sum: f64,
    weight: f64,
}

impl Mean {
    /// One that knows nothing yet, and looks back so many seconds.
    pub fn over(seconds: f64) -> Self {
        Self {
            over: seconds,
            kept: kept(1.0, seconds),
            sum: 0.0,
            weight: 0.0,
        }
    }

    /// Takes the count of the `passed` seconds since the last one.
    pub fn add(&mut self, passed: i64, n: u64) {
        let kept = match passed {
            ..=1 => self.kept,
            _ => kept(passed as f64, self.over),
        };
        let passed = passed.max(1) as f64;
        self.sum = self.sum * kept + n as f64 / passed * (1.0 - kept);
        self.weight = self.weight * kept + (1.0 - kept);
    }

    /// The mean a second; 0 before anything was counted.
    pub fn value(&self) -> f64 {
        if self.weight > 0.0 {
            self.sum / self.weight
        } else {
            0.0
        }
    }
}

fn kept(passed: f64, over: f64) -> f64 {
    (-passed / over).exp()
}
