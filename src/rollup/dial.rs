//! When requests happened, one line after the other.
//!
//! Enters: an envelope's stamp, the accept date and the timers. Leaves: the [`Clock`] of the line, and the instants of the
//! request on it. Must not know: whose request it was.

use super::clock::Clock;
use crate::line::{self, FieldSet, Mode, Traffic};
use crate::time::Stamp;
use crate::time::civil::{civil_from_days, days_from_civil};
use crate::time::zone::Zone;

/// When a request began, was hurt and ended, in ms on the [`Clock`] of its line; where that has no year, from its second
/// on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// The request was accepted; the session, in TCP mode.
    pub began: i64,
    /// The request entered the phase in which it ended: accept date plus the phases it had completed.
    pub onset: i64,
    /// The request ended.
    pub end: i64,
}

const DAY: i64 = 86_400;
const QUARTER_MS: i64 = 900_000;

/// No other year brings a time nearer than this.
const NEAR_MS: i64 = 180 * DAY * 1000;

/// Reads when requests of one line after the other happened: most lines have the stamp of the one before, and then the
/// calendar and the zone are not asked again.
#[derive(Debug, Clone)]
pub struct Dial {
    /// The last stamp without a year, and the last one with it: hosts that write by turns may differ in that.
    headers: [Option<Header>; 2],
    /// A second of the wall clock, and whether it occurs twice.
    civil: (i64, bool),
}

/// A second that a stamp told: other lines with the stamp, whose times are near, are of that second.
#[derive(Debug, Clone, Copy)]
pub struct Told {
    stamp: Stamp,
    /// What leads from times on the lines' own clock to times on the header's, in ms.
    by: i64,
    /// The time of the stamp, in ms on the lines' own clock.
    ms: i64,
}

impl Told {
    /// When a request on a line with a stamp happened, as [`Dial::read`] reads it; `None` says nothing.
    // Inlined, as it is asked for each line and most of what it says stays in registers.
    #[inline(always)]
    pub fn read(&self, traffic: &Traffic, stamp: Stamp) -> Option<Written> {
        let took = took(traffic);
        let end = traffic.accepted + took;
        let is_near = (end - self.ms + QUARTER_MS / 2).cast_unsigned() < QUARTER_MS.cast_unsigned();
        let is_of_it = is_near & traffic.fields.has(FieldSet::ACCEPTED) && stamp == self.stamp;
        is_of_it.then(|| Written::of(end + self.by, took, traffic))
    }
}

impl Written {
    #[inline(always)]
    fn of(end: i64, took: i64, traffic: &Traffic) -> Self {
        Self {
            began: end - took,
            onset: end - time_in_last_phase(traffic),
            end,
        }
    }
}

/// What a stamp says.
#[derive(Debug, Clone, Copy)]
struct Header {
    stamp: Stamp,
    /// Its time in ms, its year chosen.
    ms: i64,
    /// The second.
    clock: Clock,
    /// It may be told from the other one that the clock shows by nothing but where the line stands.
    occurs_twice: bool,
}

impl Default for Dial {
    fn default() -> Self {
        Self {
            headers: [None; 2],
            civil: (i64::MIN, false),
        }
    }
}

impl Dial {
    /// The second that a line was written in, and when its request happened. The header tells the second, the accept date and timers the milliseconds; where
    /// the two stand in different zones (a multiple of 15 minutes apart), the header's is taken. Without a header, a
    /// date that names its zone is an instant. Without a date, the header tells when the request ended.
    pub fn read(
        &mut self,
        traffic: &Traffic,
        stamp: Stamp,
        zone: &Zone,
        offset: u64,
    ) -> (Clock, Written) {
        let took = took(traffic);
        let own = traffic.accepted + took;
        let (clock, end) = self.second(traffic, stamp, zone, offset, own);
        (clock, Written::of(end, took, traffic))
    }

    /// The second that the stamp of a line told, which was read last; `None` where the stamp alone does not tell it.
    pub fn told(&self, traffic: &Traffic, stamp: Stamp) -> Option<Told> {
        let header = self.headers[place(stamp)].filter(|header| header.stamp == stamp)?;
        let own = traffic.accepted + took(traffic);
        let by = -apart(own - header.ms);
        let is_sure =
            traffic.fields.has(FieldSet::ACCEPTED) && !header.occurs_twice && by.abs() < DAY * 1000;
        is_sure.then_some(Told {
            stamp,
            by,
            ms: header.ms - by,
        })
    }

