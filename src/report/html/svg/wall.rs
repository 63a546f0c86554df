//! The wall clock of a drawing: where its ticks stand, and what they are called.
//!
//! Enters: an instant as the document has it, and a zone. Leaves: ticks. Must not know: what is drawn.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::report::clock;
use crate::time::zone::Zone;

/// Ticks that are drawn at most, about.
const TICKS: i64 = 8;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Seconds between ticks, as people divide time.
const STEPS: [i64; 23] = [
    1,
    2,
    5,
    10,
    15,
    30,
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    7 * DAY,
    14 * DAY,
    28 * DAY,
    364 * DAY,
];

/// A tick: when (ms since 1970 UTC), and its label.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tick {
    pub(super) at: i64,
    pub(super) label: String,
}

/// See the module.
#[derive(Debug, Clone)]
pub struct Wall {
    /// None: the offset stands for it.
    zone: Option<Zone>,
    /// Milliseconds east of UTC.
    offset: i64,
}

impl Wall {
    /// The clock of a document: the zone of that name if the document's times, of which `time` is one, are of it, and else
    /// the offset of `time`.
    pub fn of(name: &str, time: &str) -> Self {
        let civil = time.get(..19).and_then(|civil| civil.parse().ok());
        let civil = civil.and_then(instant);
        let whole = clock::millis(time).map(|ms| ms.div_euclid(1000) * 1000);
        let offset = civil.zip(whole).map_or(0, |(civil, ms)| civil - ms);
        let is_its = |zone: &Zone| whole.is_some_and(|ms| zone.civil(ms) - ms == offset);
        Self {
            zone: Zone::named(name).ok().filter(is_its),
            offset,
        }
    }

    fn civil(&self, ms: i64) -> i64 {
        let zone = self.zone.as_ref();
        zone.map_or(ms + self.offset, |zone| zone.civil(ms))
    }

    fn instant(&self, civil: i64) -> i64 {
        let zone = self.zone.as_ref();
        zone.map_or(civil - self.offset, |zone| zone.instants(civil).first)
    }

    /// Ticks between two instants (ms since 1970 UTC), at round times of this clock.
    pub(super) fn ticks(&self, from: i64, to: i64) -> Vec<Tick> {
        let span = (to - from) / 1000;
        let step = STEPS.iter().find(|step| span / **step <= TICKS);
        let step = step.copied().unwrap_or(364 * DAY) * 1000;
        let first = self.civil(from).div_euclid(step) + 1;
        (first..=first + 2 * TICKS)
            .map(|tick| tick * step)
            .map(|civil| Tick {
                at: self.instant(civil),
                label: label(civil, step),
            })
            .take_while(|tick| tick.at < to)
            .collect()
    }

    /// An instant (ms since 1970 UTC) to the second: `09:46:12`.
    pub(super) fn second(&self, ms: i64) -> String {
        said(self.civil(ms), "%H:%M:%S")
    }

    /// The same with its day: `20 Nov 09:46:12`.
    pub(super) fn day_and_second(&self, ms: i64) -> String {
        said(self.civil(ms), "%-d %b %H:%M:%S")
    }
}

fn label(civil: i64, step: i64) -> String {
    if civil.rem_euclid(DAY * 1000) == 0 {
        said(civil, "%-d %b")
    } else if step < MINUTE * 1000 {
        said(civil, "%H:%M:%S")
    } else {
        said(civil, "%H:%M")
    }
}

/// A wall clock (ms since 1970) in words.
fn said(civil: i64, format: &str) -> String {
    let stamp = Timestamp::from_millisecond(civil);
    stamp.map_or_else(
        |_| String::new(),
        |stamp| {
            stamp
                .to_zoned(TimeZone::UTC)
                .datetime()
                .strftime(format)
                .to_string()
        },
    )
}

/// A wall clock as milliseconds since 1970.
fn instant(civil: DateTime) -> Option<i64> {
    let since = civil.duration_since(DateTime::new(1970, 1, 1, 0, 0, 0, 0).ok()?);
    (since >= SignedDuration::ZERO)
        .then(|| i64::try_from(since.as_millis()).ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(wall: &Wall, from: &str, to: &str) -> Vec<String> {
        let ms = |time| clock::millis(time).unwrap();
        let ticks = wall.ticks(ms(from), ms(to));
        ticks.into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn ticks_are_round_in_the_logs_zone() {
        let start = "2026-03-14T09:12:01.000+05:30";
        let wall = Wall::of("Asia/Kolkata", start);
        assert_eq!(
            labels(&wall, start, "2026-03-14T09:12:33.000+05:30"),
            [
                "09:12:05", "09:12:10", "09:12:15", "09:12:20", "09:12:25", "09:12:30"
            ]
        );
        assert_eq!(
            labels(&wall, start, "2026-03-15T02:00:00.000+05:30"),
            [
                "10:00", "12:00", "14:00", "16:00", "18:00", "20:00", "22:00", "15 Mar"
            ]
        );
    }

    #[test]
    fn a_zone_that_the_times_are_not_of_is_not_believed() {
        let start = "2026-03-14T09:12:01.000+01:00";
        let wall = Wall::of("UTC", start);
        assert_eq!(wall.second(clock::millis(start).unwrap()), "09:12:01");
        assert_eq!(Wall::of("nonsense", "nonsense").second(0), "00:00:00");
    }

    #[test]
    fn clocks_that_are_set_back_move_no_tick_from_its_label() {
        let start = "2026-10-25T00:10:00.000+02:00";
        let wall = Wall::of("Europe/Paris", start);
        let ms = |time| clock::millis(time).unwrap();
        let ticks = wall.ticks(ms(start), ms("2026-10-25T06:00:00.000+01:00"));
        let five = ticks.iter().find(|tick| tick.label == "05:00").unwrap();
        assert_eq!(five.at, ms("2026-10-25T05:00:00.000+01:00"));
    }
}
