//! A table of `hapline stats` for people, spreadsheets and programs.
//!
//! Enters: a [`Sheet`]. Leaves: text, CSV or `hapline.stats/1`. Must not know: what is counted, or how.

mod csv;
mod json;
mod text;

use std::io::{self, Write};

use crate::stats::Sheet;

/// How to print a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    /// In columns; the last one is cut where a line would be longer than this.
    Text(Option<usize>),
    /// As RFC 4180 has it.
    Csv,
    /// `hapline.stats/1`.
    Json,
}

/// Writes a table; `filter` and what else narrows it is told. Fails as `out` fails.
pub fn write(
    sheet: &Sheet,
    filter: Option<&str>,
    face: Face,
    out: &mut dyn Write,
) -> io::Result<()> {
    match face {
        Face::Text(width) => text::write(sheet, filter, width, out),
        Face::Csv => csv::write(sheet, out),
        Face::Json => json::write(sheet, filter, out),
    }
}

/// Tenths as people and programs write them; no tenth where there is none.
fn tenths(number: i64) -> String {
    match number % 10 {
        0 => (number / 10).to_string(),
        tenth => format!("{}.{tenth}", number / 10),
    }
}
