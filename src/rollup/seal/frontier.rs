//! Up to when minutes are complete.
//!
//! Enters: when blocks begin and, of those that come live, where their lines stand beside the time they come at. Leaves: the
//! second before which no line counts any more. Must not know: what lines say, and what waits.
//!
//! No block begins before those that were taken: files and stores are read in this order, and live lines come in it, but for
//! those that waited on their way, or whose clock is wrong, or whose date was made up. Of live lines the time at which
//! they come is known, too. Nothing happens later than it is told: a block that begins ahead of that time says nothing
//! about the others, unless all sources are ahead. Then the zone is wrong, or the clock here.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::rollup::dating::{DISORDER, Dates};
use crate::source::SourceId;

/// Seconds that a clock may be wrong and still be one to go by.
pub const SKEW: i64 = 300;

/// Seconds for which a source is one to go by when it has fallen silent.
const LATELY: i64 = 3_600;

/// One of so many lines that is not ahead is a line with a right clock among others; of fewer it is made up.
const NEARLY_ALL: u64 = 16;

/// See the module. All times are s since 1970 UTC.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Frontier {
    /// The latest beginning of a block so far; of a live one no later than it came.
    high: Option<i64>,
    /// The same, as the block says it.
    reached: Option<i64>,
    /// The latest beginning of a live block that is ahead, since one came that is not.
    ahead: Option<i64>,
    /// Live sources that are not ahead, and when their last blocks came, of those that were not silent for long.
    on_time: BTreeMap<SourceId, i64>,
    /// The end of the last minute that was told.
    told: Option<i64>,
}

impl Frontier {
    /// The next block begins here: none that follows begins earlier.
    pub fn note(&mut self, begins: Option<i64>) {
        self.high = self.high.max(begins);
        self.reached = self.reached.max(begins);
    }

    /// A source that goes live at `now` was read up to here.
    pub fn note_past(&mut self, source: SourceId, ends: i64, now: i64) {
        if (now - LATELY..=now + SKEW).contains(&ends) {
            self.on_time.insert(source, ends);
        }
    }

    /// A live block of a source has come.
    pub fn note_live(&mut self, source: SourceId, standing: &Standing) {
        let Standing { now, begins, .. } = *standing;
        self.on_time.retain(|_, came| *came > now - LATELY);
        if standing.is_ahead() {
            self.on_time.remove(&source);
        } else if standing.lines > 0 {
            self.on_time.insert(source, now);
            self.ahead = None;
        }
        if begins.is_some_and(|begins| begins > now + SKEW) {
            self.ahead = self.ahead.max(begins);
        } else {
            self.high = self.high.max(begins.map(|begins| begins.min(now)));
            self.reached = self.reached.max(begins);
        }
    }

    /// A minute was told that ends here.
    pub fn tell(&mut self, ends: i64) {
        self.told = self.told.max(Some(ends));
    }

    /// No line before this second, a whole minute, counts any more.
    pub fn second(&self) -> Option<i64> {
        let high = self.high.max(self.believed());
        high.map(complete).max(self.told)
    }

    /// The latest time that a line was seen to have.
    pub fn reached(&self) -> Option<i64> {
        self.reached.max(self.believed())
    }

    /// Lines that are ahead have a wrong date: others come that are not.
    pub fn is_on_time(&self) -> bool {
        !self.on_time.is_empty()
    }

    fn believed(&self) -> Option<i64> {
        self.ahead.filter(|_| !self.is_on_time())
    }
}

/// Up to where all is complete when nothing begins before a second.
fn complete(begins: i64) -> i64 {
    (begins - DISORDER).div_euclid(60) * 60
}

/// Where the lines of a block stand beside the time at which they came.
#[derive(Debug, Clone, Copy)]
pub struct Standing {
    /// When they came.
    pub now: i64,
    /// When the block begins, as its dates say.
    begins: Option<i64>,
    lines: u64,
    /// Those that are ahead of the time by more than clocks are.
    ahead: u64,
    /// Those that are neither that nor as far behind.
    present: u64,
    /// The earliest of these.
    stands: i64,
}

impl Standing {
    /// Of lines that came at `now`.
    pub fn of(dates: &Dates, now: i64) -> Self {
        let mut standing = Self {
            now,
            begins: dates.begins(),
            lines: 0,
            ahead: 0,
            present: 0,
            stands: now,
        };
        for (at, lines) in dates.times() {
            standing.lines += lines;
            if at > now + SKEW {
                standing.ahead += lines;
            } else if at >= now - SKEW {
                standing.present += lines;
                standing.stands = standing.stands.min(at);
            }
        }
        standing
    }

    /// Nearly all lines are ahead.
    fn is_ahead(&self) -> bool {
        (self.lines - self.ahead) * NEARLY_ALL < self.lines
    }

    /// Lines that are not ahead, and those of them that are of the past.
    pub fn not_ahead(&self) -> (u64, u64) {
        let come = self.lines - self.ahead;
        (come, come - self.present)
    }

    /// What is complete if those of the past are not waited for.
    pub fn complete(&self) -> i64 {
        complete(self.stands)
    }
}
