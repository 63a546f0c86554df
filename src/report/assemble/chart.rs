//! Charts: requests over time, with the servers that were missing and what was done meanwhile.
//!
//! Enters: the scan's courses, the incidents that are told, events, timeouts in force. Leaves: [`Chart`]s. Must not know:
//! how they are drawn.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Range;

use super::figures::{OWNERS, joined};
use super::{Assembly, flaps, sentences, text, timeline};
use crate::advice::{Review, Scope};
use crate::incident::{Course, Incident};
use crate::report::document::{
    Chart, ChartLane, ChartLimit, ChartMarker, Flap, LaneSpan, OwnerSeries,
};
use crate::words::cause::{Cause, Kind};

/// Lanes of a chart: more are nobody's to look at.
const LANES: usize = 24;

/// Spans of a lane, the longest; more run into one another.
const SPANS: usize = 120;

/// Markers of a chart, the last.
const MARKERS: usize = 60;

/// What charts are made from, beside their courses.
pub struct Charts<'a> {
    assembly: &'a Assembly<'a>,
    shown: &'a [Incident],
    review: &'a Review,
    markers: Vec<Marker>,
}

/// Something that was done: when (ms), and to which backend; `None`: to all.
struct Marker {
    at: i64,
    backend: Option<String>,
    what: &'static str,
    place: String,
    text: String,
}

impl<'a> Charts<'a> {
    /// Of the incidents that are told, and what `advise` knows of timeouts.
    pub fn new(assembly: &'a Assembly<'a>, shown: &'a [Incident], review: &'a Review) -> Self {
        let events = assembly.events.iter().map(|event| Marker {
            at: event.at,
            backend: None,
            what: "event",
            place: String::new(),
            text: event.text.clone(),
        });
        let done = shown.iter().flat_map(markers_of);
        let mut markers: Vec<Marker> = events.chain(done).collect();
        markers.sort_by_key(|marker| marker.at);
        Self {
            assembly,
            shown,
            review,
            markers,
        }
    }

    /// Of the whole window.
    pub fn of_window(&self) -> Option<Chart> {
        let (start, end) = self.assembly.window_ms()?;
        let course = self.assembly.scan.flow();
        let course = course.whole(start / 1000, end / 1000);
        Some(self.of_all(&course))
    }

    /// Of the last hour up to the last second that was scanned.
    pub fn lately(&self) -> Chart {
        let scan = self.assembly.scan;
        self.of_all(&scan.flow().lately(scan.now()))
    }

    fn of_all(&self, course: &Course) -> Chart {
        let asked = &self.assembly.window.backends;
        let is_asked = |backend: &str| asked.is_empty() || asked.iter().any(|of| of == backend);
        self.chart(course, Vec::new(), is_asked)
    }

    /// Of an incident.
    pub fn of(&self, incident: &Incident) -> Chart {
        let backend = incident.backend.as_ref().map(text);
        let is_its = |of: &str| backend.as_deref().is_none_or(|backend| backend == of);
        self.chart(&incident.course, self.limits(incident), is_its)
    }

    fn chart(
        &self,
        course: &Course,
        limits: Vec<ChartLimit>,
        is_shown: impl Fn(&str) -> bool,
    ) -> Chart {
        let span = course.start * 1000..course.end() * 1000;
        let (lanes, lanes_omitted) = self.lanes(&span, &is_shown);
        let (markers, markers_omitted) = self.markers(&span, &is_shown);
        Chart {
            start: self.assembly.time(course.start * 1000),
            part_s: course.width,
            requests: course.requests.clone(),
            failed: failed(course),
            p50_ms: course.p50.clone(),
            p99_ms: course.p99.clone(),
            limits,
            lanes,
            lanes_omitted,
            markers,
            markers_omitted,
        }
    }

    /// Timeouts of the incident's backend, or of the one frontend it is about.
    fn limits(&self, incident: &Incident) -> Vec<ChartLimit> {
        let name = match (&incident.backend, incident.frontends.as_slice()) {
            (Some(backend), _) => backend,
            (None, [frontend]) => frontend,
            _ => return Vec::new(),
        };
        let is_its = |scope: &Scope| match scope {
            Scope::Backend(of) => incident.backend.is_some() && of == name,
            Scope::Frontend(of) => incident.backend.is_none() && of == name,
            Scope::Listen(of) => of == name,
            Scope::Global | Scope::Server(..) => false,
        };
        let reviews = self.review.backends.iter().filter(|of| is_its(&of.scope));
        let limits = reviews.flat_map(|of| &of.timers).filter_map(|timer| {
            Some(ChartLimit {
                keyword: timer.timeout.keyword(),
                ms: timer.force.ms.filter(|ms| *ms > 0)?,
                from: timer.force.from.as_str()?,
            })
        });
        let mut limits: Vec<ChartLimit> = limits.collect();
        limits.sort_by_key(|limit| (limit.keyword, limit.ms));
        limits.dedup_by_key(|limit| limit.keyword);
        limits
    }

