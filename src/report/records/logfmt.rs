//! logfmt: `name=value`, parted by blanks.
//!
//! Enters: a record. Leaves: its line. Must not know: which fields there are to a record.
//!
//! Values that are no plain words stand in quotes, escaped as in JSON. What is in a list or has names has a pair for
//! each (`ssl.sni`, `req_caps.0`); what is nested deeper stands there as the text of its JSON, so that no name is
//! written more than once, and a line is never more than a few times as long as the one it was read from.

use std::marker::PhantomData;

use super::plain::{self, Joined};
use super::{Place, json};
use crate::record::field::{Look, Name};
use crate::record::{Record, Value};

pub(super) fn write(place: Place, record: &Record, out: &mut Vec<u8>) {
    out.extend_from_slice(b"source=");
    text(place.source.as_bytes(), out);
    out.extend_from_slice(b" line=");
    plain::number(place.line.cast_signed(), out);
    record.show(&mut Pairs { out });
    out.push(b'\n');
}

/// The pairs behind the first two.
struct Pairs<'o> {
    out: &'o mut Vec<u8>,
}

impl<'a> Look<'a> for Pairs<'_> {
    #[inline(always)]
    fn see<N: Name>(&mut self, value: Value<'a>) {
        match value {
            Value::List(items) => {
                for (at, item) in items.iter().enumerate() {
                    pair(N::NAME, &at.to_string(), &item, self.out);
                }
            }
            Value::Map(members) => {
                for (member, value) in &members {
                    pair(N::NAME, &key(member), value, self.out);
                }
            }
            plain => {
                self.out.extend_from_slice(Key::<N>::TEXT);
                self::value(&plain, self.out);
            }
        }
    }
}

/// ` name=`
struct Key<N>(PhantomData<N>);

impl<N: Name> Key<N> {
    const JOINED: &'static Joined = &Joined::of([" ", N::NAME, "="]);
    const TEXT: &'static [u8] = Self::JOINED.text();
}

/// What stands under a name in a field.
fn pair(field: &str, name: &str, value: &Value, out: &mut Vec<u8>) {
    for part in [" ", field, ".", name, "="] {
        out.extend_from_slice(part.as_bytes());
    }
    self::value(value, out);
}

fn value(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Text(value) => text(value, out),
        Value::List(_) | Value::Map(_) => {
            let mut nested = Vec::new();
            json::value(value, &mut nested);
            text(&nested, out);
        }
        plain => {
            json::value(plain, out);
        }
    }
}

/// A name that someone else gave, without what would end it.
fn key(name: &str) -> String {
    let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '=' | '"' | '\\');
    name.chars()
        .map(|c| if plain(c) { c } else { '_' })
        .collect()
}

fn text(text: &[u8], out: &mut Vec<u8>) {
    let is_word = plain::is_plain(text) && memchr::memchr2(b' ', b'=', text).is_none();
    if is_word && !text.is_empty() {
        out.extend_from_slice(text);
        return;
    }
    let start = out.len();
    if !json::string(text, out) {
        json::hide(start, out);
    }
}
