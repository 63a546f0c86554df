//! What one second says of one place: how many requests ended in which way, and when they were hurt.
//!
//! Enters: a traffic record with its times. Leaves: a [`Tally`] by [`Place`] and [`Outcome`].
//! Must not know: what is a failure in whose eyes; `words` tells, later.

use crate::line::{FieldSet, Mode, Traffic};
use crate::words::termination::{Symptom, is_persistence_loss};

use super::clock::{Written, took};
use super::merge::Merge;
use super::names::Id;
use crate::source::Position;

/// Where a request went, by origin. The frontend is not part of it: the samples of failed requests tell that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// Log host.
    pub host: Id,
    /// Program name.
    pub tag: Id,
    /// Backend; the frontend where it is not logged.
    pub backend: Id,
    /// Server, `<NOSRV>` and applets as written; `<unknown>` where it is not logged.
    pub server: Id,
    /// `mode tcp`.
    pub tcp: bool,
    /// No backend was chosen: the backend's name is the frontend's and no server was.
    pub at_frontend: bool,
}

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Outcome {
    /// Termination state; two characters and `--` in TCP mode, `????` where it is not logged.
    pub term: [u8; 4],
    /// HTTP status; 0 in TCP mode and where it is not logged, -1 when none was decided.
    pub status: i16,
    /// The family it belongs to.
    pub symptom: Symptom,
}

impl Outcome {
    /// A complete answer that rejects what was asked.
    pub fn is_rejection(&self) -> bool {
        self.symptom == Symptom::Fine && (400..500).contains(&self.status)
    }

    /// It may be part of an incident, so that examples are kept.
    pub fn is_telling(&self) -> bool {
        self.symptom != Symptom::Fine || self.is_rejection() || is_persistence_loss(self.term)
    }
}

/// Requests that ended alike in one place and second.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tally {
    /// How many.
    pub n: u64,
    /// The earliest moment one of them entered the phase it ended in; ms.
    pub onset: Option<i64>,
    /// The earliest end; ms.
    pub first_end: Option<i64>,
    /// The latest end; ms.
    pub last_end: Option<i64>,
    /// The shortest time spent in the phase they ended in; ms.
    pub shortest: Option<i64>,
    /// How many were retried, redispatched or not.
    pub retried: u64,
    /// The earliest moment one of those was first sent to a server; ms.
    pub retry_onset: Option<i64>,
    /// How many ended on another server than the one first chosen.
    pub redispatched: u64,
    /// How many waited in a queue.
    pub queued: u64,
    /// How many had a good answer in the end, and had waited [`LONG`] for a slot.
    pub waited: u64,
    /// How many had one, and had waited [`LONG`] for the connection at the first attempt.
    pub late: u64,
    /// The earliest moment one of those began to wait; ms.
    pub wait_onset: Option<i64>,
    /// Coarse: of good answers the response times (`Tr`; in TCP mode the whole session), of clients that left the
    /// time they had waited in their last phase.
    pub scale: Scale,
    /// The line of the first victim; kept for what [is telling](Outcome::is_telling).
    pub witness: Option<Box<Witness>>,
}

/// A wait for a slot or a connection (ms) that a person notices.
const LONG: i64 = 1_000;

/// The line of the earliest victim.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Witness {
    /// When it was hurt; ms.
    pub onset: i64,
    /// Where it stands.
    pub position: Position,
    /// The line, at most [`Witness::MAX`] bytes of it.
    pub text: Box<[u8]>,
}

impl Witness {
    /// Bytes of a line that are kept; HAProxy's own default limit for a message.
    pub const MAX: usize = 1024;
}

impl Tally {
    /// Counts a request that was logged so many times.
    pub fn add(&mut self, traffic: &Traffic, written: Written, symptom: Symptom, times: u64) {
        self.n += times;
        self.onset = least(self.onset, Some(written.onset));
        self.first_end = least(self.first_end, Some(written.end));
        self.last_end = self.last_end.max(Some(written.end));
        self.shortest = least(self.shortest, Some(written.end - written.onset));
        if traffic.redispatched || (traffic.retries > 0 && traffic.timers.connect >= 0) {
            let timers = &traffic.timers;
            let sent = written.end - took(traffic) + timers.request.max(0) + timers.queue.max(0);
            self.retried += times;
            self.retry_onset = least(self.retry_onset, Some(sent));
        }
        if symptom == Symptom::Fine {
            self.add_wait(traffic, written, times);
        }
        self.redispatched += u64::from(traffic.redispatched) * times;
        self.queued += u64::from(traffic.srv_queue > 0 || traffic.backend_queue > 0) * times;
        let wait = match symptom {
            Symptom::Fine => pace(traffic),
            Symptom::ClientAbort => Some(written.end - written.onset),
            _ => None,
        };
        if let Some(ms) = wait {
            self.scale.add(ms, u32::try_from(times).unwrap_or(u32::MAX));
        }
    }

    /// Counts a good answer that was long in coming because nobody had been asked yet.
    fn add_wait(&mut self, traffic: &Traffic, written: Written, times: u64) {
        let timers = &traffic.timers;
        let accepted = written.end - took(traffic);
        let from = if timers.queue >= LONG {
            self.waited += times;
            accepted + timers.request.max(0)
        } else if timers.connect >= LONG && traffic.retries == 0 && !traffic.redispatched {
            self.late += times;
            accepted + timers.request.max(0) + timers.queue.max(0)
        } else {
            return;
        };
        self.wait_onset = least(self.wait_onset, Some(from));
    }

