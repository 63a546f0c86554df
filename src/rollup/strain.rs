//! What few requests meet on their way: retries, queues, waits that a person notices, and failure.
//!
//! Enters: a traffic record with its times. Leaves: a [`Strain`] that merges. Must not know: how many others met nothing.

use serde::{Deserialize, Serialize};

use super::merge::Merge;
use crate::line::Traffic;
use crate::source::Position;

/// See the module.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Strain {
    /// How many were retried, redispatched or not.
    pub retried: u64,
    /// The earliest moment one of those was first sent to a server; ms.
    pub retry_onset: Option<i64>,
    /// How many ended on another server than the one first chosen.
    pub redispatched: u64,
    /// How many had a good answer in the end, and had waited [`LONG`] for a slot.
    pub waited: u64,
    /// How many had one, and had waited [`LONG`] for the connection: at the first attempt, or until another server was tried.
    pub late: u64,
    /// The earliest moment one of those began to wait; ms.
    pub wait_onset: Option<i64>,
    /// The line of the first victim; kept for what [is telling](super::cell::Outcome::is_telling).
    pub witness: Option<Witness>,
}

/// A wait for a slot or a connection (ms) that a person notices.
const LONG: i64 = 1_000;

/// The line of the earliest victim.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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

    /// A line that was hurt at this moment (ms).
    pub fn new(onset: i64, position: Position, line: &[u8]) -> Self {
        Self {
            onset,
            position,
            text: line[..line.len().min(Self::MAX)].into(),
        }
    }
}

impl Strain {
    /// No strain.
    pub(super) const NONE: Self = Self {
        retried: 0,
        retry_onset: None,
        redispatched: 0,
        waited: 0,
        late: 0,
        wait_onset: None,
        witness: None,
    };

    /// The same without the first victim's line.
    pub(super) fn without_witness(&self) -> Self {
        Self {
            witness: None,
            ..*self
        }
    }

    /// Whether a request, with a good answer or another end, met any of it.
    #[inline]
    pub(super) fn is_shown(traffic: &Traffic, is_good: bool) -> bool {
        let timers = &traffic.timers;
        let is_long = timers.queue >= LONG || timers.connect >= LONG;
        traffic.redispatched || traffic.retries > 0 || (is_good && is_long)
    }

    /// Takes one in that was accepted at this moment (ms) and logged so many times.
    pub(super) fn add(&mut self, traffic: &Traffic, began: i64, is_good: bool, times: u64) {
        if traffic.redispatched || (traffic.retries > 0 && traffic.timers.connect >= 0) {
            let timers = &traffic.timers;
            let sent = began + timers.request.max(0) + traffic.queued().max(0);
            self.retried += times;
            self.retry_onset = least(self.retry_onset, Some(sent));
        }
        if is_good {
            self.add_wait(traffic, began, times);
        }
        self.redispatched += u64::from(traffic.redispatched) * times;
    }

    /// Counts a good answer that was long in coming because nobody had been asked yet.
    fn add_wait(&mut self, traffic: &Traffic, began: i64, times: u64) {
        let timers = &traffic.timers;
        let from = if traffic.queued() >= LONG {
            self.waited += times;
            began + timers.request.max(0)
        } else if timers.queue >= LONG {
            // Attempts that failed: `Tw` holds them.
            self.late += times;
            began + timers.request.max(0)
        } else if timers.connect >= LONG && traffic.retries == 0 && !traffic.redispatched {
            self.late += times;
            began + timers.request.max(0) + timers.queue.max(0)
        } else {
            return;
        };
        self.wait_onset = least(self.wait_onset, Some(from));
    }

    /// Moves all times `by` ms ahead, and the witness to another `place`.
    pub(super) fn shift(&mut self, by: i64, place: impl FnOnce(Position) -> Position) {
        let times = [&mut self.retry_onset, &mut self.wait_onset];
        times.into_iter().flatten().for_each(|time| *time += by);
        if let Some(witness) = &mut self.witness {
            witness.onset += by;
            witness.position = place(witness.position);
        }
    }
}

impl Merge for Strain {
    fn merge(&mut self, other: Self) {
        self.retried += other.retried;
        self.retry_onset = least(self.retry_onset, other.retry_onset);
        self.redispatched += other.redispatched;
        self.waited += other.waited;
        self.late += other.late;
        self.wait_onset = least(self.wait_onset, other.wait_onset);
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
