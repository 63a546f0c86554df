//! The instants of a stretch of a source.
//!
//! Enters: the lines of a stretch, in their order, and when the one before it was written. Leaves: an instant
//! for each. Must not know: what the lines say.
//!
//! A line without a time takes the latest of those before it, or else that of the one after it.
//! Years and the two passes of an hour that occurs twice are read from the lines before. A line whose own date is
//! far from those around it (1970, before a clock was set) is believed, and tells nothing about its neighbours. One that is
//! later than any line can be is not believed where others are not: the present would wait until it comes.

mod odd;

use std::borrow::Cow;
use std::ops::Range;

use super::clock::Clock;
use crate::time::zone::Zone;
use odd::{Mark, Wall};

/// Seconds that lines of one source may be out of order. Hosts that share a receiver have clocks a little apart.
pub const DISORDER: i64 = 60;

/// Seconds that a line may be later than the latest it can be: zones differ by a day at most.
const AHEAD: i64 = 86_400;

/// Seconds within which lines are written that come together.
const TOGETHER: i64 = 300;

/// One of so many lines is a few.
const NEARLY_ALL: u64 = 16;

/// Lines with one clock, and where the first of them stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamped {
    /// Its offset.
    pub offset: u64,
    /// The clock.
    pub clock: Clock,
    /// How many they are.
    pub lines: u64,
}

/// A stretch of a source, its times resolved. Instants are s since 1970 UTC.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dates {
    context: Option<i64>,
    lines: Vec<Dated>,
    has_year: bool,
}

/// When a line was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Dated {
    offset: u64,
    at: i64,
    lines: u64,
    /// Far from the lines around it.
    odd: bool,
    /// And far behind a line before it.
    back: bool,
    /// The latest time up to here, since time went back.
    high: Option<i64>,
}

impl Dates {
    /// Reads `lines`, in the order of their offsets. Without a year anywhere, a line is in the last one in
    /// which it is not after `latest`.
    pub fn of(lines: &[Stamped], zone: &Zone, context: Option<i64>, latest: i64) -> Self {
        let lines = &*believed(lines, context, latest);
        let marks = odd::marks(lines, context);
        let around = Around::of(lines, &marks, zone, latest);
        let mut high = context;
        let mut dates = Vec::with_capacity(lines.len());
        for (line, Mark { odd, back }) in lines.iter().zip(marks) {
            let Some(at) = around.instant(line.clock, high) else {
                continue;
            };
            if !odd {
                let went_back = high.is_some_and(|high| at < high - DISORDER);
                high = if went_back {
                    Some(at)
                } else {
                    high.max(Some(at))
                };
            }
            dates.push(Dated {
                offset: line.offset,
                at,
                lines: line.lines,
                odd,
                back,
                high,
            });
        }
        Self {
            context,
            lines: dates,
            has_year: lines.iter().any(|line| line.clock.wall().is_some()),
        }
    }

    /// Whether a line of it says its year.
    pub fn has_year(&self) -> bool {
        self.has_year
    }

    /// The instant of the line at an offset; `None` where nothing tells it.
    pub fn at(&self, offset: u64) -> Option<i64> {
        let line = self.lines.binary_search_by_key(&offset, |line| line.offset);
        line.ok().map(|line| self.lines[line].at)
    }

    /// When the lines before an offset were written.
    pub fn before(&self, offset: u64) -> Option<i64> {
        let before = self.lines.partition_point(|line| line.offset < offset);
        let last = before.checked_sub(1).map(|last| self.lines[last]);
        last.map_or(self.context, |line| line.high)
    }

    /// The part of it between two offsets.
    pub fn part(&self, offsets: Range<u64>) -> Self {
        let [from, to] = [offsets.start, offsets.end]
            .map(|offset| self.lines.partition_point(|line| line.offset < offset));
        Self {
            context: self.before(offsets.start),
            lines: self.lines[from..to].to_vec(),
            has_year: self.has_year,
        }
    }

