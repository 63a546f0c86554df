//! Why peers were not served: counted, and said at most once a minute each.
//!
//! Enters: a reason. Leaves: a line on standard error, and counts. Must not know: peers.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Time in which a reason is said once.
const ONCE: Duration = Duration::from_secs(60);

/// Why a peer was not served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// More connections than are wanted.
    TooMany,
    /// Its headers, or its next request, did not come in time.
    TooSlow,
    /// What it sent is no HTTP, or too large.
    Malformed,
    /// It asked for a host that this is not.
    Host,
    /// It did not know the token.
    Token,
    /// It sent a body.
    Body,
    /// The answer was not ready in time.
    Timeout,
    /// It did not read what it was sent.
    Stalled,
    /// Its feed fell behind.
    Behind,
    /// More feeds than are wanted.
    Streams,
    /// No connection could be taken from the system.
    Accept,
}

impl Reason {
    /// As a label.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TooMany => "connections",
            Self::TooSlow => "slow",
            Self::Malformed => "malformed",
            Self::Host => "host",
            Self::Token => "token",
            Self::Body => "body",
            Self::Timeout => "timeout",
            Self::Stalled => "stalled",
            Self::Behind => "behind",
            Self::Streams => "streams",
            Self::Accept => "accept",
        }
    }

    fn text(self) -> &'static str {
        match self {
            Self::TooMany => "too many connections at a time",
            Self::TooSlow => "a request did not come in time",
            Self::Malformed => "what came was no HTTP, or too large",
            Self::Host => "a host was asked for that this is not",
            Self::Token => "the token was missing or wrong",
            Self::Body => "a request had a body",
            Self::Timeout => "an answer was not ready in time",
            Self::Stalled => "a peer did not read its answer",
            Self::Behind => "a reader of the live feed fell behind",
            Self::Streams => "too many live feeds at a time",
            Self::Accept => "the system gave no connection",
        }
    }
}

#[derive(Debug, Default)]
struct Noted {
    count: u64,
    said: Option<(Instant, u64)>,
}

/// See the module.
#[derive(Debug, Default)]
pub struct Reasons(Mutex<BTreeMap<Reason, Noted>>);

impl Reasons {
    /// Counts a peer that was not served, and says so.
    pub fn note(&self, reason: Reason) {
        if let Some(more) = self.count(reason, Instant::now()) {
            let times = match more {
                0 | 1 => String::new(),
                more => format!(" ({more} times since this was said last)"),
            };
            aside!("hapline: HTTP: {}{times}", reason.text());
        }
    }

    /// How often since it was said last, if it is to be said now.
    fn count(&self, reason: Reason, now: Instant) -> Option<u64> {
        let mut reasons = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let noted = reasons.entry(reason).or_default();
        noted.count += 1;
        let before = match noted.said {
            Some((at, _)) if now.duration_since(at) < ONCE => return None,
            Some((_, count)) => count,
            None => 0,
        };
        noted.said = Some((now, noted.count));
        Some(noted.count - before)
    }

    /// How often each was met.
    pub fn counts(&self) -> Vec<(Reason, u64)> {
        let reasons = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let counts = reasons.iter().map(|(reason, noted)| (*reason, noted.count));
        counts.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_said_once_a_minute_and_counted_always() {
        let (reasons, began) = (Reasons::default(), Instant::now());
        let at = |seconds| began + Duration::from_secs(seconds);
        assert_eq!(reasons.count(Reason::Host, at(0)), Some(1));
        for second in 1..60 {
            assert_eq!(reasons.count(Reason::Host, at(second)), None);
        }
        assert_eq!(reasons.count(Reason::Token, at(30)), Some(1), "another one");
        assert_eq!(reasons.count(Reason::Host, at(60)), Some(60));
        assert_eq!(reasons.counts(), [(Reason::Host, 61), (Reason::Token, 1)]);
    }
}
