//! What changed between two logs, as a table, and what became of the advice.
//!
//! Enters: a [`Document`] and a [`Style`]. Leaves: lines. Must not know: how intervals are found.

use std::io::{self, Write};

use super::Style;
use super::page::{self, Ink, Page, Row as Line};
use crate::advice::change::Trend;
use crate::report::change::{Document, NOTHING, Row, lists};
use crate::report::clock;
use crate::report::phrase;

const INDENT: usize = 2;
const GAP: usize = 2;
const NAMES: [&str; 5] = ["", "before", "after", "points (90 %)", "verdict"];

/// Writes `doc` for a terminal of `style`. Fails as `out` fails.
pub fn write(doc: &Document, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let page = &mut Page::new(style, out);
    for (name, window) in [("before", &doc.before), ("after", &doc.after)] {
        let span = clock::window(window).unwrap_or_else(|| "no line has a time".to_owned());
        let line = Line::default().put(Ink::Strong, name).to(8);
        page.row(line.put(Ink::Plain, &format!("{span} {}", window.timezone)))?;
    }
    if doc.changes.is_empty() {
        page.blank()?;
        return page.paragraph(Line::default(), Ink::Plain, NOTHING);
    }
    for group in doc.changes.chunk_by(|a, b| a.scope == b.scope) {
        table(group, page)?;
    }
    for (heading, list) in lists(doc) {
        page.blank()?;
        page.row(Line::default().put(Ink::Strong, heading))?;
        for brief in list {
            page.paragraph(Line::at(INDENT), Ink::Plain, &brief.words())?;
        }
    }
    Ok(())
}

/// The rows of one proxy.
fn table(rows: &[Row], page: &mut Page) -> io::Result<()> {
    page.blank()?;
    page.row(Line::default().put(Ink::Strong, &rows[0].scope))?;
    let heads = NAMES.map(|name| (Ink::Dim, name.to_owned()));
    let cells: Vec<_> = std::iter::once(heads)
        .chain(rows.iter().map(cells))
        .collect();
    let width = |column: usize| {
        let widths = cells.iter().map(|row| page::escaped_width(&row[column].1));
        widths.max().unwrap_or(0)
    };
    let widths: [usize; NAMES.len()] = std::array::from_fn(width);
    for row in &cells {
        let (mut line, mut begins) = (Line::at(INDENT), INDENT);
        for ((ink, text), width) in row.iter().zip(widths) {
            line = line.to(begins).put(*ink, text);
            begins += width + GAP;
        }
        page.row(line)?;
    }
    Ok(())
}

fn cells(row: &Row) -> [(Ink, String); NAMES.len()] {
    let ink = match row.verdict {
        Trend::Better => Ink::Good,
        Trend::Worse => Ink::Bad,
        Trend::Same => Ink::Plain,
        Trend::CannotTell => Ink::Dim,
    };
    [
        (Ink::Plain, row.what.to_owned()),
        (Ink::Plain, row.before.words()),
        (Ink::Plain, row.after.words()),
        (Ink::Plain, row.points()),
        (ink, phrase::words(row.verdict)),
    ]
}
