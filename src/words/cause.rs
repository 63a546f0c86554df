//! The closed lists an incident is described with: kinds, causes, severities.
//!
//! Enters: nothing. Leaves: each code with its name in reports and its sentence for people.
//! Must not know: how an incident is found.

use serde::{Deserialize, Serialize};

/// What the log shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
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

impl Kind {
    /// Every one of them, in the order of the list.
    pub const ALL: [Kind; 14] = [
        Kind::ServerDown,
        Kind::BackendDown,
        Kind::Flapping,
        Kind::TimeoutBurst,
        Kind::LatencyDegradation,
        Kind::QueueSaturation,
        Kind::ErrorBurst,
        Kind::ConnectFailures,
        Kind::ClientTimeouts,
        Kind::DenialBurst,
        Kind::PersistenceLoss,
        Kind::TrafficSilence,
        Kind::Restart,
        Kind::Maintenance,
    ];

    /// The code as reports write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::ServerDown => "server_down",
            Kind::BackendDown => "backend_down",
            Kind::Flapping => "flapping",
            Kind::TimeoutBurst => "timeout_burst",
            Kind::LatencyDegradation => "latency_degradation",
            Kind::QueueSaturation => "queue_saturation",
            Kind::ErrorBurst => "error_burst",
            Kind::ConnectFailures => "connect_failures",
            Kind::ClientTimeouts => "client_timeouts",
            Kind::DenialBurst => "denial_burst",
            Kind::PersistenceLoss => "persistence_loss",
            Kind::TrafficSilence => "traffic_silence",
            Kind::Restart => "restart",
            Kind::Maintenance => "maintenance",
        }
    }

    /// One sentence for people.
    pub fn text(self) -> &'static str {
        match self {
            Kind::ServerDown => "A server was out of rotation while others of its backend served.",
            Kind::BackendDown => "A backend had no usable server.",
            Kind::Flapping => "Servers went and came several times.",
            Kind::TimeoutBurst => {
                "Requests were cut by a timeout, or abandoned by clients that waited in vain."
            }
            Kind::LatencyDegradation => {
                "Answers took much longer than is usual for the backend, whether or not one failed."
            }
            Kind::QueueSaturation => {
                "Requests waited for a server slot, and timed out or left there."
            }
            Kind::ErrorBurst => "Servers gave error statuses, resets or broken answers.",
            Kind::ConnectFailures => "Connections to servers failed and no DOWN mark explains it.",
            Kind::ClientTimeouts => "Clients sent or read too slowly.",
            Kind::DenialBurst => "Rules denied many requests.",
            Kind::PersistenceLoss => {
                "Clients came with cookies that no longer lead to their server."
            }
            Kind::TrafficSilence => "Traffic stopped and nothing in the log says why.",
            Kind::Restart => "HAProxy was reloaded, restarted or replaced.",
            Kind::Maintenance => "Servers were in maintenance or drain.",
        }
    }
}

impl Cause {
    /// Every one of them, in the order of the list.
    pub const ALL: [Cause; 23] = [
        Cause::ServiceNotListening,
        Cause::NetworkUnreachable,
        Cause::DnsFailure,
        Cause::HealthEndpointWrongStatus,
        Cause::HealthCheckTimeoutTooShort,
        Cause::TlsMismatch,
        Cause::ProtocolMismatch,
        Cause::ServerOverloaded,
        Cause::SlowServer,
        Cause::SlowBackend,
        Cause::ServerCrashMidResponse,
        Cause::ApplicationErrors,
        Cause::MaxconnTooLow,
        Cause::ProxyLimits,
        Cause::ProcessLost,
        Cause::DeniedByRules,
        Cause::ClientSlow,
        Cause::ClientAbort,
        Cause::UpstreamGone,
        Cause::AdminAction,
        Cause::Reload,
        Cause::Unknown,
        Cause::None,
    ];

