//! Servers that went down and came back again and again.
//!
//! Enters: an incident. Leaves: from when to when each of its servers did so, and how often. Must not know: charts.

use super::text;
use crate::incident::{Incident, Moment};
use crate::words::cause::Kind;

/// Once is no flapping.
const OFTEN: u64 = 2;

/// A server's name, from and to (ms; `None`: it is not back), and the times it was marked DOWN, as far as they are told.
pub type Flapped = (String, i64, Option<i64>, u64);

/// The servers of an incident that flapped; none of other incidents.
pub fn of(incident: &Incident) -> Vec<Flapped> {
    if incident.kind != Kind::Flapping {
        return Vec::new();
    }
    let lanes = incident.lanes.iter().map(|lane| text(&lane.server));
    let mut flapped: Vec<Flapped> = lanes
        .filter_map(|server| of_server(incident, server))
        .collect();
    // Of a long story the timeline lacks the middle; the count does not.
    if let [(.., downs)] = flapped.as_mut_slice() {
        *downs = (*downs).max(incident.downs);
    }
    flapped
}

fn of_server(incident: &Incident, server: String) -> Option<Flapped> {
    let backend = incident.backend.as_ref().map(text)?;
    let place = format!("{backend}/{server}");
    let rows = || incident.timeline.iter().filter(|row| row.place == place);
    let is = |what: &'static str| move |row: &&Moment| row.what == what;
    let downs = rows().filter(is("server_down"));
    let (from, downs) = (downs.clone().next()?.at, downs.count() as u64);
    let last_down = rows().rfind(is("server_down"))?.at;
    let back = rows().rfind(is("server_up")).map(|row| row.at);
    let back = back.filter(|back| *back >= last_down);
    (downs >= OFTEN).then_some((server, from, back, downs))
}
