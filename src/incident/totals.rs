//! Requests of everything that was scanned.
//!
//! Enters: cells. Leaves: sums. Must not know: whose requests they were.

use serde::{Deserialize, Serialize};

use crate::rollup::seal::{Cell, Requests};
use crate::words::termination::Symptom;

/// Requests of everything that was scanned.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Requests, and in mode tcp sessions.
    pub requests: u64,
    /// Those that failed.
    pub failed: u64,
    /// Those that ended well at the first attempt.
    pub well: u64,
}

impl Totals {
    /// Counts a cell's requests.
    pub fn add(&mut self, cell: &Cell) {
        if !cell.outcome.symptom.is_request() {
            return;
        }
        let n = cell.tally.n;
        self.requests += n;
        if cell.outcome.symptom.is_failure() {
            self.failed += n;
        } else if cell.outcome.symptom == Symptom::Fine {
            self.well += n - cell.tally.strain().retried;
        }
    }

    /// Counts requests of which nothing else is known.
    pub fn put_aside(&mut self, aside: Requests) {
        self.requests += aside.n;
        self.failed += aside.failed;
        self.well += aside.n - aside.failed;
    }

    /// Good requests are hardly in the log (`option dontlog-normal`): shares of what is there mean nothing.
    pub fn lack_good_ones(&self) -> bool {
        self.well * 50 < self.requests
    }
}
