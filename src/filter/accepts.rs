//! When requests were accepted: what each one has to be told of those around it.
//!
//! Enters: the accept dates of all requests of a log, in any order. Leaves: for a date, how long nothing had come
//! before it, and how many came with it. Must not know: which lines they stood on.
//!
//! A network that was cut shows as a pause after which many requests arrive in one millisecond.

use crate::line::{self, FieldSet, Reading};
use crate::record::Record;
use crate::time::zone::Zone;

/// The date of a request in ms since 1970 of the wall clock; `None` for other lines, and formats that do not log it.
pub fn accepted(record: &Record, zone: &Zone) -> Option<i64> {
    match &record.reading {
        Reading::Traffic(traffic) if traffic.fields.has(FieldSet::ACCEPTED) => {
            Some(match traffic.clock {
                line::Clock::Wall => traffic.accepted,
                line::Clock::Utc => zone.civil(traffic.accepted),
            })
        }
        _ => None,
    }
}

/// The accept dates of a whole log.
#[derive(Debug, Clone, Default)]
pub struct Accepts {
    /// In order, each with the number of its requests; 16 bytes for each millisecond in which there was one.
    dates: Vec<(i64, u32)>,
}

impl FromIterator<i64> for Accepts {
    /// Of all [`accepted`] dates, in any order.
    fn from_iter<T: IntoIterator<Item = i64>>(dates: T) -> Self {
        let mut all: Vec<i64> = dates.into_iter().collect();
        all.sort_unstable();
        let same = all.chunk_by(|one, other| one == other);
        Self {
            dates: same.map(|same| (same[0], same.len() as u32)).collect(),
        }
    }
}

impl Accepts {
    /// ms since the date before this one; `None` for the first.
    pub(super) fn delay(&self, accepted: i64) -> Option<i64> {
        let before = self.dates.partition_point(|(date, _)| *date < accepted);
        let (last, _) = self.dates.get(before.checked_sub(1)?)?;
        Some(accepted - last)
    }

    /// Requests of this millisecond.
    pub(super) fn count(&self, accepted: i64) -> Option<i64> {
        let at = self
            .dates
            .binary_search_by_key(&accepted, |(date, _)| *date);
        Some(self.dates[at.ok()?].1.into())
    }
}
