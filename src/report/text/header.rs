//! The first lines: what was read, and what came of it.
//!
//! Enters: the document. Leaves: one line on the input, one on the outcome. Must not know: incidents one by one.

use std::io;

use super::page::{Ink, Page, Row};
use crate::report::clock::Clock;
use crate::report::document::Document;
use crate::report::{clock, numbers, phrase};

/// Names of sources that are written out; of more, only the number is.
const SOURCES: usize = 3;

/// Writes the lines on input and outcome.
pub(super) fn write(doc: &Document, page: &mut Page) -> io::Result<()> {
    let mut input = vec![(Ink::Strong, sources(doc))];
    input.push((
        Ink::Plain,
        numbers::counted(doc.coverage.lines, "line", "lines"),
    ));
    if let Some(span) = clock::window(&doc.window) {
        let zone = (&doc.window.timezone, &doc.window.timezone_from);
        input.push((Ink::Plain, span));
        input.push((Ink::Plain, format!("{} ({})", zone.0, zone.1)));
    }
    if phrase::is_haproxy(&doc.coverage) {
        let all = doc.coverage.unparsed == 0;
        input.push((
            if all { Ink::Plain } else { Ink::Warn },
            phrase::understood(&doc.coverage),
        ));
    }
    page.flow(Row::default(), " · ", &input)?;
    if let Some(filter) = &doc.filter {
        let said = phrase::filtered(filter, doc.coverage.filtered);
        page.paragraph(Row::default(), Ink::Warn, &said)?;
    }
    if doc.coverage.interrupted {
        page.paragraph(Row::default(), Ink::Warn, phrase::INTERRUPTED)?;
    }
    if !phrase::is_haproxy(&doc.coverage) {
        return Ok(());
    }
    if doc.incidents.is_empty() {
        let ink = match phrase::is_beside(&doc.coverage) {
            true => Ink::Warn,
            false => Ink::Good,
        };
        page.paragraph(Row::default(), ink, &phrase::no_incident(doc))?;
    } else {
        outcome(doc, page)?;
    }
    now(doc, page)
}

/// What it comes to.
fn outcome(doc: &Document, page: &mut Page) -> io::Result<()> {
    let ink = if doc.incidents.iter().any(|i| i.is_outage) {
        Ink::Bad
    } else {
        Ink::Strong
    };
    let mut outcome = vec![
        (ink, phrase::incidents(doc)),
        (Ink::Plain, phrase::failed(doc)),
    ];
    let warnings = doc.coverage.warnings.len() as u64;
    if warnings > 0 {
        let warnings = numbers::counted(warnings, "warning", "warnings");
        outcome.push((Ink::Warn, format!("{warnings} at the end")));
    }
    page.flow(Row::default(), " · ", &outcome)
}

/// What the running HAProxy says, where it was asked.
fn now(doc: &Document, page: &mut Page) -> io::Result<()> {
    match &doc.now {
        Some(now) => {
            let ink = if now.out_of_service == 0 {
                Ink::Good
            } else {
                Ink::Warn
            };
            let said = phrase::now(now, &Clock::after(&doc.window));
            page.paragraph(Row::default(), ink, &said)
        }
        None => Ok(()),
    }
}

/// `haproxy.log, haproxy.log.1`; of many: `haproxy.log and 12 more`.
fn sources(doc: &Document) -> String {
    let names: Vec<&str> = doc
        .sources
        .iter()
        .map(|source| source.name.as_str())
        .collect();
    match names.as_slice() {
        [] => "no input".to_owned(),
        [first, rest @ ..] if names.len() > SOURCES => format!("{first} and {} more", rest.len()),
        few => few.join(", "),
    }
}
