//! The fields of a record, by name.
//!
//! Enters: a record. Leaves: the value of a field, or nothing where the line does not have it.
//! Must not know: how values are printed or compared.
//!
//! The tables are what a newcomer extends: a row is a name, a sentence with the unit, the kind of its
//! values, and where they stand.

mod event;
mod kind;
pub(super) mod own;
mod request;
mod timers;
mod traffic;
mod wrapping;

use super::{Record, Value};

/// A field that a record may have.
#[derive(Debug)]
pub struct Field {
    /// Its name: HAProxy's alias for timers (`Tr`), else a word (`status`).
    pub name: &'static str,
    /// What it is, with its unit.
    pub about: &'static str,
    /// What its values are.
    pub kind: Kind,
    get: for<'r, 'a> fn(&'r Record<'a>) -> Option<Value<'a>>,
}

/// What values of a field are, and so how they are typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A count, a port, an id.
    Number,
    /// Kept in ms.
    Duration,
    /// Kept in bytes.
    Size,
    /// A date and a time of day.
    Time,
    /// An IP address, or what stands for one.
    Address,
    /// `true` or `false` on every line that has the field.
    Flag,
    /// Stands on a traffic line only where it is true.
    Mark,
    /// Words, lists of them, and what has names inside.
    Text,
    /// What goes by a name inside a field: known when it is seen.
    Any,
}

impl Field {
    /// All of them, in the order in which a record is printed.
    pub fn all() -> impl Iterator<Item = &'static Field> {
        [
            wrapping::FIELDS,
            kind::FIELDS,
            traffic::FIELDS,
            timers::FIELDS,
            traffic::RESULT,
            request::FIELDS,
            event::HOST,
            event::FIELDS,
            own::FIELDS,
            kind::STATE,
        ]
        .into_iter()
        .flatten()
    }

    /// The one of this name.
    pub fn named(name: &str) -> Option<&'static Field> {
        Self::all().find(|field| field.name == name)
    }

    /// Its value in a record; `None` where the line does not have it.
    pub fn of<'a>(&self, record: &Record<'a>) -> Option<Value<'a>> {
        (self.get)(record)
    }
}

/// `true`, or nothing: what a line says by having it.
fn flag<'a>(on: bool) -> Option<Value<'a>> {
    on.then_some(Value::Bool(true))
}

/// A number where the text is one, else the text.
fn number_or_text<'a>(text: &'a [u8]) -> Value<'a> {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    let is_plain = !digits.is_empty()
        && digits.iter().all(u8::is_ascii_digit)
        && (digits.len() == 1 || !digits.starts_with(b"0"));
    let number = std::str::from_utf8(text).ok().filter(|_| is_plain);
    match number.and_then(|text| text.parse().ok()) {
        Some(number) => Value::Number(number),
        None => Value::text(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_is_given_twice() {
        let mut names: Vec<&str> = Field::all().map(|field| field.name).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
