//! What changed between two logs, as Markdown.
//!
//! Enters: a [`Document`]. Leaves: a table and lists, all text of the log escaped. Must not know: how intervals are found.

use std::io::{self, Write};

use super::table;
use crate::report::change::{Document, NOTHING, Row, lists};
use crate::report::clock;
use crate::report::escape::markdown;
use crate::report::phrase;

/// Writes `doc` as one Markdown document. Fails as `out` fails.
pub fn write(doc: &Document, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# What changed\n")?;
    for (name, window) in [("Before", &doc.before), ("After", &doc.after)] {
        if let Some(span) = clock::window(window) {
            writeln!(out, "{name}: {span} {}\n", markdown(&window.timezone))?;
        }
    }
    if doc.changes.is_empty() {
        return writeln!(out, "{NOTHING}");
    }
    let row = |row: &Row| {
        [
            row.scope.clone(),
            row.what.to_owned(),
            row.before.words(),
            row.after.words(),
            row.points(),
            phrase::words(row.verdict),
        ]
        .map(|text| markdown(&text))
    };
    let heads = [
        "Proxy",
        "What",
        "Before",
        "After",
        "Difference in points (90 %)",
        "Verdict",
    ];
    table(heads, doc.changes.iter().map(row), out)?;
    for (heading, list) in lists(doc) {
        writeln!(out, "## {heading}\n")?;
        for brief in list {
            writeln!(out, "- {}", markdown(&brief.words()))?;
        }
        writeln!(out)?;
    }
    Ok(())
}
