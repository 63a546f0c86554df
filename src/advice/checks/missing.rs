//! `check`: servers that nobody looks after.
//!
//! Enters: a backend with its incidents and its section. Leaves: at most one piece. Must not know: how checks are made.
//!
//! A server without `check` is never marked DOWN, however dead it is: each request that the algorithm sends there fails
//! or costs a retry, for as long as it lasts (HAProxy manual, 5.2).

use super::pace::Pace;
use crate::advice::amount;
use crate::advice::piece::{Direction, Piece};
use crate::advice::subject::{Subject, is_at};
use crate::config::Server;
use crate::incident::Incident;
use crate::words::cause::Cause;
use crate::words::numbers::count;

const CONFIDENCE: f64 = 0.85;

/// The piece; `None` where the configuration is not known, or all servers are looked after.
pub fn piece(subject: &Subject) -> Option<Piece> {
    let servers = subject.proxy?.servers();
    let incident = subject
        .incidents
        .iter()
        .filter(|incident| is_hidden(subject, incident))
        .max_by_key(|incident| hurt(incident))?;
    let unchecked: Vec<&str> = servers
        .iter()
        .filter(|server| is_unchecked(server) && is_at(incident, server))
        .map(|server| server.name.as_str())
        .collect();
    if unchecked.is_empty() {
        return None;
    }
    let lasted = incident.end.map_or(String::new(), |end| {
        let ms = end.saturating_sub(incident.start).max(0).cast_unsigned();
        format!(" for {}", amount::words(ms))
    });
    Some(Piece {
        effect: effect(subject, incident),
        ..Piece::new(
            "check",
            subject.scope(),
            Direction::Set,
            CONFIDENCE,
            format!(
                "Nothing checks {}: requests went on to it{lasted}; {} failed and {} {} retried.",
                unchecked.join(", "),
                count(incident.failed),
                count(incident.retried),
                if incident.retried == 1 { "was" } else { "were" }
            ),
        )
        .seen_in(incident)
    })
}

fn effect(subject: &Subject, incident: &Incident) -> String {
    let pace = subject
        .proxy
        .map(|proxy| Pace::by_default(incident.cause.code, proxy));
    let within = pace.map_or_else(String::new, |pace| {
        let longest = amount::words(pace.longest());
        format!(": with its defaults (`inter 2s fall 3`) within {longest}")
    });
    format!("HAProxy stops using a server that fails its checks{within}.")
}

/// Servers were gone, others were there, and requests were hurt.
fn is_hidden(subject: &Subject, incident: &Incident) -> bool {
    let is_gone = matches!(
        incident.cause.code,
        Cause::ServiceNotListening | Cause::NetworkUnreachable
    );
    let others = subject.proxy.is_some_and(|proxy| {
        let mut servers = proxy.servers().iter();
        servers.any(|server| !server.disabled && !is_at(incident, server))
    });
    is_gone && others && hurt(incident) > 0
}

fn hurt(incident: &Incident) -> u64 {
    incident.failed + incident.retried
}

/// It is not checked, and takes its state from no other server that is.
fn is_unchecked(server: &Server) -> bool {
    let is_unknown = |word: &str| server.unknown.iter().any(|unknown| unknown.keyword == word);
    server.check.is_none() && server.track.is_none() && !is_unknown("server")
}
