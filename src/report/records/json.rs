//! NDJSON: one object a line, with the names of the record's fields.
//!
//! Enters: a record. Leaves: its line. Must not know: which fields there are to a record.

use serde::Serialize;

use super::Place;
use crate::record::{Record, Value};
use crate::report::escape;

pub(super) fn write(place: Place, record: &Record, out: &mut Vec<u8>) {
    let start = out.len();
    out.extend_from_slice(b"{\"source\":");
    string(place.source, out);
    out.extend_from_slice(b",\"line\":");
    number(place.line, out);
    for (field, value) in record.fields() {
        // Names of fields are plain words.
        out.extend_from_slice(b",\"");
        out.extend_from_slice(field.name.as_bytes());
        out.extend_from_slice(b"\":");
        self::value(&value, out);
    }
    out.extend_from_slice(b"}\n");
    hide(start, out);
}

/// What a terminal would obey or hide becomes `\u` escapes; what is left of control characters is DEL.
fn hide(start: usize, out: &mut Vec<u8>) {
    let written = &out[start..];
    if written.is_ascii() && memchr::memchr(0x7F, written).is_none() {
        return;
    }
    let harmless = escape::json(&String::from_utf8_lossy(&out[start..])).into_owned();
    out.truncate(start);
    out.extend_from_slice(harmless.as_bytes());
}

/// A value as JSON.
pub(super) fn value(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Number(value) => number(*value, out),
        Value::Text(text) => string(&String::from_utf8_lossy(text), out),
        Value::List(items) => {
            out.push(b'[');
            for (at, item) in items.iter().enumerate() {
                separate(at, out);
                self::value(item, out);
            }
            out.push(b']');
        }
        Value::Map(members) => {
            out.push(b'{');
            for (at, (name, member)) in members.iter().enumerate() {
                separate(at, out);
                string(name, out);
                out.push(b':');
                self::value(member, out);
            }
            out.push(b'}');
        }
    }
}

fn separate(at: usize, out: &mut Vec<u8>) {
    if at > 0 {
        out.push(b',');
    }
}

fn number(number: impl Serialize, out: &mut Vec<u8>) {
    // Writing to memory does not fail. This is faster than `write!`, and there are twenty numbers in a line.
    let _ = serde_json::to_writer(out, &number);
}

/// A text as a JSON string, quotes included.
pub(super) fn string(text: &str, out: &mut Vec<u8>) {
    let _ = serde_json::to_writer(out, text);
}
