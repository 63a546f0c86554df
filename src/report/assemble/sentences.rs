//! An incident in words: a headline, and up to four sentences.
//!
//! Enters: an incident. Leaves: text. Must not know: times of day, or evidence; the timeline has them.

use super::text;
use crate::advice;
use crate::incident::{Cut, Dispute, Incident};
use crate::report::document::Estimate;
use crate::report::full::{Full, Limit};
use crate::report::numbers::{count, counted, estimate, percent};
use crate::report::{clock, phrase};
use crate::rollup::Name;
use crate::words::cause::{Cause, Kind};

/// Names listed before the rest is counted.
const NAMED: usize = 3;

/// What failures are told of.
#[derive(Debug, Clone, Copy)]
pub struct Base {
    /// Requests; `None` where good ones are not logged.
    pub requests: Option<u64>,
    /// There were more than were logged.
    pub is_sampled: bool,
    /// The log begins in it.
    pub is_cut_off: bool,
    /// A filter let through what is counted.
    pub is_filtered: bool,
    /// The log goes on behind where it was looked at.
    pub goes_on: bool,
}

/// One sentence without its stop: what happened to what. `full` is the limit at which connections stood.
pub fn headline(incident: &Incident, full: Option<Full>) -> String {
    let backend = incident
        .backend
        .as_ref()
        .map_or_else(|| names(&incident.frontends), text);
    match incident.kind {
        Kind::BackendDown => format!("{backend} had no server"),
        Kind::ServerDown => format!("{backend} lost {}", names(&incident.servers)),
        Kind::Flapping => match incident.servers.as_slice() {
            [_] => format!(
                "{} flapped, {} times DOWN",
                place(&backend, &incident.servers),
                count(incident.downs)
            ),
            _ => format!(
                "servers of {backend} flapped, {} times DOWN",
                count(incident.downs)
            ),
        },
        Kind::LatencyDegradation if incident.is_partly => {
            format!("some answers of {backend} were slow")
        }
        Kind::LatencyDegradation => format!("{backend} was slow"),
        Kind::QueueSaturation if incident.backend.is_none() => match full {
            Some(full) => stood(&backend, full),
            None => format!("{backend} kept clients waiting at a limit"),
        },
        Kind::QueueSaturation if is_of_some(incident) => {
            format!("{} had no free slot", place(&backend, &incident.servers))
        }
        Kind::QueueSaturation => format!("{backend} had no free slot"),
        Kind::ErrorBurst | Kind::ClientTimeouts if is_of_handshakes(incident) => {
            format!("connections to {backend} failed before a request")
        }
        Kind::ErrorBurst if is_of_rejections(incident) => {
            format!("{backend} rejected what it was asked for")
        }
        Kind::ErrorBurst if incident.cause.code == Cause::ApplicationErrors => {
            format!("{backend} answered with errors")
        }
        Kind::ErrorBurst => format!("{backend} broke off its answers"),
        Kind::ConnectFailures if !is_of_connections(incident) => {
            format!("requests to {backend} had to be retried")
        }
        Kind::ConnectFailures => format!(
            "{} could not be reached",
            place(&backend, &incident.servers)
        ),
        Kind::TimeoutBurst | Kind::ClientTimeouts if incident.cause.code == Cause::ClientAbort => {
            format!("clients of {backend} left")
        }
        Kind::TimeoutBurst => match incident.cut {
            Some(Cut::WebSockets) => format!("silent web sockets of {backend} were cut"),
            Some(Cut::Sessions) => format!("silent sessions of {backend} were cut"),
            Some(Cut::UnequalUploads) => format!("uploads to {backend} timed out"),
            Some(Cut::RareUploads) | None => format!("requests to {backend} timed out"),
        },
        Kind::ClientTimeouts => format!("clients of {backend} were too slow"),
        Kind::DenialBurst => format!("{backend} denied requests"),
        Kind::PersistenceLoss => format!("clients of {backend} lost their server"),
        Kind::TrafficSilence => format!("nobody came to {backend}"),
        Kind::Restart => restart(incident),
        Kind::Maintenance => {
            let state = incident
                .lanes
                .first()
                .and_then(|lane| lane.out.first())
                .map_or("MAINT", |out| out.2);
            let doing = if state == "DRAIN" {
                "drained"
            } else {
                "in maintenance"
            };
            format!("{} {doing}", place(&backend, &incident.servers))
        }
    }
}

/// How many connections there were, of how many that there may be.
fn stood(frontend: &str, full: Full) -> String {
    let held = count(u64::from(full.held));
    let (whose, keyword, limit) = match full.limit {
        Some(Limit::Frontend(limit)) => (frontend, "maxconn", limit),
        Some(Limit::Process(limit)) => ("HAProxy", "global maxconn", limit),
        None => return format!("{frontend} was full as it seems: {held} connections all the time"),
    };
    let limit = count(u64::from(limit));
    format!("{whose} was full: {held} of {limit} connections ({keyword})")
}

