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
    /// HTTP status; 0 in TCP mode and where it is not logged, -1 when none was decided.
    pub status: i16,
    /// The family it belongs to.
    pub symptom: Symptom,
    /// A web socket, or what CONNECT asked for: once established, nobody answers requests there.
    pub tunnel: bool,
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
