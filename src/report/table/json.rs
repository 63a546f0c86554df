//! A table as JSON (`hapline.stats/1`): what was seen, what the columns are, and an object a row, one to a line.

use std::io::{self, Write};

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::report::escape;
use crate::stats::{Cell, Heading, Seen, Sheet};

/// The name of what is printed.
const SCHEMA: &str = "hapline.stats/1";

/// All but the rows.
#[derive(Serialize)]
struct Head<'a> {
    schema: &'static str,
    table: &'static str,
    filter: Option<&'a str>,
    seen: &'a Seen,
    columns: Vec<Column>,
    /// Rows that there are, told or not.
    total_rows: usize,
}

#[derive(Serialize)]
struct Column {
    name: &'static str,
    about: &'static str,
}

pub(super) fn write(sheet: &Sheet, filter: Option<&str>, out: &mut dyn Write) -> io::Result<()> {
    let columns = sheet.headings.iter().map(|heading| Column {
        name: heading.name,
        about: heading.about,
    });
    let head = serde_json::to_string(&Head {
        schema: SCHEMA,
        table: sheet.table,
        filter,
        seen: &sheet.seen,
        columns: columns.collect(),
        total_rows: sheet.total,
    })?;
    // Without its last brace.
    let head = escape::json(&head);
    write!(out, "{},\"rows\":[", &head[..head.len() - 1])?;
    for row in 0..sheet.rows() {
        let mut line = Ok(String::new());
        sheet.show(row, |cells| {
            let headings = &sheet.headings;
            line = serde_json::to_string(&Row { headings, cells });
        });
        let between = if row > 0 { ",\n" } else { "\n" };
        write!(out, "{between}{}", escape::json(&line?))?;
    }
    writeln!(out, "\n]}}")
}

struct Row<'a, 'c> {
    headings: &'a [Heading],
    cells: &'a [Cell<'c>],
}

impl Serialize for Row<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.cells.len()))?;
        for (heading, cell) in self.headings.iter().zip(self.cells) {
            let name = heading.name;
            match cell {
                Cell::Text(text) => map.serialize_entry(name, &String::from_utf8_lossy(text))?,
                Cell::Code(text) => map.serialize_entry(name, text)?,
                Cell::Number(number) => map.serialize_entry(name, number)?,
                Cell::Tenths(number) if number % 10 == 0 => {
                    map.serialize_entry(name, &(number / 10))?;
                }
                Cell::Tenths(number) => map.serialize_entry(name, &(*number as f64 / 10.0))?,
                Cell::Mean(_, 0) | Cell::Share(_, 0) | Cell::Missing => {
                    map.serialize_entry(name, &())?;
                }
                Cell::Mean(sum, of) => map.serialize_entry(name, &(*sum as f64 / *of as f64))?,
                Cell::Share(part, whole) => {
                    map.serialize_entry(name, &(*part as f64 * 100.0 / *whole as f64))?;
                }
            }
        }
        map.end()
    }
}