fn restart(incident: &Incident) -> String {
    match incident.cause.code {
        Cause::Reload => "HAProxy was reloaded".to_owned(),
        _ => "HAProxy was replaced without a word".to_owned(),
    }
}

fn place(backend: &str, servers: &[Name]) -> String {
    match servers {
        [server] => format!("{backend}/{}", text(server)),
        _ => backend.to_owned(),
    }
}

/// What it did and to whom, why, and how it ended.
pub fn story(
    incident: &Incident,
    base: Base,
    frontends: &[String],
    full: Option<Full>,
) -> Vec<String> {
    let cost = cost(incident, base);
    let did = match hit(incident, frontends) {
        Some(hit) => format!("{hit}: {cost}"),
        None => cost,
    };
    [
        Some(did),
        slowness(incident),
        why(incident, base, full),
        end(incident, base),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// How slow answers were, beside calm.
fn slowness(incident: &Incident) -> Option<String> {
    let is_told = incident.kind == Kind::LatencyDegradation;
    let (calm, during) = incident
        .course
        .calm
        .zip(incident.course.during)
        .filter(|_| is_told)?;
    let [half, most, half_before, most_before] =
        [during.0, during.1, calm.0, calm.1].map(advice::words);
    Some(format!(
        "Half of the answers took up to {half} instead of {half_before}, and 99 of 100 up to {most} instead of {most_before}."
    ))
}

/// The first cause, and how sure that is.
fn why(incident: &Incident, base: Base, full: Option<Full>) -> Option<String> {
    let first = match full {
        Some(full) => of_connections(full),
        None if incident.is_without_departure() => of_no_server(base.is_cut_off),
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

/// How long until it was over, and for whom.
fn end(incident: &Incident, base: Base) -> Option<String> {
    let since_start = |at: i64| clock::length(at - incident.start);
    let missed: Vec<String> = incident
        .lanes
        .iter()
        .filter(|lane| lane.out.last().is_some_and(|out| out.1.is_none()))
        .map(|lane| text(&lane.server))
        .collect();
    let are = if missed.len() == 1 { "is" } else { "are" };
    let missed = (!missed.is_empty()).then(|| format!("; {} {are} not back", list(&missed)));
    let missed = missed.unwrap_or_default();
    let Some(end) = incident.end else {
        return Some(match base.goes_on {
            true => format!("It was not over where `--until` ends{missed}."),
            false => format!("It is still going on{missed}."),
        });
    };
    if incident.kind == Kind::Restart {
        return None;
    }
    let lasted = since_start(end);
    if incident.end_reason == Some("superseded") {
        return Some(format!(
            "It was over after {lasted}, when what was missing went into maintenance."
        ));
    }
    let told = match (incident.service_restored, incident.all_back) {
        (Some(restored), Some(back)) if back > restored => format!(
            "Service was back after {}, the last server {} later",
            since_start(restored),
            clock::length(back - restored)
        ),
        (Some(restored), _) => format!("Service was back after {}{missed}", since_start(restored)),
        (None, Some(back)) if back == end => match incident.servers.as_slice() {
            [server] => format!("{} was back after {lasted}", text(server)),
            _ => format!("All servers were back after {lasted}"),
        },
        (None, _) => format!("It was over after {lasted}{missed}"),
    };
    Some(format!("{told}."))
}

fn first(incident: &Incident) -> Option<String> {
    // Within a sentence, and at its beginning.
    let (servers, opening) = match (&incident.servers[..], &incident.backend) {
        ([], Some(_)) => ("a server".to_owned(), "A server".to_owned()),
        (servers, _) => (names(servers), names(servers)),
    };
    let lag = incident
        .detected_at
        .zip(incident.first_symptom)
        .map(|(mark, first)| mark - first);
    let noticed = match lag {
        Some(lag) if lag >= 1000 => format!(", {} before HAProxy noticed", clock::length(lag)),
        _ => String::new(),
    };
    let lead = match incident.cause.code {
        Cause::ServiceNotListening | Cause::NetworkUnreachable if incident.servers.is_empty() => {
            "Connections to servers failed".to_owned()
        }
        Cause::ServiceNotListening => format!("{opening} refused connections{noticed}"),
        Cause::NetworkUnreachable => format!("{opening} did not answer connections{noticed}"),
        Cause::DnsFailure => format!("The name of {servers} no longer resolved"),
        Cause::HealthEndpointWrongStatus => {
            format!("The health check of {servers} got the wrong status while the service itself may have worked")
        }
        Cause::HealthCheckTimeoutTooShort => {
            format!("The health check of {servers} was cut while requests were answered in time")
        }
        Cause::TlsMismatch | Cause::ProtocolMismatch if incident.servers.is_empty() => {
            "Clients and HAProxy could not agree on how to speak".to_owned()
        }
        Cause::TlsMismatch | Cause::ProtocolMismatch => {
            format!("{opening} did not speak the protocol that HAProxy expected")
        }
        Cause::SlowServer if incident.servers.len() > 1 => {
            format!("{opening} became slow while their peers did not")
        }
        Cause::SlowServer => format!("{opening} became slow while its peers did not"),
        Cause::SlowBackend if incident.cut == Some(Cut::UnequalUploads) => {
            "Uploads were cut after waits of all lengths, as uploads are whether they pause or the server does not answer".to_owned()
        }
        Cause::SlowBackend => slowed(incident),
        Cause::ServerOverloaded if is_of_some(incident) => {
            format!("{opening} had far more requests to answer than the others, and too many")
        }
        Cause::ServerOverloaded => "More requests came than the servers could answer".to_owned(),
        Cause::ServerCrashMidResponse => format!("{opening} closed or reset connections before its answers were complete"),
        Cause::ApplicationErrors => format!("{opening} answered with error statuses"),
        Cause::MaxconnTooLow if is_of_some(incident) => {
            format!("Requests waited for a free slot of {servers}, which answered as fast as before")
        }
        Cause::MaxconnTooLow => "Requests waited for a free slot while the servers answered as fast as before".to_owned(),
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
        Cause::AdminAction if incident.is_by_agent() => {
            of_agents(incident)
        }
        Cause::AdminAction if incident.servers.is_empty() => {
            "An operator or a script changed something".to_owned()
        }
        Cause::AdminAction => format!("An operator or a script took {servers} out of rotation"),
        Cause::Unknown if incident.kind == Kind::ConnectFailures && incident.servers.is_empty() => {
            "Connections failed, or `retry-on` took an answer for a failure: which of them, and at which server, the log does not tell".to_owned()
        }
        Cause::Unknown if incident.kind == Kind::ConnectFailures => format!(
            "Connections to {servers} failed, or `retry-on` took an answer for a failure: which of them, the log does not tell"
        ),
        Cause::Unknown => "What caused it, the log does not tell".to_owned(),
        Cause::Reload | Cause::None => return None,
    };
    let after = match incident.affected_servers.is_empty() {
        false => format!("; {} suffered from it", names(&incident.affected_servers)),
        true if is_where_none_ended(incident) => {
            "; a line names the server that had a request last, and hardly any of those that were tried again ended there".to_owned()
        }
        true => String::new(),
    };
    Some(format!("{lead}{after}"))
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
    match incident.servers.len() {
        0 | 1 => format!(
            "The agent of {servers} took it out of rotation, on somebody's order or by what it measures"
        ),
        _ => format!(
            "The agents of {servers} took them out of rotation, on somebody's order or by what they measure"
        ),
    }
}

/// All servers were slow, or slow for some requests.
fn slowed(incident: &Incident) -> String {
    let servers = names(&incident.servers);
    match (incident.is_partly, incident.servers.is_empty()) {
        (true, true) => "Some requests were slow, and most as fast as ever".to_owned(),
        (true, false) => format!(
            "Some requests were slow, whichever server answered ({servers}), and most as fast as ever"
        ),
        (false, true) => "All servers slowed down together".to_owned(),
        (false, false) => format!("All servers slowed down together: {servers}"),
    }
}

/// Other servers of the backend had requests, too, and bore them.
fn is_of_some(incident: &Incident) -> bool {
    let mut others = incident.load.iter().filter(|(server, ..)| {
        !server.starts_with(b"<")
            && !incident.servers.contains(server)
            && !incident.affected_servers.contains(server)
    });
    !incident.servers.is_empty() && others.next().is_some()
}

/// Servers could not be reached.
fn is_of_connections(incident: &Incident) -> bool {
    let not_of_them = [
        Cause::Unknown,
        Cause::ApplicationErrors,
        Cause::ServerCrashMidResponse,
        Cause::SlowServer,
    ];
    !not_of_them.contains(&incident.cause.code)
}

/// Those of it are no requests.
fn is_of_handshakes(incident: &Incident) -> bool {
    incident.backend.is_none()
        && incident.failed == 0
        && incident.load.iter().any(|(_, n, _)| *n > 0)
}

/// Complete answers that said no, in the place of good ones.
fn is_of_rejections(incident: &Incident) -> bool {
    incident.failed == 0
        && incident
            .statuses
            .keys()
            .any(|status| (400..500).contains(status))
}

/// The last row of a timeline: when the last of what was hit was through.
pub fn last(incident: &Incident) -> &'static str {
    let has_failed = incident.failed > 0;
    match incident.kind {
        Kind::ErrorBurst | Kind::ClientTimeouts if is_of_handshakes(incident) => {
            "last failed handshake"
        }
        Kind::ErrorBurst if is_of_rejections(incident) => "last rejected request",
        Kind::PersistenceLoss => "last client that lost its server",
        Kind::DenialBurst => "last denied request",
        Kind::ClientTimeouts => "last client that was too slow",
        Kind::TimeoutBurst if incident.cause.code == Cause::ClientAbort => "last client that left",
        _ if has_failed => "last failed request",
        Kind::ConnectFailures => "last retry",
        _ if incident.degraded > 0 => "last slow answer",
        _ => "last retry",
    }
}

fn cost(incident: &Incident, base: Base) -> String {
    let (failed, slow) = (incident.failed, incident.degraded);
    match incident.kind {
        Kind::TrafficSilence => return "No request came that stands in the log.".to_owned(),
        Kind::QueueSaturation if incident.backend.is_none() => {
            return "Clients that waited there stand in no log.".to_owned();
        }
        Kind::DenialBurst => {
            let denied = counted(failed, "request was", "requests were");
            return format!("{denied} denied.");
        }
        Kind::ErrorBurst | Kind::ClientTimeouts if is_of_handshakes(incident) => {
            let n = incident.requests;
            return format!("{} failed.", counted(n, "connection", "connections"));
        }
        _ => {}
    }
    let suffered = match incident.kind {
        Kind::ConnectFailures => "were saved by a retry",
        Kind::PersistenceLoss => "lost their server",
        Kind::ErrorBurst if is_of_rejections(incident) => "were rejected",
        _ => "were slow",
    };
    let of = match base.requests {
        None | Some(0) if base.is_filtered && (failed, slow) == (0, 0) => {
            return "No request that the filter lets through was seen to fail.".to_owned();
        }
        None | Some(0) => return cost_alone(failed, slow, suffered),
        Some(requests) if base.is_sampled => counted(requests, "logged request", "logged requests"),
        Some(requests) => counted(requests, "request", "requests"),
    };
    match (failed, slow) {
        (0, 0) => format!("None of {of} failed."),
        (0, slow) => format!("{} of {of} {suffered}, none failed.", count(slow)),
        (failed, _) => {
            let share = percent(failed, base.requests.unwrap_or(failed));
            format!("{} of {of} failed ({share}).", count(failed))
        }
    }
}

/// Where it is not known of how many.
fn cost_alone(failed: u64, slow: u64, suffered: &str) -> String {
    match (failed, slow) {
        (0, 0) => "No request was seen to fail.".to_owned(),
        (0, slow) => format!(
            "{} {suffered}, none failed.",
            counted(slow, "request", "requests")
        ),
        (failed, _) => format!("{} failed.", counted(failed, "request", "requests")),
    }
}

fn hit(incident: &Incident, frontends: &[String]) -> Option<String> {
    let clients = Estimate {
        estimate: incident.clients.0,
        error: incident.clients.1,
    };
    if clients.estimate == 0 || incident.failed == 0 {
        return None;
    }
    let who = estimate(clients, "client", "clients");
    let mut letters = who.chars();
    let who: String = letters
        .next()
        .map(|first| first.to_uppercase().to_string())
        .unwrap_or_default()
        + letters.as_str();
    let verb = if clients.estimate == 1 { "was" } else { "were" };
    let through = if frontends.is_empty() {
        String::new()
    } else {
        format!(" through {}", list(frontends))
    };
    Some(format!("{who} {verb} hit{through}"))
}

fn names(names: &[Name]) -> String {
    list(&names.iter().map(text).collect::<Vec<_>>())
}

/// `a`, `a and b`, `a, b and 3 more`.
fn list(names: &[String]) -> String {
    match names {
        [] => "HAProxy".to_owned(),
        [one] => one.clone(),
        _ if names.len() > NAMED => {
            format!(
                "{} and {} more",
                names[..NAMED - 1].join(", "),
                names.len() - (NAMED - 1)
            )
        }
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::{Base, story};
    use crate::advice::fixture::incident;
    use crate::words::cause::Cause;

    #[test]
    fn a_server_without_a_name_begins_a_sentence_or_is_small() {
        let base = Base {
            requests: Some(1_000),
            is_sampled: false,
            is_cut_off: false,
            is_filtered: false,
            goes_on: false,
        };
        let mut opened = 0;
        for cause in Cause::ALL {
            let mut incident = incident(cause, "app", &[]);
            for is_partly in [false, true] {
                incident.is_partly = is_partly;
                for sentence in story(&incident, base, &[], None) {
                    assert!(!sentence[1..].contains("A server"), "{cause:?}: {sentence}");
                    assert!(!sentence.contains("()"), "{cause:?}: {sentence}");
                    opened += usize::from(sentence.starts_with("A server "));
                }
            }
        }
        assert!(opened > 0);
    }
}
