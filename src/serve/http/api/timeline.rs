//! When servers were out of rotation, and when requests failed, over a span.
//!
//! Enters: the document's incidents. Leaves: their lanes by server, and their curves. Must not know: how they came about.

use std::collections::BTreeMap;

use serde::Serialize;

use super::asked::Spanned;
use crate::report::document::{Document, Incident, LaneSpan};

/// See the module.
#[derive(Debug, Serialize)]
pub struct Timeline<'a> {
    servers: Vec<Lane<'a>>,
    failures: Vec<Failures<'a>>,
}

/// A server's times out of rotation.
#[derive(Debug, Serialize)]
struct Lane<'a> {
    backend: Option<&'a str>,
    server: &'a str,
    out: Vec<Out<'a>>,
}

#[derive(Debug, Serialize)]
struct Out<'a> {
    #[serde(flatten)]
    span: &'a LaneSpan,
    incident: &'a str,
}

/// Failed requests of an incident.
#[derive(Debug, Serialize)]
struct Failures<'a> {
    incident: &'a str,
    backend: Option<&'a str>,
    start: &'a str,
    end: Option<&'a str>,
    failed_requests: u64,
    failures_part_s: i64,
    failures_per_second: &'a [f64],
}

/// Of the incidents that lie in a span.
pub fn of<'a>(document: &'a Document, wanted: &Spanned) -> Timeline<'a> {
    let shown = || {
        document
            .incidents
            .iter()
            .filter(|incident| wanted.is(incident))
    };
    let mut servers: BTreeMap<(Option<&str>, &str), Vec<Out>> = BTreeMap::new();
    for incident in shown() {
        for lane in &incident.lanes {
            let spans = lane.out.iter();
            let spans = spans.filter(|span| wanted.touches(&span.from, span.to.as_deref()));
            let out = spans.map(|span| Out {
                span,
                incident: &incident.id,
            });
            let key = (incident.backend.as_deref(), lane.server.as_str());
            servers.entry(key).or_default().extend(out);
        }
    }
    servers.retain(|_, out| !out.is_empty());
    let lane = |((backend, server), out)| Lane {
        backend,
        server,
        out,
    };
    Timeline {
        servers: servers.into_iter().map(lane).collect(),
        failures: shown()
            .filter(|incident| incident.failed_requests > 0)
            .map(failures)
            .collect(),
    }
}

fn failures(incident: &Incident) -> Failures<'_> {
    Failures {
        incident: &incident.id,
        backend: incident.backend.as_deref(),
        start: &incident.start,
        end: incident.end.as_deref(),
        failed_requests: incident.failed_requests,
        failures_part_s: incident.failures_part_s,
        failures_per_second: &incident.failures_per_second,
    }
}
