//! HAProxy's own limits: connections of a frontend or of the process, file descriptors, source ports.
//!
//! Enters: incidents that a limit caused, and the configuration. Leaves: pieces. Must not know: servers or timers.
//!
//! What a message names is believed. A frontend whose connections stood at one number for seconds has no message: from its
//! `maxconn` on, HAProxy leaves clients in the kernel's backlog, where no timer runs (HAProxy manual 4.2, `maxconn`).

use super::amount;
use super::frontends::Front;
use super::parties::Parties;
use super::piece::{Direction, Piece, Scope};
use super::subject::is_fault;
use crate::config::Config;
use crate::envelope;
use crate::incident::{Clue, Incident};
use crate::line::{self, Event, ProxyEvent, Reading};
use crate::words::cause::Cause;

/// Confidence in a limit that was met, where nothing shows that anybody waited for long.
const FULL: f64 = 0.6;

const OUTSIDE: &str = "Who waits in the kernel's backlog is in no log; what connections cost is memory and, behind them, work of the servers.";

/// One for each limit that an incident met.
pub fn pieces(incidents: &[Incident], config: Option<&Config>) -> Vec<Piece> {
    incidents
        .iter()
        .filter(|incident| incident.cause.code == Cause::ProxyLimits && is_fault(incident))
        .filter_map(|incident| Some(piece(incident, config)?.seen_in(incident)))
        .collect()
}

fn piece(incident: &Incident, config: Option<&Config>) -> Option<Piece> {
    let confidence = incident.cause.confidence;
    let named = incident.cause.evidence.iter().find_map(limit);
    Some(match named {
        Some(ProxyEvent::FileDescriptors) => Piece {
            effect: "Each request holds a descriptor for its client and one for its server; under systemd `LimitNOFILE` is the ceiling. Keeping fewer connections idle helps, too."
                .to_owned(),
            ..Piece::new(
                "ulimit-n",
                Scope::Global,
                Direction::Raise,
                confidence,
                format!(
                    "HAProxy had no file descriptor left: {} requests failed, whichever server they were for.",
                    incident.failed
                ),
            )
        },
        Some(ProxyEvent::SourcePorts) => Piece {
            effect: "A wider range, another `source` address, or connections that are used again (`http-reuse`, keep-alive to servers)."
                .to_owned(),
            ..Piece::new(
                "source",
                Scope::Backend(incident.backend.clone()?),
                Direction::Fix,
                confidence,
                format!(
                    "No source port was left towards the servers: {} requests failed before they left this host.",
                    incident.failed
                ),
            )
        },
        Some(ProxyEvent::Maxconn) => Piece {
            effect: "Mind memory and file descriptors, which `maxconn` decides on.".to_owned(),
            ..Piece::new(
                "maxconn",
                Scope::Global,
                Direction::Raise,
                confidence,
                "The process held as many connections as it may; further clients waited outside.".to_owned(),
            )
        },
        Some(_) => return None,
        None => of_frontend(incident, config)?,
    })
}

/// Connections of a frontend stood at one number.
fn of_frontend(incident: &Incident, config: Option<&Config>) -> Option<Piece> {
    let [frontend] = &incident.frontends[..] else {
        return None;
    };
    let name = std::str::from_utf8(frontend).ok();
    let limit = config
        .zip(name)
        .and_then(|(config, name)| config.frontend(name)?.maxconn())
        .map(|setting| u64::from(setting.value));
    let lasted = incident
        .end
        .map(|end| end.saturating_sub(incident.start).max(0).cast_unsigned())
        .map_or(String::new(), |ms| format!(" for {}", amount::words(ms)));
    Some(Piece {
        current: limit.map(|limit| limit.to_string()),
        current_from: limit.map(|_| "config"),
        suggested: limit.map(|limit| amount::round(2 * limit).to_string()),
        effect: OUTSIDE.to_owned(),
        ..Piece::new(
            "maxconn",
            Scope::Frontend(frontend.clone()),
            Direction::Raise,
            incident.cause.confidence,
            format!("All connections of the frontend were in use{lasted}."),
        )
    })
}

/// How many connections a frontend held beside its `maxconn`; and where it was full, a piece.
pub fn review(front: &Front) -> Option<(String, Option<Piece>)> {
    let limit = front.proxy?.maxconn()?.value;
    let most = front.connections.filter(|_| limit > 0)?;
    let note = format!("It held at most {most} connections at once; its `maxconn` is {limit}.");
    let piece = (most >= limit).then(|| Piece {
        current: Some(limit.to_string()),
        current_from: Some("config"),
        suggested: Some(amount::round(2 * u64::from(limit)).to_string()),
        effect: OUTSIDE.to_owned(),
        ..Piece::new(
            "maxconn",
            // Of a `listen` section it is not that of the servers either.
            match front.scope() {
                Scope::Listen(name) => Scope::Frontend(name),
                scope => scope,
            },
            Direction::Raise,
            FULL,
            format!("All {limit} connections of the frontend were in use at times."),
        )
    });
    Some((note, piece))
}

/// How many connections a process held beside the global `maxconn`.
pub fn of_process(parties: &Parties) -> Option<String> {
    let limit = parties.config?.global().maxconn()?;
    let most = parties.loads.most_of_a_process()?;
    Some(format!(
        "Frontends in the log held up to {most} connections within a second; the process may hold {limit} (`maxconn`)."
    ))
}

/// The limit that a line names.
fn limit(clue: &Clue) -> Option<ProxyEvent> {
    let message = envelope::peel(&clue.text).message;
    match line::read(message, true) {
        Reading::Event(Event::Proxy { what, .. }) => Some(what),
        _ => None,
    }
}
