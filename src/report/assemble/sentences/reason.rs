//! Why it happened.
//!
//! Enters: an incident with its cause, and the limit at which connections stood. Leaves: a sentence that says how sure it is.
//! Must not know: what it cost.

use super::{Base, is_of_some, names, text};
use crate::incident::{Cut, Dispute, Incident};
use crate::report::full::{Full, Limit};
use crate::report::numbers::counted;
use crate::report::{clock, phrase};
use crate::rollup::Name;
use crate::words::cause::{Cause, Kind};

/// The first cause, and how sure that is.
pub fn why(incident: &Incident, base: Base, full: Option<Full>) -> Option<String> {
    let first = match full {
        Some(full) => of_connections(full),
        None if incident.is_without_departure() => of_no_server(base.is_cut_off),
        None if base.is_of_checks => of_checks(incident),
        None => first(incident)?,
    };
    let verdict = &incident.cause;
    if verdict.code == Cause::Unknown {
        return Some(format!("{first}."));
    }
    let other = verdict
        .runner_up
        .filter(|(code, _)| *code != Cause::Unknown)
        .map(|(code, _)| format!(", else {}", phrase::words(code)));
    let sureness = phrase::sureness(verdict.confidence);
    let why = format!("{first} ({sureness}{}).", other.unwrap_or_default());
    Some(match incident.disputed.first() {
        Some(dispute) => format!("{why} {}", disputed(dispute)),
        None => why,
    })
}

/// Where it stands why no server was left.
fn of_no_server(is_cut_off: bool) -> String {
    match is_cut_off {
        true => "The backend had no usable server already when this log begins: why, earlier lines tell".to_owned(),
        false => "The backend had no usable server, and no line tells why: HAProxy's messages on servers may go to another log".to_owned(),
    }
}

/// Why clients waited outside.
fn of_connections(full: Full) -> String {
    match full.limit {
        Some(Limit::Frontend(_)) => {
            "All connections that the frontend's `maxconn` allows were in use".to_owned()
        }
        Some(Limit::Process(_)) => {
            "All connections that the global `maxconn` allows were in use".to_owned()
        }
        None => "Connections stood at one number, as they do at `maxconn`".to_owned(),
    }
}

/// Who disagrees about a server, and what that means.
fn disputed(dispute: &Dispute) -> String {
    let (lost_by, used_by) = (names(&dispute.lost_by), names(&dispute.used_by));
    format!(
        "{used_by} went on using {} ({}): look at the way from {lost_by} to it first.",
        text(&dispute.server),
        counted(dispute.requests, "good answer", "good answers"),
    )
}

/// What came first, and who suffered from it.
fn first(incident: &Incident) -> Option<String> {
    let lead = lead(incident)?;
    let after = match incident.affected_servers.is_empty() {
        false => format!("; {} suffered from it", names(&incident.affected_servers)),
        true if is_where_none_ended(incident) => {
            "; a line names the server that had a request last, and hardly any of those that were tried again ended there".to_owned()
        }
        true => String::new(),
    };
    Some(format!("{lead}{after}"))
}

fn lead(incident: &Incident) -> Option<String> {
    // Within a sentence, and at its beginning.
    let (servers, opening) = match (&incident.servers[..], &incident.backend) {
        ([], Some(_)) => ("a server".to_owned(), "A server".to_owned()),
        (servers, _) => (names(servers), names(servers)),
    };
    let said = match incident.cause.code {
        Cause::ServiceNotListening | Cause::NetworkUnreachable => unreached(incident, &opening),
        Cause::DnsFailure => format!("The name of {servers} no longer resolved"),
        Cause::HealthEndpointWrongStatus => {
            format!("The health check of {servers} got the wrong status while the service itself may have worked")
        }
        Cause::HealthCheckTimeoutTooShort => {
            format!("The health check of {servers} was cut while requests were answered in time")
        }
        Cause::TlsMismatch | Cause::ProtocolMismatch => misunderstood(incident, &opening),
        Cause::SlowServer => slower(incident, &opening),
        Cause::SlowBackend => slowed(incident),
        Cause::ServerOverloaded => overloaded(incident, &opening),
        Cause::MaxconnTooLow => without_slots(incident, &servers),
        Cause::ServerCrashMidResponse => {
            format!("{opening} closed or reset connections before its answers were complete")
        }
        Cause::ApplicationErrors => format!("{opening} answered with error statuses"),
        Cause::ProxyLimits => "HAProxy ran into a limit of its own".to_owned(),
        Cause::ProcessLost => {
            "A new process took over, and the old one had said nothing: a crash, a kill or a hard stop. \
             What was refused in between stands in no log"
                .to_owned()
        }
        Cause::DeniedByRules => "Rules refused what was asked".to_owned(),
        Cause::ClientSlow if incident.cut.is_some() => of_silence(incident),
        Cause::ClientSlow => "Clients did not send or read in time".to_owned(),
        Cause::ClientAbort => "Clients left before they had their answers".to_owned(),
        Cause::UpstreamGone => "What brings the clients stopped bringing them".to_owned(),
        Cause::AdminAction => ordered(incident, &servers),
        Cause::Unknown => untold(incident, &servers),
        Cause::Reload | Cause::None => return None,
    };
    Some(said)
}

/// Of all that its servers were asked for, nothing was answered.
fn is_mute(incident: &Incident) -> bool {
    let failed = |server: &Name| {
        let mut load = incident.load.iter();
        load.any(|(name, requests, failed)| name == server && requests == failed)
    };
    let is_of_waiting = incident.kind == Kind::TimeoutBurst;
    is_of_waiting && !incident.servers.is_empty() && incident.servers.iter().all(failed)
}

