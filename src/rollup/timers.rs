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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Wait(u16);

impl Wait {
    /// Of a timer's value in ms.
    #[inline]
    pub fn of(timer: Timer, ms: u32) -> Self {
        Self(timer as u16 * BUCKETS + Bucket::of(ms).0)
    }

    /// Its page among those of all timers, and where it stands on it.
    #[inline]
    fn place(self) -> (usize, usize) {
        (usize::from(self.0) / PAGE, usize::from(self.0) % PAGE)
    }

    /// The one that stands there.
    fn at(page: usize, line: usize) -> Self {
        Self((page * PAGE + line) as u16)
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
const BUCKETS: u16 = 2_048;

/// Short waits of one request that are counted together: nearly all requests are sent at once and connected within some
/// milliseconds, so that one count stands for four.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Short {
    request: u16,
    queue: u16,
    connect: u16,
    rest: u16,
}

impl Short {
    /// Of waits in ms, if each of them is.
    #[inline]
    fn of([request, queue, connect, rest]: [i64; 4]) -> Option<Self> {
        // What is below 0 is large then.
        let small = |ms: i64, bits: u32| ms.cast_unsigned() < 1 << bits;
        let is_short = small(request, 3) & small(queue, 1) & small(connect, 3) & small(rest, 4);
        is_short.then_some(Self {
            request: request as u16,
            queue: queue as u16,
            connect: connect as u16,
            rest: rest as u16,
        })
    }

    /// Their number, behind those of all timers.
    #[inline]
    fn wait(self) -> Wait {
        let Self {
            request,
            queue,
            connect,
            rest,
        } = self;
        let number = request | queue << 3 | connect << 4 | rest << 7;
        Wait(TIMERS.len() as u16 * BUCKETS + number)
    }

    /// Those that a number stands for.
    fn told(wait: Wait) -> Option<Self> {
        let number = wait.0.checked_sub(TIMERS.len() as u16 * BUCKETS)?;
        Some(Self {
            request: number & 7,
            queue: number >> 3 & 1,
            connect: number >> 4 & 7,
            rest: number >> 7 & 15,
        })
    }

