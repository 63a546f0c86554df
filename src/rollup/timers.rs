//! Timer distributions, by the minute, kept apart by how the request ended.
//!
//! Enters: a traffic record. Leaves: [`Waits`] by [`Ending`]. Must not know: any timeout; the configuration is
//! applied afterwards, by `advice`.

use crate::line::{FieldSet, Mode, Traffic};

use super::histogram::Bucket;
use super::merge::{Merge, union};

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

/// A timer and a bucket of milliseconds, as one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wait(u32);

impl Wait {
    /// Of a timer's value in ms.
    pub fn of(timer: Timer, ms: u32) -> Self {
        Self((timer as u32) << 16 | u32::from(Bucket::of(ms).0))
    }

    /// Its page among those of all timers, and where it stands on it.
    fn place(self) -> (usize, usize) {
        let bucket = usize::from(self.bucket().0);
        let timer = (self.0 >> 16) as usize;
        (timer * PAGES_EACH + bucket / PAGE, bucket % PAGE)
    }

    /// The one that stands there.
    fn at(page: usize, line: usize) -> Self {
        let bucket = page % PAGES_EACH * PAGE + line;
        Self(((page / PAGES_EACH) << 16 | bucket) as u32)
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
    /// Each wait with its count.
    pub fn iter(&self) -> impl Iterator<Item = (Wait, u64)> + '_ {
        self.0.iter().copied()
    }
}

impl FromIterator<(Wait, u64)> for Waits {
    fn from_iter<I: IntoIterator<Item = (Wait, u64)>>(counted: I) -> Self {
        let mut waits = Self::default();
        for counted in counted {
            union(
                &mut waits.0,
                vec![counted],
                |(a, _), (b, _)| a.cmp(b),
                |(_, mine), (_, theirs)| *mine += *theirs,
            );
        }
        waits
    }
}

/// Waits as they are counted: each page holds those of one timer that are near each other, and is there once it is
/// needed. So a wait finds its count without a search, and few pages are ever there.
#[derive(Debug, Clone, Default)]
pub struct Counting {
    /// For each page its place in `counts`, from 1; none before the first wait.
    pages: Option<Box<[u16; PAGES]>>,
    counts: Vec<[u32; PAGE]>,
}

/// Waits on a page.
const PAGE: usize = 32;

/// Pages of a timer; the last bucket has the number 1727. A power of two, so that a place is found without dividing.
const PAGES_EACH: usize = 64;

/// Pages of all timers, and of two more that there are none of.
const PAGES: usize = 8 * PAGES_EACH;

impl Counting {
    /// Counts a wait `n` times.
    #[inline]
    pub fn add(&mut self, wait: Wait, n: u32) {
        let (page, line) = wait.place();
        let pages = self.pages.get_or_insert_with(|| Box::new([0; PAGES]));
        let place = &mut pages[page % PAGES];
        if *place == 0 {
            self.counts.push([0; PAGE]);
            *place = self.counts.len() as u16;
        }
        if let Some(counts) = self.counts.get_mut(usize::from(*place) - 1) {
            counts[line % PAGE] = counts[line % PAGE].saturating_add(n);
        }
    }

    /// Bytes that it takes.
    pub fn bytes(&self) -> usize {
        let pages = self.pages.as_ref().map_or(0, |_| size_of::<[u16; PAGES]>());
        pages + size_of_val(self.counts.as_slice())
    }

    /// Each wait with its count, in their order.
    pub fn iter(&self) -> impl Iterator<Item = (Wait, u32)> + '_ {
        let pages = self.pages.iter().flat_map(|pages| pages.iter().enumerate());
        let written = pages.filter(|(_, place)| **place > 0);
        written.flat_map(|(page, place)| {
            let counts = self.counts[usize::from(*place) - 1].iter().enumerate();
            counts
                .filter(|(_, n)| **n > 0)
                .map(move |(line, n)| (Wait::at(page, line), *n))
        })
    }

    /// The same, no more to be counted.
    pub fn waits(&self) -> Waits {
        Waits(self.iter().map(|(wait, n)| (wait, u64::from(n))).collect())
    }
}

impl PartialEq for Counting {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Merge for Counting {
    fn merge(&mut self, other: Self) {
        if self.counts.is_empty() {
            *self = other;
            return;
        }
        other.iter().for_each(|(wait, n)| self.add(wait, n));
    }
}

/// What the rest is reckoned from: without one of them it would be part of the rest.
const HTTP_PHASES: FieldSet = FieldSet::REQUEST_TIME
    .and(FieldSet::RESPONSE_TIME)
    .and(TCP_PHASES);
const TCP_PHASES: FieldSet = FieldSet::QUEUE_TIME
    .and(FieldSet::CONNECT_TIME)
    .and(FieldSet::TOTAL_TIME);

/// The timers of a record that are logged and have a value, and how many they are.
pub fn measure(traffic: &Traffic) -> ([Wait; TIMERS.len()], usize) {
    let timers = &traffic.timers;
    let http = traffic.mode == Mode::Http;
    let phases = if http { HTTP_PHASES } else { TCP_PHASES };
    let completed = [
        timers.request,
        timers.queue,
        timers.connect,
        timers.response,
    ];
    let completed: i64 = completed.into_iter().map(|ms| ms.max(0)).sum();
    let logged = |fields, ms| if traffic.fields.has(fields) { ms } else { -1 };
    let all = [
        if http { timers.request } else { -1 },
        timers.queue,
        timers.connect,
        timers.response,
        logged(FieldSet::TOTAL_TIME, timers.total),
        logged(phases, (timers.total - completed).max(0)),
    ];
    let (mut measured, mut n) = ([Wait(0); TIMERS.len()], 0);
    for (timer, ms) in TIMERS.into_iter().zip(all) {
        // What has no value is overwritten by the next one.
        measured[n] = Wait::of(timer, u32::try_from(ms).unwrap_or(u32::MAX));
        n += usize::from(ms >= 0);
    }
    (measured, n)
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
                let (page, line) = wait.place();
                assert_eq!(Wait::at(page, line), wait);
            }
        }
    }

    #[test]
    fn waits_merge_by_the_law() {
        let of = |values: &[u32]| {
            let mut counting = Counting::default();
            for ms in values {
                counting.add(Wait::of(Timer::Response, *ms), 1);
            }
            counting
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
            let traffic = format.read(line.as_bytes()).expect("its line").traffic;
            let (measured, n) = measure(&traffic);
            let measured = measured[..n].iter();
            measured
                .map(|wait| (wait.timer(), wait.bucket().low()))
                .collect()
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
