//! Times as people type them: each is a span, as long as what was not written.
//!
//! Enters: `2026-03-14T09:12`. Leaves: from its first millisecond to its last, and on which clock.
//! Must not know: which zone a wall clock is of.

use crate::time::Stamp;
use crate::time::civil;

/// What a span's milliseconds count from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dial {
    /// 1970 of the log's wall clock.
    Wall,
    /// 1970 UTC.
    Instant,
    /// Midnight of any day, by the log's wall clock.
    OfDay,
}

/// `T` behind it makes a time of day a date.
const ANY_DAY: &str = "1970-01-01";
/// Bytes of a date.
const DATE: usize = ANY_DAY.len();

/// The first and the last millisecond of a time, and its clock; `None` where it is none.
pub(super) fn read(text: &str) -> Option<(Dial, i64, i64)> {
    if let Some(second) = text.strip_prefix('@') {
        let is_number = !second.is_empty() && second.bytes().all(|b| b.is_ascii_digit());
        let ms = second
            .parse::<i64>()
            .ok()
            .filter(|_| is_number)?
            .checked_mul(1000)?;
        return Some((Dial::Instant, ms, ms.checked_add(999)?));
    }
    if text.get(2..3) == Some(":") {
        let (dial, from, to) = at(ANY_DAY, text)?;
        return (dial == Dial::Wall).then_some((Dial::OfDay, from, to));
    }
    let (date, clock) = text.split_at_checked(DATE)?;
    if clock.is_empty() {
        let (dial, from, _) = at(date, "00:00")?;
        return Some((dial, from, from + 86_400_000 - 1));
    }
    at(date, clock.strip_prefix(['T', ' '])?)
}

/// `09:12[:30[.250]][Z|±HH:MM]` of a day.
fn at(date: &str, clock: &str) -> Option<(Dial, i64, i64)> {
    let zone = clock.find(['Z', '+', '-']).unwrap_or(clock.len());
    let (clock, zone) = clock.split_at_checked(zone)?;
    let (seconds, length) = match clock.len() {
        5 => (":00", 60_000),
        8 => ("", 1000),
        10.. => ("", 1),
        _ => return None,
    };
    let whole = format!("{date}T{clock}{seconds}{zone}");
    let (stamp, read) = civil::iso(whole.as_bytes())?;
    let (dial, from) = match stamp {
        Stamp::Civil(ms) => (Dial::Wall, ms),
        Stamp::Instant(ms) => (Dial::Instant, ms),
        Stamp::Absent | Stamp::Yearless { .. } | Stamp::YearDay { .. } => return None,
    };
    (read == whole.len()).then_some((dial, from, from + length - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 14 March 2026, 09:12:00 as if it were UTC.
    const AT: i64 = 1_773_479_520_000;

    #[test]
    fn what_is_not_written_is_the_span() {
        for (text, expected) in [
            ("2026-03-14T09:12", (Dial::Wall, AT, AT + 59_999)),
            ("2026-03-14 09:12", (Dial::Wall, AT, AT + 59_999)),
            ("2026-03-14T09:12:00", (Dial::Wall, AT, AT + 999)),
            ("2026-03-14T09:12:00.250", (Dial::Wall, AT + 250, AT + 250)),
            ("2026-03-14T09:12Z", (Dial::Instant, AT, AT + 59_999)),
            ("2026-03-14T10:12+01:00", (Dial::Instant, AT, AT + 59_999)),
            ("@1773479520", (Dial::Instant, AT, AT + 999)),
            (
                "2026-03-14",
                (Dial::Wall, AT - 33_120_000, AT + 53_280_000 - 1),
            ),
            ("09:12", (Dial::OfDay, 33_120_000, 33_179_999)),
            ("09:12:30", (Dial::OfDay, 33_150_000, 33_150_999)),
        ] {
            assert_eq!(read(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_time() {
        for text in [
            "",
            "@",
            "@-1",
            "@x",
            "9:12",
            "09:1",
            "25:00",
            "09:12Z",
            "2026-3-14",
            "2026-02-30",
            "2026-03-14T",
            "2026-03-14T09",
            "2026-03-14T09:12:3",
            "2026-03-14T09:12+1",
            "2026-03-14T09:12:00.",
            "@99999999999999999999",
            "@9223372036854775",
            "2026-03-14é",
            "0é:00",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
