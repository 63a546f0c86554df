//! The waits of requests, before they are counted.
//!
//! Enters: traffic records. Leaves: for each of them its timers that are logged and have a value. Must not know: how the
//! requests ended.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::timers::{BUCKETS, TIMERS, Timer, Wait};
use crate::line::{FieldSet, Mode, Traffic};

/// Waits of one request that are held together; those that there are none of say [so](Wait::NONE).
pub type Four = [Wait; 4];

/// The waits of requests as they come, each with the number of whose they are; to be counted all at once.
#[derive(Debug, Clone, Default)]
pub struct Requests(Vec<(u32, Four)>);

/// The waits of requests, put together by whose they are.
#[derive(Debug)]
pub struct Sorted {
    /// Where those of each number end.
    ends: Vec<usize>,
    waits: Vec<Four>,
}

/// Fours of one block that may be read in; no line is shorter than eight bytes.
const MOST: usize = 1 << 22;

/// Waits for which room is kept from block to block: as many as most blocks hold.
const ROOM: usize = 1 << 15;

impl Requests {
    /// Takes in those of one that belongs to number `whose`.
    // Inlined, as it is asked for each line. They stand in one list: a list for each number would be as many places to write
    // to, and each would grow on its own.
    #[inline(always)]
    pub fn add(&mut self, whose: u32, traffic: &Traffic) {
        match Short::measured(traffic) {
            Some(waits) => self.0.push((whose, waits)),
            None => self.extend(whose, measured(traffic).as_chunks::<4>().0),
        }
    }

    /// Takes in others.
    pub fn extend(&mut self, whose: u32, others: &[Four]) {
        self.0.extend(others.iter().map(|waits| (whose, *waits)));
    }

    /// Put together by whose they are.
    pub fn sorted(&self) -> Sorted {
        let numbers = self.0.iter().map(|(whose, _)| *whose as usize + 1);
        let mut ends = vec![0; numbers.max().unwrap_or(0)];
        for (whose, _) in &self.0 {
            ends[*whose as usize] += 1;
        }
        let mut end = 0;
        for many in &mut ends {
            end += std::mem::replace(many, end);
        }
        // What is where those of a number begin goes on to where they end.
        let mut waits = vec![[Wait::NONE; 4]; self.0.len()];
        for (whose, four) in &self.0 {
            let at = &mut ends[*whose as usize];
            waits[*at] = *four;
            *at += 1;
        }
        Sorted { ends, waits }
    }

    /// Forgets all, and keeps some room for others.
    pub fn clear(&mut self) {
        self.0.clear();
        self.0.shrink_to(ROOM);
    }
}

impl Sorted {
    /// Those of a number.
    pub fn of(&self, whose: u32) -> &[Four] {
        let whose = whose as usize;
        let Some(&end) = self.ends.get(whose) else {
            return &[];
        };
        let start = whose.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.waits[start..end]
    }
}

impl Serialize for Requests {
    /// Only how often each occurs is counted in the end: equal ones are written once, with their number.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let sorted = self.sorted();
        let numbers = 0..sorted.ends.len() as u32;
        let counted = numbers.map(|whose| {
            let mut waits = sorted.of(whose).to_vec();
            waits.sort_unstable();
            let same = waits.chunk_by(|a, b| a == b);
            same.map(|same| (same[0], same.len() as u32))
                .collect::<Vec<_>>()
        });
        serializer.collect_seq(counted)
    }
}

