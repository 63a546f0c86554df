//! What the running HAProxy says, as the document has it.
//!
//! Enters: nothing. Leaves: types. Must not know: how HAProxy was asked.

use serde::{Deserialize, Serialize};

use super::Time;

/// What the running HAProxy says of its servers (`--stats-socket`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Now {
    /// When it was asked.
    pub time: Time,
    /// How it was reached.
    pub socket: String,
    /// What its process says of itself; null where it does not.
    pub process: Option<ProcessNow>,
    /// Servers in service.
    pub up: u64,
    /// Servers out of service, at most 12 of them, those that went last first.
    pub out: Vec<ServerNow>,
    /// How many are out of service in all.
    pub out_of_service: u64,
    /// All incidents without an end in the log are over; null where there is none, or states of servers do not tell.
    pub over: Option<bool>,
}

/// The process of the running HAProxy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProcessNow {
    /// Its version.
    pub version: String,
    /// The name of its node; null where it has none.
    pub node: Option<String>,
    /// Seconds since it began; null where it does not say.
    pub uptime_s: Option<u64>,
    /// Connections of clients that are open.
    pub connections: Option<u64>,
    /// The most of them: the global `maxconn` in force.
    pub limit: Option<u64>,
}

/// A server as the running HAProxy sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ServerNow {
    /// Backend.
    pub backend: String,
    /// Server.
    pub name: String,
    /// As the stats page says it: `UP`, `UP 1/3`, `DOWN`, `MAINT`, `DRAIN`, `NOLB`, `no check`, ….
    pub state: String,
    /// It gets new requests.
    pub is_up: bool,
    /// Since when; null where HAProxy does not say.
    pub since: Option<Time>,
}

/// What the running HAProxy says of an incident that had no end in the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IncidentNow {
    /// When it was asked.
    pub time: Time,
    /// The servers that were at fault or out of rotation, as far as it knows them.
    pub servers: Vec<ServerNow>,
    /// The incident is over; null where states of servers do not tell.
    pub over: Option<bool>,
}