    fn each(self) -> [Wait; 4] {
        [
            (Timer::Request, self.request),
            (Timer::Queue, self.queue),
            (Timer::Connect, self.connect),
            (Timer::Rest, self.rest),
        ]
        .map(|(timer, ms)| Wait::of(timer, u32::from(ms)))
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
#[derive(Debug, Clone)]
pub struct Counting {
    /// For each page its place in `counts`, from 1.
    pages: Box<[u16; PAGES]>,
    counts: Vec<[u32; PAGE]>,
}

/// Waits on a page.
const PAGE: usize = 32;

/// Pages of all timers, of [short waits](Short), and of one more that there is none of.
const PAGES: usize = 8 * BUCKETS as usize / PAGE;

impl Default for Counting {
    fn default() -> Self {
        Self {
            pages: Box::new([0; PAGES]),
            counts: Vec::with_capacity(8),
        }
    }
}

impl Counting {
    /// Counts a wait `n` times.
    #[inline]
    pub fn add(&mut self, wait: Wait, n: u32) {
        let (page, line) = wait.place();
        let place = match self.pages[page % PAGES] {
            0 => self.open(page),
            place => place,
        };
        if let Some(counts) = self.counts.get_mut(usize::from(place) - 1) {
            let count = &mut counts[line];
            *count = count.saturating_add(n);
        }
    }

    #[cold]
    fn open(&mut self, page: usize) -> u16 {
        self.counts.push([0; PAGE]);
        let place = self.counts.len() as u16;
        self.pages[page % PAGES] = place;
        place
    }

    /// Bytes that it takes.
    pub fn bytes(&self) -> usize {
        size_of::<[u16; PAGES]>() + size_of_val(self.counts.as_slice())
    }

    /// Each number with its count, in their order.
    fn iter(&self) -> impl Iterator<Item = (Wait, u32)> + '_ {
        let pages = self.pages.iter().enumerate();
        let written = pages.filter(|(_, place)| **place > 0);
        written.flat_map(|(page, place)| {
            let counts = self.counts[usize::from(*place) - 1].iter().enumerate();
            counts
                .filter(|(_, n)| **n > 0)
                .map(move |(line, n)| (Wait::at(page, line), *n))
        })
    }

    /// Each wait by itself, no more to be counted.
    pub fn into_waits(mut self) -> Waits {
        let together: Vec<(Short, u32)> = self
            .iter()
            .filter_map(|(wait, n)| Some((Short::told(wait)?, n)))
            .collect();
        for (short, n) in together {
            short.each().into_iter().for_each(|wait| self.add(wait, n));
        }
        let alone = self.iter().filter(|(wait, _)| Short::told(*wait).is_none());
        Waits(alone.map(|(wait, n)| (wait, u64::from(n))).collect())
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

/// The waits of one request: its timers that are logged and have a value, [short ones](Short) together.
#[derive(Debug, Clone, Copy, Default)]
pub struct Measured {
    waits: [Wait; TIMERS.len()],
    n: u8,
}

impl Measured {
    /// Those of a record.
    #[inline]
    pub fn of(traffic: &Traffic) -> Self {
        let timers = &traffic.timers;
        let http = traffic.mode == Mode::Http;
        let phases = if http { HTTP_PHASES } else { TCP_PHASES };
        let completed = timers.request.max(0)
            + timers.queue.max(0)
            + timers.connect.max(0)
            + timers.response.max(0);
        let rest = (timers.total - completed).max(0);
        let logged = |fields, ms| if traffic.fields.has(fields) { ms } else { -1 };
        let mut measured = Self::default();
        let short = Short::of([timers.request, timers.queue, timers.connect, rest]);
        if let Some(short) = short
            && traffic.fields == FieldSet::HTTP
        {
            measured.waits[0] = short.wait();
            measured.n = 1;
            measured.take(Timer::Response, timers.response);
            measured.take(Timer::Total, timers.total);
            return measured;
        }
        if http {
            measured.take(Timer::Request, timers.request);
        }
        measured.take(Timer::Queue, timers.queue);
        measured.take(Timer::Connect, timers.connect);
        measured.take(Timer::Response, timers.response);
        measured.take(Timer::Total, logged(FieldSet::TOTAL_TIME, timers.total));
        measured.take(Timer::Rest, logged(phases, rest));
        measured
    }

    /// Takes a timer in; below 0 it has no value, and is overwritten by the next one.
    #[inline]
    fn take(&mut self, timer: Timer, ms: i64) {
        let n = usize::from(self.n) % TIMERS.len();
        self.waits[n] = Wait::of(timer, u32::try_from(ms).unwrap_or(u32::MAX));
        self.n += u8::from(ms >= 0);
    }

    /// The waits.
    #[inline]
    pub fn waits(&self) -> &[Wait] {
        &self.waits[..usize::from(self.n).min(TIMERS.len())]
    }
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
    fn what_is_counted_together_is_told_apart() {
        let line = |timers: &str| {
            let text = format!(
                "10.0.0.1:1 [14/Mar/2026:09:00:00.000] fe be/s {timers} 200 1 - - ---- 1/1/1/1/0 0/0 \"GET / HTTP/1.1\""
            );
            let crate::line::Reading::Traffic(traffic) = crate::line::read(text.as_bytes(), true)
            else {
                panic!("no traffic: {text}");
            };
            let measured = Measured::of(&traffic);
            let mut counting = Counting::default();
            measured
                .waits()
                .iter()
                .for_each(|wait| counting.add(*wait, 1));
            let waits = counting.into_waits();
            let told = waits
                .iter()
                .map(|(wait, n)| (wait.timer(), wait.bucket().low(), n));
            told.collect::<Vec<_>>()
        };
        use Timer::{Connect, Queue, Request, Response, Rest, Total};
        for request in [0, 1, 7, 8, 100] {
            for (queue, connect) in [(0, 0), (1, 7), (2, 3), (0, 8), (120, 100)] {
                for (response, rest) in [(0, 0), (95, 15), (100, 16), (3, 127)] {
                    let total = request + queue + connect + response + rest;
                    let timers = format!("{request}/{queue}/{connect}/{response}/{total}");
                    let expected = [
                        (Request, request, 1),
                        (Queue, queue, 1),
                        (Connect, connect, 1),
                        (Response, response, 1),
                        (Total, Bucket::of(total).low(), 1),
                        (Rest, rest, 1),
                    ];
                    assert_eq!(line(&timers), expected, "{timers}");
                }
            }
        }
        assert_eq!(line("0/0/1/-1/9").len(), 5);
        assert_eq!(line("0/-1/-1/-1/9").len(), 3);
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
            let mut counting = Counting::default();
            let measured = Measured::of(&traffic);
            measured
                .waits()
                .iter()
                .for_each(|wait| counting.add(*wait, 1));
            let waits = counting.into_waits();
            let waits = waits.iter().map(|(wait, _)| wait);
            waits
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