impl<'de> Deserialize<'de> for Requests {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut left = MOST;
        let mut requests = Self::default();
        let rows = Vec::<Vec<(Four, u32)>>::deserialize(deserializer)?;
        for (whose, counted) in (0..).zip(rows) {
            for (waits, n) in counted {
                let n = n as usize;
                left = left
                    .checked_sub(n)
                    .ok_or_else(|| D::Error::custom("more requests than a block has"))?;
                let same = std::iter::repeat_n((whose, waits), n);
                requests.0.extend(same);
            }
        }
        Ok(requests)
    }
}

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
    /// The waits of a request, if they are.
    #[inline(always)]
    fn measured(traffic: &Traffic) -> Option<Four> {
        let timers = &traffic.timers;
        if traffic.fields != FieldSet::HTTP {
            return None;
        }
        let short = Self::of([timers.request, timers.queue, timers.connect, rest(traffic)])?;
        Some([
            short.wait(),
            Wait::known(Timer::Response, timers.response),
            Wait::known(Timer::Total, timers.total),
            Wait::NONE,
        ])
    }

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
        Wait::numbered(FIRST + usize::from(number))
    }

    /// Those that a number stands for.
    pub(super) fn told(wait: Wait) -> Option<Self> {
        let number = wait.number().checked_sub(FIRST)? as u16;
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

/// The number of the first of them, behind those of all timers.
pub(super) const FIRST: usize = TIMERS.len() * BUCKETS as usize;

/// What the rest is reckoned from: without one of them it would be part of the rest.
const HTTP_PHASES: FieldSet = FieldSet::REQUEST_TIME
    .and(FieldSet::RESPONSE_TIME)
    .and(TCP_PHASES);
const TCP_PHASES: FieldSet = FieldSet::QUEUE_TIME
    .and(FieldSet::CONNECT_TIME)
    .and(FieldSet::TOTAL_TIME);

/// What is left of the total behind the completed phases; ms.
#[inline]
fn rest(traffic: &Traffic) -> i64 {
    let timers = &traffic.timers;
    let completed = timers.request.max(0)
        + timers.queue.max(0)
        + timers.connect.max(0)
        + timers.response.max(0);
    (timers.total - completed).max(0)
}

/// The waits of any request.
#[inline(never)]
fn measured(traffic: &Traffic) -> [Wait; 8] {
    let timers = &traffic.timers;
    let http = traffic.mode == Mode::Http;
    let phases = if http { HTTP_PHASES } else { TCP_PHASES };
    let logged = |fields, ms| if traffic.fields.has(fields) { ms } else { -1 };
    [
        Wait::known(Timer::Request, if http { timers.request } else { -1 }),
        Wait::known(Timer::Queue, traffic.queued()),
        Wait::known(Timer::Connect, timers.connect),
        Wait::known(Timer::Response, timers.response),
        Wait::known(Timer::Total, logged(FieldSet::TOTAL_TIME, timers.total)),
        Wait::known(Timer::Rest, logged(phases, rest(traffic))),
        Wait::NONE,
        Wait::NONE,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rollup::counting::{Counting, Waits};
    use crate::rollup::histogram::Bucket;

    /// The waits of a request.
    fn measured(traffic: &Traffic) -> Waits {
        let mut requests = Requests::default();
        requests.add(0, traffic);
        let mut counting = Counting::default();
        counting.add_all(requests.sorted().of(0));
        counting.into_waits()
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
            let waits = measured(&traffic);
            let told = waits
                .iter()
                .map(|(wait, n)| (wait.timer(), wait.bucket().low(), n));
            told.collect::<Vec<_>>()
        };
        use super::Timer::{Connect, Queue, Request, Response, Rest, Total};
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
    fn attempts_that_failed_are_no_wait_for_a_slot() {
        let queued = |counters: &str| {
            let text = format!(
                "10.0.0.1:1 [14/Mar/2026:09:00:00.000] fe be/s 0/4001/0/9/4010 200 1 - - ---- {counters} \"GET / HTTP/1.1\""
            );
            let crate::line::Reading::Traffic(traffic) = crate::line::read(text.as_bytes(), true)
            else {
                panic!("no traffic: {text}");
            };
            let waits = measured(&traffic);
            let is_queue = |(wait, _): &(Wait, u64)| wait.timer() == Timer::Queue;
            waits.iter().any(|wait| is_queue(&wait))
        };
        assert!(queued("1/1/1/1/0 0/0"));
        assert!(queued("1/1/1/1/+1 0/7"), "others were ahead of it");
        assert!(!queued("1/1/1/1/+1 0/0"));
        assert!(!queued("1/1/1/1/3 0/0"));
    }

    #[test]
    fn what_is_not_logged_is_not_measured() {
        let measured_in = |format: &str, line: &str| -> Vec<(Timer, u32)> {
            let format = crate::line::Format::compile("test", format).expect("a format");
            let traffic = format.read(line.as_bytes()).expect("its line").traffic;
            let waits = measured(&traffic);
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
