//! Timer distributions, by the minute, kept apart by how the request ended.
//!
//! Enters: timers in ms. Leaves: each as a [`Wait`], to be counted by [`Ending`]. Must not know: any timeout; the
//! configuration is applied afterwards, by `advice`.

use serde::{Deserialize, Serialize};

use super::histogram::Bucket;

/// Which timer (HAProxy manual, 8.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Timer {
    /// `TR`
    Request,
    /// `Tw`
    Queue,
    /// `Tc`
    Connect,
    /// `Tr`
    Response,
    /// `Ta`; `Tt` in TCP mode.
    Total,
    /// What is left of the total behind the completed phases: the body, or the wait that a timeout cut.
    Rest,
}

/// How a request ended, as far as timers are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Ending {
    /// The first two characters of the termination state.
    pub term: [u8; 2],
    /// It counts as a failed request.
    pub failed: bool,
    /// `mode tcp`.
    pub tcp: bool,
    /// In HTTP mode, it [became a tunnel](super::cell::Outcome::tunnel).
    pub tunnel: bool,
}

/// A timer and a bucket of milliseconds, as one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Wait(u16);

impl Wait {
    /// Of a timer's value in ms.
    #[inline]
    pub fn of(timer: Timer, ms: u32) -> Self {
        Self(timer as u16 * BUCKETS + Bucket::of(ms).0)
    }

    /// None.
    pub(super) const NONE: Self = Self(NUMBERS as u16 - 1);

    /// Of a timer's value in ms; below 0 it has none.
    #[inline]
    pub(super) fn known(timer: Timer, ms: i64) -> Self {
        match ms {
            ..0 => Self::NONE,
            _ => Self::of(timer, ms.min(i64::from(u32::MAX)) as u32),
        }
    }

    /// Its number, below [`NUMBERS`].
    #[inline]
    pub(super) fn number(self) -> usize {
        usize::from(self.0)
    }

    /// The one with a number.
    pub(super) const fn numbered(number: usize) -> Self {
        Self(number as u16)
    }

    /// Its timer.
    pub fn timer(self) -> Timer {
        TIMERS[usize::from(self.0 / BUCKETS) % TIMERS.len()]
    }

    /// Its bucket.
    pub fn bucket(self) -> Bucket {
        Bucket(self.0 % BUCKETS)
    }
}

/// Numbers for the buckets of a timer; the last one has 1727.
pub(super) const BUCKETS: u16 = 2_048;

/// Numbers for all timers, for [short waits](super::measured::Short), and for one more timer that there is none of.
pub(super) const NUMBERS: usize = 8 * BUCKETS as usize;

/// In the order of their numbers.
pub(super) const TIMERS: [Timer; 6] = [
    Timer::Request,
    Timer::Queue,
    Timer::Connect,
    Timer::Response,
    Timer::Total,
    Timer::Rest,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_holds_its_timer_and_its_bucket() {
        for timer in TIMERS {
            for ms in [0, 1, 127, 128, 30_000, u32::MAX] {
                let wait = Wait::of(timer, ms);
                assert_eq!(wait.timer(), timer);
                assert_eq!(wait.bucket(), Bucket::of(ms));
                assert!(wait.number() < NUMBERS);
                assert_eq!(Wait::numbered(wait.number()), wait);
            }
        }
    }
}
