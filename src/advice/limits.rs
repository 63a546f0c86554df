//! HAProxy's own limits: connections of a frontend or of the process, file descriptors, source ports.
//!
//! Enters: incidents that a limit caused, and the configuration. Leaves: pieces. Must not know: servers or timers.
//!
//! What a message names is believed. A frontend whose connections stood at one number for seconds has no message: from its
//! `maxconn` on, HAProxy leaves clients in the kernel's backlog, where no timer runs (HAProxy manual 4.2, `maxconn`).

use super::amount;
use super::frontends::Front;
use super::parties::{Parties, ProcessLimit, Running};
use super::piece::{Direction, Piece, Scope};
use super::subject::is_fault;
use crate::envelope;
use crate::incident::{Clue, Incident};
use crate::line::{self, Event, ProxyEvent, Reading};
use crate::words::cause::Cause;
use crate::words::numbers::count;

/// Confidence in a limit that was met, where nothing shows that anybody waited for long.
const FULL: f64 = 0.6;

const OUTSIDE: &str = "Who waits in the kernel's backlog is in no log; what connections cost is memory and, behind them, work of the servers.";

/// One for each limit that an incident met.
pub fn pieces(parties: &Parties) -> Vec<Piece> {
    let incidents = parties.incidents.iter();
    incidents
        .filter(|incident| incident.cause.code == Cause::ProxyLimits && is_fault(incident))
        .filter_map(|incident| Some(piece(incident, parties)?.seen_in(incident)))
        .collect()
}

fn piece(incident: &Incident, parties: &Parties) -> Option<Piece> {
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
                    count(incident.failed)
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
                    count(incident.failed)
                ),
            )
        },
        Some(ProxyEvent::Maxconn) => raised(
            parties.process_limit(),
            confidence,
            "The process held as many connections as it may; further clients waited outside."
                .to_owned(),
        ),
        Some(_) => return None,
        None if incident.frontends.is_empty() => of_whole_process(incident, parties)?,
        None => of_process_or_frontend(incident, parties)?,
    })
}

/// More connections for the process.
fn raised(limit: Option<ProcessLimit>, confidence: f64, why: String) -> Piece {
    let waiting = limit.and_then(|limit| limit.waiting);
    let effect = match waiting {
        Some(written) => format!(
            "`maxconn {written}` is written and not in force: reload HAProxy, or see whether it was started with another limit (`-n`)."
        ),
        None => "Mind memory and file descriptors, which `maxconn` decides on.".to_owned(),
    };
    let more = |limit: ProcessLimit| amount::raised(limit.value).to_string();
    Piece {
        current: limit.map(|limit| limit.value.to_string()),
        current_from: limit.map(|limit| limit.from),
        suggested: waiting
            .map(|written| written.to_string())
            .or_else(|| limit.map(more)),
        effect,
        ..Piece::new("maxconn", Scope::Global, Direction::Raise, confidence, why)
    }
}

/// Connections of all frontends together stood at one number. Where the process may hold more, that is no limit of it.
fn of_whole_process(incident: &Incident, parties: &Parties) -> Option<Piece> {
    let (all, held) = (parties.process_limit(), parties.loads.most_of_a_process()?);
    all.is_none_or(|all| held >= all.value).then(|| {
        let why = format!(
            "The process held {} connections{}, and never more.",
            count(u64::from(held)),
            lasted(incident)
        );
        raised(all, incident.cause.confidence, why)
    })
}

/// Connections of a frontend stood at one number. Where that is all the process may hold, its own limit is not what was met.
fn of_process_or_frontend(incident: &Incident, parties: &Parties) -> Option<Piece> {
    let [frontend] = &incident.frontends[..] else {
        return None;
    };
    let name = std::str::from_utf8(frontend).ok();
    let known = parties.config.zip(name);
    let proxy = known.and_then(|(config, name)| config.frontend(name));
    let own = proxy.and_then(|proxy| proxy.maxconn());
    let own = own.map(|limit| limit.value).filter(|limit| *limit > 0);
    let most = parties.loads.most(frontend).map(|held| held.most);
    let reached = own.is_none_or(|limit| most.is_none_or(|most| most >= limit));
    let all = parties.process_limit();
    let held = parties.loads.most_of_a_process();
    let confidence = incident.cause.confidence;
    match (all, held) {
        (Some(all), Some(held)) if held >= all.value && (own.is_none() || !reached) => {
            Some(raised(
                Some(all),
                confidence,
                format!(
                    "The process held {} connections, all that the global `maxconn` allows{}.",
                    count(u64::from(all.value)),
                    lasted(incident)
                ),
            ))
        }
        // They stood where no limit is that is known.
        (Some(_), Some(_)) if proxy.is_some() && (own.is_none() || !reached) => None,
        _ if proxy.is_some() && (own.is_none() || !reached) => Some(raised(
            None,
            confidence,
            format!(
                "Connections stood at one number{}{}; no global `maxconn` is written, and HAProxy takes one from the limit of file descriptors (`ulimit-n`).",
                most.map_or(String::new(), |most| format!(
                    ", {}",
                    count(u64::from(most))
                )),
                lasted(incident)
            ),
        )),
        _ => of_frontend(incident, own),
    }
}

