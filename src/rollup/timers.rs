//! Timer distributions, by the minute, kept apart by how the request ended.
//!
//! Enters: a traffic record. Leaves: [`Waits`] by [`TimerKey`]. Must not know: any timeout; the configuration is
//! applied afterwards, by `advice`.

use crate::line::{FieldSet, Mode, Traffic};

use super::histogram::Bucket;
use super::merge::{Merge, union};
use super::names::Id;

/// Which timer (HAProxy manual, 8.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ending {
    /// The first two characters of the termination state.
    pub term: [u8; 2],
    /// It counts as a failed request.
    pub failed: bool,
    /// `mode tcp`.
    pub tcp: bool,
}

/// Whose timers: a place, and how its requests ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TimerKey {
    /// Backend; the frontend's name where none was chosen.
    pub backend: Id,
    /// Server.
    pub server: Id,
    /// How the requests ended.
    pub ending: Ending,
}

/// A timer and a bucket of milliseconds, as one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wait(u32);

impl Wait {
    /// Of a timer's value in ms.
    pub fn of(timer: Timer, ms: u32) -> Self {
        Self((timer as u32) << 16 | u32::from(Bucket::of(ms).0))
    }

    /// Its timer.
    pub fn timer(self) -> Timer {
        TIMERS[(self.0 >> 16) as usize % TIMERS.len()]
    }

    /// Its bucket.
    pub fn bucket(self) -> Bucket {
        Bucket(self.0 as u16)
    }
}

/// In the order of their numbers.
const TIMERS: [Timer; 6] = [
    Timer::Request,
    Timer::Queue,
    Timer::Connect,
    Timer::Response,
    Timer::Total,
    Timer::Rest,
];

/// How often each wait occurred, in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Waits(Vec<(Wait, u64)>);

impl Waits {
    /// Counts waits that stand in no order. The fold only notes them: counting a block's together is cheaper
    /// than finding the place of each.
    pub fn count(mut waits: Vec<Wait>) -> Self {
        waits.sort_unstable();
        let mut counted: Vec<(Wait, u64)> = Vec::new();
        for wait in waits {
            match counted.last_mut() {
                Some((last, n)) if *last == wait => *n += 1,
                _ => counted.push((wait, 1)),
            }
        }
        Self(counted)
    }

    /// How many different waits.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Nothing waited.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each wait with its count.
    pub fn iter(&self) -> impl Iterator<Item = (Wait, u64)> + '_ {
        self.0.iter().copied()
    }
}

impl FromIterator<(Wait, u64)> for Waits {
    fn from_iter<I: IntoIterator<Item = (Wait, u64)>>(counted: I) -> Self {
        let mut waits = Self::default();
        for counted in counted {
            waits.merge(Self(vec![counted]));
        }
        waits
    }
}

impl Merge for Waits {
    fn merge(&mut self, other: Self) {
        union(
            &mut self.0,
            other.0,
            |(a, _), (b, _)| a.cmp(b),
            |(_, mine), (_, theirs)| *mine += *theirs,
        );
    }
}

/// What the rest is reckoned from: without one of them it would be part of the rest.
const HTTP_PHASES: FieldSet = FieldSet::REQUEST_TIME
    .and(FieldSet::RESPONSE_TIME)
    .and(TCP_PHASES);
const TCP_PHASES: FieldSet = FieldSet::QUEUE_TIME
    .and(FieldSet::CONNECT_TIME)
    .and(FieldSet::TOTAL_TIME);

/// The timers of a record that are logged and have a value, in ms.
pub fn measured(traffic: &Traffic) -> impl Iterator<Item = (Timer, u32)> {
    let timers = &traffic.timers;
    let completed = [
        timers.request,
        timers.queue,
        timers.connect,
        timers.response,
    ];
    let rest = timers.total - completed.iter().map(|ms| (*ms).max(0)).sum::<i64>();
    let http = traffic.mode == Mode::Http;
    let logged = |fields, ms| if traffic.fields.has(fields) { ms } else { -1 };
    let phases = if http { HTTP_PHASES } else { TCP_PHASES };
    [
        (Timer::Request, if http { timers.request } else { -1 }),
        (Timer::Queue, timers.queue),
        (Timer::Connect, timers.connect),
        (Timer::Response, timers.response),
        (Timer::Total, logged(FieldSet::TOTAL_TIME, timers.total)),
        (Timer::Rest, logged(phases, rest.max(0))),
    ]
    .into_iter()
    .filter(|(_, ms)| *ms >= 0)
    .map(|(timer, ms)| (timer, u32::try_from(ms).unwrap_or(u32::MAX)))
}

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
            }
        }
    }

    #[test]
    fn waits_merge_by_the_law() {
        let of = |values: &[u32]| {
            Waits::count(
                values
                    .iter()
                    .map(|ms| Wait::of(Timer::Response, *ms))
                    .collect(),
            )
        };
        crate::rollup::merge::law::holds(vec![of(&[3, 1, 3]), of(&[2]), of(&[]), of(&[1, 900])]);
        assert_eq!(
            of(&[3, 1, 3]).iter().map(|(_, n)| n).collect::<Vec<_>>(),
            [1, 2]
        );
    }

    #[test]
    fn what_is_not_logged_is_not_measured() {
        let measured_in = |format: &str, line: &str| -> Vec<(Timer, u32)> {
            let format = crate::line::Format::compile("test", format).expect("a format");
            measured(&format.read(line.as_bytes()).expect("its line").traffic).collect()
        };
        assert_eq!(measured_in("%ST %Tr", "200 7"), [(Timer::Response, 7)]);
        assert_eq!(
            measured_in("%ST %Tr %Ta", "200 7 9"),
            [(Timer::Response, 7), (Timer::Total, 9)]
        );
        assert_eq!(
            measured_in("%ac %Tw %Tc %Tt", "1 1 2 9"),
            [
                (Timer::Queue, 1),
                (Timer::Connect, 2),
                (Timer::Total, 9),
                (Timer::Rest, 6)
            ]
        );
    }
}
