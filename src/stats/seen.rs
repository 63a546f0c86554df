//! What lines there were, counted or not.
//!
//! Enters: lines, one by one. Leaves: how many of each sort. Must not know: tables.

use serde::Serialize;

use crate::rollup::Merge;

/// Lines by what they are. What was said several times counts as often.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Seen {
    /// As the files have them.
    pub lines: u64,
    /// Requests of `mode http` that count.
    pub requests: u64,
    /// Sessions of `mode tcp` that count.
    pub sessions: u64,
    /// Connections that count and failed before there was a request.
    pub handshakes: u64,
    /// What HAProxy says of servers, proxies and itself.
    pub events: u64,
    /// HAProxy's, and not understood.
    pub unparsed: u64,
    /// Other programs'.
    pub other: u64,
    /// Requests, sessions and handshakes that the filter left out.
    pub filtered: u64,
    /// Those of another time.
    pub outside: u64,
    /// Those that were left out because they do not tell their time.
    pub undated: u64,
}

impl Merge for Seen {
    fn merge(&mut self, other: Self) {
        self.lines += other.lines;
        self.requests += other.requests;
        self.sessions += other.sessions;
        self.handshakes += other.handshakes;
        self.events += other.events;
        self.unparsed += other.unparsed;
        self.other += other.other;
        self.filtered += other.filtered;
        self.outside += other.outside;
        self.undated += other.undated;
    }
}
