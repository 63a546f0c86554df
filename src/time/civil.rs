//! Civil dates as plain integers, and the notations of a stamp.
//!
//! Enters: bytes that should hold a date. Leaves: days, milliseconds or a [`Stamp`]; `None` for anything
//! that is no date, impossible ones (30 February, 25:00:00) included.
//! Must not know: zones, the current year, what the date belongs to.
//!
//! A leap second (`:60`) is read as the second before it, so that it stays in its day.

use super::Stamp;

const DAY_MS: i64 = 86_400_000;

/// Days since 1 January 1970 of a date of the proleptic Gregorian calendar.
///
/// `month` is 1 to 12 and `day` 1 to 31; the date is taken as it is, existing or not.
pub const fn days_from_civil(year: i64, month: u8, day: u8) -> i64 {
    // Years that begin in March put the leap day last, and months then follow one line:
    // (153 m + 2) / 5 days stand before month m.
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = (month as i64 + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day as i64 - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Year, month (1 to 12) and day (1 to 31) of a number of days since 1 January 1970.
pub const fn civil_from_days(days: i64) -> (i64, u8, u8) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    let year = era * 400 + year_of_era + (month <= 2) as i64;
    (year, month as u8, day as u8)
}

/// `06/Feb/2009:12:12:51.443`, the date of `%t` and `%tr` (HAProxy manual 8.2.4): exactly 24 bytes.
///
/// Returns milliseconds since 1970 of the wall clock, as if that clock were UTC.
pub fn log_date(text: &[u8]) -> Option<i64> {
    let &[
        d1,
        d2,
        b'/',
        m1,
        m2,
        m3,
        b'/',
        y1,
        y2,
        y3,
        y4,
        b':',
        h1,
        h2,
        b':',
        i1,
        i2,
        b':',
        s1,
        s2,
        b'.',
        f1,
        f2,
        f3,
    ] = text
    else {
        return None;
    };
    let day = digits([d1, d2])? as u8;
    let year = i64::from(digits([y1, y2, y3, y4])?);
    let second = second_of_day(digits([h1, h2])?, digits([i1, i2])?, digits([s1, s2])?)?;
    let ms = i64::from(digits([f1, f2, f3])?);
    Some(days(year, month([m1, m2, m3])?, day)? * DAY_MS + i64::from(second) * 1_000 + ms)
}

/// Reads the dates of one line after the other as [`log_date`] does: most are in the second of the one before, and then
/// only their milliseconds are read.
#[derive(Debug, Clone, Default)]
pub struct LogDates {
    /// `06/Feb/2009:12:12:51`
    second: [u8; 20],
    /// When it began; ms.
    began: i64,
}

impl LogDates {
    /// See [`log_date`].
    #[inline(always)]
    pub fn read(&mut self, text: &[u8]) -> Option<i64> {
        let (second, fraction) = text.split_first_chunk()?;
        if *second != self.second {
            return self.turn(text, second);
        }
        match *fraction {
            [b'.', f1, f2, f3] => Some(self.began + thousandths([f1, f2, f3])?),
            _ => None,
        }
    }

    /// The first date of another second.
    #[cold]
    fn turn(&mut self, text: &[u8], second: &[u8; 20]) -> Option<i64> {
        let date = log_date(text)?;
        (self.second, self.began) = (*second, date - date.rem_euclid(1_000));
        Some(date)
    }
}

/// Three digits. All are looked at together, because each line has them.
#[inline(always)]
fn thousandths([f1, f2, f3]: [u8; 3]) -> Option<i64> {
    let values = u32::from_le_bytes([f1, f2, f3, b'0']) ^ u32::from_le_bytes([b'0'; 4]);
    // From 10 on, 6 more reaches the upper half of a byte.
    if (values | values.wrapping_add(0x0006_0606)) & 0xF0F0_F0F0 != 0 {
        return None;
    }
    let [f1, f2, f3, _] = values.to_le_bytes().map(i64::from);
    Some(f1 * 100 + f2 * 10 + f3)
}

/// `Feb  6 12:14:14` or `Feb 06 12:14:14` at the start of `text` (RFC 3164, 4.1.2), a fraction allowed; some
/// relays lose the padding (`Feb 6 12:14:14`).
///
/// Returns a [`Stamp::Yearless`] and its length in bytes. 29 February is possible, as the year is not known.
pub fn yearless(text: &[u8]) -> Option<(Stamp, usize)> {
    let month = month(*text.first_chunk()?)?;
    let (day, length) = match *text.get(3..7)? {
        [b' ', b' ', ones, b' '] => (digits([ones])?, 7),
        [b' ', tens, ones, b' '] => (digits([tens, ones])?, 7),
        [b' ', ones, b' ', _] => (digits([ones])?, 6),
        _ => return None,
    };
    let day = day as u8;
    if day == 0 || day > month_length(2000, month) {
        return None;
    }
    let second = clock(text.get(length..length + 8)?)?;
    let length = length + 8;
    let (_, fraction) = fraction(&text[length..]);
    let stamp = Stamp::Yearless { month, day, second };
    Some((stamp, length + fraction))
}

/// `2026-02-06T12:14:14[.ffffff][Z|±HH:MM|±HHMM]` at the start of `text` (RFC 5424, 6.2.3).
///
/// Returns the stamp and its length in bytes; a fraction is cut to milliseconds. Without an offset the stamp is a
/// [`Stamp::Civil`], and with `-00:00` too: that is how HAProxy's `log-forward` writes a time whose zone
/// it was not told (`log.c`).
pub fn iso(text: &[u8]) -> Option<(Stamp, usize)> {
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T'] = text.first_chunk()? else {
        return None;
    };
    let year = i64::from(digits([y1, y2, y3, y4])?);
    let days = days(year, digits([m1, m2])? as u8, digits([d1, d2])? as u8)?;
    let second = clock(text.get(11..19)?)?;
    let (ms, length) = fraction(&text[19..]);
    let wall = days * DAY_MS + i64::from(second) * 1_000 + ms;
    let length = 19 + length;
    Some(match offset(&text[length..]) {
        Some((minutes, more)) => (Stamp::Instant(wall - minutes * 60_000), length + more),
        None if text[length..].starts_with(b"-00:00") => (Stamp::Civil(wall), length + 6),
        None => (Stamp::Civil(wall), length),
    })
}

