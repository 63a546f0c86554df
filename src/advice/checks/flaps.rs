//! `fall`: servers that leave after one bad check and are well.
//!
//! Enters: a backend with its incidents and its section. Leaves: at most one piece. Must not know: how long checks take.

use crate::advice::piece::{Direction, Piece};
use crate::advice::subject::{Subject, is_at};
use crate::config::Server;
use crate::incident::Incident;
use crate::words::cause::{Cause, Kind};

const CONFIDENCE: f64 = 0.5;

/// A server that leaves at a `fall` of at most so many is judged in haste.
const HASTY: u32 = 1;

/// The share of its requests that a flapping server may fail and still count as well.
const WELL: f64 = 0.02;

/// The piece: one bad check is enough to lose a server that answers its requests.
pub fn piece(subject: &Subject) -> Option<Piece> {
    let incident = subject
        .incidents
        .iter()
        .find(|incident| is_noise(incident))?;
    let servers = subject.proxy?.servers().iter();
    let fall = servers
        .filter(|server| is_at(incident, server))
        .filter_map(Server::fall)
        .min()
        .filter(|fall| *fall <= HASTY)?;
    Some(Piece {
        current: Some(fall.to_string()),
        current_from: Some("config"),
        suggested: Some("3".to_owned()),
        effect: "One check that is lost or late takes nobody out; a server that is really gone is noticed two checks later."
            .to_owned(),
        ..Piece::new(
            "fall",
            subject.scope(),
            Direction::Raise,
            CONFIDENCE,
            format!(
                "Servers left {} times while they answered their requests.",
                incident.downs
            ),
        ).seen_in(incident)
    })
}

/// Servers went and came, and their requests did not notice.
fn is_noise(incident: &Incident) -> bool {
    let is_dead = matches!(
        incident.cause.code,
        Cause::ServiceNotListening | Cause::DnsFailure | Cause::ServerOverloaded
    );
    incident.kind == Kind::Flapping
        && !is_dead
        && incident.failed as f64 <= WELL * incident.requests as f64
}
