//! What was read, and what the log could not show.
//!
//! Enters: sources and coverage. Leaves: a table and sentences. Must not know: what was found.

use super::table::Table;
use crate::report::clock::Clock;
use crate::report::document::{Document, SourceSummary};
use crate::report::{numbers, phrase};

/// See the module.
pub(super) struct Coverage {
    pub(super) sources: Option<Table>,
    pub(super) warnings: Vec<String>,
    pub(super) left_out: Vec<String>,
}

impl Coverage {
    pub(super) fn new(doc: &Document, clock: &Clock) -> Self {
        let row = |source: &SourceSummary| {
            let time = |time: &Option<String>| {
                let time = time.as_deref();
                time.map_or(String::new(), |time| clock.show(time))
            };
            [
                source.name.clone(),
                numbers::count(source.lines),
                source.host.clone().unwrap_or_default(),
                time(&source.first),
                time(&source.last),
            ]
        };
        let heads = ["Log", "Lines", "Host", "First", "Last"];
        Self {
            sources: Table::of("Logs", heads, doc.sources.iter().map(row), 2),
            warnings: doc.coverage.warnings.clone(),
            left_out: phrase::left_out(&doc.coverage),
        }
    }
}
