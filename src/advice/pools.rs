//! Sessions of mode tcp that `timeout server` cut after some use of their own: a pool that keeps them idle, or servers.
//!
//! Enters: a backend and an incident of it. Leaves: whether its lines leave that open, and the piece that says so. Must not
//! know: other incidents.
//!
//! The line has the length of a session and not the silences in it. Where clients may be silent for longer than servers, a
//! session that nobody uses ends as `sD`, as one does whose server stopped answering (HAProxy manual 4.2, `timeout client`:
//! equal to `timeout server`, "to avoid complex situations to debug"). A pool does that all along; servers that sessions
//! went well with before, and that now cut them, have failed.

use super::amount;
use super::force::InForce;
use super::piece::{Direction, Piece};
use super::subject::Subject;
use super::timeouts::session::limiting;
use super::waits::Wait;
use crate::config::Timeout;
use crate::incident::Incident;
use crate::words::cause::{Cause, Kind};
use crate::words::numbers::count;

/// Sessions from which on it is a habit that they were used before.
const HABIT: u64 = 20;

/// The part of them that must have been.
const NEARLY_ALL: f64 = 0.95;

/// Sessions that went well in calm, from which on cuts are known to be none of their habits where there were none then.
const CALM: u64 = 100;

/// Times the timeout that a session lasted at least, where it was used.
const USED: f64 = 1.05;

/// Times the timeout for which they must have come one after the other: servers that freeze end all that is open within one.
const LONG: u64 = 10;

/// The piece; `None` where the servers are to blame.
pub fn piece(subject: &Subject, incident: &Incident) -> Option<Piece> {
    let limit = open_limit(subject, incident)?;
    let client = subject.client.map_or(String::new(), |client| {
        format!(", as `timeout client` is {}", amount::time(client))
    });
    Some(Piece {
        effect: "`show sess` tells which while it goes on. For a pool, `timeout tunnel`, or both timeouts, have to be longer than it keeps sessions that nobody uses, or it has to close or test them sooner; servers that hang need to be mended, and a longer timeout lets clients wait for them."
            .to_owned(),
        ..Piece::new(
            "server",
            subject.scope(),
            Direction::CannotTell,
            incident.cause.confidence,
            format!(
                "{} sessions were cut when nobody had sent anything for {}, one after the other and each after some use: a pool that keeps sessions idle for longer looks like this{client}, and so do servers that stop answering halfway.",
                count(incident.failed),
                amount::words(limit)
            ),
        )
        .seen_in(incident)
    })
}

/// It is open whose silence it was.
pub fn is_open(subject: &Subject, incident: &Incident) -> bool {
    open_limit(subject, incident).is_some()
}

/// The timeout in ms, where that is open.
fn open_limit(subject: &Subject, incident: &Incident) -> Option<u64> {
    let is_cut = incident.kind == Kind::TimeoutBurst && incident.cause.code == Cause::SlowBackend;
    if !subject.tcp || !is_cut {
        return None;
    }
    let waits = subject.group.waits(Wait::Session);
    let cut = &waits.all.cut;
    let limit = InForce::find(
        subject.proxy,
        limiting(subject.proxy, Timeout::Server),
        Some(cut),
    )
    .ms?;
    let used = cut.above((USED * limit as f64) as u32).0;
    let is_new = waits.calm.cut() == 0 && waits.calm.completed() >= CALM;
    let is_used = used >= HABIT && used as f64 >= NEARLY_ALL * cut.count() as f64;
    let is_lasting = incident.lasted().unsigned_abs() >= LONG.saturating_mul(limit);
    // Where clients have to speak sooner, their silence has a state of its own.
    let may_be_theirs = subject.client.is_none_or(|client| client >= limit);
    (is_used && !is_new && is_lasting && may_be_theirs).then_some(limit)
}