/// `123/145023`, day of the year from 0 and time (HAProxy's stderr until 2.3): exactly 10 bytes.
pub fn year_day(text: &[u8]) -> Option<Stamp> {
    let &[d1, d2, d3, b'/', h1, h2, i1, i2, s1, s2] = text else {
        return None;
    };
    let yday = digits([d1, d2, d3])? as u16;
    if yday > 365 {
        return None;
    }
    let second = second_of_day(digits([h1, h2])?, digits([i1, i2])?, digits([s1, s2])?)?;
    Some(Stamp::YearDay { yday, second })
}

/// Days since 1970 of a date that exists.
fn days(year: i64, month: u8, day: u8) -> Option<i64> {
    let exists = (1..=12).contains(&month) && day >= 1 && day <= month_length(year, month);
    exists.then(|| days_from_civil(year, month, day))
}

fn month_length(year: i64, month: u8) -> u8 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// English whatever the locale: HAProxy (`standard.c`, `monthname`) and syslog write nothing else.
fn month(name: [u8; 3]) -> Option<u8> {
    Some(match &name {
        b"Jan" => 1,
        b"Feb" => 2,
        b"Mar" => 3,
        b"Apr" => 4,
        b"May" => 5,
        b"Jun" => 6,
        b"Jul" => 7,
        b"Aug" => 8,
        b"Sep" => 9,
        b"Oct" => 10,
        b"Nov" => 11,
        b"Dec" => 12,
        _ => return None,
    })
}

/// Second of the day of `HH:MM:SS`.
fn clock(text: &[u8]) -> Option<u32> {
    let &[h1, h2, b':', i1, i2, b':', s1, s2] = text else {
        return None;
    };
    second_of_day(digits([h1, h2])?, digits([i1, i2])?, digits([s1, s2])?)
}

fn second_of_day(hour: u32, minute: u32, second: u32) -> Option<u32> {
    let exists = hour < 24 && minute < 60 && second <= 60;
    exists.then(|| hour * 3_600 + minute * 60 + second.min(59))
}

/// Milliseconds and length of `.ffffff`; 0 and 0 when the text goes on otherwise.
pub(super) fn fraction(text: &[u8]) -> (i64, usize) {
    let Some((b'.', rest)) = text.split_first() else {
        return (0, 0);
    };
    let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if count == 0 {
        return (0, 0);
    }
    let digit = |at: usize| {
        rest[..count]
            .get(at)
            .map_or(0, |byte| i64::from(byte - b'0'))
    };
    (digit(0) * 100 + digit(1) * 10 + digit(2), count + 1)
}

