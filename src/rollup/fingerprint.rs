//! What makes copies of traffic known that stand in two sources.
//!
//! Enters: hashes of lines. Leaves: a [`Fingerprint`] for each minute, log host and program. Must not know: what the lines
//! say.

use super::merge::Merge;
use super::names::Id;
use super::rows::{Hinted, spread};
use crate::words::termination::Symptom;

/// Tells two copies of the same lines from two halves of the traffic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
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

/// What traffic is compared with when copies are looked for: a log of failures alone has only these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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
