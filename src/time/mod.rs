//! The stamps that lines carry, before anyone decides what instant they mean.
//!
//! Enters: bytes of a stamp. Leaves: a [`Stamp`]. `zone` turns civil times into instants.
//! Must not know: the current time; years and zones are decided by whoever sees the whole source.

pub mod civil;
pub mod stamps;
pub mod zone;

/// When a line says it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stamp {
    /// It does not say.
    Absent,
    /// `Feb  6 12:14:14`: no year, no zone.
    Yearless {
        /// 1 to 12.
        month: u8,
        /// 1 to 31.
        day: u8,
        /// Second of the day, 0 to 86,399.
        second: u32,
    },
    /// `036/121414`: day of the year from 0, no year, no zone (HAProxy's stderr until 2.3).
    YearDay {
        /// 0 to 365.
        yday: u16,
        /// Second of the day, 0 to 86,399.
        second: u32,
    },
    /// A date and a time without a zone: ms since 1970 of the wall clock, as if that clock were UTC.
    Civil(i64),
    /// An instant: ms since 1970 UTC.
    Instant(i64),
}
