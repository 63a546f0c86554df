//! What people did, beside what the log shows: deployments, changes of any kind.
//!
//! Enters: events, and an incident as it will be told. Leaves: rows of its timeline, and what came shortly before it.
//! Must not know: what an event means. It may explain an incident, and never decides about its cause.

use super::Assembly;
use crate::report::clock;
use crate::report::document::{CauseVerdict, EventBefore, Incident, Moment};
use crate::words::cause::Cause;

/// An event this long (ms) before an incident may have led to it: longer than a rolling deployment takes to reach the
/// servers and for caches and pools to run out, short enough for few others to fall into it.
const BEFORE: i64 = 15 * 60_000;

/// Events told of one incident on either side of its start: the last ones before it, and the first ones in it.
const TOLD: usize = 10;

/// Something that was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When; ms since 1970 UTC.
    pub at: i64,
    /// What, as it was noted.
    pub text: String,
    /// The file it is noted in.
    pub source: String,
    /// Line number from 1.
    pub line: u64,
}

/// Tells the events in and before an incident that began at `start` and ended at `end` (ms), as far as it has.
pub fn mark(assembly: &Assembly, incident: &mut Incident, start: i64, end: Option<i64>) {
    let events = assembly.events;
    let end = end.or(assembly.window_ms().map(|(_, last)| last));
    let end = end.unwrap_or(start);
    let from = events.partition_point(|event| event.at < start - BEFORE);
    let at_start = events.partition_point(|event| event.at <= start);
    let to = events
        .partition_point(|event| event.at <= end)
        .max(at_start);
    let before = &events[from.max(at_start.saturating_sub(TOLD))..at_start];
    let within = &events[at_start..to.min(at_start + TOLD)];
    for event in before.iter().chain(within) {
        insert(incident, assembly, event);
    }
    let told = before.iter().rev().map(|event| EventBefore {
        time: assembly.time(event.at),
        before_ms: start - event.at,
        text: event.text.clone(),
        source: event.source.clone(),
        line: event.line,
    });
    incident.cause.events = told.collect();
    incident.story.extend(suspicion(&incident.cause));
}

/// Before the first row that is not earlier, to the second, as rows stand by the second.
fn insert(incident: &mut Incident, assembly: &Assembly, event: &Event) {
    let second = |time: &str| clock::millis(time).map(|ms| ms.div_euclid(1000));
    let rows = &mut incident.timeline;
    let is_later = |row: &Moment| {
        second(&row.time).is_some_and(|at| {
            let own = event.at.div_euclid(1000);
            at > own || (at == own && row.what != "event")
        })
    };
    let at = rows.iter().position(is_later).unwrap_or(rows.len());
    let row = Moment {
        time: assembly.time(event.at),
        what: "event",
        place: String::new(),
        text: event.text.clone(),
        evidence: None,
    };
    rows.insert(at, row);
}

/// Where the log leaves room for it, the last event before is worth a look.
fn suspicion(cause: &CauseVerdict) -> Option<String> {
    let event = cause.events.first()?;
    let is_open = cause.code == Cause::Unknown || cause.runner_up.is_some();
    let when = match event.before_ms {
        0..1000 => "at the same moment".to_owned(),
        ms => format!("{} before", clock::length(ms)),
    };
    is_open.then(|| {
        format!(
            "The log does not settle the cause; {when}: {}.",
            event.text.trim_end_matches('.')
        )
    })
}
