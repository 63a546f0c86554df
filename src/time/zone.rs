//! Zones: from a wall clock to the instants it may mean, and back to text.
//!
//! Enters: milliseconds of a wall clock, or an instant. Leaves: instants, or RFC 3339.
//! Must not know: lines. Which of two instants a wall clock means when clocks were set back is decided by
//! whoever knows what was written before.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};

/// A zone, and how it was chosen.
#[derive(Debug, Clone)]
pub struct Zone {
    zone: TimeZone,
    name: String,
    chosen_by: &'static str,
    /// Wall-clock spans (s since 1970) that occur twice, in order.
    folds: Vec<(i64, i64)>,
}

/// A zone that does not exist.
#[derive(Debug, thiserror::Error)]
#[error("unknown time zone `{0}`")]
pub struct UnknownZone(String);

impl UnknownZone {
    /// What to try instead.
    pub fn hint(&self) -> String {
        "use an IANA name such as Europe/Paris, or UTC".to_owned()
    }
}

/// The instants (ms since 1970 UTC) that a wall clock may mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instants {
    /// The only one, or the one before the clocks were set back.
    pub first: i64,
    /// The one after they were set back.
    pub second: Option<i64>,
}

impl Zone {
    /// The zone with this IANA name.
    ///
    /// # Errors
    /// When there is no such zone.
    pub fn named(name: &str) -> Result<Self, UnknownZone> {
        let zone = TimeZone::get(name).map_err(|_| UnknownZone(name.to_owned()))?;
        Ok(Self::new(zone, name.to_owned(), "--timezone"))
    }

    /// The zone of the machine this runs on; UTC when it has none.
    pub fn machine() -> Self {
        let zone = TimeZone::try_system().unwrap_or(TimeZone::UTC);
        let name = zone.iana_name().unwrap_or("UTC").to_owned();
        Self::new(zone, name, "the machine's")
    }

    fn new(zone: TimeZone, name: String, chosen_by: &'static str) -> Self {
        let folds = folds_of(&zone);
        Self {
            zone,
            name,
            chosen_by,
            folds,
        }
    }

    /// Its IANA name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How it was chosen: `--timezone` or `the machine's`.
    pub fn chosen_by(&self) -> &'static str {
        self.chosen_by
    }

    /// Whether this second of the wall clock (s since 1970) occurs twice.
    pub fn occurs_twice(&self, civil_second: i64) -> bool {
        let after = self
            .folds
            .partition_point(|&(start, _)| start <= civil_second);
        after > 0 && civil_second < self.folds[after - 1].1
    }

    /// The instants that a wall clock (ms since 1970) may mean. A time that clocks skipped is read with the
    /// offset before the gap, as someone would who forgot to set theirs.
    pub fn instants(&self, civil_ms: i64) -> Instants {
        let seconds = civil_ms.div_euclid(1000);
        let Some(civil) = civil_of(seconds) else {
            return Instants {
                first: civil_ms,
                second: None,
            };
        };
        let at = |offset: jiff::tz::Offset| civil_ms - i64::from(offset.seconds()) * 1000;
        match self.zone.to_ambiguous_timestamp(civil).offset() {
            AmbiguousOffset::Unambiguous { offset } => Instants {
                first: at(offset),
                second: None,
            },
            AmbiguousOffset::Gap { before, .. } => Instants {
                first: at(before),
                second: None,
            },
            AmbiguousOffset::Fold { before, after } => Instants {
                first: at(before),
                second: Some(at(after)),
            },
        }
    }

    /// The wall clock (ms since 1970) at an instant (ms since 1970 UTC).
    pub fn civil(&self, instant_ms: i64) -> i64 {
        let Ok(stamp) = Timestamp::from_millisecond(instant_ms) else {
            return instant_ms;
        };
        instant_ms + i64::from(self.zone.to_offset(stamp).seconds()) * 1000
    }

    /// RFC 3339 with milliseconds and offset, such as `2026-02-06T12:14:14.655+01:00`.
    pub fn rfc3339(&self, instant_ms: i64) -> String {
        let Ok(stamp) = Timestamp::from_millisecond(instant_ms) else {
            return "0000-01-01T00:00:00.000+00:00".to_owned();
        };
        stamp
            .to_zoned(self.zone.clone())
            .strftime("%Y-%m-%dT%H:%M:%S%.3f%:z")
            .to_string()
    }
}

fn civil_of(seconds: i64) -> Option<DateTime> {
    Some(
        Timestamp::from_second(seconds)
            .ok()?
            .to_zoned(TimeZone::UTC)
            .datetime(),
    )
}

/// Wall-clock spans that occur twice between 1970 and 2100. Rules repeat beyond, logs do not.
fn folds_of(zone: &TimeZone) -> Vec<(i64, i64)> {
    const END_OF_2100: i64 = 4_133_980_800;
    let mut before = zone.to_offset(Timestamp::UNIX_EPOCH).seconds();
    let mut folds = Vec::new();
    for change in zone.following(Timestamp::UNIX_EPOCH) {
        let at = change.timestamp().as_second();
        if at > END_OF_2100 {
            break;
        }
        let after = change.offset().seconds();
        if after < before {
            folds.push((at + i64::from(after), at + i64::from(before)));
        }
        before = after;
    }
    folds
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARIS_0230_ON_25_OCT_2026: i64 = 1_792_895_400_000;

    #[test]
    fn an_hour_occurs_twice_when_clocks_are_set_back() {
        let paris = Zone::named("Europe/Paris").unwrap();
        let civil = PARIS_0230_ON_25_OCT_2026;
        let both = paris.instants(civil);
        assert_eq!(both.first, civil - 7_200_000);
        assert_eq!(both.second, Some(civil - 3_600_000));
        assert!(paris.occurs_twice(civil / 1000));
        assert!(!paris.occurs_twice(civil / 1000 + 3600));
        assert!(!paris.occurs_twice(civil / 1000 - 3600));
        assert_eq!(paris.civil(both.first), civil);
        assert_eq!(paris.rfc3339(both.first), "2026-10-25T02:30:00.000+02:00");
        assert_eq!(
            paris.rfc3339(both.second.unwrap()),
            "2026-10-25T02:30:00.000+01:00"
        );
    }

    #[test]
    fn utc_has_no_folds_and_unknown_zones_are_errors() {
        assert!(Zone::named("UTC").unwrap().folds.is_empty());
        assert!(Zone::named("Mars/Olympus").is_err());
    }
}
