//! What lines were, counted.
//!
//! Enters: lines by what they are. Leaves: [`Counts`] that merge. Must not know: what the lines say.

use serde::{Deserialize, Serialize};

use super::merge::Merge;

/// What a line was; each line is counted in exactly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Requests, sessions and failed handshakes.
    pub traffic: u64,
    /// Server state changes.
    pub state: u64,
    /// Logged health checks.
    pub health_check: u64,
    /// Proxy and process messages.
    pub process: u64,
    /// Lines of other programs, and empty ones.
    pub other: u64,
    /// Lines that were not understood.
    pub unparsed: u64,
    /// Lines that were cut, whatever else they gave.
    pub truncated: u64,
    /// Messages, not lines: those that a line of [`Counts::other`] says were the same as the one before it.
    pub unsaid: u64,
    /// Lines that a filter left out, whatever they were.
    pub filtered: u64,
}

/// What a line that is not traffic was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Class {
    /// A server state change.
    State,
    /// A logged health check.
    HealthCheck,
    /// A proxy or process message.
    Process,
}

impl Counts {
    /// Counts one line.
    pub fn count(&mut self, class: Class) {
        match class {
            Class::State => self.state += 1,
            Class::HealthCheck => self.health_check += 1,
            Class::Process => self.process += 1,
        }
    }

    /// Lines in all.
    pub fn lines(&self) -> u64 {
        self.traffic
            + self.state
            + self.health_check
            + self.process
            + self.other
            + self.unparsed
            + self.truncated
            + self.filtered
    }
}

impl Merge for Counts {
    fn merge(&mut self, other: Self) {
        self.traffic += other.traffic;
        self.state += other.state;
        self.health_check += other.health_check;
        self.process += other.process;
        self.other += other.other;
        self.unparsed += other.unparsed;
        self.truncated += other.truncated;
        self.unsaid += other.unsaid;
        self.filtered += other.filtered;
    }
}
