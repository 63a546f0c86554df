//! What HAProxy says beside traffic: server states, checks, proxies, its processes and limits.
//!
//! Enters: a message. Leaves: an [`Event`], by a table of templates anchored at the start of the message.
//! Must not know: which state a server was in before; that is `incident`'s.

use super::{address, check, process, proxy, server};
use crate::words::checks::CheckCode;

/// One operational message.
#[derive(Debug, Clone, PartialEq)]
pub enum Event<'a> {
    /// A server changed its state.
    Server(ServerEvent<'a>),
    /// `Health check for server … succeeded|failed` (`option log-health-checks`), or an agent's.
    Check(CheckEvent<'a>),
    /// `backend … has no server available!`
    NoServer {
        /// Backend (or `listen`) name.
        backend: &'a [u8],
    },
    /// `Server …/… reached maxconn`: not a message of HAProxy's; it circulates in articles.
    ServerFull {
        /// Backend name.
        backend: &'a [u8],
        /// Server name.
        server: &'a [u8],
    },
    /// `…/…: IP changed from …` and its older wording.
    Address {
        /// Backend name.
        backend: &'a [u8],
        /// Server name.
        server: &'a [u8],
    },
    /// A proxy was started, stopped, paused, or ran into a limit.
    Proxy {
        /// Its name as written, `<HTTPCLIENT>` included.
        proxy: &'a [u8],
        /// What happened.
        what: ProxyEvent,
    },
    /// The process or its master speaks of itself.
    Process(ProcessEvent),
}

impl<'a> Event<'a> {
    /// The backend that it speaks of, and the server; none where that is not what it is about.
    pub fn place(&self) -> Option<(&'a [u8], Option<&'a [u8]>)> {
        match self {
            Self::Server(said) => Some((said.backend, Some(said.server))),
            Self::Check(said) => Some((said.backend, Some(said.server))),
            Self::NoServer { backend } => Some((backend, None)),
            Self::Proxy { proxy, .. } => Some((proxy, None)),
            Self::Process(_) | Self::ServerFull { .. } | Self::Address { .. } => None,
        }
    }
}

/// What a server changed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ServerChange {
    /// `is DOWN`
    Down,
    /// `is UP`
    Up,
    /// `is stopping`: takes no new sessions (NOLB), deliberate.
    Stopping,
    /// `is going DOWN for maintenance`, `was DOWN and now enters maintenance`
    Maintenance,
    /// `enters drain state`
    Drain,
    /// `is UP/READY (leaving …)`, `is UP (leaving drain)`: back in service.
    ReadyUp,
    /// `is DOWN/READY (leaving …)`: no longer held by an operator, still failing its checks.
    ReadyDown,
    /// `is UP/DRAIN (leaving …)`, `is DOWN/DRAIN (leaving …)`: left maintenance into drain.
    ReadyDrain,
    /// `remains in forced maintenance`, `resolves again but remains in maintenance`, …: nothing changed.
    Unchanged,
}

/// Why a state changed, as the message says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Why<'a> {
    /// The message gives none (with `option log-health-checks` the check's own line has it).
    Unsaid,
    /// A health or agent check: `, reason: …`.
    Check(CheckResult<'a>),
    /// An operator, DNS, or a state file: `changed from CLI`, `DNS timeout status`, ….
    Said(&'a [u8]),
}

/// `<text>[, code: <n>][, info: "<text>"][, check duration: <ms>ms]`
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CheckResult<'a> {
    /// The code whose text stands on the line; `None` for a text this version does not know.
    pub code: Option<CheckCode>,
    /// The text after `reason: `, as written.
    pub text: &'a [u8],
    /// HTTP status, SMTP reply, exit code, …
    pub status: Option<i32>,
    /// The quoted `info:`, escapes kept.
    pub info: Option<&'a [u8]>,
    /// Check duration in ms.
    pub duration: Option<u32>,
}

/// A server changed its state (HAProxy: `server.c`, `srv_append_*`).
#[derive(Debug, Clone, PartialEq)]
pub struct ServerEvent<'a> {
    /// Backend name.
    pub backend: &'a [u8],
    /// Server name.
    pub server: &'a [u8],
    /// `Backup Server …`
    pub backup: bool,
    /// What it changed to.
    pub change: ServerChange,
    /// Why.
    pub why: Why<'a>,
    /// `via <backend>/<server>`: it follows a tracked server.
    pub via: Option<(&'a [u8], &'a [u8])>,
    /// Usable active servers after the change.
    pub active: Option<u32>,
    /// Usable backup servers after the change.
    pub backups: Option<u32>,
    /// `Running on backup.`
    pub on_backup: bool,
}

/// One logged health check.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckEvent<'a> {
    /// Backend name.
    pub backend: &'a [u8],
    /// Server name.
    pub server: &'a [u8],
    /// An agent's check, not a health check.
    pub agent: bool,
    /// It passed, if only conditionally.
    pub passed: bool,
    /// The check's result.
    pub result: CheckResult<'a>,
    /// `status: <a>/<b> UP|DOWN|DRAIN`: position and end of the counter, and whether the server counts as up.
    pub status: Option<(u32, u32, bool)>,
}

/// What became of a proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProxyEvent {
    /// `Proxy … started.` (until 2.2)
    Started,
    /// `Stopping … in … ms.` (until 2.4)
    Stopping,
    /// `Proxy … stopped (…)`: the old process of a reload or a stop.
    Stopped,
    /// `Paused …`, `Pausing …`
    Paused,
    /// `Resumed …`, `Enabling …`
    Resumed,
    /// `Proxy … hard-stopped (…)`
    HardStopped,
    /// `reached process FD limit`, `reached system FD limit`
    FileDescriptors,
    /// `reached system memory limit`
    Memory,
    /// `reached the configured maximum connection limit`
    Maxconn,
    /// `Connect() failed for backend …: no free ports.` and its kin
    SourcePorts,
    /// Another message about this proxy.
    Other,
}

/// What the process says of itself or its workers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProcessEvent {
    /// A new worker was forked.
    WorkerStarted,
    /// `Reloading HAProxy`, `Reexecuting Master process`
    Reloading,
    /// `Loading success.`
    ReloadOk,
    /// `Loading failure!`, `Failed to load worker`
    ReloadFailed,
    /// `Former worker … exited`, with its exit code: ordinary.
    FormerWorkerExited {
        /// Exit code; 128 + signal when killed.
        code: i32,
    },
    /// `Current worker … exited`, with its exit code: a crash unless it was stopped.
    WorkerDied {
        /// Exit code; 128 + signal when killed.
        code: i32,
    },
    /// `Exiting Master process...`, `All workers exited. Exiting...`
    Exiting,
    /// `soft-stop running for too long, performing a hard-stop.`
    HardStop,
    /// Another message of HAProxy's that is known and changes nothing (version, SIGHUP dump, SPOE, …).
    Notice,
}

/// Reads an operational message; `None` when no version of HAProxy writes one that begins like this.
///
/// What a process says of itself is only taken when the wrapping is HAProxy's: others begin their
/// messages with the same words (`Reloading HAProxy Load Balancer...` is systemd's).
pub(super) fn read(message: &[u8], from_haproxy: bool) -> Option<Event<'_>> {
    server::read(message)
        .or_else(|| address::read(message))
        .or_else(|| check::read(message))
        .or_else(|| proxy::read(message))
        .or_else(|| process::read(message).filter(|_| from_haproxy))
}
