//! Instants as people type them.
//!
//! Enters: an argument. Leaves: s since 1970 UTC. Must not know: logs.

use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};

use crate::time::zone::Zone;

/// An instant as it was typed, until the zone is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum When {
    /// With an offset, or relative to now: s since 1970 UTC.
    Instant(i64),
    /// A wall clock of the log's zone: s since 1970.
    Civil(i64),
}

impl When {
    /// Reads `2026-03-14T09:12:00+01:00`, `2026-03-14 09:12`, `2026-03-14` or `-24h` (before now).
    ///
    /// # Errors
    /// When it is none of these.
    pub fn parse(text: &str) -> Result<Self, String> {
        if let Ok(stamp) = text.parse::<Timestamp>() {
            return Ok(Self::Instant(stamp.as_second()));
        }
        if let Some(span) = text
            .strip_prefix('-')
            .and_then(|span| span.parse::<SignedDuration>().ok())
        {
            return Ok(Self::Instant(Timestamp::now().as_second() - span.as_secs()));
        }
        let civil = text
            .parse::<DateTime>()
            .or_else(|_| text.parse::<jiff::civil::Date>().map(DateTime::from));
        match civil.and_then(|civil| civil.to_zoned(jiff::tz::TimeZone::UTC)) {
            Ok(civil) => Ok(Self::Civil(civil.timestamp().as_second())),
            Err(_) => Err("use 2026-03-14T09:12, 2026-03-14T09:12:00+01:00, 2026-03-14, or -24h for a day ago".to_owned()),
        }
    }

    /// The instant, s since 1970 UTC. In an hour that occurs twice the first is meant.
    pub fn in_zone(&self, zone: &Zone) -> i64 {
        match self {
            Self::Instant(second) => *second,
            Self::Civil(second) => zone.instants(second * 1000).first / 1000,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_and_wall_clocks_are_told_apart() {
        let paris = Zone::named("Europe/Paris").unwrap();
        for (text, expected) in [
            ("2026-03-14T09:12:00+01:00", 1_773_475_920),
            ("2026-03-14T08:12:00Z", 1_773_475_920),
            ("2026-03-14T09:12", 1_773_475_920),
            ("2026-03-14 09:12:00", 1_773_475_920),
            ("2026-03-14", 1_773_442_800),
        ] {
            assert_eq!(
                When::parse(text).map(|when| when.in_zone(&paris)),
                Ok(expected),
                "{text}"
            );
        }
        let now = Timestamp::now().as_second();
        let day_ago = When::parse("-24h").unwrap().in_zone(&paris);
        assert!((now - day_ago - 86_400).abs() <= 1);
        assert!(When::parse("yesterday").is_err());
    }
}
