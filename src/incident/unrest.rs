//! Which of many detectors burst, and since when.
//!
//! Enters: each detector before and after a step. Leaves: what all of them say together, without a look at each.
//! Must not know: whose they are.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::detector::Detector;

/// See the module.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Unrest {
    /// The seconds in which bursts began that go on, and how many began then.
    bursts: BTreeMap<i64, usize>,
    /// Detectors that suspect something.
    uneasy: usize,
    /// The last second in which a burst was as high as ever.
    peaked: Option<i64>,
    /// How often all were told that it is over.
    pub settled: u64,
}

/// What one detector says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Says {
    uneasy: bool,
    burst: Option<i64>,
}

impl Says {
    /// Of a detector; one that is not there says nothing.
    #[inline]
    pub fn of(detector: Option<&Detector>) -> Self {
        Self {
            uneasy: detector.is_some_and(|detector| !detector.is_calm()),
            burst: detector.and_then(Detector::burst),
        }
    }
}

impl Unrest {
    /// A detector took a second, and had said this before.
    #[inline]
    pub fn step(&mut self, second: i64, before: Says, detector: Option<&Detector>) {
        if detector.is_some_and(|detector| detector.peaked(second)) {
            self.peaked = Some(second);
        }
        let now = Says::of(detector);
        if now != before {
            self.change(before, now);
        }
    }

    fn change(&mut self, before: Says, now: Says) {
        self.uneasy -= usize::from(before.uneasy);
        self.uneasy += usize::from(now.uneasy);
        if now.burst != before.burst {
            self.forget(before.burst);
            now.burst
                .inspect(|since| *self.bursts.entry(*since).or_default() += 1);
        }
    }

    fn forget(&mut self, burst: Option<i64>) {
        let Some(since) = burst else { return };
        if let Some(n) = self.bursts.get_mut(&since) {
            *n -= 1;
            if *n == 0 {
                self.bursts.remove(&since);
            }
        }
    }

    /// What they saw is over, or explained. Each is to be settled before its next step.
    pub fn settle(&mut self) {
        *self = Self {
            settled: self.settled + 1,
            ..Self::default()
        };
    }

    /// The second in which the first burst began that goes on.
    pub fn burst(&self) -> Option<i64> {
        self.bursts.first_key_value().map(|(since, _)| *since)
    }

    /// Some burst was as high as ever in this second.
    pub fn peaked(&self, second: i64) -> bool {
        self.peaked == Some(second)
    }

    /// Nobody suspects anything.
    pub fn is_calm(&self) -> bool {
        self.uneasy == 0
    }
}
