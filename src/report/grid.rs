//! `hapline.grid/1`: each backend and server as it stands, with counts that only grow.
//!
//! Whoever looks twice knows what happened between: the report tells of incidents, this of the moment. Times are RFC 3339 as in
//! the report; names are raw here, faces escape them.

use serde::{Deserialize, Serialize};

use super::document::Time;

/// The value of [`Grid::schema`].
pub const SCHEMA: &str = "hapline.grid/1";

/// See the module.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Grid {
    /// [`SCHEMA`].
    pub schema: String,
    /// The last second of the log; null when no line has a time.
    pub time: Option<Time>,
    /// Requests (in mode tcp: sessions) so far, of all backends.
    pub requests: u64,
    /// Those that failed.
    pub failed: u64,
    /// In the order of their names.
    pub backends: Vec<BackendCell>,
}

/// A backend.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct BackendCell {
    /// Its name.
    pub backend: String,
    /// Its requests so far.
    pub requests: u64,
    /// Those that failed.
    pub failed: u64,
    /// Times to the answer (`Tr`) so far.
    pub waits: Vec<Wait>,
    /// Termination states of its requests so far.
    pub endings: Vec<EndingCell>,
    /// Its servers, in the order of their names.
    pub servers: Vec<ServerCell>,
}

/// A server.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ServerCell {
    /// Its name; `<NOSRV>`: no server was chosen.
    pub server: String,
    /// `UP`, `DOWN`, `MAINT`, `DRAIN` or `NOLB`, where HAProxys differ the one out of rotation; null where the log did not
    /// say.
    pub state: Option<String>,
    /// Its requests so far.
    pub requests: u64,
    /// Those that failed.
    pub failed: u64,
    /// Times to the answer so far.
    pub waits: Vec<Wait>,
    /// Its sessions, as the running HAProxy says; null where it is not asked (`--stats-socket`) or does not know the server.
    #[serde(default)]
    pub sessions: Option<SessionCell>,
}

/// Sessions of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionCell {
    /// Open now (`scur`).
    pub now: u64,
    /// The most there were since HAProxy started (`smax`).
    pub most: u64,
    /// As many as there may be (`slim`, by `maxconn`); null: as many as come.
    pub limit: Option<u64>,
    /// Requests that wait for this server (`qcur`).
    pub queued: u64,
}

/// Times to the answer that are alike, within a sixteenth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Wait {
    /// About as long; ms.
    pub ms: u64,
    /// So many.
    pub n: u64,
}

/// A termination state.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndingCell {
    /// Four characters; in mode tcp the last two are `--`.
    pub state: String,
    /// Who is to be looked at, as in the report's `figures.endings`.
    pub owner: String,
    /// Requests.
    pub requests: u64,
}
