//! NDJSON: one object a line, with the names of the record's fields.
//!
//! Enters: a record. Leaves: its line. Must not know: which fields there are to a record.

use std::marker::PhantomData;

use super::Place;
use super::plain::{self, Joined};
use crate::record::field::{Look, Name};
use crate::record::value::{self, List, Text};
use crate::record::{Record, Value};
use crate::report::escape;

pub(super) fn write(place: Place, record: &Record, out: &mut Vec<u8>) {
    let start = out.len();
    out.extend_from_slice(b"{\"source\":");
    let is_plain = string(place.source.as_bytes(), out);
    out.extend_from_slice(b",\"line\":");
    plain::number(place.line.cast_signed(), out);
    let mut members = Members { out, is_plain };
    record.show(&mut members);
    let is_plain = members.is_plain;
    out.extend_from_slice(b"}\n");
    if !is_plain {
        hide(start, out);
    }
}

/// The members of the object behind the first two.
struct Members<'o> {
    out: &'o mut Vec<u8>,
    /// All texts so far are plain.
    is_plain: bool,
}

impl<'a> Look<'a> for Members<'_> {
    #[inline(always)]
    fn see<N: Name>(&mut self, value: Value<'a>) {
        // Which of these it is, is known for most fields when the program is built. Of the first four nothing has to be
        // freed, and a value that is not is no memory, but numbers in registers.
        match value {
            Value::Number(number) => {
                self.out.extend_from_slice(Key::<N>::TEXT);
                plain::number(number, self.out);
                std::mem::forget(value);
            }
            Value::Text(Text::Written(text)) => {
                self.out.extend_from_slice(Key::<N>::QUOTE);
                self.is_plain &= behind_quote(text, self.out);
                std::mem::forget(value);
            }
            Value::Text(Text::Short(bytes, length)) => {
                self.out.extend_from_slice(Key::<N>::QUOTE);
                self.is_plain &= behind_quote(&bytes[..usize::from(length)], self.out);
                std::mem::forget(value);
            }
            Value::Bool(flag) => {
                self.out.extend_from_slice(Key::<N>::TEXT);
                boolean(flag, self.out);
                std::mem::forget(value);
            }
            other => {
                self.out.extend_from_slice(Key::<N>::TEXT);
                self.is_plain &= taken(other, self.out);
            }
        }
    }
}

/// `,"name":`, and with the quote of a text behind it; names of fields are plain words.
struct Key<N>(PhantomData<N>);

impl<N: Name> Key<N> {
    const JOINED: &'static Joined = &Joined::of([",\"", N::NAME, "\":\""]);
    const QUOTE: &'static [u8] = Self::JOINED.text();
    const TEXT: &'static [u8] = Self::QUOTE.split_at(Self::QUOTE.len() - 1).0;
}

/// What a terminal would obey or hide becomes `\u` escapes; what is left of control characters is DEL.
pub(super) fn hide(start: usize, out: &mut Vec<u8>) {
    let written = &out[start..];
    if written.is_ascii() && memchr::memchr(0x7F, written).is_none() {
        return;
    }
    let harmless = escape::json(&String::from_utf8_lossy(&out[start..])).into_owned();
    out.truncate(start);
    out.extend_from_slice(harmless.as_bytes());
}

/// The same as [`value`], and the end of the value; not inlined, as this is rare, and large.
#[inline(never)]
fn taken(value: Value, out: &mut Vec<u8>) -> bool {
    self::value(&value, out)
}

/// Appends a value as JSON; whether all texts in it are plain, so that there is nothing to [`hide`].
pub(super) fn value(value: &Value, out: &mut Vec<u8>) -> bool {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(flag) => boolean(*flag, out),
        Value::Number(value) => plain::number(*value, out),
        Value::Text(text) => return string(text, out),
        Value::List(items) => {
            let mut is_plain = true;
            out.push(b'[');
            match items {
                List::Parted(texts) => {
                    for (at, text) in value::parts(texts).enumerate() {
                        separate(at, out);
                        is_plain &= string(text, out);
                    }
                }
                List::Items(items) => {
                    for (at, item) in items.iter().enumerate() {
                        separate(at, out);
                        is_plain &= self::value(item, out);
                    }
                }
            }
            out.push(b']');
            return is_plain;
        }
        Value::Map(members) => {
            let mut is_plain = true;
            out.push(b'{');
            for (at, (name, member)) in members.iter().enumerate() {
                separate(at, out);
                is_plain &= string(name.as_bytes(), out);
                out.push(b':');
                is_plain &= self::value(member, out);
            }
            out.push(b'}');
            return is_plain;
        }
    }
    true
}

fn boolean(flag: bool, out: &mut Vec<u8>) {
    let word: &[u8] = if flag { b"true" } else { b"false" };
    out.extend_from_slice(word);
}

fn separate(at: usize, out: &mut Vec<u8>) {
    if at > 0 {
        out.push(b',');
    }
}

/// Appends a text as a JSON string, quotes included; whether it is plain.
pub(super) fn string(text: &[u8], out: &mut Vec<u8>) -> bool {
    out.push(b'"');
    behind_quote(text, out)
}

/// The same where the first quote is there.
fn behind_quote(text: &[u8], out: &mut Vec<u8>) -> bool {
    let is_plain = plain::is_plain(text);
    if is_plain {
        out.extend_from_slice(text);
        out.push(b'"');
    } else {
        escaped(text, out);
    }
    is_plain
}

#[cold]
fn escaped(text: &[u8], out: &mut Vec<u8>) {
    out.pop();
    // Writing to memory does not fail.
    let _ = serde_json::to_writer(out, &String::from_utf8_lossy(text));
}
