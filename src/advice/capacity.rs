//! `maxconn` of servers: slots that were too few for servers with room, and no limit for servers without.
//!
//! Enters: a backend with its incidents. Leaves: pieces. Must not know: other timers than `Tr` and `Tc`.
//!
//! By Little's law the requests at work at once are their rate times their service time.

use super::amount;
use super::piece::{Direction, Piece, Samples};
use super::subject::Subject;
use super::waits::Wait;
use crate::config::Server;
use crate::incident::Incident;
use crate::words::cause::Cause;
use crate::words::numbers::count;

/// Slots for each request at work, so that bursts find one.
const HEADROOM: f64 = 2.0;

/// Answers below which no service time is known.
const ENOUGH: u64 = 100;

/// Confidence in a limit where there is none: how many requests a server works on at once is not in the log.
const UNLIMITED: f64 = 0.5;

/// The pieces.
pub fn pieces(subject: &Subject) -> Vec<Piece> {
    [too_low(subject), missing(subject)]
        .into_iter()
        .flatten()
        .collect()
}

/// Servers were given more than they can do, and nothing limits what they are given.
fn missing(subject: &Subject) -> Option<Piece> {
    let mut incidents = subject.incidents.iter();
    let incident = incidents.find(|incident| incident.cause.code == Cause::ServerOverloaded)?;
    let mut servers = subject.proxy?.servers().iter();
    let is_limited = |server: &Server| {
        let is_unknown = |word| server.unknown.iter().any(|unknown| unknown.keyword == word);
        server.maxconn.is_some() || is_unknown("maxconn") || is_unknown("server")
    };
    if servers.any(is_limited) {
        return None;
    }
    Some(Piece {
        effect: "What they cannot do waits in HAProxy's queue, where `timeout queue` ends it soon and the others stay fast; set it to what one of them works on at once."
            .to_owned(),
        ..Piece::new(
            "maxconn",
            subject.scope(),
            Direction::Set,
            UNLIMITED,
            format!(
                "Nothing limits how many requests a server is given at once: {} of {} failed while there were too many.",
                count(incident.failed),
                count(incident.requests)
            ),
        ).seen_in(incident)
    })
}

/// Slots were too few for servers with room.
fn too_low(subject: &Subject) -> Option<Piece> {
    let mut incidents = subject.incidents.iter();
    let incident = incidents.find(|incident| incident.cause.code == Cause::MaxconnTooLow)?;
    let waits = subject.group.waits(Wait::Queue);
    let current = limit(subject);
    let demand = demand(subject, incident);
    let need = demand
        .map(|(rate, service, slots)| {
            format!(
                " {} requests a second of {} each keep {slots:.1} slots of each server busy; twice that leaves room for bursts.",
                count(rate.round() as u64),
                amount::words(u64::from(service))
            )
        })
        .unwrap_or_default();
    let suggested = demand.zip(current).map(|((_, _, slots), current)| {
        let headroom = (slots * HEADROOM).ceil() as u64;
        amount::round(headroom.max(2 * u64::from(current)))
    });
    Some(Piece {
        current: current.map(|current| current.to_string()),
        current_from: current.map(|_| "config"),
        suggested: suggested.map(|slots| slots.to_string()),
        effect: "Requests go to servers that have room, instead of the queue; watch their answers while it is raised."
            .to_owned(),
        samples: Samples {
            completed: waits.all.completed(),
            censored: waits.all.cut(),
        },
        ..Piece::new(
            "maxconn",
            subject.scope(),
            Direction::Raise,
            incident.cause.confidence,
            format!(
                "{} requests failed in the queue while answers were as fast as ever.{need}",
                count(incident.failed)
            ),
        ).seen_in(incident)
    })
}

/// `maxconn` of its servers, where it is the same for all.
fn limit(subject: &Subject) -> Option<u32> {
    let servers = subject.proxy?.servers();
    let mut limits = servers
        .iter()
        .map(|server| server.maxconn.as_ref().map(|setting| setting.value));
    let first = limits.next()??;
    limits
        .all(|limit| limit == Some(first))
        .then_some(first)
        .filter(|limit| *limit > 0)
}

/// Requests a second, their median time on a server in ms, and how many were at work at once on each server.
fn demand(subject: &Subject, incident: &Incident) -> Option<(f64, u32, f64)> {
    let answers = subject.group.waits(Wait::Answer).all.completed;
    if answers.count() < ENOUGH || subject.lacks_good_ones {
        return None;
    }
    let (_, service) = answers.quantile(0.5)?;
    let ms = incident.end?.saturating_sub(incident.start);
    let servers = subject.group.server_names().count();
    if ms < 1_000 || servers == 0 {
        return None;
    }
    let rate = incident.requests as f64 * 1e3 / ms as f64;
    Some((
        rate,
        service,
        rate * f64::from(service) / 1e3 / servers as f64,
    ))
}
