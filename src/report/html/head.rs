//! The line above the page: what was read.
//!
//! Enters: the document. Leaves: short texts. Must not know: what was found.

use crate::report::document::Document;
use crate::report::{clock, numbers, phrase};

/// Names of sources that are written out; of more, only the number is.
const SOURCES: usize = 3;

/// See the module.
pub(super) struct Head {
    pub(super) sources: String,
    pub(super) facts: Vec<String>,
    /// What the reader has to know of what was left out.
    pub(super) cautions: Vec<String>,
}

impl Head {
    pub(super) fn new(doc: &Document) -> Self {
        let mut facts = Vec::new();
        if let Some(span) = clock::window(&doc.window) {
            let (zone, from) = (&doc.window.timezone, &doc.window.timezone_from);
            facts.push(format!("{span} {zone} ({from})"));
        }
        facts.push(numbers::counted(doc.coverage.lines, "line", "lines"));
        if phrase::is_haproxy(&doc.coverage) {
            facts.push(phrase::understood(&doc.coverage));
        }
        let filter = doc.filter.as_ref();
        let filter = filter.map(|filter| phrase::filtered(filter, doc.coverage.filtered));
        let interrupted = doc
            .coverage
            .interrupted
            .then(|| phrase::INTERRUPTED.to_owned());
        Self {
            sources: sources(doc),
            facts,
            cautions: filter.into_iter().chain(interrupted).collect(),
        }
    }
}

fn sources(doc: &Document) -> String {
    let names: Vec<&str> = doc.sources.iter().map(|it| it.name.as_str()).collect();
    match names.as_slice() {
        [] => "no input".to_owned(),
        [first, rest @ ..] if names.len() > SOURCES => format!("{first} and {} more", rest.len()),
        few => few.join(", "),
    }
}
