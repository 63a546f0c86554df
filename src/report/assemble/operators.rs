//! What operators did while something was wrong.
//!
//! Enters: incidents as they were found. Leaves: their timelines with the rows of planned work around them.
//! Must not know: times of day, or how rows are shown.

use crate::incident::{self, Incident, Moment};
use crate::words::cause::Severity;

/// What was done this long (ms) before an incident belongs to its story.
const BEFORE: i64 = 60_000;

/// Rows that are taken into one timeline.
const ROWS: usize = 20;

/// The incidents in their order; what was planned keeps its own rows, too.
pub fn taken_in(mut found: Vec<Incident>) -> Vec<Incident> {
    let is_planned = |incident: &&Incident| incident.severity == Severity::Planned;
    let planned: Vec<Incident> = found.iter().filter(is_planned).cloned().collect();
    for incident in found
        .iter_mut()
        .filter(|incident| !is_planned(&&**incident))
    {
        let own = |other: &&Incident| other.backend.is_none() || other.backend == incident.backend;
        let rows = planned.iter().filter(own).flat_map(|other| &other.timeline);
        let near = |row: &&Moment| {
            row.at >= incident.start - BEFORE && incident.end.is_none_or(|end| row.at <= end)
        };
        let is_known = |row: &&Moment| {
            let same = |own: &Moment| own.what == row.what && own.clue == row.clue;
            row.clue.is_some() && incident.timeline.iter().any(same)
        };
        let rows = rows.filter(near).filter(|row| !is_known(row));
        let rows: Vec<Moment> = rows.take(ROWS).cloned().collect();
        incident.timeline.extend(rows);
        incident::in_order(&mut incident.timeline);
    }
    found
}
