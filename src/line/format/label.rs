//! What a field is called when it is shown.
//!
//! Enters: the pieces of a format. Leaves: a [`Label`] for each field, in order.
//! Must not know: lines.
//!
//! Most formats name their values themselves: `%(name)alias`, `"name":"%alias"`, `name=%alias`.

use super::draft::{Part, Piece};
use super::extra::Escapes;
use super::shape::Shape;

/// A field's name, and what its text needs to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Label {
    pub(super) name: String,
    pub(super) shape: Shape,
    pub(super) escapes: Escapes,
}

/// The label of each field: its name, else the key that stands before it, else the field as written, which also takes
/// the place of a key that stands there twice.
pub(super) fn labels(pieces: &[Piece]) -> Vec<Label> {
    let mut before = String::new();
    let mut found = Vec::new();
    for piece in pieces {
        match &piece.part {
            Part::Literal(text) => before.push_str(text),
            Part::Blank => before.push(' '),
            Part::Field(draft) => {
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
    let label = |(draft, name): &(&super::draft::Draft, Option<String>)| Label {
        name: match name {
            Some(name) if draft.name.is_some() || is_single(name) => name.clone(),
            _ => draft.written.clone(),
        },
        shape: draft.shape,
        escapes: draft.escapes,
    };
    found.iter().map(label).collect()
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
