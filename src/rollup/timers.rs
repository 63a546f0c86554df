//! Timer distributions, by the minute, kept apart by how the request ended.
//!
//! Enters: a traffic record. Leaves: [`Measured`] waits, to be counted by [`Ending`]. Must not know: any timeout; the configuration is
//! applied afterwards, by `advice`.

use crate::line::{FieldSet, Mode, Traffic};

use super::histogram::Bucket;

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

    /// Its number, below [`NUMBERS`].
    #[inline]
    pub(super) fn number(self) -> usize {
        usize::from(self.0)
    }

    /// The one with a number.
    pub(super) fn numbered(number: usize) -> Self {
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
const BUCKETS: u16 = 2_048;

/// Numbers for all timers, for [short waits](Short), and for one more timer that there is none of.
pub(super) const NUMBERS: usize = 8 * BUCKETS as usize;

/// Short waits of one request that are counted together: nearly all requests are sent at once and connected within some
/// milliseconds, so that one count stands for four.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Short {
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
    pub(super) fn told(wait: Wait) -> Option<Self> {
        let number = wait.0.checked_sub(TIMERS.len() as u16 * BUCKETS)?;
        Some(Self {
            request: number & 7,
            queue: number >> 3 & 1,
            connect: number >> 4 & 7,
            rest: number >> 7 & 15,
        })
    }

    /// Each of the waits.
    pub(super) fn each(self) -> [Wait; 4] {
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
    use crate::rollup::counting::Counting;

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
