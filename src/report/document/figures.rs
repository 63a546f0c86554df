//! Figures over the whole window.
//!
//! A request is *eligible* if it was up to the service how it ends: rules did not deny it, and its client neither left nor
//! was too slow nor sent what is no request. It *failed* by the contract's definition, and else was successful. Requests
//! whose names are not kept apart, and lines that came too late to be put in order, are in the totals and not here.

use serde::{Deserialize, Serialize};

use super::{Time, Word, word};

/// Figures over the window, of the backends that were asked for.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Milliseconds from the window's start to its end; null when no line has a time.
    pub covered_ms: Option<i64>,
    /// All requests.
    pub overall: Requests,
    /// Backends with their requests, the one that failed most first.
    pub backends: Vec<BackendFigures>,
    /// Servers that were out of rotation, the one that was DOWN longest first.
    pub servers: Vec<ServerFigures>,
    /// Requests by who is to be looked at for how they ended, in the order `server`, `network`, `proxy`, `operator`,
    /// `client`, `nobody`.
    pub endings: Vec<OwnerFigures>,
}

/// Requests, and how many of them were served.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Requests {
    /// Requests (in mode tcp: sessions) that were logged.
    pub requests: u64,
    /// Those that were eligible.
    pub eligible: u64,
    /// Those of them that were successful.
    pub successful: u64,
    /// Those of them that failed.
    pub failed: u64,
    /// Successful over eligible requests, 0 to 1; null without any, and where good ones are not logged.
    pub availability: Option<f64>,
}

/// Figures of a backend.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct BackendFigures {
    /// Its name.
    pub backend: String,
    /// Its requests.
    #[serde(flatten)]
    pub requests: Requests,
    /// Milliseconds of the window in which it had an incident of severity `outage`.
    pub outage_ms: i64,
    /// Share of the window without one, 0 to 1; null without a window, and where good requests are not logged, because an
    /// outage is known by the share of failures, too.
    pub time_availability: Option<f64>,
    /// Its incidents of severity `outage` or `degraded` that ended; those that overlap are one.
    pub ended_incidents: u64,
    /// Mean time to repair: the mean length of those, in ms; null without any.
    pub mttr_ms: Option<i64>,
    /// Mean time between failures: the mean time from the end of one to the start of the next, in ms; null below two.
    pub mtbf_ms: Option<i64>,
}

/// A server's times out of rotation within the window, as the HAProxy saw them that missed it for longest. What came
/// before the first message about it is not known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ServerFigures {
    /// Its backend.
    pub backend: String,
    /// Its name.
    pub server: String,
    /// DOWN: checks took it out, or DNS.
    pub down: AbsenceFigures,
    /// Somebody took it out: MAINT, DRAIN or stopping (NOLB).
    pub planned: AbsenceFigures,
    /// What it still was at the end of the window: `DOWN`, `MAINT/DRAIN`; null: in rotation.
    #[serde(deserialize_with = "word::maybe")]
    pub still: Option<Word>,
}

/// Times out of rotation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct AbsenceFigures {
    /// How often.
    pub times: u64,
    /// In all, ms.
    pub total_ms: i64,
    /// The longest, ms.
    pub longest_ms: i64,
}

/// Requests whose termination state leads to one owner.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OwnerFigures {
    /// `client`, `server`, `network` (between HAProxy and servers), `proxy`, `operator`, or `nobody`: it went as intended, or
    /// a complete answer has an error status.
    #[serde(deserialize_with = "word::word")]
    pub owner: Word,
    /// Requests.
    pub requests: u64,
    /// The most frequent states, at most eight.
    pub states: Vec<StateFigures>,
}

/// A termination state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StateFigures {
    /// Four characters; in mode tcp the last two are `--`.
    pub state: String,
    /// Requests that ended in it.
    pub requests: u64,
}

/// What an incident did, beside its counts.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Impact {
    /// Requests of its span whose end was up to the service; null where good ones are not logged.
    pub eligible: Option<u64>,
    /// Those of them that were successful; null where good ones are not logged.
    pub successful: Option<u64>,
    /// Successful over eligible requests of the span, 0 to 1; null without any, and where good ones are not logged.
    pub availability: Option<f64>,
    /// `detected_at` less `first_symptom`, in ms; 0 where both lie in one second, as marks have no more; null where no victim
    /// and no failed check came before the mark.
    pub detection_lag_ms: Option<i64>,
    /// The most failed requests a second; null without any.
    pub peak_per_second: Option<f64>,
    /// How many servers were left at worst; null when no message says it.
    pub capacity: Option<Capacity>,
    /// Requests of the span by server, the busiest first; empty where good ones are not logged.
    pub load: Vec<ServerLoad>,
    /// Whom it hit, by a sample.
    pub hit: Hit,
}

/// Usable servers, as HAProxy counts them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Capacity {
    /// Active servers that were left at worst.
    pub active: u32,
    /// Backup servers that were left then.
    pub backups: u32,
    /// The most active servers in the incident.
    pub of_active: u32,
    /// The most backup servers.
    pub of_backups: u32,
    /// When that was said first.
    pub time: Time,
}

/// A server's part of the requests.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ServerLoad {
    /// Its name; `<NOSRV>`: no server was chosen.
    pub server: String,
    /// Requests.
    pub requests: u64,
    /// Those that failed.
    pub failed: u64,
}

/// Shares of the victims, by a fair sample of those of the minutes that the incident touches.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Hit {
    /// Requests in the sample.
    pub sampled: u64,
    /// Requests it stands for.
    pub of: u64,
    /// Frontends, at most five.
    pub frontends: Vec<Share>,
    /// Methods, at most five.
    pub methods: Vec<Share>,
    /// Paths without their query and with `*` for ids, at most five; of a sample, those that it holds more than once.
    pub urls: Vec<Share>,
    /// Addresses of clients, at most five; of a sample, those that it holds more than once.
    pub clients: Vec<Share>,
}

/// A name's share of the victims.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Share {
    /// The name.
    pub name: String,
    /// 0 to 1.
    pub share: f64,
}
