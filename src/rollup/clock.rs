//! When a line was written, as far as the line itself can say.
//!
//! Enters: an envelope's stamp. Leaves: a [`Clock`]. Must not know: other lines, or what they tell. `seal` decides the
//! year of a line without one, which of two passes an hour that occurs twice belongs to, and the time of a line that has
//! none.

use serde::{Deserialize, Serialize};

use crate::time::Stamp;
use crate::time::civil::{civil_from_days, days_from_civil};
use crate::time::zone::Zone;

/// The second in which a line was written, as precisely as one line can know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
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

const DAY: i64 = 86_400;

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

    /// Whether a line can say so.
    pub fn is_possible(self) -> bool {
        match self {
            Self::Instant(second) | Self::Civil(second) | Self::Twice(second, _) => {
                second.unsigned_abs() < 1 << 42
            }
            Self::Yearless { month, day, second } => {
                (1..=12).contains(&month) && (1..=31).contains(&day) && second <= 86_400
            }
            Self::YearDay { yday, second } => yday <= 366 && second <= 86_400,
            Self::Absent => true,
        }
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

    /// The same for all clocks of a minute, those without a year among them.
    pub fn of_minute(self) -> Self {
        let floor = |second: u32| second / 60 * 60;
        match self {
            Self::Yearless { month, day, second } => Self::Yearless {
                month,
                day,
                second: floor(second),
            },
            Self::YearDay { yday, second } => Self::YearDay {
                yday,
                second: floor(second),
            },
            other => other.minute(),
        }
    }

    /// How far (ms) its second is ahead of that of another clock of its minute, where times are counted from it because it
    /// has no year.
    pub fn ahead_of(self, other: Self) -> i64 {
        match (self, other) {
            (Self::Yearless { second, .. }, Self::Yearless { second: other, .. })
            | (Self::YearDay { second, .. }, Self::YearDay { second: other, .. }) => {
                (i64::from(second) - i64::from(other)) * 1000
            }
            _ => 0,
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
