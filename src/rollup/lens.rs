//! What lines are read with.
//!
//! Enters: what the lines do not say themselves. Leaves: a [`Lens`] for all who look at them, so that all see the same.
//! Must not know: the lines.

use super::clock::Clock;
use super::dial::Dial;
use crate::filter::Filter;
use crate::line::{Reader, Reading};
use crate::record::Readings;
use crate::source::Grid;
use crate::time::zone::Zone;

/// See the module.
#[derive(Debug, Clone)]
pub struct Lens {
    /// The zone of times without one.
    pub zone: Zone,
    /// The grid of the blocks that lines are folded into.
    pub grid: Grid,
    /// The formats that are known.
    pub reader: Reader,
    /// Which lines count; all of them without one. It changes nothing of when lines were written.
    pub filter: Option<Filter>,
}

impl Lens {
    /// One for HAProxy's built-in formats.
    pub fn new(zone: Zone, grid: Grid) -> Self {
        Self {
            zone,
            grid,
            reader: Reader::default(),
            filter: None,
        }
    }

    /// When lines of a stretch were written, asked one after the other with their offsets; `None` where the time of one does not
    /// matter.
    pub fn clocks<'a>(&'a self) -> impl FnMut(&'a [u8], u64) -> Option<Clock> {
        let mut readings = Readings::new(&self.reader);
        let mut dial = Dial::default();
        move |line, offset| {
            readings.read(line, |record| {
                let stamp = record.envelope.stamp;
                match &record.reading {
                    Reading::Traffic(traffic) => {
                        let (clock, _) = dial.read(traffic, stamp, &self.zone, offset);
                        Some(clock)
                    }
                    Reading::Event(_) => Some(Clock::of_stamp(stamp)),
                    Reading::Unparsed(_) | Reading::Foreign => None,
                }
            })
        }
    }
}