    /// Whether a line hurt at this moment would become the witness.
    pub fn wants_witness(&self, onset: i64, position: Position) -> bool {
        self.witness
            .as_ref()
            .is_none_or(|held| (onset, position) < (held.onset, held.position))
    }

    /// Moves all its times from one clock to another, `by` ms ahead.
    pub fn shift(&mut self, by: i64) {
        let times = [
            &mut self.onset,
            &mut self.first_end,
            &mut self.last_end,
            &mut self.retry_onset,
            &mut self.wait_onset,
        ];
        for time in times.into_iter().flatten() {
            *time += by;
        }
        if let Some(witness) = &mut self.witness {
            witness.onset += by;
        }
    }
}

/// What an answer took; ms.
#[inline]
fn pace(traffic: &Traffic) -> Option<i64> {
    if traffic.timers.response >= 0 {
        Some(traffic.timers.response)
    } else if traffic.mode == Mode::Tcp && traffic.fields.has(FieldSet::TOTAL_TIME) {
        Some(traffic.timers.total)
    } else {
        None
    }
}

impl Merge for Tally {
    fn merge(&mut self, other: Self) {
        self.n += other.n;
        self.onset = least(self.onset, other.onset);
        self.first_end = least(self.first_end, other.first_end);
        self.last_end = self.last_end.max(other.last_end);
        self.shortest = least(self.shortest, other.shortest);
        self.retried += other.retried;
        self.retry_onset = least(self.retry_onset, other.retry_onset);
        self.redispatched += other.redispatched;
        self.queued += other.queued;
        self.waited += other.waited;
        self.late += other.late;
        self.wait_onset = least(self.wait_onset, other.wait_onset);
        self.scale.merge(other.scale);
        self.witness = least(self.witness.take(), other.witness);
    }
}

/// The smaller of what is there.
fn least<T: Ord>(one: Option<T>, other: Option<T>) -> Option<T> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// A coarse histogram of milliseconds: eight steps to the doubling, exact below 8 ms.
///
/// The steps stand in the order in which they came until it is [settled](Scale::settle): those of a second are so few
/// that they are found sooner than put in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scale(Vec<(u8, u32)>);

impl Scale {
    /// The step a value (ms) falls into.
    pub fn step(ms: i64) -> u8 {
        let ms = u32::try_from(ms.max(0)).unwrap_or(u32::MAX);
        if ms < 8 {
            return ms as u8;
        }
        let octave = ms.ilog2();
        ((octave - 2) * 8 + ((ms >> (octave - 3)) & 7)) as u8
    }

    /// The smallest value (ms) of a step.
    pub fn low(step: u8) -> i64 {
        if step < 8 {
            return i64::from(step);
        }
        let (octave, part) = (u32::from(step) / 8 + 2, i64::from(step % 8));
        (8 + part) << (octave - 3)
    }

    /// Counts `n` values of `ms`.
    #[inline]
    pub fn add(&mut self, ms: i64, n: u32) {
        self.add_step(Self::step(ms), n);
    }

    #[inline]
    fn add_step(&mut self, step: u8, n: u32) {
        match self.0.iter_mut().find(|(held, _)| *held == step) {
            Some((_, held)) => *held = held.saturating_add(n),
            None => {
                if self.0.is_empty() {
                    // The answers of a second seldom fall into more.
                    self.0.reserve(8);
                }
                self.0.push((step, n));
            }
        }
    }

    /// Puts the steps in order.
    pub fn settle(&mut self) {
        self.0.sort_unstable_by_key(|(step, _)| *step);
    }

    /// The median (ms), as exact as its step; `None` where nothing was counted.
    pub fn median(&self) -> Option<i64> {
        self.quarters(2)
    }

    /// What so many quarters of them take at most (ms), as exact as its step; `None` where nothing was counted.
    pub fn quarters(&self, quarters: u64) -> Option<i64> {
        let all: u64 = self.steps().map(|(_, n)| u64::from(n)).sum();
        let mut left = (quarters * all).div_ceil(4);
        self.steps().find_map(|(step, n)| {
            left = left.saturating_sub(u64::from(n));
            (left == 0).then(|| Self::low(step))
        })
    }

    /// Steps with their counts, in order once they are settled.
    pub fn steps(&self) -> impl Iterator<Item = (u8, u32)> + '_ {
        self.0.iter().copied()
    }
}

impl Merge for Scale {
    fn merge(&mut self, other: Self) {
        for (step, n) in other.0 {
            self.add_step(step, n);
        }
        self.settle();
    }
}

#[cfg(test)]
mod tests {
    use super::Scale;

    #[test]
    fn steps_are_in_order_and_hold_what_they_say() {
        for ms in 0..20_000 {
            let step = Scale::step(ms);
            assert!(Scale::low(step) <= ms, "{ms} is in {step}");
            assert!(ms < Scale::low(step + 1), "{ms} is in {step}");
        }
        assert!(Scale::step(i64::MAX) > Scale::step(1 << 30));
    }
}
