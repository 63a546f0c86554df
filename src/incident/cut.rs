//! What requests that `timeout server` cut have in common, where that leaves open whose silence it was.
//!
//! Enters: a case. Leaves: their kind. Must not know: what that makes of the cause.
//!
//! `timeout server` runs while neither side of a request moves, and no line says who should have. What servers that stop
//! answering do is known: they fail plain requests and checks as well, end all open tunnels within one timeout, and were
//! well before. Where any of that is seen, or cannot be looked for, nothing is left open here.

use serde::{Deserialize, Serialize};

use super::case::Case;
use super::hit;
use crate::rollup::Merge;
use crate::rollup::cell::Outcome;
use crate::rollup::scale::Scale;
use crate::rollup::tally::Tally;
use crate::words::termination::Symptom;

/// Of what kind they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cut {
    /// Web sockets, one by one, as far back as the log goes.
    WebSockets,
    /// Sessions of mode tcp, in the same way, each after some use of its own.
    Sessions,
    /// Uploads, as few of the requests are that were well beside them.
    RareUploads,
    /// Uploads, after waits of all lengths, as far back as the log goes.
    UnequalUploads,
}

/// Requests from which on what all of them have in common is no accident.
const ENOUGH: usize = 8;

/// The largest share of uploads among requests that are well, where that all that were cut are uploads says something.
const FEW: f64 = 1.0 / 3.0;

/// The part of the waits that two steps of the scale, a fifth of their length, hold where one timeout ended them.
const PILED: f64 = 0.5;

/// The part of all failures that is nearly all of them.
const NEARLY_ALL: f64 = 0.95;

/// The status of a request that became a web socket.
const SWITCHED: i16 = 101;

/// The kind, where it says something. `is_partly`: most answers are as fast as ever.
pub fn kind(case: &Case, is_partly: bool) -> Option<Cut> {
    if !case.absences.is_empty() || case.check.is_some() {
        return None;
    }
    let ways: [(Cut, &dyn Fn() -> bool); 4] = [
        (Cut::WebSockets, &|| are_silent_sockets(case)),
        (Cut::Sessions, &|| are_idle_sessions(case)),
        (Cut::UnequalUploads, &|| are_unequal_uploads(case)),
        (Cut::RareUploads, &|| is_partly && are_rare_uploads(case)),
    ];
    let mut held = ways.iter().filter(|(_, holds)| holds());
    held.next().map(|(kind, _)| *kind)
}

fn are_silent_sockets(case: &Case) -> bool {
    let is_socket = |outcome: &Outcome| outcome.status == SWITCHED && outcome.term[1] == b'D';
    are_nearly_all(case, is_socket) && end_one_by_one(case)
}

/// A line of mode tcp has the length of the whole session: a new one that asks a silent server is cut at the timeout itself.
fn are_idle_sessions(case: &Case) -> bool {
    let is_session = |outcome: &Outcome| outcome.status == 0 && outcome.term[1] == b'D';
    let (well, _) = case.harm.pace.from(0);
    are_nearly_all(case, is_session)
        && well >= ENOUGH as u64
        && !is_one_wait(case)
        && end_one_by_one(case)
}

/// Complete ones wait for the server as long as each other, but are cut after their own sending time as well: that
/// they differ says something only where none is known to have been well.
fn are_unequal_uploads(case: &Case) -> bool {
    let is_plain = |outcome: &Outcome| outcome.term[1] == b'H';
    is_lasting(case) && are_nearly_all(case, is_plain) && are_uploads(case) && !is_one_wait(case)
}

fn are_rare_uploads(case: &Case) -> bool {
    let (uploads, well) = hit::uploads(&case.harm.well);
    are_uploads(case) && well >= ENOUGH && uploads as f64 <= FEW * well as f64
}

/// All victims drawn bring a body, which the wait for the answer holds.
fn are_uploads(case: &Case) -> bool {
    let cut = case.harm.victims.get(&Symptom::ServerTimeout);
    cut.map(hit::uploads)
        .is_some_and(|(uploads, drawn)| drawn >= ENOUGH && uploads == drawn)
}

/// What failed was cut in this way, and nobody else is seen to wait.
fn are_nearly_all(case: &Case, is_wanted: impl Fn(&Outcome) -> bool) -> bool {
    let wanted = cut(case).filter(|(outcome, _)| is_wanted(outcome));
    let wanted: u64 = wanted.map(|(_, tally)| tally.n).sum();
    let failed = case.harm.count(Symptom::is_failure);
    wanted >= ENOUGH as u64
        && wanted as f64 >= NEARLY_ALL * failed as f64
        && !case.is_slow()
        && case.aborts.is_none()
}

/// It was so when the log began: nothing is known of better times.
fn is_lasting(case: &Case) -> bool {
    !case.before.is_rate_known
}

/// Silent servers end all that is open within one timeout, which is at most the shortest time that one of them took.
fn end_one_by_one(case: &Case) -> bool {
    let shortest = cut(case).filter_map(|(_, tally)| tally.shortest()).min();
    is_lasting(case)
        && shortest.is_some_and(|ms| case.harm.curve.is_one_by_one(ms.div_euclid(1_000) + 1))
}

/// They had waited for as long as each other, as one timeout makes them.
fn is_one_wait(case: &Case) -> bool {
    let mut waits = Scale::default();
    cut(case).for_each(|(_, tally)| waits.merge(tally.scale.clone()));
    let (all, _) = waits.from(0);
    let mut counts = [0; 1 << u8::BITS];
    waits.tell(|step, n| counts[usize::from(step)] += u64::from(n));
    let pile = counts.windows(2).map(|pair| pair[0] + pair[1]).max();
    pile.unwrap_or(0) as f64 >= PILED * all as f64
}

fn cut(case: &Case) -> impl Iterator<Item = (&Outcome, &Tally)> {
    let bad = case.harm.bad.iter();
    bad.filter(|((_, outcome), _)| outcome.symptom == Symptom::ServerTimeout)
        .map(|((_, outcome), tally)| (outcome, tally))
}
