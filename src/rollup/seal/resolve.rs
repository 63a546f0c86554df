//! The instants of a block's clocks.
//!
//! Enters: a block and when the last dated line before it was written. Leaves: an instant for every clock in it.
//! Must not know: other blocks.

use std::collections::HashMap;

use crate::rollup::block::Block;
use crate::rollup::clock::Clock;
use crate::time::zone::Zone;

/// See the module. Instants are s since 1970 UTC.
pub struct Resolved<'a> {
    zone: &'a Zone,
    latest: i64,
    context: Option<i64>,
    /// Offset and instant of lines of traffic, by offset.
    anchors: Vec<(u64, i64)>,
    instants: HashMap<Clock, i64>,
    minutes: HashMap<Clock, i64>,
    /// A time that half of the anchors lie before: one odd line does not move it.
    middle: Option<i64>,
    begins: Option<i64>,
    ends: Option<i64>,
}

impl<'a> Resolved<'a> {
    /// Resolves a block.
    pub fn of(block: &Block, zone: &'a Zone, context: Option<i64>, latest: i64) -> Self {
        let mut resolved = Self {
            zone,
            latest,
            context,
            anchors: Vec::with_capacity(block.pulses.len()),
            instants: HashMap::new(),
            minutes: HashMap::new(),
            middle: None,
            begins: None,
            ends: None,
        };
        resolved.anchor(block);
        let date =
            |at: Option<(u64, Clock)>| at.and_then(|(offset, clock)| resolved.at(clock, offset));
        let (first, last) = (date(block.first), date(block.last));
        resolved.begins = first.min(last).or(first).or(last);
        resolved.ends = last;
        resolved
    }

    fn anchor(&mut self, block: &Block) {
        let mut pulses: Vec<(u64, Clock)> = block
            .pulses
            .iter()
            .map(|((clock, _), pulse)| (pulse.first, *clock))
            .collect();
        pulses.sort_unstable();
        let mut before = self.context;
        for (offset, clock) in pulses {
            let Some(instant) = clock.resolve(self.zone, before, self.latest) else {
                continue;
            };
            self.anchors.push((offset, instant));
            self.instants.entry(clock).or_insert(instant);
            self.minutes
                .entry(clock.minute())
                .or_insert(instant.div_euclid(60) * 60);
            before = Some(instant);
        }
        let mut times: Vec<i64> = self.anchors.iter().map(|(_, instant)| *instant).collect();
        times.sort_unstable();
        self.middle = times.get(times.len() / 2).copied();
    }

    /// The instant of a clock that traffic was written at.
    pub fn instant(&self, clock: Clock) -> i64 {
        self.instants.get(&clock).copied().unwrap_or_default()
    }

    /// The start of a minute in which traffic was written.
    pub fn minute(&self, clock: Clock) -> i64 {
        self.minutes.get(&clock).copied().unwrap_or_default()
    }

    /// The instant of any line: its own time, read in the year of the lines around it; without one, the time of
    /// the traffic before it, or else after it. `None` where nothing has a time.
    pub fn at(&self, clock: Clock, offset: u64) -> Option<i64> {
        let next = self.anchors.partition_point(|(first, _)| *first < offset);
        let beside = |at: Option<&(u64, i64)>| at.map(|(_, instant)| *instant);
        let before = beside(self.anchors[..next].last())
            .or(self.context)
            .or(beside(self.anchors.get(next)));
        match clock {
            Clock::Yearless { .. } | Clock::YearDay { .. } => {
                let in_year =
                    clock.resolve(self.zone, self.middle.or(self.context), self.latest)?;
                let civil = self.zone.civil(in_year * 1000).div_euclid(1000);
                Clock::Civil(civil).resolve(self.zone, before, self.latest)
            }
            Clock::Absent => before,
            dated => dated.resolve(self.zone, before, self.latest),
        }
    }

    /// When the block begins: the earlier of its first and its last dated line, so that a block in which two
    /// rotations meet the wrong way round begins with the older one.
    pub fn begins(&self) -> Option<i64> {
        self.begins
    }

    /// When its last dated line was written.
    pub fn ends(&self) -> Option<i64> {
        self.ends
    }

    /// The first and last second of its traffic, or else of what is dated.
    pub fn span(&self) -> Option<(i64, i64)> {
        let times = self
            .anchors
            .iter()
            .map(|(_, instant)| *instant)
            .chain(self.begins)
            .chain(self.ends);
        times.fold(None, |span, time| {
            Some(span.map_or((time, time), |(first, last): (i64, i64)| {
                (first.min(time), last.max(time))
            }))
        })
    }
}