/// Checks go elsewhere, and only they could not connect.
fn of_checks(incident: &Incident) -> String {
    let what = match incident.cause.code {
        Cause::ServiceNotListening => "were refused",
        _ => "got no answer",
    };
    format!(
        "Health checks of {} {what} where they go (`addr`, `port`), which is not where requests go: none of those failed before",
        names(&incident.servers)
    )
}

/// Connections were refused, or not answered.
fn unreached(incident: &Incident, opening: &str) -> String {
    if incident.servers.is_empty() {
        return "Connections to servers failed".to_owned();
    }
    let lag = incident.detected_at.zip(incident.first_symptom);
    let noticed = match lag.map(|(mark, first)| mark - first) {
        Some(lag) if lag >= 1000 => format!(", {} before HAProxy noticed", clock::length(lag)),
        _ => String::new(),
    };
    match incident.cause.code {
        Cause::ServiceNotListening => format!("{opening} refused connections{noticed}"),
        _ => format!("{opening} did not answer connections{noticed}"),
    }
}

/// Servers spoke another protocol, or clients did.
fn misunderstood(incident: &Incident, opening: &str) -> String {
    match incident.servers.is_empty() {
        true => "Clients and HAProxy could not agree on how to speak".to_owned(),
        false => format!("{opening} did not speak the protocol that HAProxy expected"),
    }
}

/// Some servers were slow.
fn slower(incident: &Incident, opening: &str) -> String {
    let peers = match incident.servers.len() {
        0 | 1 => "its peers",
        _ => "their peers",
    };
    match is_mute(incident) {
        true => format!("{opening} answered nothing in time while {peers} did"),
        false => format!("{opening} became slow while {peers} did not"),
    }
}

/// There was too much to do.
fn overloaded(incident: &Incident, opening: &str) -> String {
    match is_of_some(incident) {
        true => format!("{opening} had far more requests to answer than the others, and too many"),
        false => "More requests came than the servers could answer".to_owned(),
    }
}

/// There was room for more.
fn without_slots(incident: &Incident, servers: &str) -> String {
    if is_of_full_queues(incident) {
        return format!(
            "Requests for {servers} were refused at once: as many as `maxqueue` allows were queued there already"
        );
    }
    match is_of_some(incident) {
        true => format!(
            "Requests waited for a free slot of {servers}, which answered as fast as before"
        ),
        false => "Requests waited for a free slot while the servers answered as fast as before"
            .to_owned(),
    }
}

/// Most failures are of requests that were let into no queue (`SQ`).
fn is_of_full_queues(incident: &Incident) -> bool {
    let terms = incident.terms.iter();
    let refused = terms.filter(|(term, _)| term.starts_with("SQ"));
    refused.map(|(_, n)| n).sum::<u64>() * 2 > incident.failed && !incident.servers.is_empty()
}

/// Somebody wanted it so.
fn ordered(incident: &Incident, servers: &str) -> String {
    if incident.is_by_agent() {
        return of_agents(incident);
    }
    match incident.servers.is_empty() {
        true => "An operator or a script changed something".to_owned(),
        false => format!("An operator or a script took {servers} out of rotation"),
    }
}

/// Several causes leave the same lines.
fn untold(incident: &Incident, servers: &str) -> String {
    match (incident.kind, incident.servers.is_empty()) {
        (Kind::ConnectFailures, true) => {
            "Connections failed, or `retry-on` took an answer for a failure: which of them, and at which server, the log does not tell".to_owned()
        }
        (Kind::ConnectFailures, false) => format!(
            "Connections to {servers} failed, or `retry-on` took an answer for a failure: which of them, the log does not tell"
        ),
        _ => "What caused it, the log does not tell".to_owned(),
    }
}

/// A server is blamed for requests that others answered.
fn is_where_none_ended(incident: &Incident) -> bool {
    let is_retries_alone = incident.kind == Kind::ConnectFailures && incident.failed == 0;
    is_retries_alone && incident.redispatched * 2 > incident.retried && incident.servers.len() == 1
}

/// Nobody moved, and whose turn it was is open.
fn of_silence(incident: &Incident) -> String {
    let what = match incident.cut {
        Some(Cut::WebSockets) => "web sockets",
        _ => "sessions that had been used",
    };
    format!(
        "On {what} neither side sent anything more for as long as a timeout allows; who should have, no line tells"
    )
}

/// Agents took servers out.
fn of_agents(incident: &Incident) -> String {
    let servers = names(&incident.servers);
    let why = incident.agents_reason();
    match (incident.servers.len(), why) {
        (0 | 1, Some(why)) => {
            format!("The agent of {servers} took it out of rotation and said why: {why}")
        }
        (0 | 1, None) => format!(
            "The agent of {servers} took it out of rotation, on somebody's order or by what it measures"
        ),
        _ => format!(
            "The agents of {servers} took them out of rotation, on somebody's order or by what they measure"
        ),
    }
}

/// All servers were slow, or slow for some requests. Whether they ever were faster is not known where the log begins so.
fn slowed(incident: &Incident) -> String {
    if incident.cut == Some(Cut::UnequalUploads) {
        return "Uploads were cut after waits of all lengths, as uploads are whether they pause or the server does not answer".to_owned();
    }
    let servers = names(&incident.servers);
    if is_mute(incident) {
        return format!("All servers answered nothing in time: {servers}");
    }
    match (incident.is_partly, incident.servers.is_empty()) {
        (true, true) => "Some requests were slow, and most as fast as ever".to_owned(),
        (true, false) => format!(
            "Some requests were slow, whichever server answered ({servers}), and most as fast as ever"
        ),
        (false, true) => "All servers were slow together".to_owned(),
        (false, false) => format!("All servers were slow together: {servers}"),
    }
}
