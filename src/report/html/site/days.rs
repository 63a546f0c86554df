//! Incidents by day, the last day first.
//!
//! Enters: the document. Leaves: a page. Must not know: what goes on right now.

use askama::Template;

use super::line::Line;
use super::shown;
use crate::report::clock::Clock;
use crate::report::document::{Document, Incident};
use crate::report::html::svg::Told;
use crate::report::numbers::counted;
use crate::report::phrase;

/// Days that are shown.
const DAYS: usize = 62;

#[derive(Template)]
#[template(path = "report/html/site/days.html")]
struct Days {
    days: Vec<Day>,
    omitted: Option<String>,
}

/// A day of the log's zone.
struct Day {
    date: String,
    said: String,
    lines: Vec<Line>,
}

/// See the module.
pub fn days(doc: &Document) -> String {
    let clock = Clock::after(&doc.window);
    let by_day = doc.incidents.chunk_by(|a, b| date(a) == date(b));
    let day = |of: &[Incident]| {
        let failed = of.iter().map(|incident| incident.failed_requests).sum();
        let told = of.iter().rev().map(|incident| Told {
            number: 0,
            incident,
        });
        Day {
            date: date(&of[0]).to_owned(),
            said: format!(
                "{}, {}",
                counted(of.len() as u64, "incident", "incidents"),
                counted(failed, "failed request", "failed requests")
            ),
            lines: told.map(|it| Line::new(it, doc, &clock)).collect(),
        }
    };
    shown(&Days {
        days: by_day.rev().take(DAYS).map(day).collect(),
        omitted: doc.omitted.as_ref().map(phrase::omitted),
    })
}

/// `2026-03-14`, in the log's zone.
fn date(incident: &Incident) -> &str {
    incident.start.get(..10).unwrap_or_default()
}
