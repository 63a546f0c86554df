//! What a line says beyond a [`Traffic`](crate::line::Traffic), to be shown.
//!
//! Enters: the text of a field, and how HAProxy escaped it. Leaves: an [`Extra`], escapes decoded.
//! Must not know: where the text stood.

use super::json::Value;
use super::shape::Shape;
use crate::line::escapes;
use std::borrow::Cow;

/// A value that has no place in a [`Traffic`](crate::line::Traffic).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Extra<'a> {
    /// A count, a port, bytes, ms; -1 as HAProxy writes it, without its `+`.
    Number(i64),
    /// `true` or `false` of a line in JSON or CBOR.
    Bool(bool),
    /// Any other text, which may be any bytes: strangers write some of it.
    Text(Cow<'a, [u8]>),
}

/// How a field escapes its text (HAProxy manual 8.6; `log.c`: `lf_encode_string`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Escapes {
    /// `#` and two hexadecimal digits.
    pub(super) hash: bool,
    /// A backslash and the byte (`+E`, JSON).
    pub(super) backslash: bool,
}

/// The value of a field; `None` where HAProxy had none.
pub(super) fn extra<'a>(value: Value<'a>, shape: Shape, escapes: Escapes) -> Option<Extra<'a>> {
    match value {
        Value::Null | Value::Text(b"-") => None,
        Value::Text(text) if shape == Shape::Number => Some(bare(text)),
        Value::Text(text) => Some(Extra::Text(escapes.decoded(text))),
        Value::Bare(b"true") => Some(Extra::Bool(true)),
        Value::Bare(b"false") => Some(Extra::Bool(false)),
        Value::Bare(text) => Some(bare(text)),
    }
}

fn bare(text: &[u8]) -> Extra<'_> {
    let number = str::from_utf8(text).ok().and_then(|text| text.parse().ok());
    number.map_or(Extra::Text(Cow::Borrowed(text)), Extra::Number)
}

impl Escapes {
    /// HAProxy puts backslashes into what it has escaped with `#` already.
    fn decoded(self, text: &[u8]) -> Cow<'_, [u8]> {
        let text = match self.backslash {
            true => escapes::backslashes(text),
            false => Cow::Borrowed(text),
        };
        match (self.hash, text) {
            (false, text) => text,
            (true, Cow::Borrowed(text)) => escapes::hashes(text),
            (true, Cow::Owned(text)) => Cow::Owned(escapes::hashes(&text).into_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_decoded_once() {
        let text = |text, hash, backslash| {
            let escapes = Escapes { hash, backslash };
            extra(Value::Text(text), Shape::Raw, escapes)
        };
        let expected = |text: &[u8]| Some(Extra::Text(text.to_vec().into()));
        assert_eq!(text(b"a#22b#2322#2", true, false), expected(b"a\"b#22#2"));
        assert_eq!(text(b"a#22b", false, true), expected(b"a#22b"));
        assert_eq!(text(br#"\"\\\]\"#, false, true), expected(br#""\]\"#));
        assert_eq!(text(br#"\"a#22#5C\\b"#, true, true), expected(br#""a"\\b"#));
        assert_eq!(text(b"-", true, true), None);
    }

    #[test]
    fn numbers_are_numbers() {
        let number = |text| extra(Value::Text(text), Shape::Number, Escapes::default());
        assert_eq!(number(b"+12"), Some(Extra::Number(12)));
        assert_eq!(number(b"-1"), Some(Extra::Number(-1)));
        assert_eq!(number(b"-"), None);
    }
}