/// Minutes east of UTC and length of `Z`, `±HH:MM` or `±HHMM`; `None` for `-00:00` (zone unknown) and without one.
fn offset(text: &[u8]) -> Option<(i64, usize)> {
    let (sign, hours, minutes, length) = match *text {
        [b'Z', ..] => return Some((0, 1)),
        [sign, a, b, b':', c, d, ..] => (sign, [a, b], [c, d], 6),
        [sign, a, b, c, d, ..] => (sign, [a, b], [c, d], 5),
        _ => return None,
    };
    let (hours, minutes) = (i64::from(digits(hours)?), i64::from(digits(minutes)?));
    if hours > 23 || minutes > 59 {
        return None;
    }
    match (sign, hours * 60 + minutes) {
        (b'+', east) => Some((east, length)),
        (b'-', west) if west > 0 => Some((-west, length)),
        _ => None,
    }
}

/// The number that a few digits spell; `None` when one of them is no digit.
#[inline(always)]
fn digits<const N: usize>(text: [u8; N]) -> Option<u32> {
    let values = text.map(|byte| byte.wrapping_sub(b'0'));
    let number = |number: u32, value: &u8| number * 10 + u32::from(*value);
    // Each is looked at whatever the others are: a branch for each would cost more.
    let all = values.iter().fold(true, |all, value| all & (*value <= 9));
    all.then(|| values.iter().fold(0, number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{Date, date};
    use proptest::prelude::*;

    fn days_by_jiff(date: Date) -> i64 {
        let since = date.since(Date::constant(1970, 1, 1)).expect("in range");
        i64::from(since.get_days())
    }

    #[test]
    fn every_day_of_a_thousand_years_agrees_with_jiff() {
        let mut day = date(1599, 12, 31);
        let mut number = days_by_jiff(day);
        while day.year() < 2600 {
            let (year, month) = (i64::from(day.year()), day.month() as u8);
            assert_eq!(days_from_civil(year, month, day.day() as u8), number);
            assert_eq!(civil_from_days(number), (year, month, day.day() as u8));
            day = day.tomorrow().expect("in range");
            number += 1;
        }
    }

    #[test]
    fn the_date_of_a_traffic_line() {
        assert_eq!(
            log_date(b"06/Feb/2009:12:12:51.443"),
            Some(1_233_922_371_443)
        );
        assert_eq!(
            log_date(b"29/Feb/2024:23:59:59.999"),
            Some(1_709_251_199_999)
        );
        assert_eq!(
            log_date(b"31/Dec/2016:23:59:60.250"),
            log_date(b"31/Dec/2016:23:59:59.250")
        );
        let impossible: [&[u8]; 12] = [
            b"30/Feb/2024:12:12:51.443",
            b"29/Feb/2023:12:12:51.443",
            b"31/Apr/2024:12:12:51.443",
            b"00/Jan/2024:12:12:51.443",
            b"01/Jan/2024:24:00:00.000",
            b"01/Jan/2024:12:60:00.000",
            b"01/Jan/2024:12:00:61.000",
            b"01/jan/2024:12:00:00.000",
            b"01/Jan/2024:12:00:00.00x",
            b"01/Jan/2024 12:00:00.000",
            b"06/Feb/2009:12:12:51.44",
            b"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
        ];
        for text in impossible {
            assert_eq!(log_date(text), None, "{}", text.escape_ascii());
        }
    }

    #[test]
    fn the_stamp_of_a_syslog_header() {
        let sixth = Stamp::Yearless {
            month: 2,
            day: 6,
            second: 44_054,
        };
        assert_eq!(yearless(b"Feb  6 12:14:14 lb1"), Some((sixth, 15)));
        assert_eq!(yearless(b"Feb 06 12:14:14"), Some((sixth, 15)));
        assert_eq!(yearless(b"Feb 6 12:14:14 lb1"), Some((sixth, 14)));
        assert_eq!(yearless(b"Feb  6 12:14:14.123456 lb1"), Some((sixth, 22)));
        let leap = Stamp::Yearless {
            month: 2,
            day: 29,
            second: 86_399,
        };
        assert_eq!(yearless(b"Feb 29 23:59:60"), Some((leap, 15)));
        let impossible: [&[u8]; 7] = [
            b"Feb 30 12:14:14",
            b"Feb  0 12:14:14",
            b"Feb  6 25:00:00",
            b"Fev  6 12:14:14",
            b"Feb  6 12:14:1",
            b"Feb  6\x0012:14:14",
            b"\0",
        ];
        for text in impossible {
            assert_eq!(yearless(text), None, "{}", text.escape_ascii());
        }
    }

    #[test]
    fn the_stamp_of_iso_8601() {
        let noon = 1_770_376_454_000;
        let cases: [(&[u8], Stamp, usize); 9] = [
            (b"2026-02-06T11:14:14Z x", Stamp::Instant(noon), 20),
            (b"2026-02-06T12:14:14+01:00 x", Stamp::Instant(noon), 25),
            (b"2026-02-06T12:14:14+0100 x", Stamp::Instant(noon), 24),
            (b"2026-02-06T05:44:14-05:30", Stamp::Instant(noon), 25),
            (
                b"2026-02-06T12:14:14.655123+01:00",
                Stamp::Instant(noon + 655),
                32,
            ),
            (b"2026-02-06T11:14:14.6Z", Stamp::Instant(noon + 600), 22),
            (b"2026-02-06T11:14:14", Stamp::Civil(noon), 19),
            (b"2026-02-06T11:14:14.655 lb1", Stamp::Civil(noon + 655), 23),
            (b"2026-02-06T11:14:14-00:00 lb1", Stamp::Civil(noon), 25),
        ];
        for (text, stamp, length) in cases {
            assert_eq!(iso(text), Some((stamp, length)), "{}", text.escape_ascii());
        }
        let impossible: [&[u8]; 6] = [
            b"2026-02-30T11:14:14Z",
            b"2026-13-01T11:14:14Z",
            b"2026-02-06T25:00:00Z",
            b"2026-02-06 11:14:14Z",
            b"2026-02-06T11:14:1",
            b"\0\0\0\0-\0\0-\0\0T\0\0:\0\0:\0\0",
        ];
        for text in impossible {
            assert_eq!(iso(text), None, "{}", text.escape_ascii());
        }
    }

    #[test]
    fn the_stamp_of_the_older_stderr() {
        let fourth_of_may = Stamp::YearDay {
            yday: 123,
            second: 53_423,
        };
        assert_eq!(year_day(b"123/145023"), Some(fourth_of_may));
        assert_eq!(year_day(b"366/145023"), None);
        assert_eq!(year_day(b"123/245023"), None);
        assert_eq!(year_day(b"123/14502"), None);
        assert_eq!(year_day(b"123-145023"), None);
    }

    proptest! {
        #[test]
        fn dates_read_as_jiff_reads_them(ms in -60_000_000_000_000_i64..250_000_000_000_000) {
            let then = jiff::Timestamp::from_millisecond(ms).expect("in range").to_zoned(jiff::tz::TimeZone::UTC);
            let written = then.strftime("%d/%b/%Y:%H:%M:%S.%3f").to_string();
            prop_assert_eq!(log_date(written.as_bytes()), Some(ms));
            let mut dates = LogDates::default();
            for text in [written.as_bytes(), written.as_bytes(), &written.as_bytes()[..23]] {
                prop_assert_eq!(dates.read(text), log_date(text));
            }
            let written = then.strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string();
            prop_assert_eq!(iso(written.as_bytes()), Some((Stamp::Instant(ms), 27)));
        }

        #[test]
        fn offsets_read_as_jiff_reads_them(ms in 0_i64..4_000_000_000_000, minutes in -1_439_i32..1_439) {
            prop_assume!(minutes != 0);
            let offset = jiff::tz::Offset::from_seconds(minutes * 60).expect("in range");
            let then = jiff::Timestamp::from_millisecond(ms).expect("in range").to_zoned(offset.to_time_zone());
            let colon = then.strftime("%Y-%m-%dT%H:%M:%S.%3f%:z").to_string();
            prop_assert_eq!(iso(colon.as_bytes()), Some((Stamp::Instant(ms), 29)));
            let plain = then.strftime("%Y-%m-%dT%H:%M:%S.%3f%z").to_string();
            prop_assert_eq!(iso(plain.as_bytes()), Some((Stamp::Instant(ms), 28)));
        }

        #[test]
        fn bytes_near_a_date_never_panic(at in 0_usize..32, byte: u8, cut in 0_usize..33) {
            let stamps: [&[u8]; 4] = [
                b"06/Feb/2009:12:12:51.443",
                b"Feb  6 12:14:14",
                b"2026-02-06T12:14:14.655123+01:00",
                b"123/145023",
            ];
            for stamp in stamps {
                let mut bytes = stamp.to_vec();
                if let Some(place) = bytes.get_mut(at) {
                    *place = byte;
                }
                bytes.truncate(cut);
                let _ = (log_date(&bytes), yearless(&bytes), iso(&bytes), year_day(&bytes));
            }
        }
    }
}
