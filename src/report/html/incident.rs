//! One incident, from its headline to what to do next, as a section of any page.
//!
//! Enters: an incident and its place in the report. Leaves: an `article`. Must not know: the rest of the page.

use askama::Template;

use super::cause::Cause;
use super::figure::Figure;
use super::runbook::{Repeated, Steps};
use super::stamp::Stamp;
use super::svg::{Told, Wall};
use super::verdict::{State, is_quiet};
use super::{TABLES, UNFOLDED, impact};
use crate::report::clock::Clock;
use crate::report::document::{Document, Incident, Moment};
use crate::report::phrase::{self, Sources};
use crate::report::text::page;

/// Where a line stands is cut to so many characters; evidence has all of it.
const REFERENCE: usize = 26;

/// See the module. Shown as text, it is its HTML.
#[derive(Template)]
#[template(path = "report/html/incident.html")]
pub struct Entry<'a> {
    number: usize,
    incident: &'a Incident,
    is_open: bool,
    state: State,
    when: Stamp,
    /// What it cost, and why, in a line each.
    short: Vec<(&'static str, String)>,
    now: Option<String>,
    /// Numbers and headlines of incidents that share the cause.
    related: Vec<(usize, String)>,
    figure: Option<Figure>,
    moments: Vec<Row>,
    times: Vec<(&'static str, Stamp, String)>,
    rows: Vec<(&'static str, String)>,
    places: Vec<(&'static str, String)>,
    cause: Cause,
    steps: Steps<'a>,
    /// The incident before it that tells the same steps.
    same_steps: Option<usize>,
    settings: Vec<String>,
}

/// A row of the timeline.
struct Row {
    time: Stamp,
    what: String,
    place: String,
    line: String,
}

impl<'a> Entry<'a> {
    /// An incident of `doc`, all of which are `told`.
    pub(super) fn new(
        it: Told<'a>,
        told: &[Told],
        repeated: &Repeated,
        doc: &Document,
        wall: &Wall,
    ) -> Self {
        let Told { number, incident } = it;
        let clock = Clock::after(&doc.window);
        let related = told
            .iter()
            .filter(|other| phrase::is_related(incident, other.incident));
        let log_end = doc.window.end.as_deref();
        let said = phrase::span(incident, log_end, &clock);
        let settings = phrase::settings(&doc.advice, incident);
        let state = State::of(incident);
        let is_first = number <= UNFOLDED || state.ending == "open";
        Self {
            number,
            incident,
            is_open: is_first && !is_quiet(incident),
            state,
            when: Stamp::saying(&incident.start, said),
            short: impact::in_brief(incident, doc),
            now: incident.now.as_ref().and_then(phrase::incident_now),
            related: related
                .map(|other| (other.number, other.incident.headline.clone()))
                .collect(),
            figure: Figure::of_one(it, wall, told.len() > TABLES),
            moments: moments(incident, &clock, Sources::of(doc)),
            times: impact::times(incident, &clock),
            rows: impact::rows(incident, doc),
            places: impact::places(incident),
            cause: Cause::new(&incident.cause, Sources::of(doc)),
            steps: Steps::new(incident),
            same_steps: repeated.before(&it),
            settings: settings.map(phrase::in_brief).collect(),
        }
    }

    /// The same, whatever it is.
    pub(super) fn unfolded(self) -> Self {
        Self {
            is_open: true,
            ..self
        }
    }
}

/// The rows of a timeline.
fn moments<'a>(incident: &'a Incident, clock: &Clock, sources: Sources) -> Vec<Row> {
    let mut clock = clock.clone();
    clock.show_next(&incident.start);
    let mut line = sources.places();
    let mut before = "";
    let row = |moment: &'a Moment| {
        let shown = clock.show_next(&moment.time);
        let is_new = std::mem::replace(&mut before, &moment.time) != moment.time;
        Row {
            time: match is_new {
                true => Stamp::saying(&moment.time, shown),
                false => Stamp::again(shown),
            },
            what: moment.text.clone(),
            place: moment.place.clone(),
            line: page::cut_start(&line(moment.evidence.as_ref()), REFERENCE),
        }
    };
    incident.timeline.iter().map(row).collect()
}
