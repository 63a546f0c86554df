//! The document's times, as people read them.
//!
//! Enters: RFC 3339 strings with milliseconds and an offset. Leaves: `09:12:01.6`, with the date or the
//! offset where it is not the one already named, and lengths (`6 m 09 s`). Times are sliced, never
//! converted: the document's zone is the one to show. Must not know: what happened at these times.

use jiff::Timestamp;

use super::document::Window;

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// Shown for a time that is none.
const NO_TIME: &str = "?";

/// What a reader already knows of the next time: its day and its offset, or nothing.
#[derive(Debug, Clone, Default)]
pub(super) struct Clock {
    /// `2026-03-14`; none: every time names its day.
    day: Option<String>,
    /// `+01:00`; none: it does not change in this document.
    offset: Option<String>,
    /// Days are named with their year.
    years: bool,
}

impl Clock {
    /// A reader who knows neither day nor zone.
    pub(super) fn elsewhere() -> Self {
        Self {
            day: None,
            offset: Some(String::new()),
            years: false,
        }
    }

    /// A reader who has read the window: when it lies within one day, they know the day.
    pub(super) fn after(window: &Window) -> Self {
        let stamp = |time: &Option<String>| time.as_deref().and_then(Stamp::read).map(Stamp::owned);
        let (Some((from_day, from_offset)), Some((to_day, to_offset))) =
            (stamp(&window.start), stamp(&window.end))
        else {
            return Self::default();
        };
        Self {
            years: from_day.get(..4) != to_day.get(..4),
            day: (from_day == to_day).then_some(from_day),
            offset: (from_offset != to_offset).then_some(from_offset),
        }
    }

    /// `time` for this reader.
    pub(super) fn show(&self, time: &str) -> String {
        let Some(stamp) = Stamp::read(time) else {
            return NO_TIME.to_owned();
        };
        let mut shown = String::new();
        if self.day.as_deref() != Some(stamp.day) {
            shown.push_str(&stamp.date(self.years));
            shown.push(' ');
        }
        shown.push_str(&stamp.time());
        if self
            .offset
            .as_deref()
            .is_some_and(|offset| offset != stamp.offset)
        {
            shown.push_str(stamp.offset);
        }
        shown
    }

    /// `time` for this reader, who knows its day and offset from then on.
    pub(super) fn show_next(&mut self, time: &str) -> String {
        let shown = self.show(time);
        self.turn_to(time);
        if let (Some(offset), Some(stamp)) = (&mut self.offset, Stamp::read(time)) {
            stamp.offset.clone_into(offset);
        }
        shown
    }

    /// The day of `time` if it is new to this reader, who knows it from then on.
    pub(super) fn turn_to(&mut self, time: &str) -> Option<String> {
        let stamp = Stamp::read(time).filter(|stamp| self.day.as_deref() != Some(stamp.day))?;
        self.day = Some(stamp.day.to_owned());
        Some(stamp.date(self.years))
    }
}

/// The window with its dates: `14 Mar 2026 09:00:00 to 10:10:00`; nothing when no line had a time.
pub(super) fn window(window: &Window) -> Option<String> {
    let (start, end) = (window.start.as_deref()?, window.end.as_deref()?);
    let mut clock = Clock {
        years: true,
        day: None,
        offset: None,
    };
    let from = Stamp::read(start)?;
    if Stamp::read(end)?.offset != from.offset {
        // Neither end's offset is known, so both are named.
        clock.offset = Some(String::new());
    }
    let start = clock.show(start);
    clock.day = Some(from.day.to_owned());
    Some(format!("{start} to {}", clock.show(end)))
}

/// `14 Mar 09:12:01`: `time` without year, milliseconds and offset.
pub(super) fn day_and_second(time: &str) -> String {
    let shown = |stamp: Stamp| format!("{} {}", stamp.date(false), stamp.seconds);
    Stamp::read(time).map_or_else(|| NO_TIME.to_owned(), shown)
}

/// `09:12:01`: `time` without day and milliseconds.
pub(super) fn second_of_day(time: &str) -> &str {
    Stamp::read(time).map_or(NO_TIME, |stamp| stamp.seconds)
}

/// Milliseconds since 1970; nothing when `time` is none.
pub(super) fn millis(time: &str) -> Option<i64> {
    time.parse::<Timestamp>()
        .ok()
        .map(Timestamp::as_millisecond)
}

/// From `start` to `end` in words.
pub(super) fn between(start: &str, end: &str) -> Option<String> {
    Some(length(millis(end)? - millis(start)?))
}

/// Milliseconds in words: `350 ms`, `4.4 s`, `42 s`, `6 m 09 s`, `1 h 05 m`, `2 d 03 h`.
pub(super) fn length(millis: i64) -> String {
    let millis = millis.max(0);
    let tenths = (millis + 50) / 100;
    let seconds = (millis + 500) / 1000;
    let minutes = (seconds + 30) / 60;
    let hours = (minutes + 30) / 60;
    if millis == 0 {
        // Header stamps are whole seconds: what begins and ends in one took some part of it.
        "under 1 s".to_owned()
    } else if millis < 1000 {
        format!("{millis} ms")
    } else if tenths < 100 && tenths % 10 != 0 {
        format!("{}.{} s", tenths / 10, tenths % 10)
    } else if seconds < 60 {
        format!("{seconds} s")
    } else if seconds < 3600 {
        format!("{} m {:02} s", seconds / 60, seconds % 60)
    } else if minutes < 1440 {
        format!("{} h {:02} m", minutes / 60, minutes % 60)
    } else {
        format!("{} d {:02} h", hours / 24, hours % 24)
    }
}

