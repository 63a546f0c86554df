//! Lengths of time and sizes with their units, as a person writes them.
//!
//! Enters: `30s`, `90d`, `1h30m`, `10MiB`. Leaves: milliseconds or bytes, and the shortest way to write them. Must not
//! know: what they limit.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Units of time with their milliseconds, the longest first.
const TIMES: [(&str, u64); 5] = [
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1000),
    ("ms", 1),
];

/// Units of size with their bytes, the largest first. A thousandfold is none: the same letters mean both to people.
const SIZES: [(&str, u64); 5] = [
    ("TiB", 1 << 40),
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("B", 1),
];

/// A length of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Span {
    /// Milliseconds.
    ms: u64,
}

/// A number of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Size {
    /// Bytes.
    bytes: u64,
}

/// Text that is neither.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no {what}; write it like {like}")]
pub struct NoUnit {
    text: String,
    what: &'static str,
    like: &'static str,
}

impl Span {
    /// Of so many seconds.
    pub const fn seconds(seconds: u64) -> Self {
        Self { ms: seconds * 1000 }
    }

    /// Of so many days.
    pub const fn days(days: u64) -> Self {
        Self::seconds(days * 86_400)
    }

    /// Milliseconds.
    pub fn millis(self) -> i64 {
        i64::try_from(self.ms).unwrap_or(i64::MAX)
    }
}

impl From<Span> for Duration {
    fn from(span: Span) -> Self {
        Self::from_millis(span.ms)
    }
}

impl Size {
    /// Of so many bytes.
    pub const fn of(bytes: u64) -> Self {
        Self { bytes }
    }

    /// Of so many KiB.
    pub const fn kib(kib: u64) -> Self {
        Self { bytes: kib << 10 }
    }

    /// Of so many MiB.
    pub const fn mib(mib: u64) -> Self {
        Self { bytes: mib << 20 }
    }

    /// Bytes.
    pub fn bytes(self) -> u64 {
        self.bytes
    }
}

impl FromStr for Span {
    type Err = NoUnit;

    fn from_str(text: &str) -> Result<Self, NoUnit> {
        let ms = sum(text, &TIMES).ok_or_else(|| NoUnit {
            text: text.chars().take(40).collect(),
            what: "length of time",
            like: "500ms, 30s, 5m, 12h, 90d or 1h30m",
        })?;
        Ok(Self { ms })
    }
}

impl FromStr for Size {
    type Err = NoUnit;

    fn from_str(text: &str) -> Result<Self, NoUnit> {
        let bytes = sum(text, &SIZES).ok_or_else(|| NoUnit {
            text: text.chars().take(40).collect(),
            what: "size",
            like: "512B, 64KiB, 10MiB or 5GiB",
        })?;
        Ok(Self { bytes })
    }
}

/// The parts of `text` added up, from the largest unit to the smallest; none for what is no such text. `0` needs no unit.
fn sum(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let mut rest = text.trim();
    if rest == "0" {
        return Some(0);
    }
    let mut left = units;
    let mut total: u64 = 0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, tail) = rest.split_at(digits);
        let letters = tail
            .find(|c: char| !c.is_ascii_alphabetic())
            .unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(letters);
        let place = left.iter().position(|(name, _)| *name == unit)?;
        let part = number.parse::<u64>().ok()?.checked_mul(left[place].1)?;
        total = total.checked_add(part)?;
        (left, rest) = (&left[place + 1..], tail);
    }
    (!text.trim().is_empty()).then_some(total)
}

/// The largest unit of which it is a whole number.
fn write(amount: u64, units: &[(&str, u64)], out: &mut fmt::Formatter) -> fmt::Result {
    let whole = |unit: &&(&str, u64)| amount > 0 && amount.is_multiple_of(unit.1);
    match units.iter().find(whole) {
        Some((name, unit)) => write!(out, "{}{name}", amount / unit),
        None => write!(out, "0"),
    }
}

impl fmt::Display for Span {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        write(self.ms, &TIMES, out)
    }
}

impl fmt::Display for Size {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        write(self.bytes, &SIZES, out)
    }
}

impl TryFrom<String> for Span {
    type Error = NoUnit;

    fn try_from(text: String) -> Result<Self, NoUnit> {
        text.parse()
    }
}

impl TryFrom<String> for Size {
    type Error = NoUnit;

    fn try_from(text: String) -> Result<Self, NoUnit> {
        text.parse()
    }
}

impl From<Span> for String {
    fn from(span: Span) -> Self {
        span.to_string()
    }
}

impl From<Size> for String {
    fn from(size: Size) -> Self {
        size.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time() {
        for (text, ms, again) in [
            ("0", 0, "0"),
            ("500ms", 500, "500ms"),
            ("30s", 30_000, "30s"),
            ("90s", 90_000, "90s"),
            ("1h30m", 5_400_000, "90m"),
            ("90d", 7_776_000_000, "90d"),
            (" 24h ", 86_400_000, "1d"),
        ] {
            let span: Span = text.parse().unwrap();
            assert_eq!((span.millis(), span.to_string().as_str()), (ms, again));
        }
    }

    #[test]
    fn sizes() {
        for (text, bytes, again) in [
            ("512B", 512, "512B"),
            ("64KiB", 65_536, "64KiB"),
            ("2048MiB", 2_147_483_648, "2GiB"),
            ("0", 0, "0"),
        ] {
            let size: Size = text.parse().unwrap();
            assert_eq!((size.bytes(), size.to_string().as_str()), (bytes, again));
        }
    }

    #[test]
    fn what_is_neither_says_how_to_write_it() {
        for text in [
            "",
            "30",
            "s",
            "-1s",
            "1.5s",
            "30 s",
            "1m1h",
            "1s1s",
            "9999999999999d",
            "10MB",
        ] {
            assert!(text.parse::<Span>().is_err(), "{text}");
            assert!(text.parse::<Size>().is_err(), "{text}");
        }
        assert_eq!(
            "10MB".parse::<Size>().unwrap_err().to_string(),
            "`10MB` is no size; write it like 512B, 64KiB, 10MiB or 5GiB"
        );
    }
}
