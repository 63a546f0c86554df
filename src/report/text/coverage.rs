//! The last lines: what the log could not show.
//!
//! Enters: coverage. Leaves: warnings and what was left out, or, when no line came from HAProxy, what to
//! try. Must not know: incidents and advice.

use std::io;

use super::page::{Ink, Page, Row};
use crate::report::document::{Coverage, Document};
use crate::report::phrase;

/// Writes warnings and counts of lines that are not part of the story.
pub(super) fn write(coverage: &Coverage, page: &mut Page) -> io::Result<()> {
    let left_out = phrase::left_out(coverage);
    if coverage.warnings.is_empty() && left_out.is_empty() {
        return Ok(());
    }
    page.blank()?;
    for warning in &coverage.warnings {
        page.paragraph(Row::default().put(Ink::Warn, "! "), Ink::Plain, warning)?;
    }
    let left_out: Vec<_> = left_out
        .into_iter()
        .map(|sentence| (Ink::Dim, sentence))
        .collect();
    if left_out.is_empty() {
        Ok(())
    } else {
        page.flow(Row::default(), " · ", &left_out)
    }
}

/// Writes that no line came from HAProxy, and what to try.
pub(super) fn write_no_haproxy(doc: &Document, page: &mut Page) -> io::Result<()> {
    let mut ink = Ink::Bad;
    for sentence in phrase::no_haproxy(&doc.coverage) {
        page.paragraph(Row::default(), ink, &sentence)?;
        ink = Ink::Plain;
    }
    write(&doc.coverage, page)
}