    /// The second, and the end of the request on that clock; `end` is what the line itself says.
    fn second(
        &mut self,
        traffic: &Traffic,
        stamp: Stamp,
        zone: &Zone,
        offset: u64,
        end: i64,
    ) -> (Clock, i64) {
        let (clock, end) = match self.header(stamp, end, zone) {
            _ if !traffic.fields.has(FieldSet::ACCEPTED) => {
                (Clock::of_stamp(stamp), stamp_ms(stamp))
            }
            Some(header) => (header.clock, end - apart(end - header.ms)),
            None if traffic.clock == line::Clock::Utc => {
                (Clock::Instant(end.div_euclid(1000)), end)
            }
            None => (Clock::Civil(end.div_euclid(1000)), end),
        };
        let clock = match clock {
            Clock::Civil(second) if self.occurs_twice(second, zone) => {
                Clock::Twice(second, offset as u32)
            }
            other => other,
        };
        (clock, end)
    }

    fn header(&mut self, stamp: Stamp, end: i64, zone: &Zone) -> Option<Header> {
        let is_known = |header: Header| header.stamp == stamp && (header.ms - end).abs() < NEAR_MS;
        let place = place(stamp);
        if !self.headers[place].is_some_and(is_known) {
            self.headers[place] = header_ms(stamp, end).map(|ms| {
                let second = ms.div_euclid(1000);
                let (clock, occurs_twice) = match stamp {
                    Stamp::Instant(_) => (Clock::Instant(second), false),
                    _ => (Clock::Civil(second), self.occurs_twice(second, zone)),
                };
                Header {
                    stamp,
                    ms,
                    clock,
                    occurs_twice,
                }
            });
        }
        self.headers[place]
    }

    fn occurs_twice(&mut self, second: i64, zone: &Zone) -> bool {
        if self.civil.0 != second {
            self.civil = (second, zone.occurs_twice(second));
        }
        self.civil.1
    }
}

/// Where a stamp stands among the last ones.
fn place(stamp: Stamp) -> usize {
    usize::from(matches!(stamp, Stamp::Instant(_) | Stamp::Civil(_)))
}

/// The quarters of an hour in so many ms, rounded to the nearest one; in ms.
fn apart(ms: i64) -> i64 {
    (ms + QUARTER_MS / 2).div_euclid(QUARTER_MS) * QUARTER_MS
}

/// How long the request took, in ms; at least, where only its phases are logged.
#[inline]
fn took(traffic: &Traffic) -> i64 {
    if traffic.fields.has(FieldSet::TOTAL_TIME) {
        return traffic.timers.total.max(0);
    }
    let timers = &traffic.timers;
    [
        timers.request,
        timers.queue,
        timers.connect,
        timers.response,
    ]
    .into_iter()
    .map(|ms| ms.max(0))
    .sum()
}

/// The header's time in ms; 0 where it has no year.
fn stamp_ms(stamp: Stamp) -> i64 {
    match stamp {
        Stamp::Instant(ms) | Stamp::Civil(ms) => ms,
        Stamp::Absent | Stamp::Yearless { .. } | Stamp::YearDay { .. } => 0,
    }
}

/// The header's time in ms, its year chosen so that it lies nearest to the end of the request.
fn header_ms(stamp: Stamp, end: i64) -> Option<i64> {
    let nearest = |in_year: &dyn Fn(i64) -> i64| {
        let (end_year, _, _) = civil_from_days(end.div_euclid(1000 * DAY));
        let in_its_own = in_year(end_year) * 1000;
        if (in_its_own - end).abs() < NEAR_MS {
            return Some(in_its_own);
        }
        let others = [end_year - 1, end_year + 1].map(|year| in_year(year) * 1000);
        std::iter::once(in_its_own)
            .chain(others)
            .min_by_key(|at| (at - end).abs())
    };
    match stamp {
        Stamp::Absent => None,
        Stamp::Instant(ms) | Stamp::Civil(ms) => Some(ms),
        Stamp::Yearless { month, day, second } => {
            nearest(&|year| days_from_civil(year, month, day) * DAY + i64::from(second))
        }
        Stamp::YearDay { yday, second } => nearest(&|year| {
            (days_from_civil(year, 1, 1) + i64::from(yday)) * DAY + i64::from(second)
        }),
    }
}

/// Milliseconds from the end of the last completed phase to the end of the request. A request that ended well
/// spent them on its answer: its last phase is waiting for the response headers, and what follows. One that ended
/// in the queue or in the tarpit has not completed the wait that `Tw` tells of.
#[inline]
fn time_in_last_phase(traffic: &Traffic) -> i64 {
    let timers = &traffic.timers;
    let has_failed = traffic.fields.has(FieldSet::TERM) && traffic.term[0] != b'-';
    let well = !has_failed && traffic.mode == Mode::Http;
    let waited = matches!(traffic.term[1], b'Q' | b'T');
    let response = if well { 0 } else { timers.response.max(0) };
    let queue = if waited { 0 } else { timers.queue.max(0) };
    let completed = timers.request.max(0) + queue + timers.connect.max(0) + response;
    (timers.total - completed).max(0)
}
