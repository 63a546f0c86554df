//! The closed lists an incident is described with: kinds, causes, severities.

use serde::Serialize;

/// What the log shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A server out of rotation while others of its backend serve.
    ServerDown,
    /// A backend without a usable server.
    BackendDown,
    /// Servers that go and come several times.
    Flapping,
    /// Requests cut by a timeout, or abandoned by clients that waited in vain.
    TimeoutBurst,
    /// Answers much slower than the backend's own, whether or not one fails.
    LatencyDegradation,
    /// Requests that wait for a slot, and time out or leave there.
    QueueSaturation,
    /// Error statuses, resets or broken answers from servers.
    ErrorBurst,
    /// Connections to servers that fail without a DOWN mark to explain them.
    ConnectFailures,
    /// Clients that sent or read too slowly.
    ClientTimeouts,
    /// Requests denied by rules.
    DenialBurst,
    /// Clients whose cookie no longer leads to their server.
    PersistenceLoss,
    /// Traffic that stops with no reason in the log.
    TrafficSilence,
    /// HAProxy reloaded, restarted or replaced.
    Restart,
    /// Servers in maintenance or drain.
    Maintenance,
}

/// The fault behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Connections refused.
    ServiceNotListening,
    /// Connections that get no answer.
    NetworkUnreachable,
    /// Server names that no longer resolve.
    DnsFailure,
    /// The check is answered with the wrong status while the service works.
    HealthEndpointWrongStatus,
    /// The check is cut while the service works.
    HealthCheckTimeoutTooShort,
    /// One end speaks TLS, the other does not, or they cannot agree.
    TlsMismatch,
    /// Answers that are not the expected protocol.
    ProtocolMismatch,
    /// More work than the servers can do.
    ServerOverloaded,
    /// One server slow among healthy peers.
    SlowServer,
    /// All servers of a backend slow.
    SlowBackend,
    /// Connections reset or closed before or within answers.
    ServerCrashMidResponse,
    /// Complete answers with error statuses.
    ApplicationErrors,
    /// A server's `maxconn` holds back servers that have room.
    MaxconnTooLow,
    /// HAProxy's own limits: `maxconn`, file descriptors, source ports.
    ProxyLimits,
    /// HAProxy went away without a word.
    ProcessLost,
    /// Rules denied what was asked.
    DeniedByRules,
    /// Clients sent, read or idled past a timeout.
    ClientSlow,
    /// Clients left.
    ClientAbort,
    /// What brings the clients stopped bringing them.
    UpstreamGone,
    /// An operator.
    AdminAction,
    /// A new configuration or process.
    Reload,
    /// Something is wrong and the log cannot tell what.
    Unknown,
    /// Nothing to find.
    None,
}

/// How bad it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// A backend had no usable server, or a stated share of its requests failed.
    Outage,
    /// Some requests failed or were slow.
    Degraded,
    /// Servers were lost and no client was hurt.
    Capacity,
    /// Maintenance, drain, reload.
    Planned,
    /// The clients did it to themselves.
    Client,
    /// The log cannot tell.
    Unknown,
}
