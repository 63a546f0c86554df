//! The instants of a block's clocks.
//!
//! Enters: a block and when the last dated line before it was written. Leaves: an instant for every clock in it.
//! Must not know: other blocks.

use crate::rollup::block::Block;
use crate::rollup::dating::Dates;
use crate::rollup::occurrence::Occurrence;
use crate::time::zone::Zone;

/// See the module. Instants are s since 1970 UTC.
#[derive(Debug)]
pub struct Resolved {
    /// Its lines.
    pub dates: Dates,
    latest: i64,
    /// By the numbers of seconds and of minutes.
    instants: Vec<Option<i64>>,
    minutes: Vec<Option<i64>>,
}

impl Resolved {
    /// Resolves a block.
    pub fn of(block: &Block, zone: &Zone, context: Option<i64>, latest: i64) -> Self {
        let dates = Dates::of(&block.clocks(), zone, context, latest);
        let mut instants = vec![None; block.moments.count()];
        let mut minutes = vec![None; block.minutes.count()];
        for ((moment, ..), pulse) in block.pulses.iter() {
            // Traffic tells its year; of an hour that occurs twice, each line has a clock of its own.
            let minute = block.moments.get(*moment).map(|(_, minute)| *minute);
            if let Some((instant, minute)) = dates.at(pulse.first).zip(minute) {
                instants[*moment as usize] = Some(instant);
                minutes[minute as usize] = Some(instant.div_euclid(60) * 60);
            }
        }
        Self {
            dates,
            latest,
            instants,
            minutes,
        }
    }

    /// The instant of a second in which traffic was written.
    pub fn instant(&self, moment: u32) -> i64 {
        self.instants[moment as usize].unwrap_or(self.latest)
    }

    /// The start of a minute in which traffic was written.
    pub fn minute(&self, minute: u32) -> i64 {
        self.minutes[minute as usize].unwrap_or(self.latest)
    }

    /// The instant of another line; where nothing has a time, the latest it can be.
    pub fn event(&self, event: &Occurrence) -> i64 {
        self.dates.at(event.position.offset).unwrap_or(self.latest)
    }
}