    /// The code as reports write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Cause::ServiceNotListening => "service_not_listening",
            Cause::NetworkUnreachable => "network_unreachable",
            Cause::DnsFailure => "dns_failure",
            Cause::HealthEndpointWrongStatus => "health_endpoint_wrong_status",
            Cause::HealthCheckTimeoutTooShort => "health_check_timeout_too_short",
            Cause::TlsMismatch => "tls_mismatch",
            Cause::ProtocolMismatch => "protocol_mismatch",
            Cause::ServerOverloaded => "server_overloaded",
            Cause::SlowServer => "slow_server",
            Cause::SlowBackend => "slow_backend",
            Cause::ServerCrashMidResponse => "server_crash_mid_response",
            Cause::ApplicationErrors => "application_errors",
            Cause::MaxconnTooLow => "maxconn_too_low",
            Cause::ProxyLimits => "proxy_limits",
            Cause::ProcessLost => "process_lost",
            Cause::DeniedByRules => "denied_by_rules",
            Cause::ClientSlow => "client_slow",
            Cause::ClientAbort => "client_abort",
            Cause::UpstreamGone => "upstream_gone",
            Cause::AdminAction => "admin_action",
            Cause::Reload => "reload",
            Cause::Unknown => "unknown",
            Cause::None => "none",
        }
    }

    /// One sentence for people.
    pub fn text(self) -> &'static str {
        match self {
            Cause::ServiceNotListening => {
                "Nothing listened where HAProxy connected: connections were refused."
            }
            Cause::NetworkUnreachable => {
                "Connections got no answer: the network or the host was gone."
            }
            Cause::DnsFailure => "Server names no longer resolved.",
            Cause::HealthEndpointWrongStatus => {
                "The health check was answered with the wrong status while the service worked."
            }
            Cause::HealthCheckTimeoutTooShort => {
                "The health check was cut too early while the service worked."
            }
            Cause::TlsMismatch => {
                "One end spoke TLS and the other did not, or they could not agree."
            }
            Cause::ProtocolMismatch => "Answers were not the expected protocol.",
            Cause::ServerOverloaded => "There was more work than the servers can do.",
            Cause::SlowServer => "One server was slow while its peers were not.",
            Cause::SlowBackend => "All servers of a backend were slow.",
            Cause::ServerCrashMidResponse => {
                "Servers reset or closed connections before or within answers."
            }
            Cause::ApplicationErrors => {
                "The application gave complete answers with error statuses."
            }
            Cause::MaxconnTooLow => "A server's `maxconn` held back servers that had room.",
            Cause::ProxyLimits => {
                "HAProxy met limits of its own: `maxconn`, file descriptors, source ports."
            }
            Cause::ProcessLost => {
                "HAProxy went away without a word: a crash, a kill, or out of memory."
            }
            Cause::DeniedByRules => "Rules denied what was asked.",
            Cause::ClientSlow => "Clients sent, read or idled past a timeout.",
            Cause::ClientAbort => "Clients left before their answer was complete.",
            Cause::UpstreamGone => {
                "What brings the clients (network, DNS, a load balancer in front) stopped bringing them."
            }
            Cause::AdminAction => "An operator did it.",
            Cause::Reload => "A new configuration or process took over.",
            Cause::Unknown => "Something is wrong and the log cannot tell what.",
            Cause::None => "There is nothing to find.",
        }
    }
}

impl Severity {
    /// Every one of them, in the order of the list.
    pub const ALL: [Severity; 6] = [
        Severity::Outage,
        Severity::Degraded,
        Severity::Capacity,
        Severity::Planned,
        Severity::Client,
        Severity::Unknown,
    ];

    /// The code as reports write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Outage => "outage",
            Severity::Degraded => "degraded",
            Severity::Capacity => "capacity",
            Severity::Planned => "planned",
            Severity::Client => "client",
            Severity::Unknown => "unknown",
        }
    }

    /// One sentence for people.
    pub fn text(self) -> &'static str {
        match self {
            Severity::Outage => {
                "A backend had no usable server, or too large a share of its requests failed."
            }
            Severity::Degraded => "Some requests failed or were slow.",
            Severity::Capacity => "Servers were lost and no client was hurt.",
            Severity::Planned => "Maintenance, drain or reload.",
            Severity::Client => "The clients did it to themselves.",
            Severity::Unknown => "The log cannot tell how bad it was.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_listed<T: Serialize>(all: &[T], as_str: impl Fn(&T) -> &'static str) {
        let mut names: Vec<_> = all.iter().map(&as_str).collect();
        for code in all {
            assert_eq!(serde_json::to_value(code).unwrap(), as_str(code));
        }
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all.len(), "each code once");
    }

    #[test]
    fn names_are_those_of_the_report() {
        assert_listed(&Kind::ALL, |kind| kind.as_str());
        assert_listed(&Cause::ALL, |cause| cause.as_str());
        assert_listed(&Severity::ALL, |severity| severity.as_str());
    }

    #[test]
    fn texts_are_one_sentence() {
        let kinds = Kind::ALL.map(Kind::text);
        let causes = Cause::ALL.map(Cause::text);
        let severities = Severity::ALL.map(Severity::text);
        for text in [&kinds[..], &causes[..], &severities[..]].concat() {
            assert!(
                text.ends_with('.') && text.matches(". ").count() == 0,
                "{text}"
            );
        }
    }
}