    /// When it begins: its earliest line, wherever that stands. `None` where nothing tells it.
    pub fn begins(&self) -> Option<i64> {
        if self.lines.iter().all(|line| line.odd) {
            return None;
        }
        let believed = self.lines.iter().filter(|line| !line.back);
        believed.map(|line| line.at).min()
    }

    /// When it begins if a few lines of hours ago are left aside: where nearly all were written within minutes, these say when
    /// that was.
    pub fn stands(&self) -> Option<i64> {
        let begins = self.begins()?;
        let mut times: Vec<(i64, u64)> = self.times().collect();
        times.sort_unstable();
        let all: u64 = times.iter().map(|(_, lines)| lines).sum();
        let few = all / NEARLY_ALL;
        let behind = |lines: u64| {
            let mut passed = 0;
            let mut times = times.iter();
            times.find_map(|(at, more)| {
                passed += more;
                (passed > lines).then_some(*at)
            })
        };
        let (from, to) = (behind(few)?, behind(all - 1 - few)?);
        let is_near = |at: &i64| *at >= from - TOGETHER;
        let near = times.iter().map(|(at, _)| *at).find(is_near);
        match to - from <= TOGETHER {
            true => near.max(Some(begins)),
            false => Some(begins),
        }
    }

    /// When its last lines were written; those before it where it has none.
    pub fn ends(&self) -> Option<i64> {
        self.before(u64::MAX)
    }

    /// Each time, and how many lines have it.
    pub fn times(&self) -> impl Iterator<Item = (i64, u64)> {
        self.lines.iter().map(|line| (line.at, line.lines))
    }

    /// The first and the last second.
    pub fn span(&self) -> Option<(i64, i64)> {
        let times = || self.lines.iter().map(|line| line.at);
        Some((times().min()?, times().max()?))
    }

    /// Whether time goes back in it by more than [`DISORDER`].
    pub fn goes_back(&self) -> bool {
        !self.lines.is_sorted_by_key(|line| line.high)
    }
}

/// What the lines of a stretch tell about one whose own date does not tell all.
struct Around<'a> {
    zone: &'a Zone,
    latest: i64,
    /// The year that lines without one are read with, and the time of those without any, before the first one that has it.
    ahead: Option<i64>,
    /// When the first line with a date was written.
    next: Option<i64>,
}

impl<'a> Around<'a> {
    fn of(lines: &[Stamped], marks: &[Mark], zone: &'a Zone, latest: i64) -> Self {
        let steady = || {
            let lines = lines.iter().zip(marks);
            lines
                .filter(|(_, mark)| !mark.odd)
                .map(|(line, _)| line.clock)
        };
        let first = steady().find(|clock| clock.wall().is_some());
        let dated = steady().find(|clock| clock.is_dated());
        let ahead = first.or(dated);
        let around = Self {
            zone,
            latest,
            ahead: ahead.and_then(|clock| clock.resolve(zone, None, latest)),
            next: None,
        };
        let next = dated.and_then(|clock| {
            let beside = around.ahead.filter(|_| clock.wall().is_none());
            Some(around.first_pass(clock, clock.resolve(zone, beside, latest)?))
        });
        Self { next, ..around }
    }

    /// The instant of a clock, `high` being the latest time before it.
    fn instant(&self, clock: Clock, high: Option<i64>) -> Option<i64> {
        let after = if clock.is_dated() {
            self.ahead
        } else {
            self.next
        };
        let beside = high.or(after.filter(|_| clock.wall().is_none()));
        let at = clock.resolve(self.zone, beside, self.latest)?;
        Some(high.map_or_else(|| self.first_pass(clock, at), |_| at))
    }

    /// What comes after a line without a year tells that, and nothing about the pass of an hour that occurs twice.
    fn first_pass(&self, clock: Clock, at: i64) -> i64 {
        match clock.is_yearless() {
            true => self.zone.instants(self.zone.civil(at * 1000)).first / 1000,
            false => at,
        }
    }
}

