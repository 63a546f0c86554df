//! CSV as RFC 4180 has it: the same columns for every record, an empty one where the record lacks the field.
//!
//! Enters: a record. Leaves: its line. Must not know: where a field's value stands.
//!
//! Readers of RFC 4180 must get what the log has: no mark is put before a cell that a spreadsheet would take for a
//! formula.

use std::sync::LazyLock;

use super::{Place, plain};
use crate::record::{Field, Record, Value};
use crate::report::escape;

/// The columns behind `source` and `line`: fields of one value that lines of several kinds have.
pub const COLUMNS: [&str; 40] = [
    "header_ts",
    "host",
    "pid",
    "kind",
    "event",
    "ts",
    "client_ip",
    "client_port",
    "frontend",
    "tls",
    "backend",
    "server",
    "TR",
    "Tw",
    "Tc",
    "Tr",
    "Ta",
    "Tt",
    "status",
    "bytes",
    "req_cookie",
    "resp_cookie",
    "term",
    "actconn",
    "feconn",
    "beconn",
    "srv_conn",
    "retries",
    "redispatched",
    "srv_queue",
    "backend_queue",
    "method",
    "uri",
    "version",
    "reason",
    "check",
    "code",
    "cause",
    "error",
    "truncated",
];

static FIELDS: LazyLock<Vec<&Field>> = LazyLock::new(|| {
    COLUMNS
        .iter()
        .filter_map(|name| Field::named(name))
        .collect()
});

pub(super) fn header(out: &mut Vec<u8>) {
    out.extend_from_slice(b"source,line,");
    out.extend_from_slice(COLUMNS.join(",").as_bytes());
    out.extend_from_slice(b"\r\n");
}

pub(super) fn write(place: Place, record: &Record, out: &mut Vec<u8>) {
    text(place.source.as_bytes(), out);
    out.push(b',');
    plain::number(place.line.cast_signed(), out);
    for field in FIELDS.iter() {
        out.push(b',');
        match field.of(record) {
            Some(Value::Bool(true)) => out.extend_from_slice(b"true"),
            Some(Value::Bool(false)) => out.extend_from_slice(b"false"),
            Some(Value::Number(value)) => plain::number(value, out),
            Some(Value::Text(value)) => text(&value, out),
            Some(Value::List(_) | Value::Map(_) | Value::Null) | None => {}
        }
    }
    out.extend_from_slice(b"\r\n");
}

/// A field on one line; in quotes where it must be, quotes within it doubled.
fn text(text: &[u8], out: &mut Vec<u8>) {
    if plain::is_plain(text) && memchr::memchr(b',', text).is_none() {
        out.extend_from_slice(text);
        return;
    }
    let text = String::from_utf8_lossy(text);
    let text = escape::terminal(&text);
    if !text.contains([',', '"']) {
        out.extend_from_slice(text.as_bytes());
        return;
    }
    out.push(b'"');
    out.extend_from_slice(text.replace('"', "\"\"").as_bytes());
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_is_a_field() {
        assert_eq!(FIELDS.len(), COLUMNS.len());
    }
}
