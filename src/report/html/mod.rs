//! The document as one page for a browser: nothing is loaded, and all of it can be read without its script.
//!
//! Enters: a [`Document`]. Leaves: HTML with its style, script and drawings inside. Must not know: where it is shown, and
//! what else a page holds; parts of it stand in other pages, too.

mod advice;
mod cause;
mod coverage;
mod escaper;
mod figure;
mod figures;
mod head;
mod impact;
mod incident;
mod patch;
mod policy;
pub mod review;
mod runbook;
pub mod site;
mod stamp;
pub mod svg;
mod table;
mod verdict;

#[cfg(test)]
mod tests;

use std::io::{self, Write};

use askama::Template;

use self::advice::Advice;
use self::coverage::Coverage;
pub use self::escaper::Visible;

pub use self::figure::Figure;
use self::figures::Figures;
use self::head::Head;
pub use self::incident::Entry;
use self::patch::Changes;
use self::runbook::Repeated;
use self::svg::{Told, Wall};
pub use self::verdict::State;
use self::verdict::Verdict;
use super::clock::Clock;
use super::document::Document;
use super::patch::Patch;
use super::text::in_order;
use super::{clock, phrase};
use crate::words::cause::Severity;

/// Colours, type and layout of all pages.
pub const STYLE: &str = include_str!("style.css");

/// What makes a page handier: zoom, copying, folding.
pub const SCRIPT: &str = include_str!("script.js");

/// Incidents that stand open; of more, the others are folded.
const UNFOLDED: usize = 3;

/// Incidents up to which each has a table of every part of its drawing; of more, the parts are told together.
const TABLES: usize = 12;

#[derive(Template)]
#[template(path = "report/html/page.html")]
struct Page<'a> {
    title: String,
    policy: String,
    head: Head,
    verdict: Verdict,
    timeline: Option<Figure>,
    incidents: Vec<Entry<'a>>,
    omitted: Option<String>,
    advice: Advice,
    changes: Option<Changes>,
    figures: Option<Figures>,
    coverage: Coverage,
}

/// Writes `doc` as one page, with the changes that its advice makes. Fails as `out` fails.
pub fn write(doc: &Document, patch: Option<&Patch>, out: &mut dyn Write) -> io::Result<()> {
    let ordered = in_order(&doc.incidents);
    let told: Vec<Told> = (1..)
        .zip(&ordered)
        .map(|(number, incident)| Told { number, incident })
        .collect();
    let start = doc.window.start.as_deref().unwrap_or_default();
    let wall = Wall::of(&doc.window.timezone, start);
    let clock = Clock::after(&doc.window);
    let verdict = Verdict::new(doc, &told, &clock);
    let title = match clock::window(&doc.window) {
        Some(span) => format!("{} · {span}", verdict.headline),
        None => verdict.headline.clone(),
    };
    let repeated = Repeated::of(&told);
    let page = Page {
        title,
        policy: policy::of_one_file(STYLE, SCRIPT),
        head: Head::new(doc),
        timeline: Figure::of_all(doc, &told, &wall),
        incidents: told
            .iter()
            .map(|it| Entry::new(*it, &told, &repeated, doc, &wall))
            .collect(),
        omitted: doc.omitted.as_ref().map(phrase::omitted),
        advice: Advice::new(doc),
        changes: patch.and_then(Changes::new),
        figures: Figures::new(doc),
        coverage: Coverage::new(doc, &clock),
        verdict,
    };
    page.write_into(out)
        .map_err(|error| io::Error::other(error.to_string()))
}

/// The word for a severity in classes.
fn name_of(severity: Severity) -> String {
    phrase::words(severity)
}
