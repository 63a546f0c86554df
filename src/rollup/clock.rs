//! When a line was written, as far as the line itself can say.
//!
//! Enters: an envelope's stamp and, for traffic, the accept date and timers. Leaves: a [`Clock`] and the
//! instants of the request on that clock. Must not know: other lines. `seal` decides the year of a line without
//! one, which of two passes an hour that occurs twice belongs to, and the time of a line that has none.

use crate::line::{self, FieldSet, Mode, Traffic};
use crate::time::Stamp;
use crate::time::civil::{civil_from_days, days_from_civil};
use crate::time::zone::Zone;

/// The second in which a line was written, as precisely as one line can know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Clock {
    /// Seconds since 1970 UTC.
    Instant(i64),
    /// Seconds since 1970 of the log's wall clock.
    Civil(i64),
    /// The same, in an hour that occurs twice; the low half of the line's offset keeps the passes apart.
    Twice(i64, u32),
    /// A wall clock without a year.
    Yearless {
        /// 1 to 12.
        month: u8,
        /// 1 to 31.
        day: u8,
        /// Second of the day.
        second: u32,
    },
    /// A wall clock with the day of the year, from 0, and no year.
    YearDay {
        /// 0 to 365.
        yday: u16,
        /// Second of the day.
        second: u32,
    },
    /// The line has no time.
    Absent,
}

/// When a request was hurt and ended, in ms on the clock of [`Written::clock`]; where that has no year, from its second
/// on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// The second the line was written in.
    pub clock: Clock,
    /// The request entered the phase in which it ended: accept date plus the phases it had completed.
    pub onset: i64,
    /// The request ended.
    pub end: i64,
}

const DAY: i64 = 86_400;
const QUARTER_MS: i64 = 900_000;

/// No other year brings a time nearer than this.
const NEAR_MS: i64 = 180 * DAY * 1000;

impl Clock {
    /// The clock of a line that has nothing but its envelope's stamp.
    pub fn of_stamp(stamp: Stamp) -> Self {
        match stamp {
            Stamp::Absent => Self::Absent,
            Stamp::Yearless { month, day, second } => Self::Yearless { month, day, second },
            Stamp::YearDay { yday, second } => Self::YearDay { yday, second },
            Stamp::Civil(ms) => Self::Civil(ms.div_euclid(1000)),
            Stamp::Instant(ms) => Self::Instant(ms.div_euclid(1000)),
        }
    }

    /// Whether the line says when it was written.
    pub fn is_dated(self) -> bool {
        self != Self::Absent
    }

    /// Whether it is dated, without a year.
    pub fn is_yearless(self) -> bool {
        self.is_dated() && self.wall().is_none()
    }

    /// Its seconds since 1970, whatever they count from; `None` where the year is unknown.
    pub fn wall(self) -> Option<i64> {
        match self {
            Self::Instant(second) | Self::Civil(second) | Self::Twice(second, _) => Some(second),
            Self::Yearless { .. } | Self::YearDay { .. } | Self::Absent => None,
        }
    }

    /// Bits that tell it from the clocks of lines beside it.
    pub fn hint(self) -> u32 {
        match self {
            Self::Instant(second) | Self::Civil(second) | Self::Twice(second, _) => second as u32,
            Self::Yearless { second, .. } | Self::YearDay { second, .. } => second,
            Self::Absent => 0,
        }
    }

    /// The start of this clock's minute.
    pub fn minute(self) -> Self {
        let floor = |second: i64| second.div_euclid(60) * 60;
        match self {
            Self::Instant(second) => Self::Instant(floor(second)),
            Self::Civil(second) => Self::Civil(floor(second)),
            Self::Twice(second, offset) => Self::Twice(floor(second), offset),
            other => other,
        }
    }

    /// The instant (s since 1970 UTC), given one shortly before it (or, failing that, the latest it can be).
    pub fn resolve(self, zone: &Zone, before: Option<i64>, latest: i64) -> Option<i64> {
        match self {
            Self::Instant(second) => Some(second),
            Self::Civil(second) | Self::Twice(second, _) => Some(civil_after(zone, second, before)),
            Self::Yearless { month, day, second } => {
                let in_year = |year| days_from_civil(year, month, day) * DAY + i64::from(second);
                Some(nearest_year(zone, before, latest, in_year))
            }
            Self::YearDay { yday, second } => {
                let in_year = |year| {
                    (days_from_civil(year, 1, 1) + i64::from(yday)) * DAY + i64::from(second)
                };
                Some(nearest_year(zone, before, latest, in_year))
            }
            Self::Absent => before,
        }
    }
}

/// A wall clock that occurs twice is the earlier instant, unless that lies well before what was written before.
fn civil_after(zone: &Zone, second: i64, before: Option<i64>) -> i64 {
    const DISORDER: i64 = 300;
    let instants = zone.instants(second * 1000);
    match (instants.second, before) {
        (Some(later), Some(before)) if instants.first / 1000 < before - DISORDER => later / 1000,
        _ => instants.first / 1000,
    }
}

/// The year that brings the date nearest to `before`; without that, the last one not after `latest`.
fn nearest_year(
    zone: &Zone,
    before: Option<i64>,
    latest: i64,
    in_year: impl Fn(i64) -> i64,
) -> i64 {
    let (year, _, _) = civil_from_days(before.unwrap_or(latest).div_euclid(DAY));
    let candidates =
        [year - 1, year, year + 1].map(|year| civil_after(zone, in_year(year), before));
    match before {
        Some(before) => candidates.into_iter().min_by_key(|at| (at - before).abs()),
        None => candidates.into_iter().rfind(|at| *at <= latest + DAY),
    }
    .unwrap_or(candidates[0])
}

/// Reads when requests of one line after the other happened: most lines have the stamp of the one before, and then the
/// calendar and the zone are not asked again.
#[derive(Debug, Clone)]
pub struct Dial {
    /// The last stamp without a year, and the last one with it: hosts that write by turns may differ in that.
    headers: [Option<Header>; 2],
    /// A second of the wall clock, and whether it occurs twice.
    civil: (i64, bool),
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
    /// When a request happened. The header tells the second, the accept date and timers the milliseconds; where
    /// the two stand in different zones (a multiple of 15 minutes apart), the header's is taken. Without a header, a
    /// date that names its zone is an instant. Without a date, the header tells when the request ended.
    #[inline]
    pub fn read(&mut self, traffic: &Traffic, stamp: Stamp, zone: &Zone, offset: u64) -> Written {
        let end = traffic.accepted + took(traffic);
        let (clock, end) = match &self.headers[place(stamp)] {
            // Nearly all lines.
            Some(header)
                if header.stamp == stamp
                    && (header.ms - end).abs() < NEAR_MS
                    && traffic.fields.has(FieldSet::ACCEPTED)
                    && !header.occurs_twice =>
            {
                (header.clock, end - apart(end - header.ms))
            }
            _ => self.read_closely(traffic, stamp, zone, offset, end),
        };
        Written {
            clock,
            onset: end - time_in_last_phase(traffic),
            end,
        }
    }

    /// The second, and the end of the request on that clock; `end` is what the line itself says.
    #[inline(never)]
    fn read_closely(
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
    // Nearly all lines: a division costs as much as the rest.
    if (-QUARTER_MS / 2..QUARTER_MS / 2).contains(&ms) {
        return 0;
    }
    (ms + QUARTER_MS / 2).div_euclid(QUARTER_MS) * QUARTER_MS
}

/// How long the request took, in ms; at least, where only its phases are logged.
#[inline]
pub fn took(traffic: &Traffic) -> i64 {
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
