//! One minute of the log as it leaves, by names and instants.
//!
//! Enters and leaves: nothing; these are the shapes that `seal` fills and a scan reads.
//! Must not know: blocks.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::rollup::cell::Outcome;
use crate::rollup::counting::Waits;
use crate::rollup::counts::Class;
use crate::rollup::hash::{self, FrozenKey};
use crate::rollup::merge::Merge;
use crate::rollup::names::Name;
use crate::rollup::pulse::Most;
use crate::rollup::tally::Tally;
use crate::rollup::timers::Ending;
use crate::rollup::victims::Victims;
use crate::source::position::Position;
use crate::words::termination::Symptom;

/// A minute of the log, complete.
#[derive(Debug, Clone, PartialEq)]
pub struct Minute {
    /// When it begins; s since 1970 UTC.
    pub start: i64,
    /// The seconds of its requests were let go of: they all stand in one.
    pub by_minute: bool,
    /// Its seconds in which something was logged, in order.
    pub slots: Vec<Slot>,
    /// Timer distributions.
    pub timers: Vec<TimerRow>,
    /// Samples of what did not end well.
    pub victims: Vec<VictimRow>,
}

/// A second of the log.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Slot {
    /// When it begins; s since 1970 UTC.
    pub second: i64,
    /// Traffic by place and outcome, in their order.
    pub cells: Vec<Cell>,
    /// Who logged traffic of which frontend, in their order.
    pub pulses: Vec<Pulse>,
    /// Everything else, in the order (source, offset).
    pub events: Vec<SealedEvent>,
    /// Traffic that is in no cell, because the minute named too many places.
    pub aside: Requests,
}

/// Lines of traffic of one process and frontend.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Pulse {
    /// Who logged them.
    pub origin: Origin,
    /// Process; 0 when the lines name none.
    pub pid: u32,
    /// Frontend; empty where it is not logged.
    pub frontend: Name,
    /// Lines; those that a filter left out are not counted.
    pub n: u64,
    /// The earliest accept date among them; ms since 1970 UTC.
    pub accepted: i64,
    /// The most connections of the frontend (`feconn`).
    pub most: Most,
    /// The most connections of the process (`actconn`), as these lines say.
    pub process: Most,
}

/// How many requests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requests {
    /// Requests, and in mode tcp sessions.
    pub n: u64,
    /// Those that failed.
    pub failed: u64,
}

/// Who logs.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Origin {
    /// Log host; empty when the lines name none.
    pub host: Name,
    /// Program name.
    pub tag: Name,
}

impl Origin {
    /// The program name of what a running HAProxy was asked, and no line of its log says.
    pub const STATS_SOCKET: &str = "stats-socket";

    /// Who says what was asked of the running HAProxy.
    pub fn stats_socket() -> Self {
        Self {
            host: Name::default(),
            tag: Self::STATS_SOCKET.as_bytes().into(),
        }
    }
}

/// A [`Place`](crate::rollup::cell::Place) by its names.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PlaceName {
    /// Who logged it.
    pub origin: Origin,
    /// Backend.
    pub backend: Name,
    /// Server, `<NOSRV>` and applets as written.
    pub server: Name,
    /// `mode tcp`.
    pub tcp: bool,
    /// No backend was chosen; `backend` is the frontend's name.
    pub at_frontend: bool,
}

/// A server of a backend; `<NOSRV>` and applets as written.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ServerName {
    /// Backend; the frontend's name where none was chosen.
    pub backend: Name,
    /// Server.
    pub server: Name,
}

/// Requests of one place that ended alike in one second. Times are ms since 1970 UTC.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// Where; cells of one place share it.
    pub place: Arc<PlaceName>,
    /// How.
    pub outcome: Outcome,
    /// How many, and when.
    pub tally: Tally,
}

/// A line that is not traffic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedEvent {
    /// Where it stands.
    pub position: Position,
    /// When it was written; s since 1970 UTC.
    pub second: i64,
    /// Who logged it.
    pub origin: Origin,
    /// Process; 0 when the line names none.
    pub pid: u32,
    /// What it was.
    pub class: Class,
    /// The line.
    pub text: Name,
    /// Where in `text` the message begins.
    pub message_at: usize,
}

impl SealedEvent {
    /// The message without its wrapping.
    pub fn message(&self) -> &[u8] {
        self.text.get(self.message_at..).unwrap_or_default()
    }
}

/// Timers of a server's requests that ended alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimerRow {
    /// Backend.
    pub backend: Name,
    /// Server.
    pub server: Name,
    /// How the requests ended.
    pub ending: Ending,
    /// How often each wait occurred.
    pub waits: Waits,
}

/// A sample of what did not end well.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VictimRow {
    /// Backend, or the frontend's name.
    pub backend: Name,
    /// In which way; `None`: these did.
    pub symptom: Option<Symptom>,
    /// The sample.
    pub victims: Victims,
}

impl Requests {
    /// Counts requests that ended alike.
    pub(crate) fn count(&mut self, outcome: Outcome, n: u64) {
        if outcome.symptom.is_request() {
            self.n += n;
            self.failed += if outcome.symptom.is_failure() { n } else { 0 };
        }
    }

    /// Takes back those that did not fail, those that did, or all.
    pub(super) fn forget(&mut self, good: bool, failed: bool) {
        let left = |n, gone| if gone { 0 } else { n };
        let good = left(self.n - self.failed, good);
        self.failed = left(self.failed, failed);
        self.n = good + self.failed;
    }
}

impl Merge for Requests {
    fn merge(&mut self, other: Self) {
        self.n += other.n;
        self.failed += other.failed;
    }
}

impl Cell {
    /// Forgets when, and after what, its requests ended.
    pub fn count_only(&mut self) {
        let mut tally = Tally::default();
        tally.n = self.tally.n;
        self.tally = tally;
    }
}

impl FrozenKey for PlaceName {
    fn frozen(&self) -> u64 {
        let place = hash::combine(hash::bytes(&self.backend), hash::bytes(&self.server));
        hash::combine(
            hash::combine(self.origin.frozen(), place),
            u64::from(self.tcp) << 1 | u64::from(self.at_frontend),
        )
    }
}

impl ServerName {
    /// The hash of one with these names.
    pub fn hash(backend: &[u8], server: &[u8]) -> u64 {
        hash::combine(hash::bytes(backend), hash::bytes(server))
    }
}

impl FrozenKey for ServerName {
    fn frozen(&self) -> u64 {
        Self::hash(&self.backend, &self.server)
    }
}

impl FrozenKey for Name {
    fn frozen(&self) -> u64 {
        hash::bytes(self)
    }
}

impl FrozenKey for Origin {
    fn frozen(&self) -> u64 {
        hash::combine(hash::bytes(&self.host), hash::bytes(&self.tag))
    }
}
