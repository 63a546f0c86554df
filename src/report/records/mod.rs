//! Lines as records, for other programs.
//!
//! Enters: a record and where its line stands. Leaves: bytes of one line, as NDJSON, CSV or logfmt.
//! Must not know: which fields there are to a record, or where the bytes go.
//!
//! Text from a log may be any bytes. No face lets a control character, an invisible character or broken UTF-8 out.

mod csv;
mod json;
mod logfmt;
mod plain;

use crate::record::Record;

pub use csv::COLUMNS;

/// How records are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    /// One JSON object a line.
    Json,
    /// [`COLUMNS`], as RFC 4180 has it.
    Csv,
    /// `name=value`, what the record has.
    Logfmt,
}

/// Where a line stands.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The file, as it was named.
    pub source: &'a str,
    /// Number of the line in it, from 1.
    pub line: u64,
}

impl Face {
    /// What stands before all records.
    pub fn begin(self, out: &mut Vec<u8>) {
        if self == Face::Csv {
            csv::header(out);
        }
    }

    /// Appends a record and the end of its line.
    pub fn write(self, place: Place, record: &Record, out: &mut Vec<u8>) {
        match self {
            Face::Json => json::write(place, record, out),
            Face::Csv => csv::write(place, record, out),
            Face::Logfmt => logfmt::write(place, record, out),
        }
    }
}
