//! What a timeline is drawn from: requests over time, servers out of rotation, and what was done meanwhile.
//!
//! Enters: nothing. Leaves: types. Must not know: how it is drawn.

use serde::{Deserialize, Serialize};

use super::{LaneSpan, Time, Word, word};

/// Requests over time, in parts of equal length, and what happened beside them.
///
/// The lists of requests and times have one number for each part, and all of them the same length.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Chart {
    /// When the first part begins.
    pub start: Time,
    /// Whole seconds of each part; parts begin at multiples of it since 1970 UTC.
    pub part_s: i64,
    /// Requests (in mode tcp: sessions) that ended in each part; where good ones are not logged, those that are.
    pub requests: Vec<u64>,
    /// Those of them that failed, by the owner of their termination state: who failed most first, and none without failures.
    pub failed: Vec<OwnerSeries>,
    /// The median of the times to a good answer (`Tr`; in mode tcp of whole sessions), in ms and to an eighth below; null
    /// where none ended in the part.
    pub p50_ms: Vec<Option<u64>>,
    /// What 99 of 100 of them take at most, the same way.
    pub p99_ms: Vec<Option<u64>>,
    /// Timeouts in force, as far as the configuration says or the log shows them; none where a chart has several proxies.
    pub limits: Vec<ChartLimit>,
    /// Servers that were out of rotation within it, the one that was missing for longest first.
    pub lanes: Vec<ChartLane>,
    /// Servers that were out of rotation, too, and have no lane.
    pub lanes_omitted: u64,
    /// What was done, in order of time.
    pub markers: Vec<ChartMarker>,
    /// Things that were done, too, and have no marker.
    pub markers_omitted: u64,
}

/// Failed requests of one owner.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OwnerSeries {
    /// As in [`OwnerFigures`](super::OwnerFigures).
    #[serde(deserialize_with = "word::word")]
    pub owner: Word,
    /// Requests in each part.
    pub requests: Vec<u64>,
}

/// A timeout in force.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChartLimit {
    /// As in haproxy.cfg: `timeout server`.
    #[serde(deserialize_with = "word::word")]
    pub keyword: Word,
    /// Its value, ms.
    pub ms: u64,
    /// Where it comes from, as in [`Advice::current_from`](super::Advice::current_from).
    #[serde(deserialize_with = "word::word")]
    pub from: Word,
}

/// A server's spans out of rotation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChartLane {
    /// Its backend.
    pub backend: String,
    /// Its name.
    pub server: String,
    /// Spans out of rotation, in order.
    pub spans: Vec<LaneSpan>,
    /// When it flapped, in order.
    pub flaps: Vec<Flap>,
}

/// A time in which a server went down and came back again and again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Flap {
    /// First marked DOWN.
    pub from: Time,
    /// Back for the last time; null: not yet.
    pub to: Option<Time>,
    /// Times it was marked DOWN, or more.
    pub downs: u64,
}

/// Something that was done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChartMarker {
    /// When.
    pub time: Time,
    /// `reload`: processes changed; `process`: one failed, or vanished; `operator`: somebody took a server out or gave it
    /// back; `event`: it was noted beside the log.
    #[serde(deserialize_with = "word::word")]
    pub what: Word,
    /// Where: `backend/server`, a log host; may be empty.
    pub place: String,
    /// In words.
    pub text: String,
}
