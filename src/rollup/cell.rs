//! What requests are counted by: where they went, and how they ended.
//!
//! Enters and leaves: [`Place`] and [`Outcome`], the shapes that a fold fills and a scan reads.
//! Must not know: how many there are; a [`Tally`](super::tally::Tally) does.

use serde::{Deserialize, Serialize};

use super::names::Id;
use crate::words::termination::{Symptom, is_persistence_loss};

/// Where a request went, by origin. The frontend is not part of it: the samples of failed requests tell that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Outcome {
    /// Termination state; two characters and `--` in TCP mode, `????` where it is not logged.
    pub term: [u8; 4],
    /// HTTP status; 0 in TCP mode and where it is not logged, -1 when none was decided. [`GOOD`] stands for all good
    /// answers of two classes.
    pub status: i16,
    /// The family it belongs to.
    pub symptom: Symptom,
    /// A web socket, or what CONNECT asked for: once established, nobody answers requests there.
    pub tunnel: bool,
}

/// The status of good answers that stands for all of the classes Successful and Redirection (RFC 9110, section 15); how
/// many were of the second one is [counted](super::tally::Tally::redirections). Kept apart by their statuses, a busy second
/// would be cut into half as many cells again, and nobody asks for it.
pub const GOOD: i16 = 200;

impl Outcome {
    /// Of a request.
    pub fn new(term: [u8; 4], status: i16, symptom: Symptom, tunnel: bool) -> Self {
        let outcome = Self {
            term,
            status,
            symptom,
            tunnel,
        };
        let is_good = (200..400).contains(&status) && !outcome.is_telling();
        Self {
            status: if is_good { GOOD } else { status },
            ..outcome
        }
    }

    /// A complete answer that rejects what was asked.
    pub fn is_rejection(&self) -> bool {
        self.symptom == Symptom::Fine && (400..500).contains(&self.status)
    }

    /// It may be part of an incident, so that examples are kept.
    pub fn is_telling(&self) -> bool {
        self.symptom != Symptom::Fine || self.is_rejection() || is_persistence_loss(self.term)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_answers_are_alike_unless_they_tell_something() {
        for (term, status, symptom, expected) in [
            ("----", 200, Symptom::Fine, GOOD),
            ("----", 206, Symptom::Fine, GOOD),
            ("----", 304, Symptom::Fine, GOOD),
            ("--VN", 301, Symptom::Fine, GOOD),
            ("----", 101, Symptom::Fine, 101),
            ("----", 404, Symptom::Fine, 404),
            ("--DI", 204, Symptom::Fine, 204),
            ("LR--", 503, Symptom::Fine, 503),
            ("--", 0, Symptom::Fine, 0),
            ("CD--", 206, Symptom::ClientAbort, 206),
        ] {
            let mut state = *b"----";
            state[..term.len()].copy_from_slice(term.as_bytes());
            let outcome = Outcome::new(state, status, symptom, false);
            assert_eq!(outcome.status, expected, "{term} {status}");
        }
    }
}
