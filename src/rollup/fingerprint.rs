//! What makes copies of traffic known that stand in two sources.
//!
//! Enters: traffic records. Leaves: a [`Fingerprint`] for each minute, log host and program. Must not know: which of its
//! copies counts.

use serde::{Deserialize, Serialize};

use super::hash;
use super::merge::Merge;
use super::names::Id;
use super::rows::{Hinted, spread};
use crate::line::Traffic;
use crate::words::termination::Symptom;

/// Tells two copies of the same lines from two halves of the traffic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Fingerprint {
    /// Lines.
    pub n: u64,
    /// Requests that they tell of; more, where a line says that it was repeated.
    pub requests: u64,
    /// How many of the lines were cut.
    pub truncated: u64,
    /// Sum of their hashes, wrapping.
    pub sum: u64,
}

impl Merge for Fingerprint {
    fn merge(&mut self, other: Self) {
        self.n += other.n;
        self.requests += other.requests;
        self.truncated += other.truncated;
        self.sum = self.sum.wrapping_add(other.sum);
    }
}

impl Fingerprint {
    /// Takes in a line that tells of so many requests. `figures` are [its own](figures), and `server` is what the name of
    /// its server [adds](server) to them.
    #[inline]
    pub fn add(&mut self, figures: u64, server: u64, requests: u64, is_truncated: bool) {
        self.n += 1;
        self.requests += requests;
        self.truncated += u64::from(is_truncated);
        self.sum = self
            .sum
            .wrapping_add(hash::mix(hash::step(figures, server)));
    }
}

/// A hash of what HAProxy measured of a request: its times and its status. It is never kept, and is taken of each line:
/// so it is cheaper than [`identity`](super::victims::identity), which draws samples.
#[inline]
pub fn figures(traffic: &Traffic) -> u64 {
    let timers = &traffic.timers;
    let numbers = [
        traffic.accepted,
        timers.queue,
        timers.connect,
        timers.response,
        timers.total,
        i64::from(traffic.status),
    ];
    let numbers = numbers.into_iter().map(i64::cast_unsigned);
    numbers.fold(0, hash::step)
}

/// A hash of a server's name.
pub fn server(name: &[u8]) -> u64 {
    hash::words(name).fold(0, hash::step)
}

/// What traffic is compared with when copies are looked for: a log of failures alone has only these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Kind {
    /// Requests that did not fail.
    Good,
    /// Requests that failed.
    Failed,
    /// Handshakes, which are no requests.
    Handshake,
}

impl Kind {
    /// Of what showed a symptom.
    pub fn of(symptom: Symptom) -> Self {
        if symptom == Symptom::Handshake {
            Self::Handshake
        } else if symptom.is_failure() {
            Self::Failed
        } else {
            Self::Good
        }
    }
}

/// Whose lines a [`Fingerprint`] is taken of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PrintKey {
    /// Number of the minute.
    pub minute: u32,
    /// Log host.
    pub host: Id,
    /// Program name.
    pub tag: Id,
    /// Of which lines.
    pub kind: Kind,
}

impl Hinted for PrintKey {
    fn hint(&self) -> u64 {
        spread([self.host, self.kind as u32, self.minute])
    }
}
