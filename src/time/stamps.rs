//! Stamps of one header after the other.
//!
//! Enters: bytes that should begin with a stamp and a space. Leaves: the [`Stamp`] that [`civil`] reads, and its length.
//! Must not know: what stands around it.
//!
//! Most stamps are in the second of the one before, and then only their fraction is read.

use super::{Stamp, civil};

/// What is known from the stamp before.
#[derive(Debug, Clone, Default)]
pub struct Stamps {
    yearless: Option<([u8; YEARLESS], Stamp)>,
    iso: Option<Second>,
}

/// `Feb  6 12:14:14`
const YEARLESS: usize = 15;

/// `2026-02-06T12:14:14`
const ISO: usize = 19;

/// A second of ISO 8601.
#[derive(Debug, Clone)]
struct Second {
    written: [u8; ISO],
    /// Its offset and the space behind it, and how long these are.
    zone: ([u8; ZONE], usize),
    began: Stamp,
}

/// `+01:00 `
const ZONE: usize = 7;

impl Stamps {
    /// See [`civil::yearless`]; a space stands behind the stamp.
    #[inline(always)]
    pub fn yearless(&mut self, text: &[u8]) -> Option<(Stamp, usize)> {
        if let (Some((written, stamp)), Some((begins, [b' ', ..]))) =
            (&self.yearless, text.split_first_chunk())
            && written == begins
        {
            return Some((*stamp, YEARLESS));
        }
        self.turn_yearless(text)
    }

    #[cold]
    fn turn_yearless(&mut self, text: &[u8]) -> Option<(Stamp, usize)> {
        let (stamp, length) = civil::yearless(text)?;
        if let Some(written) = text.first_chunk()
            && length == YEARLESS
        {
            self.yearless = Some((*written, stamp));
        }
        (text.get(length) == Some(&b' ')).then_some((stamp, length))
    }

    /// See [`civil::iso`]; a space stands behind the stamp.
    #[inline(always)]
    pub fn iso(&mut self, text: &[u8]) -> Option<(Stamp, usize)> {
        if let (Some(second), Some((begins, rest))) = (&self.iso, text.split_first_chunk())
            && second.written == *begins
        {
            let (ms, fraction) = civil::fraction(rest);
            let (zone, length) = &second.zone;
            if rest[fraction..].starts_with(zone.get(..*length)?) {
                return Some((moved(second.began, ms)?, ISO + fraction + length - 1));
            }
        }
        self.turn_iso(text)
    }

    #[cold]
    fn turn_iso(&mut self, text: &[u8]) -> Option<(Stamp, usize)> {
        let (stamp, length) = civil::iso(text)?;
        if text.get(length) != Some(&b' ') {
            return None;
        }
        let (written, rest) = text.split_first_chunk()?;
        let (ms, fraction) = civil::fraction(rest);
        let zone = &text[ISO + fraction..=length];
        let mut kept = [0; ZONE];
        kept.get_mut(..zone.len())?.copy_from_slice(zone);
        self.iso = Some(Second {
            written: *written,
            zone: (kept, zone.len()),
            began: moved(stamp, -ms)?,
        });
        Some((stamp, length))
    }
}

/// So many ms later.
fn moved(stamp: Stamp, ms: i64) -> Option<Stamp> {
    match stamp {
        Stamp::Instant(began) => Some(Stamp::Instant(began + ms)),
        Stamp::Civil(began) => Some(Stamp::Civil(began + ms)),
        Stamp::Absent | Stamp::Yearless { .. } | Stamp::YearDay { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAMPS: [&str; 22] = [
        "2026-02-06T12:14:14.655123+01:00",
        "2026-02-06T12:14:14.000001+01:00",
        "2026-02-06T12:14:14.6+01:00",
        "2026-02-06T12:14:14.655123456789+01:00",
        "2026-02-06T12:14:14.+01:00",
        "2026-02-06T12:14:14+01:00",
        "2026-02-06T12:14:14+0100",
        "2026-02-06T12:14:14-00:00",
        "2026-02-06T12:14:14.1-00:00",
        "2026-02-06T12:14:14Z",
        "2026-02-06T12:14:14.25Z",
        "2026-02-06T12:14:14",
        "2026-02-06T12:14:14.655",
        "2026-02-06T12:14:15.655",
        "2026-02-06T12:14:60.655Z",
        "1969-12-31T23:59:59.001Z",
        "2026-02-30T12:14:14Z",
        "Feb  6 12:14:14",
        "Feb  6 12:14:14.123456",
        "Feb 6 12:14:14",
        "Feb  6 12:14:15",
        "Feb 30 12:14:14",
    ];

    #[test]
    fn the_stamp_before_changes_nothing() {
        let behind = [" lb1 haproxy", " 12345 a", "", " ", ":", "x", " +01:00 "];
        let mut texts = Vec::new();
        for stamp in STAMPS {
            texts.extend(behind.map(|behind| format!("{stamp}{behind}")));
        }
        let with_space = |text: &str, read: Option<(Stamp, usize)>| {
            read.filter(|(_, length)| text.as_bytes().get(*length) == Some(&b' '))
        };
        for first in &texts {
            for text in &texts {
                let mut stamps = Stamps::default();
                for text in [first, text, first] {
                    let bytes = text.as_bytes();
                    let (iso, yearless) = (civil::iso(bytes), civil::yearless(bytes));
                    assert_eq!(stamps.iso(bytes), with_space(text, iso), "{text}");
                    assert_eq!(stamps.yearless(bytes), with_space(text, yearless), "{text}");
                }
            }
        }
    }
}