/// ` for 12 s`
fn lasted(incident: &Incident) -> String {
    let lasted = incident
        .end
        .map(|end| end.saturating_sub(incident.start).max(0).cast_unsigned());
    lasted.map_or(String::new(), |ms| format!(" for {}", amount::words(ms)))
}

/// Connections of a frontend stood at its own limit.
fn of_frontend(incident: &Incident, limit: Option<u32>) -> Option<Piece> {
    let [frontend] = &incident.frontends[..] else {
        return None;
    };
    Some(Piece {
        current: limit.map(|limit| limit.to_string()),
        current_from: limit.map(|_| "config"),
        suggested: limit.map(|limit| amount::raised(limit).to_string()),
        effect: OUTSIDE.to_owned(),
        ..Piece::new(
            "maxconn",
            Scope::Frontend(frontend.clone()),
            Direction::Raise,
            incident.cause.confidence,
            format!(
                "All connections of the frontend were in use{}.",
                lasted(incident)
            ),
        )
    })
}

/// How many connections a frontend held beside its `maxconn`; and where it was full, a piece.
pub fn review(front: &Front) -> Option<(String, Option<Piece>)> {
    let limit = front.proxy?.maxconn()?.value;
    let held = front.connections.filter(|_| limit > 0)?;
    let note = format!(
        "It held at most {} connections at once; its `maxconn` is {}.",
        count(u64::from(held.most)),
        count(u64::from(limit))
    );
    let piece = (held.most >= limit).then(|| Piece {
        current: Some(limit.to_string()),
        current_from: Some("config"),
        suggested: Some(amount::raised(limit).to_string()),
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
            format!(
                "All {} connections of the frontend were in use {}.",
                count(u64::from(limit)),
                match held.longest {
                    0 | 1 => "at times".to_owned(),
                    n => format!("for up to {} seconds on end", count(n)),
                }
            ),
        )
    });
    Some((note, piece))
}

/// How many connections frontends held in the log, and the process holds now, beside the global `maxconn`; and where one of
/// them was all that there may be, a piece.
pub fn of_process(parties: &Parties) -> Option<(String, Option<Piece>)> {
    let limit = parties.process_limit()?;
    let held = held(parties);
    let told: Vec<&str> = held.iter().map(|(_, told)| &told[..]).collect();
    let may = count(u64::from(limit.value));
    let note = (!told.is_empty()).then(|| {
        format!(
            "Connections at once: {}; the process may hold {may} (`maxconn`).",
            told.join(", ")
        )
    })?;
    let full = held.iter().find(|(most, _)| *most >= limit.value);
    let piece = full.map(|(_, told)| {
        let why = format!(
            "Connections at once: {told}, and the process may hold {may}: beyond that, clients wait outside."
        );
        raised(Some(limit), FULL, why)
    });
    Some((note, piece))
}

/// Connections that are known to have been held at once, with who held them: one number is the log's, one is of now.
fn held(parties: &Parties) -> Vec<(u32, String)> {
    let in_log = parties.loads.most_of_a_process().map(|most| {
        let n = count(u64::from(most));
        (most, format!("up to {n} in the log"))
    });
    let now = parties.running().map(|Running { held, .. }| {
        let n = count(u64::from(held));
        (held, format!("{n} now (the running process)"))
    });
    in_log.into_iter().chain(now).collect()
}

/// The limit that a line names.
fn limit(clue: &Clue) -> Option<ProxyEvent> {
    let message = envelope::peel(&clue.text).message;
    match line::read(message, true) {
        Reading::Event(Event::Proxy { what, .. }) => Some(what),
        _ => None,
    }
}
