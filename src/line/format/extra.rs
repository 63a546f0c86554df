//! What a line says beyond a [`Traffic`](crate::line::Traffic), to be shown.
//!
//! Enters: the text of a field, and how HAProxy escaped it. Leaves: an [`Extra`], escapes decoded.
//! Must not know: where the text stood.

use super::json::Value;
use super::shape::Shape;
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
    fn decoded(self, text: &[u8]) -> Cow<'_, [u8]> {
        let is_mark = |byte: &u8| self.hash && *byte == b'#' || self.backslash && *byte == b'\\';
        let Some(first) = text.iter().position(is_mark) else {
            return Cow::Borrowed(text);
        };
        let (plain, mut rest) = text.split_at(first);
        let mut decoded = plain.to_vec();
        while let Some((&byte, after)) = rest.split_first() {
            let (byte, after) = match (byte, after) {
                (b'\\', [byte, after @ ..]) if self.backslash => (*byte, after),
                (b'#', [high, low, after @ ..]) if self.hash => match hexadecimal(*high, *low) {
                    Some(byte) => (byte, after),
                    None => (b'#', &rest[1..]),
                },
                _ => (byte, after),
            };
            decoded.push(byte);
            rest = after;
        }
        Cow::Owned(decoded)
    }
}

fn hexadecimal(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(high)? << 4 | digit(low)?).ok()
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
        assert_eq!(text(br#"\#22#5C"#, true, true), expected(br#"#22\"#));
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