/// An RFC 3339 time with milliseconds, cut into its parts.
#[derive(Clone, Copy)]
struct Stamp<'a> {
    day: &'a str,
    seconds: &'a str,
    millis: &'a str,
    offset: &'a str,
}

impl<'a> Stamp<'a> {
    fn read(time: &'a str) -> Option<Self> {
        // Parsing proves the content, the slices below its layout.
        time.parse::<Timestamp>().ok()?;
        let stamp = Self {
            day: time.get(..10)?,
            seconds: time.get(11..19)?,
            millis: time.get(20..23)?,
            offset: time.get(23..)?,
        };
        let laid_out = time.get(19..20)? == "." && stamp.millis.bytes().all(|b| b.is_ascii_digit());
        (laid_out && matches!(stamp.offset.len(), 1 | 6)).then_some(stamp)
    }

    fn owned(self) -> (String, String) {
        (self.day.to_owned(), self.offset.to_owned())
    }

    /// `09:12:01`, with tenths where the time has milliseconds.
    fn time(&self) -> String {
        match self.millis {
            "000" => self.seconds.to_owned(),
            millis => format!("{}.{}", self.seconds, millis.get(..1).unwrap_or_default()),
        }
    }

    /// `14 Mar`, or `14 Mar 2026`.
    fn date(&self, year: bool) -> String {
        let mut parts = self.day.split('-');
        let (y, m, d) = (parts.next(), parts.next(), parts.next());
        let month = m.and_then(|m| m.parse::<usize>().ok()?.checked_sub(1));
        let name = month.and_then(|m| MONTHS.get(m));
        let (Some(y), Some(name), Some(d)) = (y, name, d) else {
            return self.day.to_owned();
        };
        let d = d.trim_start_matches('0');
        if year {
            format!("{d} {name} {y}")
        } else {
            format!("{d} {name}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(start: &str, end: &str) -> Window {
        Window {
            start: Some(start.to_owned()),
            end: Some(end.to_owned()),
            timezone: String::new(),
            timezone_from: String::new(),
            years_from: String::new(),
        }
    }

    #[test]
    fn lengths_in_words() {
        for (millis, words) in [
            (-5, "under 1 s"),
            (350, "350 ms"),
            (1000, "1 s"),
            (4_400, "4.4 s"),
            (9_960, "10 s"),
            (59_700, "1 m 00 s"),
            (369_000, "6 m 09 s"),
            (3_599_600, "1 h 00 m"),
            (3_900_000, "1 h 05 m"),
            (183_600_000, "2 d 03 h"),
        ] {
            assert_eq!(length(millis), words);
        }
    }

    #[test]
    fn a_day_is_named_when_it_is_new() {
        let mut clock = Clock::after(&span(
            "2026-03-14T09:00:00.000+01:00",
            "2026-03-14T10:10:00.000+01:00",
        ));
        assert_eq!(
            clock.show_next("2026-03-14T09:12:01.640+01:00"),
            "09:12:01.6"
        );
        assert_eq!(
            clock.show_next("2026-03-15T00:00:00.000+01:00"),
            "15 Mar 00:00:00"
        );
        assert_eq!(clock.show_next("2026-03-15T00:00:01.000+01:00"), "00:00:01");
        assert_eq!(clock.turn_to("2026-03-15T00:00:02.000+01:00"), None);
        assert_eq!(
            clock.turn_to("2026-03-16T00:00:00.000+01:00").as_deref(),
            Some("16 Mar")
        );
        assert_eq!(clock.show("2026-03-16T00:00:01.000+01:00"), "00:00:01");
    }

    #[test]
    fn a_clock_that_was_set_back_names_its_offset() {
        let window_ = span(
            "2026-10-25T01:00:00.000+02:00",
            "2026-10-25T04:00:00.000+01:00",
        );
        assert_eq!(
            window(&window_).as_deref(),
            Some("25 Oct 2026 01:00:00+02:00 to 04:00:00+01:00")
        );
        let clock = Clock::after(&window_);
        assert_eq!(clock.show("2026-10-25T02:30:00.000+02:00"), "02:30:00");
        assert_eq!(
            clock.show("2026-10-25T02:30:00.000+01:00"),
            "02:30:00+01:00"
        );
    }

    #[test]
    fn a_window_over_new_year_names_years() {
        let window_ = span("2025-12-31T22:00:00.000Z", "2026-01-01T01:00:00.000Z");
        assert_eq!(
            window(&window_).as_deref(),
            Some("31 Dec 2025 22:00:00 to 1 Jan 2026 01:00:00")
        );
        assert_eq!(
            Clock::after(&window_).show("2026-01-01T00:30:00.000Z"),
            "1 Jan 2026 00:30:00"
        );
    }

    #[test]
    fn what_is_no_time_is_not_shown_as_one() {
        for text in [
            "",
            "yesterday",
            "2026-03-14T09:00:00Z",
            "2026-03-14T09:00:00.000+01:00[evil]",
            "\x1b[2J",
        ] {
            assert_eq!(Clock::default().show(text), "?", "{text}");
        }
    }
}
