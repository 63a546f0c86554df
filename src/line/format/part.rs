//! The fields of a format, for those who show them.
//!
//! Enters: the pieces of a format. Leaves: a [`Part`] for each field, in order, and of a line what stood there.
//! Must not know: how a line is taken apart.
//!
//! Most formats name their values themselves: `%(name)alias`, `"name":"%alias"`, `name=%alias`.

use super::draft::{Part as PieceOf, Piece};
use super::extra::{self, Escapes, Extra};
use super::json::Value;
use super::shape::Shape;
use super::slot::Slot;
use crate::line::FieldSet;

/// A field of a format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// As written, without name and flags: `%Tq`, `%[src_port]`.
    pub written: String,
    /// What it is called: `ua` of `%(ua)[…]` and of `ua=%[…]`, else as written.
    pub label: String,
    /// What of a [`crate::line::Traffic`] it fills.
    pub fields: FieldSet,
    /// No [`crate::line::Traffic`] has anything of it.
    pub extra: bool,
    shape: Shape,
    escapes: Escapes,
}

/// What a line has for a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told<'f, 'a> {
    /// The field.
    pub part: &'f Part,
    /// The text that stood there, without quotes.
    pub text: &'a [u8],
    value: Value<'a>,
}

impl<'f, 'a> Told<'f, 'a> {
    pub(super) fn of(part: &'f Part, value: Value<'a>) -> Option<Self> {
        match value {
            Value::Text(text) | Value::Bare(text) => Some(Told { part, text, value }),
            Value::Null => None,
        }
    }

    /// The text without its escapes, or the number that it is; `None` where HAProxy had none.
    pub fn value(&self) -> Option<Extra<'a>> {
        extra::extra(self.value, self.part.shape, self.part.escapes)
    }
}

/// The part for each field. Its label is its name, else the key that stands before it, else the field as written, which
/// also takes the place of a key that stands there twice.
pub(super) fn parts(pieces: &[Piece]) -> Vec<Part> {
    let mut before = String::new();
    let mut found = Vec::new();
    for piece in pieces {
        match &piece.part {
            PieceOf::Literal(text) => before.push_str(text),
            PieceOf::Blank => before.push(' '),
            PieceOf::Field(draft) => {
                let name = draft.name.clone().or_else(|| key(&before));
                found.push((draft, name));
                before.clear();
            }
        }
    }
    let is_single = |key: &str| {
        let same = |(_, other): &&(_, Option<String>)| other.as_deref() == Some(key);
        found.iter().filter(same).count() == 1
    };
    let part = |(draft, name): &(&super::draft::Draft, Option<String>)| Part {
        written: draft.written.clone(),
        label: match name {
            Some(name) if draft.name.is_some() || is_single(name) => name.clone(),
            _ => draft.written.clone(),
        },
        fields: draft.fields(),
        extra: draft.slot == Slot::Extra,
        shape: draft.shape,
        escapes: draft.escapes,
    };
    found.iter().map(part).collect()
}

/// The key at the end of what stands before a value: `"key":`, `"key": "`, `key=`, `key="`.
fn key(before: &str) -> Option<String> {
    let before = before.strip_suffix(['"', '\'']).unwrap_or(before);
    if let Some(before) = before.strip_suffix('=') {
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-');
        let start = before.trim_end_matches(is_part).len();
        return before
            .get(start..)
            .filter(|key| !key.is_empty())
            .map(str::to_owned);
    }
    let quoted = before
        .trim_end()
        .strip_suffix(':')?
        .trim_end()
        .strip_suffix('"')?;
    let (_, key) = quoted.rsplit_once('"')?;
    (!key.is_empty()).then(|| key.to_owned())
}

#[cfg(test)]
mod tests {
    use super::key;

    #[test]
    fn keys_before_values() {
        for (before, expected) in [
            ("{\"a\":", Some("a")),
            (",\"a b\" : \"", Some("a b")),
            (" ua=", Some("ua")),
            ("; ua.x=\"", Some("ua.x")),
            ("=", None),
            (" ", None),
            (":", None),
            ("\":", None),
            ("{\"ms\":[", None),
            ("at: ", None),
        ] {
            assert_eq!(key(before).as_deref(), expected, "{before}");
        }
    }
}
