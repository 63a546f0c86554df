//! The instants of a block's clocks.
//!
//! Enters: a block and when the last dated line before it was written. Leaves: an instant for every clock in it.
//! Must not know: other blocks.

use std::collections::HashMap;

use crate::rollup::block::{Block, Occurrence};
use crate::rollup::clock::Clock;
use crate::rollup::dating::Dates;
use crate::time::zone::Zone;

/// See the module. Instants are s since 1970 UTC.
#[derive(Debug)]
pub struct Resolved {
    /// Its lines.
    pub dates: Dates,
    latest: i64,
    instants: HashMap<Clock, i64>,
    minutes: HashMap<Clock, i64>,
}

impl Resolved {
    /// Resolves a block.
    pub fn of(block: &Block, zone: &Zone, context: Option<i64>, latest: i64) -> Self {
        let dates = Dates::of(&block.clocks(), zone, context, latest);
        let (mut instants, mut minutes) = (HashMap::new(), HashMap::new());
        for ((clock, ..), pulse) in block.pulses.iter() {
            // Traffic tells its year; of an hour that occurs twice, each line has a clock of its own.
            if let Some(instant) = dates.at(pulse.first) {
                instants.insert(*clock, instant);
                minutes.insert(clock.minute(), instant.div_euclid(60) * 60);
            }
        }
        Self {
            dates,
            latest,
            instants,
            minutes,
        }
    }

    /// The instant of a clock that traffic was written at.
    pub fn instant(&self, clock: Clock) -> i64 {
        self.instants.get(&clock).copied().unwrap_or(self.latest)
    }

    /// The start of a minute in which traffic was written.
    pub fn minute(&self, clock: Clock) -> i64 {
        self.minutes.get(&clock).copied().unwrap_or(self.latest)
    }

    /// The instant of another line; where nothing has a time, the latest it can be.
    pub fn event(&self, event: &Occurrence) -> i64 {
        self.dates.at(event.position.offset).unwrap_or(self.latest)
    }
}
