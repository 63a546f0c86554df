//! How many servers a backend can lose before the others are full.
//!
//! Enters: a backend, its section, and its busiest calm minute. Leaves: a sentence. Must not know: timers.
//!
//! By Little's law the requests at work at once are their rate times the time that each holds a server. Where they come
//! independently, they are seldom more than two deviations above their mean, which is the root of it.

use super::subject::Subject;
use crate::config::Server;
use crate::incident::Incident;
use crate::words::numbers::count;

/// Requests of the busiest minute below which it says little.
const ENOUGH: u64 = 100;

/// The sentence; `None` where servers have no `maxconn`, or nothing was measured.
pub fn note(subject: &Subject) -> Option<String> {
    let busy = subject.busy.filter(|busy| busy.requests >= ENOUGH)?;
    let slots = slots(subject)?;
    let at_work = busy.at_work as f64 / 1e3;
    let need = at_work + 2.0 * at_work.sqrt();
    let all: u64 = slots.iter().sum();
    let rate = busy.requests as f64 / busy.seconds as f64;
    let lost = (0..slots.len())
        .rev()
        .find(|lost| slots[*lost..].iter().sum::<u64>() as f64 >= need);
    let verdict = match lost {
        None => "the others wait in bursts even while all servers are up".to_owned(),
        Some(0) => "none can be lost before the others are full".to_owned(),
        Some(lost) => format!("{lost} can be lost before the others are full"),
    };
    let seen = subject
        .incidents
        .iter()
        .filter_map(|incident| seen(incident));
    let seen = seen.max_by_key(|(lost, _)| *lost);
    let seen = seen.map_or(String::new(), |(_, seen)| seen);
    Some(format!(
        "In its busiest calm minute {} requests a second kept {at_work:.1} of the {all} slots of {} servers (`maxconn`) busy: {verdict}{seen}.",
        count(rate.round() as u64),
        slots.len(),
        all = count(all)
    ))
}

/// `maxconn` of each server in use, the largest first, where all have one.
fn slots(subject: &Subject) -> Option<Vec<u64>> {
    let servers = subject.proxy?.servers().iter();
    let limit = |server: &Server| {
        let limit = server.maxconn.as_ref().map(|limit| u64::from(limit.value));
        limit.filter(|limit| *limit > 0 && server.minconn.is_none())
    };
    let in_use = servers.filter(|server| !server.backup && !server.disabled);
    let mut slots: Vec<u64> = in_use.map(limit).collect::<Option<_>>()?;
    slots.sort_unstable_by(|a, b| b.cmp(a));
    (slots.len() > 1).then_some(slots)
}

/// How many servers an incident took, and what became of the queue.
fn seen(incident: &Incident) -> Option<(u32, String)> {
    let left = incident.left.filter(|left| left.active > 0)?;
    let lost = left
        .of
        .0
        .checked_sub(left.active)
        .filter(|lost| *lost > 0)?;
    let in_queue = incident
        .terms
        .iter()
        .filter(|(term, _)| term.get(1..2) == Some("Q"));
    let in_queue: u64 = in_queue.map(|(_, n)| n).sum();
    let became = match in_queue {
        0 => "no request failed in the queue".to_owned(),
        n => format!(
            "{n} of {} requests failed in the queue",
            count(incident.requests),
            n = count(n)
        ),
    };
    Some((
        lost,
        format!("; when {lost} of {} were, {became}", left.of.0),
    ))
}
