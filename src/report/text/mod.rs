//! The document for a terminal, to be read top to bottom in ten seconds.
//!
//! Enters: a [`Document`] and a [`Style`]. Leaves: lines. Colour helps and is never needed. Must not know:
//! whether anything is a terminal; who calls decides on width and colour.

mod advice;
mod ascii;
pub(super) mod bars;
pub mod change;
mod coverage;
mod curves;
mod figures;
mod header;
mod incident;
pub(super) mod lanes;
pub(super) mod page;
pub mod review;
mod steps;
pub(super) mod timeline;
pub mod what_if;

use std::io::{self, Write};

use self::page::{Ink, Page, Row};
use super::clock::Clock;
use super::document::{Document, Incident};
use super::phrase;
use crate::words::cause::Severity;

/// Pieces of advice shown in a report; `advise` shows all.
const ADVICE: usize = 24;

/// How to write for a terminal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Style {
    /// Columns; less than 40 is taken as 40. Only commands to paste are longer.
    pub width: usize,
    /// Write colours, as SGR sequences.
    pub colour: bool,
    /// Write nothing but ASCII.
    pub ascii: bool,
}

/// Writes `doc` for a terminal of `style`. Fails as `out` fails.
pub fn write(doc: &Document, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let page = &mut Page::new(style, out);
    header::write(doc, page)?;
    if !phrase::is_haproxy(&doc.coverage) {
        return coverage::write_no_haproxy(doc, page);
    }
    let clock = Clock::after(&doc.window);
    let incidents = in_order(&doc.incidents);
    for (place, incident) in incidents.iter().enumerate() {
        incident::Entry {
            number: place + 1,
            incident,
            all: &incidents,
            doc,
            clock: &clock,
        }
        .write(page)?;
    }
    if let Some(omitted) = &doc.omitted {
        page.blank()?;
        page.paragraph(Row::default(), Ink::Plain, &phrase::omitted(omitted))?;
    }
    advice::write(&doc.advice, ADVICE, phrase::Sources::of(doc), page)?;
    figures::write(doc, page)?;
    coverage::write(&doc.coverage, page)
}

/// One incident of `doc` as the report tells it, on a page of `style` that is kept.
pub(super) fn of_incident(doc: &Document, id: &str, style: Style) -> Vec<Row> {
    let mut rows = Vec::new();
    let all = in_order(&doc.incidents);
    let found = all.iter().position(|incident| incident.id == id);
    if let Some(place) = found {
        let entry = incident::Entry {
            number: place + 1,
            incident: all[place],
            all: &all,
            doc,
            clock: &Clock::after(&doc.window),
        };
        // What is kept cannot fail to be written.
        let _ = entry.write(&mut Page::kept(style, &mut rows));
    }
    rows
}

/// Outages and degradation first, then losses that hurt nobody, then what is no fault; each in order of time.
pub(super) fn in_order(incidents: &[Incident]) -> Vec<&Incident> {
    let mut ordered: Vec<&Incident> = incidents.iter().collect();
    ordered.sort_by_key(|incident| match incident.severity {
        Severity::Outage | Severity::Degraded => 0,
        Severity::Capacity | Severity::Unknown => 1,
        Severity::Client | Severity::Planned => 2,
    });
    ordered
}
