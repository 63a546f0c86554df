//! A server that its agent took out: whether it asked for it.
//!
//! Enters: a backend and an incident of it. Leaves: the piece on the server, where it was in trouble. Must not know: the
//! runbook.
//!
//! An agent says `stopped` of a service that somebody stopped, `fail` of one that fails, and `down` of either (HAProxy manual
//! 5.2, `agent-check`). So `down` is the server's trouble only where its answers show it, too.

use super::amount;
use super::piece::{Direction, Piece, Scope};
use super::subject::Subject;
use super::waits::Wait;
use crate::incident::Incident;
use crate::rollup::histogram::Histogram;
use crate::rollup::{Merge, Name};

const CONFIDENCE: f64 = 0.55;

/// Answers that tell how fast a server was.
const ANSWERS: u64 = 30;

/// One in so many answers that are slow is no accident.
const SLOWEST: f64 = 0.9;

/// Times the time of its peers.
const SLOWER: u32 = 2;

/// The piece.
pub fn piece(subject: &Subject, incident: &Incident) -> Option<Piece> {
    let [server] = &incident.servers[..] else {
        return None;
    };
    let said = incident.agent_said_of(server)?;
    let (why, effect) = match said {
        _ if said.starts_with(b"stopped") => return None,
        _ if said.starts_with(b"fail") => (
            "the agent says that it fails".to_owned(),
            "See what the agent tests, and mend that: no setting of the proxy does.",
        ),
        _ => (
            slowness(subject, server)?,
            "Too much work, or a fault of its own: see what the agent measures. No setting of the proxy makes it faster.",
        ),
    };
    let name = String::from_utf8_lossy(server);
    Some(
        Piece {
            effect: effect.to_owned(),
            ..Piece::new(
                "server",
                Scope::Server(subject.group.name.clone(), server.clone()),
                Direction::Fix,
                CONFIDENCE,
                format!("The agent of {name} took it out of rotation: {why}."),
            )
        }
        .seen_in(incident),
    )
}

/// How much slower than its peers it answered in the minutes of incidents, if it did.
fn slowness(subject: &Subject, server: &Name) -> Option<String> {
    let (mut own, mut others) = (Histogram::default(), Histogram::default());
    for (name, waits) in subject.group.by_server(Wait::Answer) {
        let sum = if name == server {
            &mut own
        } else {
            &mut others
        };
        sum.merge(waits.incident.completed);
    }
    let slowest = |all: &Histogram| {
        let slowest = all.quantile(SLOWEST).filter(|_| all.count() >= ANSWERS);
        slowest.map(|(_, high)| high)
    };
    let (own, others) = slowest(&own).zip(slowest(&others))?;
    (own >= others.max(1).saturating_mul(SLOWER)).then(|| {
        format!(
            "one in ten of its answers took {} or more then, of its peers {}",
            amount::words(u64::from(own)),
            amount::words(u64::from(others))
        )
    })
}
