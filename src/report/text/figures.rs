//! Figures over the whole log, as tables.
//!
//! Enters: figures. Leaves: availability, then a row for each backend, server that was out of rotation, and owner of ends.
//! Must not know: incidents.

use std::io;

use super::curves;
use super::page::{self, Ink, Page, Row};
use crate::report::document::Document;
use crate::report::phrase::figures as words;

const INDENT: usize = 4;
const GAP: usize = 2;
/// Rows of one table; of more, the number is given.
const ROWS: usize = 12;
/// Names are cut to this many columns.
const NAME: usize = 32;
/// States of one owner.
const STATES: usize = 6;

/// Writes the tables; nothing where no backend is known.
pub(super) fn write(doc: &Document, page: &mut Page) -> io::Result<()> {
    let figures = &doc.figures;
    if figures.backends.is_empty() {
        return Ok(());
    }
    page.blank()?;
    let mut title = Row::default().put(Ink::Strong, "Figures");
    if let Some(said) = words::availability(doc) {
        title = title.put(Ink::Plain, &format!("   {said}"));
    }
    page.row(title)?;
    if let Some(chart) = &doc.chart {
        curves::write(chart, &doc.window, INDENT, page)?;
    }
    let backends: Vec<_> = figures.backends.iter().map(words::backend).collect();
    table(words::BACKENDS, &backends, 8, page)?;
    let servers: Vec<_> = figures.servers.iter().flat_map(words::server).collect();
    table(words::SERVERS, &servers, 4, page)?;
    let owners = figures.endings.iter();
    let owners: Vec<_> = owners.filter_map(|of| words::owner(of, STATES)).collect();
    table(words::OWNERS, &owners, 2, page)?;
    page.blank()?;
    page.paragraph(Row::at(INDENT), Ink::Dim, words::MEANING)
}

/// A table after an empty line, nothing without rows. Behind the first, columns up to `right` are numbers.
fn table<const N: usize>(
    heads: [&str; N],
    rows: &[[String; N]],
    right: usize,
    page: &mut Page,
) -> io::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let shown = rows.get(..ROWS).unwrap_or(rows);
    let heads = heads.map(str::to_owned);
    let cell = |row: &[String; N], column: usize| match column {
        0 => page::cut(&row[0], NAME),
        _ => row[column].clone(),
    };
    let width = |column: usize| {
        let cells = shown.iter().chain([&heads]).map(|row| cell(row, column));
        cells
            .map(|text| page::escaped_width(&text))
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..N).map(width).collect();
    page.blank()?;
    for (place, row) in [&heads].into_iter().chain(shown).enumerate() {
        let ink = if place == 0 { Ink::Dim } else { Ink::Plain };
        let mut line = Row::default();
        let mut begin = INDENT;
        for (column, width) in widths.iter().enumerate() {
            let text = cell(row, column);
            let is_number = (1..right).contains(&column);
            let blanks = if is_number {
                width - page::escaped_width(&text)
            } else {
                0
            };
            line = line.to(begin + blanks).put(ink, &text);
            begin += width + GAP;
        }
        page.row(line)?;
    }
    match rows.len() - shown.len() {
        0 => Ok(()),
        more => page.row(Row::at(INDENT).put(Ink::Dim, &format!("and {more} more"))),
    }
}
