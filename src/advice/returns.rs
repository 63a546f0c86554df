//! `slowstart`: servers that come back cold and are given their full share at once.
//!
//! Enters: a backend with its incidents and its section. Leaves: at most one piece. Must not know: timers.
//!
//! A server that is back in rotation takes as many requests as its neighbours from the first moment on; with `slowstart`
//! its share grows over that time (HAProxy manual, 5.2).

use super::amount;
use super::piece::{Direction, Piece};
use super::subject::{EVIDENCE, Subject};
use crate::incident::Incident;
use crate::rollup::Name;

const CONFIDENCE: f64 = 0.5;

/// ms after its return in which a server that is well has no more victims.
const SOON: i64 = 2_000;

/// Failed requests that are no accident.
const FAILED: u64 = 10;

/// The part of an incident's failures that the returned servers must have.
const MOST: f64 = 0.8;

/// Times as long as it took to warm up.
const MARGIN: u64 = 2;

/// The piece; `None` where it is set already.
pub fn piece(subject: &Subject) -> Option<Piece> {
    let is_set = subject.proxy.is_some_and(|proxy| {
        let mut servers = proxy.servers().iter();
        servers.any(|server| server.slowstart.is_some())
    });
    let mut incidents = subject.incidents.iter();
    let (incident, warming) = incidents
        .find_map(|incident| Some((incident, warming(incident)?)))
        .filter(|_| !is_set)?;
    let names: Vec<_> = incident
        .servers
        .iter()
        .map(|server| String::from_utf8_lossy(server))
        .collect();
    let piece = Piece {
        suggested: Some(amount::time(amount::round_up(MARGIN * warming))),
        effect: "Its share grows while it warms up; weights and connections of its neighbours stay as they are."
            .to_owned(),
        ..Piece::new(
            "slowstart",
            subject.scope(),
            Direction::Set,
            CONFIDENCE,
            format!(
                "After {} came back, its requests went on failing for {}.",
                names.join(", "),
                amount::words(warming)
            ),
        )
    };
    Some(shown(piece.seen_in(incident), subject, incident))
}

/// The piece with lines of those servers from after their return, where there are any.
fn shown(piece: Piece, subject: &Subject, incident: &Incident) -> Piece {
    let lines = subject
        .group
        .lines(|server, _| incident.servers.contains(server));
    let evidence: Vec<_> = lines
        .filter(|clue| {
            incident
                .all_back
                .is_some_and(|back| clue.second * 1_000 >= back)
        })
        .take(EVIDENCE)
        .cloned()
        .collect();
    match evidence.is_empty() {
        true => piece,
        false => Piece { evidence, ..piece },
    }
}

/// About how many requests failed after all lost servers were back; 0 where the last of them was through by then.
pub fn failed_after(incident: &Incident) -> u64 {
    let (Some(back), true) = (incident.all_back, incident.curve_part > 0) else {
        return 0;
    };
    let part = incident.curve_part * 1_000;
    let first = incident.start.div_euclid(1_000) * 1_000;
    let begins = (0..).map(|nth| first + nth * part);
    let after = begins
        .zip(&incident.curve)
        .filter(|(begin, _)| *begin >= back);
    let failed: f64 = after
        .map(|(_, rate)| rate * incident.curve_part as f64)
        .sum();
    (failed.round() as u64).min(incident.failed)
}

/// For how many ms servers failed requests after they had come back.
fn warming(incident: &Incident) -> Option<u64> {
    let back = incident.all_back?;
    let lasted = incident.end?.saturating_sub(back);
    let failed = |is_wanted: &dyn Fn(&Name) -> bool| {
        let load = incident
            .load
            .iter()
            .filter(|(server, ..)| is_wanted(server));
        load.map(|(_, _, failed)| failed).sum::<u64>()
    };
    let (all, theirs) = (
        failed(&|_| true),
        failed(&|server| incident.servers.contains(server)),
    );
    let is_theirs = theirs >= FAILED && theirs as f64 >= MOST * all as f64;
    u64::try_from(lasted)
        .ok()
        .filter(|_| is_theirs && lasted >= SOON)
}
