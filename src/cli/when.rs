//! Instants as people type them.
//!
//! Enters: an argument. Leaves: s since 1970 UTC. Must not know: logs.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Span, SpanRelativeTo, Timestamp};

use super::failure::Failure;
use crate::time::zone::Zone;

/// What may be typed, for whoever typed something else.
const LIKE: &str = "use 2026-03-14T09:12, 2026-03-14T09:12:00+01:00, 2026-03-14, 14/Mar/2026:09:12:00 as in the log, 09:12 for the last time \
     the clock said so, or -24h for a day ago";

/// Seconds of a day.
const DAY: i64 = 86_400;

/// An instant as it was typed, until the zone is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum When {
    /// With an offset, or relative to now: s since 1970 UTC.
    Instant(i64),
    /// A wall clock of the log's zone: s since 1970.
    Civil(i64),
    /// The last time that the clock of the log's zone said so: s since midnight.
    Clock(i64),
}

impl When {
    /// Reads `2026-03-14T09:12:00+01:00`, `2026-03-14 09:12`, `2026-03-14`, HAProxy's `14/Mar/2026:09:12:00.123`, `09:12`, and
    /// `-24h`, `1h` or `2 hours ago` (before now).
    ///
    /// # Errors
    /// When it is none of these.
    pub fn parse(text: &str) -> Result<Self, String> {
        let read = instant(text).map(Self::Instant);
        let read = read.or_else(|| civil(text).map(Self::Civil));
        // 09:12:30 is a span to others.
        let read = read.or_else(|| clock(text).map(Self::Clock));
        let read = read.or_else(|| ago(text).map(Self::Instant));
        read.ok_or_else(|| LIKE.to_owned())
    }

    /// The instant, s since 1970 UTC. In an hour that occurs twice the first is meant.
    pub fn in_zone(&self, zone: &Zone) -> i64 {
        self.at(zone, Timestamp::now().as_second())
    }

    /// The same for who asks at `now`.
    fn at(&self, zone: &Zone, now: i64) -> i64 {
        let instant = |civil: i64| zone.instants(civil * 1000).first / 1000;
        match self {
            Self::Instant(second) => *second,
            Self::Civil(second) => instant(*second),
            Self::Clock(second) => {
                let midnight = (zone.civil(now * 1000) / 1000).div_euclid(DAY) * DAY;
                let today = instant(midnight + second);
                match today > now {
                    true => instant(midnight - DAY + second),
                    false => today,
                }
            }
        }
    }

    /// Both ends of a span, s since 1970 UTC.
    ///
    /// # Errors
    /// When it ends before it begins.
    pub fn span(
        since: Option<&Self>,
        until: Option<&Self>,
        zone: &Zone,
    ) -> Result<[Option<i64>; 2], Failure> {
        let ends = [since, until].map(|end| end.map(|end| end.in_zone(zone)));
        match ends {
            [Some(since), Some(until)] if since >= until => {
                let [since, until] = [since, until].map(|end| zone.rfc3339(end * 1000));
                Err(Failure::new(
                    format!("no time lies between --since {since} and --until {until}"),
                    "give a --since that is before --until",
                ))
            }
            _ => Ok(ends),
        }
    }
}

/// With an offset.
fn instant(text: &str) -> Option<i64> {
    let stamp = text.parse::<Timestamp>().ok();
    let stamp = stamp.or_else(|| Timestamp::strptime("%d/%b/%Y:%H:%M:%S%.f %z", text).ok());
    stamp.map(Timestamp::as_second)
}

/// Before now, with a sign or without.
fn ago(text: &str) -> Option<i64> {
    let span = text.parse::<Span>().ok()?.abs();
    let span = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
    Some(Timestamp::now().as_second() - span.as_secs())
}

fn civil(text: &str) -> Option<i64> {
    let civil = text.parse::<DateTime>().ok();
    let civil = civil.or_else(|| text.parse::<Date>().ok().map(DateTime::from));
    let civil = civil.or_else(|| DateTime::strptime("%d/%b/%Y:%H:%M:%S%.f", text).ok());
    let civil = civil?.to_zoned(TimeZone::UTC).ok()?;
    Some(civil.timestamp().as_second())
}

fn clock(text: &str) -> Option<i64> {
    let formats = ["%H:%M:%S%.f", "%H:%M"].into_iter();
    let time = formats
        .filter_map(|format| Time::strptime(format, text).ok())
        .next()?;
    Some(i64::from(time.hour()) * 3_600 + i64::from(time.minute()) * 60 + i64::from(time.second()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-03-15T00:30:00+01:00
    const NOW: i64 = 1_773_531_000;

    #[test]
    fn instants_wall_clocks_and_times_of_day_are_told_apart() {
        let paris = Zone::named("Europe/Paris").unwrap();
        for (text, expected) in [
            ("2026-03-14T09:12:00+01:00", 1_773_475_920),
            ("2026-03-14T08:12:00Z", 1_773_475_920),
            ("2026-03-14T09:12", 1_773_475_920),
            ("2026-03-14 09:12:00", 1_773_475_920),
            ("2026-03-14", 1_773_442_800),
            ("14/Mar/2026:09:12:00", 1_773_475_920),
            ("14/Mar/2026:09:12:00.999", 1_773_475_920),
            ("14/Mar/2026:09:12:00 +0100", 1_773_475_920),
            ("09:12", 1_773_475_920),
            ("09:12:30", 1_773_475_950),
            ("00:29", NOW - 60),
            ("00:31", NOW + 60 - DAY),
        ] {
            assert_eq!(
                When::parse(text).map(|when| when.at(&paris, NOW)),
                Ok(expected),
                "{text}"
            );
        }
    }

    #[test]
    fn spans_are_before_now_with_a_sign_or_without() {
        let now = Timestamp::now().as_second();
        for (text, ago) in [
            ("-24h", DAY),
            ("1h", 3_600),
            ("-90m", 5_400),
            ("2d", 2 * DAY),
            ("1 hour ago", 3_600),
            ("-1h30m", 5_400),
        ] {
            let Ok(When::Instant(second)) = When::parse(text) else {
                panic!("{text}");
            };
            assert!((now - second - ago).abs() <= 1, "{text}");
        }
        for text in ["yesterday", "25:00", "9", "1/Foo/2026:00:00:00", ""] {
            assert_eq!(When::parse(text), Err(LIKE.to_owned()), "{text}");
        }
    }

    #[test]
    fn a_span_that_ends_before_it_begins_is_refused() {
        let utc = Zone::named("UTC").unwrap();
        let [early, late] = [When::Instant(NOW), When::Instant(NOW + 60)];
        let ends = When::span(Some(&early), Some(&late), &utc).unwrap();
        assert_eq!(ends, [Some(NOW), Some(NOW + 60)]);
        let (what, hint) = When::span(Some(&late), Some(&early), &utc)
            .unwrap_err()
            .told();
        assert_eq!(
            what,
            "no time lies between --since 2026-03-14T23:31:00.000+00:00 and --until 2026-03-14T23:30:00.000+00:00"
        );
        assert_eq!(hint, "give a --since that is before --until");
    }
}
