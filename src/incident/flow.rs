//! Requests of all that was scanned, over time.
//!
//! Enters: seconds. Leaves: their course over the whole log, and over the last hour of it. Must not know: incidents.

use serde::{Deserialize, Serialize};

use super::series::{Course, Series, Taken};
use crate::rollup::seal::Slot;

/// Parts of either.
const PARTS: i64 = 240;

/// Seconds of a part of the last hour.
const LATELY: i64 = 16;

/// Seconds of the shortest course of late.
const SHORTEST: i64 = 600;

/// See the module.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Flow {
    whole: Series,
    lately: Series,
}

impl Default for Flow {
    fn default() -> Self {
        Self {
            whole: Series::widening(PARTS),
            lately: Series::sliding(PARTS, LATELY),
        }
    }
}

impl Flow {
    /// Takes in a second.
    pub fn add(&mut self, slot: &Slot) {
        if !slot.cells.is_empty() {
            let taken = Taken::of(&slot.cells);
            self.whole.add(slot.second, &taken);
            self.lately.add(slot.second, &taken);
        }
    }

    /// Over all of it, with the seconds `from` and `to` (s since 1970 UTC).
    pub fn whole(&self, from: i64, to: i64) -> Course {
        self.whole.course(from, to)
    }

    /// Over the last hour up to a second (s since 1970 UTC), or since the log began where that is not so long ago.
    pub fn lately(&self, to: i64) -> Course {
        let began = self.lately.began().unwrap_or(to);
        let from = began.min(to - SHORTEST).max(to - PARTS * LATELY + 1);
        self.lately.course(from, to)
    }
}
