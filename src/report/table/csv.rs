//! A table as CSV (RFC 4180), for spreadsheets.
//!
//! A spreadsheet takes a cell that begins with `=`, `+`, `-` or `@` for a formula. Text of the log that does so has a `'` before
//! it, which a spreadsheet shows as text; codes and numbers are HAProxy's own.

use std::io::{self, Write};

use super::tenths;
use crate::report::escape;
use crate::stats::{Cell, Sheet};

/// What formulas begin with.
const FORMULA: [char; 4] = ['=', '+', '-', '@'];

pub(super) fn write(sheet: &Sheet, out: &mut dyn Write) -> io::Result<()> {
    let names: Vec<&str> = sheet.headings.iter().map(|heading| heading.name).collect();
    write!(out, "{}\r\n", names.join(","))?;
    for row in 0..sheet.rows() {
        let mut line = String::new();
        sheet.show(row, |cells| {
            for (nth, cell) in cells.iter().enumerate() {
                if nth > 0 {
                    line.push(',');
                }
                put(cell, &mut line);
            }
        });
        write!(out, "{line}\r\n")?;
    }
    Ok(())
}

fn put(cell: &Cell, line: &mut String) {
    match cell {
        Cell::Text(text) => {
            let text = String::from_utf8_lossy(text);
            let text = escape::terminal(&text);
            match text.starts_with(FORMULA) {
                true => quoted(&format!("'{text}"), line),
                false => quoted(&text, line),
            }
        }
        Cell::Code(text) => quoted(text, line),
        Cell::Number(number) => line.push_str(&number.to_string()),
        Cell::Tenths(number) => line.push_str(&tenths(*number)),
        Cell::Mean(_, 0) | Cell::Share(_, 0) | Cell::Missing => {}
        Cell::Mean(sum, of) => line.push_str(&decimal(u128::from(*sum), *of)),
        Cell::Share(part, whole) => line.push_str(&decimal(u128::from(*part) * 100, *whole)),
    }
}

/// Three decimals, rounded.
fn decimal(sum: u128, of: u64) -> String {
    let of = u128::from(of);
    let thousandths = (sum * 2_000 + of) / (of * 2);
    format!("{}.{:03}", thousandths / 1_000, thousandths % 1_000)
}

fn quoted(text: &str, line: &mut String) {
    if !text.contains([',', '"']) {
        return line.push_str(text);
    }
    line.push('"');
    line.push_str(&text.replace('"', "\"\""));
    line.push('"');
}
