//! An incident in one line, which leads to its page.
//!
//! Enters: an incident. Leaves: what the line says. Must not know: the other lines.

use crate::report::clock::Clock;
use crate::report::document::{Document, Incident};
use crate::report::html::State;
use crate::report::html::stamp::Stamp;
use crate::report::html::svg::Told;
use crate::report::phrase;

/// See the module.
pub(super) struct Line {
    /// In the drawing above.
    pub(super) number: usize,
    pub(super) id: String,
    pub(super) headline: String,
    pub(super) state: State,
    pub(super) when: Stamp,
    /// What it cost: nothing, or one text.
    pub(super) cost: Option<String>,
}

impl Line {
    pub(super) fn new(it: Told, doc: &Document, clock: &Clock) -> Self {
        let incident: &Incident = it.incident;
        let span = phrase::span(incident, doc.window.end.as_deref(), clock);
        Self {
            number: it.number,
            id: incident.id.clone(),
            headline: incident.headline.clone(),
            state: State::of(incident),
            when: Stamp::saying(&incident.start, span),
            cost: phrase::cost(incident).into_iter().next(),
        }
    }
}
