//! What goes on right now, for whoever looks on.
//!
//! Enters: nothing. Leaves: types. Must not know: how it is shown.

use serde::Serialize;

use super::{Chart, Time};
use crate::report::grid::SessionCell;

/// The last hour, and where servers stand.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Live {
    /// The last second that was read; null when no line has a time.
    pub time: Option<Time>,
    /// All backends over the last hour.
    pub chart: Chart,
    /// The time that requests below are of; s.
    pub seconds: i64,
    /// Backends, those with servers out of rotation and with failures first.
    pub backends: Vec<LiveBackend>,
    /// Servers for which there was no room.
    pub servers_omitted: u64,
}

/// A backend right now.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LiveBackend {
    /// Its name.
    pub backend: String,
    /// Its requests.
    pub requests: LiveRequests,
    /// Servers that are not in rotation.
    pub out: u64,
    /// Its servers, by name.
    pub servers: Vec<LiveServer>,
}

/// A server right now.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LiveServer {
    /// Its name.
    pub server: String,
    /// Where it stands (`UP`, `DOWN`, `MAINT`, `DRAIN`, `NOLB`), at the HAProxy that sees it worst; null where no message
    /// said so.
    pub state: Option<&'static str>,
    /// Its requests.
    pub requests: LiveRequests,
    /// Its sessions, as the running HAProxy says.
    pub sessions: Option<SessionCell>,
}

/// Requests of the last minutes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct LiveRequests {
    /// Requests (in mode tcp: sessions).
    pub requests: u64,
    /// Those that failed.
    pub failed: u64,
    /// Failed over all, 0 to 1; null without any, and where good ones are not logged.
    pub share: Option<f64>,
}
