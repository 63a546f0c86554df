//! Pages of a log that goes on: what is wrong now, each incident under a link of its own, days, advice, coverage.
//!
//! Enters: the document, and what goes on right now. Leaves: whole pages, whose changing parts are marked for the script
//! that keeps them up to date. Must not know: who may see them, and how they are sent.

mod days;
mod home;
mod line;

#[cfg(test)]
mod tests;

use askama::Template;

use super::advice::Advice;
use super::coverage::Coverage;
use super::incident::Entry;
use super::patch::Changes;
use super::runbook::Repeated;
use super::svg::{DEFINITIONS, Told, Wall};
use super::{State, escaper};
use crate::report::clock::Clock;
use crate::report::document::{Document, Incident};
use crate::report::patch::Patch;
use crate::report::phrase;
pub use days::days;
pub use home::home;

/// Colours, type and layout, beside those of a report.
pub const STYLE: &str = include_str!("site.css");

/// What keeps a page up to date.
pub const SCRIPT: &str = include_str!("live.js");

#[derive(Template)]
#[template(path = "report/html/site/incident.html")]
struct IncidentPage<'a> {
    id: &'a str,
    headline: &'a str,
    is_open: bool,
    entry: Entry<'a>,
    /// Ids and headlines of incidents that share the cause.
    related: Vec<(&'a str, &'a str)>,
}

#[derive(Template)]
#[template(path = "report/html/site/missing.html")]
struct Missing;

#[derive(Template)]
#[template(path = "report/html/site/part.html")]
struct PartPage {
    title: &'static str,
    part: String,
}

#[derive(Template)]
#[template(path = "report/html/advice.html")]
struct AdvicePart {
    advice: Advice,
    changes: Option<Changes>,
}

#[derive(Template)]
#[template(path = "report/html/coverage.html")]
struct CoveragePart {
    coverage: Coverage,
}

/// One incident; nothing where there is none with this id.
pub fn incident(doc: &Document, id: &str) -> Option<String> {
    let incident = doc.incidents.iter().find(|of| of.id == id)?;
    let it = Told {
        number: 1,
        incident,
    };
    let others = doc.incidents.iter();
    let related = others.filter(|of| phrase::is_related(incident, of));
    let page = IncidentPage {
        id: &incident.id,
        headline: &incident.headline,
        is_open: incident.end.is_none(),
        entry: Entry::new(it, &[it], &Repeated::default(), doc, &wall(doc)).unfolded(),
        related: related
            .map(|of| (of.id.as_str(), of.headline.as_str()))
            .collect(),
    };
    Some(shown(&page))
}

/// What stands where no incident does.
pub fn missing() -> String {
    shown(&Missing)
}

/// What to change, and the changes that makes.
pub fn advice(doc: &Document, patch: Option<&Patch>) -> String {
    let part = shown(&AdvicePart {
        advice: Advice::new(doc),
        changes: patch.and_then(Changes::new),
    });
    let none = || "<p>Nothing needs to be changed, as far as the log tells.</p>".to_owned();
    shown(&PartPage {
        title: "Advice",
        part: Some(part)
            .filter(|_| !doc.advice.is_empty())
            .unwrap_or_else(none),
    })
}

/// What was read, and what was understood of it.
pub fn coverage(doc: &Document) -> String {
    let clock = Clock::after(&doc.window);
    let part = shown(&CoveragePart {
        coverage: Coverage::new(doc, &clock),
    });
    shown(&PartPage {
        title: "Coverage",
        part,
    })
}

fn wall(doc: &Document) -> Wall {
    let start = doc.window.start.as_deref().unwrap_or_default();
    Wall::of(&doc.window.timezone, start)
}

/// Templates fail only where what they are written to does, and a String takes all.
fn shown(page: &impl Template) -> String {
    page.render().unwrap_or_default()
}

/// Whether somebody should be woken: it goes on, and is neither planned nor its clients' own.
fn is_open(incident: &Incident) -> bool {
    State::of(incident).ending == "open"
}
