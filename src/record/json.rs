//! JSON that a line holds, as values.
//!
//! Enters: bytes, and how their texts are escaped beside JSON's own way. Leaves: the members of an object in their
//! order, or the items of an array. Must not know: which program wrote it.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::Value;
use super::value::List;

/// What takes escapes out of a text.
pub(super) type Unescape = fn(&[u8]) -> Cow<'_, [u8]>;

/// The members of a JSON object. HAProxy leaves control characters and broken UTF-8 as they are (`+json`), which JSON
/// does not allow; they are forgiven.
pub(super) fn object<'a>(
    text: &[u8],
    unescape: Unescape,
) -> Option<Vec<(Cow<'a, str>, Value<'a>)>> {
    match unescaped(value(text, b'{')?, unescape) {
        Value::Map(members) => Some(members),
        _ => None,
    }
}

/// The items of a JSON array.
pub(super) fn array<'a>(text: &[u8], unescape: Unescape) -> Option<Vec<Value<'a>>> {
    match unescaped(value(text, b'[')?, unescape) {
        Value::List(List::Items(items)) => Some(items),
        _ => None,
    }
}

fn value(text: &[u8], first: u8) -> Option<Value<'static>> {
    if text.first() != Some(&first) {
        return None;
    }
    let text = String::from_utf8_lossy(text);
    let parse = |text: &str| serde_json::from_str::<Parsed>(text).ok();
    let parsed = parse(&text).or_else(|| parse(&without_controls(&text)))?;
    Some(parsed.0)
}

fn without_controls(text: &str) -> String {
    let mut clean = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '\0'..'\x20' => clean.push_str(&format!("\\u{:04x}", u32::from(character))),
            other => clean.push(other),
        }
    }
    clean
}

/// A value whose texts have no escapes but JSON's own, which are gone already.
fn unescaped(value: Value<'static>, unescape: Unescape) -> Value<'static> {
    match value {
        Value::Text(text) => Value::Text(unescape(&text).into_owned().into()),
        Value::List(List::Items(items)) => {
            let items = items.into_iter();
            let items = items.map(|item| unescaped(item, unescape));
            Value::List(List::Items(items.collect()))
        }
        Value::Map(members) => {
            let members = members.into_iter();
            let plain = members.map(|(name, member)| (name, unescaped(member, unescape)));
            Value::Map(plain.collect())
        }
        plain => plain,
    }
}

/// A value without anything borrowed from the text.
struct Parsed(Value<'static>);

impl<'de> Deserialize<'de> for Parsed {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Members).map(Parsed)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Value<'static>;

    fn expecting(&self, to: &mut fmt::Formatter) -> fmt::Result {
        to.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Value::Number(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        let number = i64::try_from(value).map(Value::Number);
        Ok(number.unwrap_or_else(|_| text(value.to_string().into_bytes())))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(text(value.to_string().into_bytes()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        Ok(text(value.as_bytes().to_vec()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(Parsed(item)) = from.next_element()? {
            items.push(item);
        }
        Ok(Value::List(List::Items(items)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some((name, Parsed(member))) = from.next_entry::<String, Parsed>()? {
            members.push((Cow::Owned(name), member));
        }
        Ok(Value::Map(members))
    }
}

fn text(text: Vec<u8>) -> Value<'static> {
    Value::Text(text.into())
}
