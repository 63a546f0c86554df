//! logfmt: `name=value`, parted by blanks.
//!
//! Enters: a record. Leaves: its line. Must not know: which fields there are to a record.
//!
//! Values that are no plain words stand in quotes, escaped as in JSON. What is in a list or has names has a pair for
//! each (`ssl.sni`, `req_caps.0`); what is nested deeper stands there as the text of its JSON, so that no name is
//! written more than once, and a line is never more than a few times as long as the one it was read from.

use super::{Place, json};
use crate::record::{Record, Value};
use crate::report::escape;

pub(super) fn write(place: Place, record: &Record, out: &mut Vec<u8>) {
    out.extend_from_slice(b"source=");
    text(place.source, out);
    out.extend_from_slice(format!(" line={}", place.line).as_bytes());
    for (field, value) in record.fields() {
        let name = field.name;
        match value {
            Value::List(items) => {
                for (at, item) in items.iter().enumerate() {
                    pair(&format!("{name}.{at}"), item, out);
                }
            }
            Value::Map(members) => {
                for (member, value) in &members {
                    pair(&format!("{name}.{}", key(member)), value, out);
                }
            }
            plain => pair(name, &plain, out),
        }
    }
    out.push(b'\n');
}

fn pair(name: &str, value: &Value, out: &mut Vec<u8>) {
    out.push(b' ');
    out.extend_from_slice(name.as_bytes());
    out.push(b'=');
    match value {
        Value::Text(value) => text(&String::from_utf8_lossy(value), out),
        Value::List(_) | Value::Map(_) => {
            let mut nested = Vec::new();
            json::value(value, &mut nested);
            text(&String::from_utf8_lossy(&nested), out);
        }
        plain => json::value(plain, out),
    }
}

/// A name that someone else gave, without what would end it.
fn key(name: &str) -> String {
    let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '=' | '"' | '\\');
    name.chars()
        .map(|c| if plain(c) { c } else { '_' })
        .collect()
}

fn text(text: &str, out: &mut Vec<u8>) {
    let is_word = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'=' | b'\\');
    if !text.is_empty() && text.bytes().all(is_word) {
        out.extend_from_slice(text.as_bytes());
        return;
    }
    let mut quoted = Vec::new();
    json::string(text, &mut quoted);
    let quoted = String::from_utf8_lossy(&quoted);
    out.extend_from_slice(escape::json(&quoted).as_bytes());
}
