//! What kind of requests `timeout server` cut: web sockets and sessions in which nobody spoke, or uploads.
//!
//! Enters: a case. Leaves: what its victims have in common, where that leaves open whose silence it was. Must not know: what
//! that makes of the cause.
//!
//! `timeout server` runs while neither side of a request moves. Where it was sent whole, HAProxy waits for the server alone, and
//! all cuts come after the same wait; an upload starts it anew with each part that arrives.

use super::case::Case;
use super::hit;
use crate::rollup::Merge;
use crate::rollup::cell::Outcome;
use crate::rollup::scale::Scale;
use crate::rollup::tally::Tally;
use crate::words::termination::Symptom;

/// Requests drawn from which on what all of them have in common is no accident.
const DRAWN: usize = 8;

/// The largest share of uploads among requests that are well, where that all that were cut are uploads says something.
const FEW: f64 = 1.0 / 3.0;

/// The part of the waits that two steps of the scale, a fifth of their length, hold where one timeout ended them.
const PILED: f64 = 0.75;

/// The status of a request that became a web socket.
const SWITCHED: i16 = 101;

/// Nobody spoke, and nobody had asked for anything, as always in this log: most of them were web sockets or idle sessions. What
/// was well before they were cut did not fall silent by itself.
pub fn are_silent(case: &Case) -> bool {
    let was_well = case.before.is_rate_known && case.before.rate > 0.0;
    let are_tunnels = || are_most(case, |outcome| outcome.status == SWITCHED);
    !was_well && (are_tunnels() || are_idle_sessions(case))
}

/// Sessions of mode tcp that had been used for a while of their own each: a server that stops answering cuts all that come
/// after the same wait.
fn are_idle_sessions(case: &Case) -> bool {
    are_most(case, |outcome| {
        outcome.status == 0 && outcome.term[1] == b'D'
    }) && !is_one_wait(case, b'D')
}

/// More than half of what was cut.
fn are_most(case: &Case, is_wanted: impl Fn(&Outcome) -> bool) -> bool {
    let (all, wanted) = cut(case).fold((0, 0), |(all, wanted), (outcome, tally)| {
        let n = tally.n;
        (all + n, wanted + if is_wanted(outcome) { n } else { 0 })
    });
    wanted * 2 > all
}

fn cut(case: &Case) -> impl Iterator<Item = (&Outcome, &Tally)> {
    let bad = case.harm.bad.iter();
    bad.filter(|((_, outcome), _)| outcome.symptom == Symptom::ServerTimeout)
        .map(|((_, outcome), tally)| (outcome, tally))
}

/// All of them bring a body, and few of those that were well do.
pub fn are_uploads_among_others(case: &Case) -> bool {
    let (uploads, well) = hit::uploads(&case.harm.well);
    are_uploads(case) && well >= DRAWN && uploads as f64 <= FEW * well as f64
}

/// All of them bring a body, and were cut after waits of all lengths: their clients were still sending.
pub fn are_slow_uploads(case: &Case) -> bool {
    are_uploads(case) && !is_one_wait(case, b'H')
}

/// All victims drawn bring a body, which the wait for the answer holds. A check brings none: where one failed, too, it is
/// the servers.
fn are_uploads(case: &Case) -> bool {
    let Some(cut) = case.harm.victims.get(&Symptom::ServerTimeout) else {
        return false;
    };
    let (uploads, drawn) = hit::uploads(cut);
    let no_check_failed = case.absences.is_empty() && case.check.is_none();
    no_check_failed && drawn >= DRAWN && uploads == drawn
}

/// Those that were cut in this phase had waited there for as long as each other, as one timeout makes them.
fn is_one_wait(case: &Case, phase: u8) -> bool {
    let mut waits = Scale::default();
    for (_, tally) in cut(case).filter(|(outcome, _)| outcome.term[1] == phase) {
        waits.merge(tally.scale.clone());
    }
    let (all, _) = waits.from(0);
    let mut counts = [0; 1 << u8::BITS];
    waits.tell(|step, n| counts[usize::from(step)] += u64::from(n));
    let pile = counts.windows(2).map(|pair| pair[0] + pair[1]).max();
    pile.unwrap_or(0) as f64 >= PILED * all as f64
}