    /// Servers that were out of rotation within a span (ms), and how many more there are.
    fn lanes(&self, span: &Range<i64>, is_shown: impl Fn(&str) -> bool) -> (Vec<ChartLane>, u64) {
        type Out = BTreeMap<&'static str, Vec<(i64, Option<i64>)>>;
        let mut servers: BTreeMap<(String, String), Out> = BTreeMap::new();
        for incident in self.shown {
            let Some(backend) = incident.backend.as_ref().map(text) else {
                continue;
            };
            for lane in incident.lanes.iter().filter(|_| is_shown(&backend)) {
                let within = |(from, to, _): &&(i64, Option<i64>, _)| {
                    *from < span.end && to.is_none_or(|to| to >= span.start)
                };
                for (from, to, state) in lane.out.iter().filter(within) {
                    let key = (backend.clone(), text(&lane.server));
                    let states = servers.entry(key).or_default();
                    states.entry(*state).or_default().push((*from, *to));
                }
            }
        }
        let length = |(from, to): (i64, Option<i64>)| {
            to.unwrap_or(span.end).min(span.end) - from.max(span.start)
        };
        let lane = |((backend, server), states): ((String, String), Out)| {
            let joined = |(state, of): (&'static str, Vec<_>)| {
                let of = joined(of.into_iter()).into_iter();
                of.map(move |of| (of, state)).collect::<Vec<_>>()
            };
            let mut out: Vec<_> = states.into_iter().flat_map(joined).collect();
            let missed: i64 = out.iter().map(|(of, _)| length(*of)).sum();
            out.sort_by_key(|(of, _)| Reverse(length(*of)));
            out.truncate(SPANS);
            out.sort_unstable();
            let spans = out.into_iter().map(|((from, to), state)| LaneSpan {
                from: self.assembly.time(from),
                to: to.map(|to| self.assembly.time(to)),
                state,
            });
            let spans = spans.collect();
            (
                missed,
                ChartLane {
                    flaps: self.flaps(&backend, &server, span),
                    backend,
                    server,
                    spans,
                },
            )
        };
        let mut lanes: Vec<(i64, ChartLane)> = servers.into_iter().map(lane).collect();
        lanes.sort_by_key(|(missed, _)| Reverse(*missed));
        let omitted = lanes.len().saturating_sub(LANES);
        lanes.truncate(LANES);
        (
            lanes.into_iter().map(|(_, lane)| lane).collect(),
            omitted as u64,
        )
    }

    /// When a server flapped within a span (ms).
    fn flaps(&self, backend: &str, server: &str, span: &Range<i64>) -> Vec<Flap> {
        let its = self
            .shown
            .iter()
            .filter(|of| of.backend.as_ref().map(text).as_deref() == Some(backend));
        let flapped = its.flat_map(flaps::of).filter(|(of, from, to, _)| {
            of == server && *from < span.end && to.is_none_or(|to| to >= span.start)
        });
        flapped.map(|of| self.assembly.flap(&of)).collect()
    }

    /// What was done within a span (ms), and how much more.
    fn markers(
        &self,
        span: &Range<i64>,
        is_shown: impl Fn(&str) -> bool,
    ) -> (Vec<ChartMarker>, u64) {
        let is_its = |marker: &&Marker| {
            let backend = marker.backend.as_deref();
            span.contains(&marker.at) && backend.is_none_or(&is_shown)
        };
        let within: Vec<&Marker> = self.markers.iter().filter(is_its).collect();
        let omitted = within.len().saturating_sub(MARKERS);
        let told = within[omitted..].iter().map(|marker| ChartMarker {
            time: self.assembly.time(marker.at),
            what: marker.what,
            place: marker.place.clone(),
            text: marker.text.clone(),
        });
        (told.collect(), omitted as u64)
    }
}

/// What an incident says was done: each change of a server that somebody made, and changes of processes as one.
fn markers_of(incident: &Incident) -> Vec<Marker> {
    match incident.kind {
        Kind::Maintenance => timeline::joined(&incident.timeline)
            .into_iter()
            .map(|row| Marker {
                at: row.at,
                backend: incident.backend.as_ref().map(text),
                what: "operator",
                place: row.place,
                text: row.text,
            })
            .collect(),
        Kind::Restart => vec![Marker {
            at: incident.start,
            backend: None,
            what: match incident.cause.code {
                Cause::Reload => "reload",
                _ => "process",
            },
            place: match incident.timeline.first() {
                Some(row) => row.place.clone(),
                None => String::new(),
            },
            text: sentences::headline(incident, None),
        }],
        _ => Vec::new(),
    }
}

/// Failed requests by owner, who failed most first.
fn failed(course: &Course) -> Vec<OwnerSeries> {
    let of_owner = |(owner, name)| {
        let requests = course.failed.get(owner)?.clone();
        Some(OwnerSeries {
            owner: name,
            requests,
        })
    };
    let owners = OWNERS.iter().map(|(owner, name)| (owner, *name));
    let mut failed: Vec<OwnerSeries> = owners.filter_map(of_owner).collect();
    // Stable: equal ones stay in the order in which owners are told.
    failed.sort_by_key(|of| Reverse(of.requests.iter().sum::<u64>()));
    failed
}