/// The same with those taken for undated that are later than any line can be. What was written before them, or else most of
/// them, tells whether the latest is right: a file may have been restored with some other date.
fn believed(lines: &[Stamped], context: Option<i64>, latest: i64) -> Cow<'_, [Stamped]> {
    let is_ahead = |wall: i64| wall > latest.saturating_add(AHEAD);
    let many =
        |walls: &mut dyn Iterator<Item = Wall>| -> u64 { walls.map(|wall| wall.lines).sum() };
    let walls = || lines.iter().filter_map(Wall::of);
    let ahead = many(&mut walls().filter(|wall| is_ahead(wall.at)));
    let is_right = context.map_or_else(
        || 2 * ahead < many(&mut walls()),
        |before| !is_ahead(before),
    );
    if ahead == 0 || !is_right {
        return Cow::Borrowed(lines);
    }
    let undated = |line: &Stamped| match line.clock.wall() {
        Some(wall) if is_ahead(wall) => Stamped {
            clock: Clock::Absent,
            ..*line
        },
        _ => *line,
    };
    lines.iter().map(undated).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each line is one byte long.
    fn stamped(clocks: &[Clock]) -> Vec<Stamped> {
        let lines = (0..).zip(clocks);
        lines
            .map(|(offset, clock)| Stamped {
                offset,
                clock: *clock,
                lines: 1,
            })
            .collect()
    }

    fn dates(clocks: &[Clock], context: Option<i64>) -> Dates {
        Dates::of(
            &stamped(clocks),
            &Zone::named("UTC").expect("a zone"),
            context,
            0,
        )
    }

    const NOON: i64 = 1_770_380_054;

    #[test]
    fn one_odd_line_moves_neither_the_beginning_nor_the_end() {
        for odd in [100, 4_080_000_000] {
            for place in 0..6 {
                let mut clocks: Vec<Clock> = (0..6).map(|nth| Clock::Instant(NOON + nth)).collect();
                clocks.insert(place, Clock::Instant(odd));
                let dates = dates(&clocks, Some(NOON));
                assert_eq!(dates.begins(), Some(NOON), "{odd} at {place}");
                assert_eq!(dates.ends(), Some(NOON + 5), "{odd} at {place}");
                assert_eq!(dates.at(place as u64), Some(odd));
            }
        }
    }

    #[test]
    fn a_block_stands_where_nearly_all_of_its_lines_do() {
        let stands = |few: usize, ago: i64, within: i64| {
            let lines = (0..64 - few as i64).map(|nth| NOON + nth * within / 64);
            let few = std::iter::repeat_n(NOON - ago, few);
            let clocks: Vec<Clock> = lines.chain(few).map(Clock::Instant).collect();
            dates(&clocks, None).stands().map(|at| at - NOON)
        };
        // Lines of some minutes ago, a few of hours ago, more of them, and lines that are hours apart.
        assert_eq!(stands(4, 200, 60), Some(-200));
        assert_eq!(stands(4, 7_200, 60), Some(0));
        assert_eq!(stands(5, 7_200, 60), Some(-7_200));
        assert_eq!(stands(4, 7_200, 3_600), Some(-7_200));
        assert_eq!(dates(&[], None).stands(), None);
    }

    #[test]
    fn what_cannot_have_been_written_yet_is_not_believed_where_something_can() {
        let of = |clocks: &[Clock], context: Option<i64>| {
            let lines = stamped(clocks);
            let zone = Zone::named("UTC").expect("a zone");
            Dates::of(&lines, &zone, context, NOON + 5)
        };
        let years_ahead = NOON + 150_000_000;
        // Most of them cannot, but something was written before.
        let clocks = [
            years_ahead,
            NOON,
            years_ahead,
            years_ahead + 1,
            NOON + 1,
            years_ahead,
        ];
        let clocks = clocks.map(Clock::Instant);
        let dates = of(&clocks, Some(NOON - 1));
        let told: Vec<Option<i64>> = (0..6).map(|line| dates.at(line)).collect();
        assert_eq!(told, [-1, 0, 0, 0, 1, 1].map(|after| Some(NOON + after)));
        assert_eq!(dates.span(), Some((NOON - 1, NOON + 1)));
        // Without that, most of them tell.
        assert_eq!(
            of(&clocks[3..5], None).span(),
            Some((NOON + 1, years_ahead + 1))
        );
        assert_eq!(
            of(&clocks[1..5], None).span(),
            Some((NOON, years_ahead + 1))
        );
        let few = [NOON, years_ahead, NOON + 1].map(Clock::Instant);
        assert_eq!(of(&few, None).span(), Some((NOON, NOON + 1)));
        // The machine's clock, or the file's, is wrong.
        let all_ahead = [years_ahead, years_ahead + 1].map(Clock::Instant);
        let known = Some((years_ahead, years_ahead + 1));
        assert_eq!(of(&all_ahead, None).span(), known);
        assert_eq!(of(&all_ahead, Some(years_ahead)).span(), known);
    }

    /// Where only minutes are known, a clock stands for all lines of one, and each odd line has its own.
    #[test]
    fn one_clock_of_many_lines_is_believed_against_many_of_one() {
        let odd = [100, 4_080_000_000, 900_000_000, 1_200_000_000].map(Clock::Instant);
        for minute in 0..5 {
            let mut clocks = odd.to_vec();
            clocks.insert(minute, Clock::Instant(NOON));
            let mut lines = stamped(&clocks);
            lines[minute].lines = 600;
            let zone = Zone::named("UTC").expect("a zone");
            let dates = Dates::of(&lines, &zone, Some(NOON), NOON + 5_000_000_000);
            assert_eq!(dates.begins(), Some(NOON), "{minute}");
            assert_eq!(dates.ends(), Some(NOON), "{minute}");
        }
    }

    #[test]
    fn sparse_lines_are_not_odd_enough_to_be_left_out() {
        let clocks: Vec<Clock> = (0..9)
            .map(|nth| Clock::Instant(NOON + nth * 400_000))
            .collect();
        assert_eq!(dates(&clocks, None).begins(), Some(NOON));
    }

    #[test]
    fn a_line_without_a_time_takes_the_latest_before_it() {
        let clocks = [NOON, NOON + 3, NOON + 1].map(Clock::Instant);
        let clocks = [&[Clock::Absent], &clocks[..], &[Clock::Absent]].concat();
        let dates = dates(&clocks, None);
        assert_eq!((dates.at(0), dates.at(4)), (Some(NOON), Some(NOON + 3)));
        assert!(!dates.goes_back());
    }

    /// Behind lines without a time comes one without a year, and minutes later one that has it.
    #[test]
    fn lines_without_a_time_take_that_of_the_next_one_with_or_without_a_year() {
        let noon = Clock::Yearless {
            month: 2,
            day: 6,
            second: 12 * 3_600 + 854,
        };
        let clocks = [Clock::Absent, noon, Clock::Instant(NOON + 900)];
        let zone = Zone::named("UTC").expect("a zone");
        let dates = Dates::of(&stamped(&clocks), &zone, None, NOON + 900);
        let told = [0, 1].map(|line| dates.at(line));
        assert_eq!(told[0], told[1]);
        assert!(!dates.goes_back());
    }

    #[test]
    fn more_than_a_minute_back_is_another_file() {
        let clocks = [NOON, NOON + 100, NOON - 500, NOON - 499].map(Clock::Instant);
        let dates = dates(&clocks, None);
        assert!(dates.goes_back());
        assert_eq!(
            (dates.begins(), dates.ends()),
            (Some(NOON - 500), Some(NOON - 499))
        );
        assert_eq!(dates.before(2), Some(NOON + 100));
    }
}
