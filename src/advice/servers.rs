//! What incidents say about servers: what to fix, and at which end.
//!
//! Enters: a backend with its incidents. Leaves: pieces `server`, `ssl` and `resolvers`. Must not know: timers.

use super::agents;
use super::checks::elsewhere;
use super::piece::{Direction, Piece, Scope};
use super::pools;
use super::returns;
use super::second;
use super::subject::Subject;
use super::uploads;
use crate::incident::Incident;
use crate::words::cause::{Cause, Kind};
use crate::words::numbers::count;

/// The least share of a sample's victims that asked for one kind of URL, for it to be what was slow.
const NEARLY_ALL: f64 = 0.9;

/// What mends a part of the requests.
const OF_SOME: &str =
    "Mend what these requests wait for, or give them a backend with limits of its own.";

/// One piece for each incident that a server, or all of them, caused.
pub fn pieces(subject: &Subject) -> Vec<Piece> {
    subject
        .incidents
        .iter()
        .filter_map(|incident| piece(subject, incident))
        .collect()
}

fn piece(subject: &Subject, incident: &Incident) -> Option<Piece> {
    let is_of_checks = |proxy| elsewhere::failed_alone(incident, proxy);
    if is_of_tunnels(incident) || subject.proxy.is_some_and(is_of_checks) {
        return None;
    }
    if incident.is_of_uploads() {
        return Some(uploads::piece(scope(subject, incident), incident));
    }
    if let Some(piece) = pools::piece(subject, incident) {
        return Some(piece);
    }
    if is_a_kind_of_request(incident) {
        return Some(of_some_requests(subject, incident));
    }
    if let Some(piece) = agents::piece(subject, incident) {
        return Some(piece);
    }
    let (keyword, effect) = match is_of_some_requests(incident) {
        true => ("server", OF_SOME),
        false => remedy(incident.cause.code)?,
    };
    let cost = match (incident.failed, incident.degraded) {
        (0, 0) => "no request failed".to_owned(),
        (0, n) if incident.kind == Kind::ErrorBurst => {
            format!("{n} requests were rejected", n = count(n))
        }
        (0, n) if incident.kind == Kind::ConnectFailures => {
            format!("{n} requests were saved by a retry", n = count(n))
        }
        (0, n) => format!("{n} requests were slow", n = count(n)),
        (failed, _) if subject.lacks_good_ones => {
            format!("{failed} requests failed", failed = count(failed))
        }
        (failed, _) => {
            let of_others = second::failures_in(subject, incident);
            let all = count(incident.requests);
            match failed - of_others {
                0 => format!(
                    "none of {all} requests failed for that, and {} by a second fault",
                    count(of_others)
                ),
                own if of_others > 0 => format!(
                    "{} of {all} requests failed, and {} by a second fault",
                    count(own),
                    count(of_others)
                ),
                own => format!("{} of {all} requests failed{}", count(own), later(incident)),
            }
        }
    };
    Some(Piece {
        effect: effect.to_owned(),
        ..Piece::new(
            keyword,
            scope(subject, incident),
            Direction::Fix,
            incident.cause.confidence,
            format!("{}: {cost}.", what(incident)),
        )
        .seen_in(incident)
    })
}

/// What is broken, and where.
fn what(incident: &Incident) -> String {
    let names = incident.servers.iter();
    let names: Vec<_> = names
        .map(|server| String::from_utf8_lossy(server))
        .collect();
    let on = match &names[..] {
        [] => String::new(),
        names => format!(" ({})", names.join(", ")),
    };
    if is_of_some_requests(incident) {
        let kind = match incident.hit.urls.first() {
            Some((url, share)) if *share >= NEARLY_ALL => {
                format!("Requests for {}", String::from_utf8_lossy(url))
            }
            _ => "Some requests".to_owned(),
        };
        return format!("{kind} were slow whichever server answered{on}, others were not");
    }
    let text = incident.cause.code.text();
    format!("{}{on}", text.trim_end_matches('.').replace('`', ""))
}

/// That most of them failed when their servers were back already.
fn later(incident: &Incident) -> String {
    match returns::failed_after(incident) {
        n if n * 2 > incident.failed => {
            format!(", most of them ({}) after all servers were back", count(n))
        }
        _ => String::new(),
    }
}

/// Most of what failed were web sockets that were cut while they were idle: [their timeout](super::timeouts) has that.
fn is_of_tunnels(incident: &Incident) -> bool {
    let cut = incident.statuses.get(&101).copied().unwrap_or(0);
    incident.kind == Kind::TimeoutBurst && cut * 2 > incident.failed
}

/// Servers that were slow were so for a part of what they were asked.
fn is_of_some_requests(incident: &Incident) -> bool {
    incident.cause.code == Cause::SlowBackend && incident.is_partly
}

/// Some answers took long, none failed, and others were as fast as ever: servers that were slow all the time would have
/// been so for all.
fn is_a_kind_of_request(incident: &Incident) -> bool {
    incident.kind == Kind::LatencyDegradation
        && is_of_some_requests(incident)
        && incident.failed == 0
}

fn of_some_requests(subject: &Subject, incident: &Incident) -> Piece {
    let (first, other) = (incident.cause.confidence, incident.cause.runner_up);
    let is_close =
        |(cause, its): (Cause, f64)| cause == Cause::ServerOverloaded && its * 2.0 > first;
    let what = if other.is_some_and(is_close) {
        "more requests came than before, so it may be too much work for the servers, or one kind of request"
    } else {
        "it may be one kind of request rather than the servers"
    };
    Piece {
        effect: "See which URLs they ask for: a long poll or an export takes its time by design."
            .to_owned(),
        ..Piece::new(
            "server",
            scope(subject, incident),
            Direction::CannotTell,
            incident.cause.confidence,
            format!(
                "{} answers took long while others were as fast as ever: {what}.",
                count(incident.degraded)
            ),
        )
        .seen_in(incident)
    }
}

/// The server, where it was one; else all of them.
fn scope(subject: &Subject, incident: &Incident) -> Scope {
    match &incident.servers[..] {
        [server] => Scope::Server(subject.group.name.clone(), server.clone()),
        _ => subject.scope(),
    }
}

/// The keyword that stands for what is broken, and what mending it means; `None` where nothing is to be mended, or
/// elsewhere.
fn remedy(cause: Cause) -> Option<(&'static str, &'static str)> {
    Some(match cause {
        Cause::ServiceNotListening => ("server", "No setting of the proxy makes it listen."),
        Cause::NetworkUnreachable => (
            "server",
            "Host, network or firewall; nothing answers later because HAProxy waits longer.",
        ),
        Cause::SlowServer => (
            "server",
            "Its peers are well: a longer timeout would make every client wait for it.",
        ),
        Cause::SlowBackend => (
            "server",
            "Settings decide how long requests wait for slow servers; none makes them fast.",
        ),
        Cause::ServerOverloaded => (
            "server",
            "More servers, or less work for each request; no timeout adds capacity.",
        ),
        Cause::ServerCrashMidResponse => {
            ("server", "The connections were reset or closed, not slow.")
        }
        Cause::ApplicationErrors => ("server", "The answers were complete: look in its own log."),
        Cause::ProtocolMismatch => (
            "server",
            "It answers, and not in the protocol that is expected there: its port, its release, `proto`, `send-proxy`.",
        ),
        Cause::TlsMismatch => (
            "ssl",
            "Both ends have to speak the same: `ssl`, `verify` and the port on the server line.",
        ),
        Cause::DnsFailure => (
            "resolvers",
            "The name servers, or `hold` times that outlast their failures.",
        ),
        _ => return None,
    })
}
