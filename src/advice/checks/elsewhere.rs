//! Checks that go elsewhere than requests: what they find need not be true of the server.
//!
//! Enters: a backend with its incidents and its section. Leaves: at most one piece. Must not know: how long anything took.
//!
//! With `addr` or `port`, a check connects to another place than requests do (HAProxy manual, 5.2): where nothing listens there,
//! a server goes DOWN that may be well.

use crate::advice::piece::{Direction, Piece};
use crate::advice::subject::{Subject, is_at};
use crate::config::{Proxy, Server};
use crate::incident::Incident;
use crate::words::cause::Cause;

/// Whether the service itself was well, nobody asked any more.
pub const CONFIDENCE: f64 = 0.6;

/// Only checks, which go elsewhere, failed to connect to servers; requests that were sent there did not.
pub fn failed_alone(incident: &Incident, proxy: &Proxy) -> bool {
    let is_of_connections = matches!(
        incident.cause.code,
        Cause::ServiceNotListening | Cause::NetworkUnreachable
    );
    let load = incident.load.iter();
    let failed = load
        .filter(|(name, _, _)| incident.servers.contains(name))
        .any(|(_, _, failed)| *failed > 0);
    let servers = proxy.servers().iter();
    let lost: Vec<&Server> = servers.filter(|server| is_at(incident, server)).collect();
    is_of_connections
        && !failed
        && incident.retried == 0
        && !lost.is_empty()
        && lost.len() == incident.servers.len()
        && lost
            .iter()
            .all(|server| server.is_checked_itself() == Some(false))
}

/// The piece.
pub fn piece(subject: &Subject) -> Option<Piece> {
    let proxy = subject.proxy?;
    let mut incidents = subject.incidents.iter();
    let incident = incidents.find(|incident| failed_alone(incident, proxy))?;
    let mut servers = proxy.servers().iter();
    let check = servers
        .find(|server| is_at(incident, server))?
        .check
        .as_ref()?;
    let keyword = if check.port.is_some() { "port" } else { "addr" };
    let names: Vec<_> = incident
        .servers
        .iter()
        .map(|server| String::from_utf8_lossy(server))
        .collect();
    Some(Piece {
        effect: "Mend what answers the checks there; or leave `addr` and `port` out, so that checks ask what requests ask."
            .to_owned(),
        ..Piece::new(
            keyword,
            subject.scope(),
            Direction::Fix,
            CONFIDENCE,
            format!(
                "Checks of {} could not connect to where they go, which is not where requests go; none of those failed before.",
                names.join(", ")
            ),
        )
        .seen_in(incident)
    })
}
