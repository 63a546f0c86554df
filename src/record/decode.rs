//! HAProxy's escapes, taken back.
//!
//! Enters: text in which HAProxy wrote bytes as `#` and two hexadecimal digits (`log.c`, `hextab`). Leaves: the bytes.
//! Must not know: which fields are written so; a `#` elsewhere is a `#`.

use std::borrow::Cow;

/// The text with each `#hh` as the byte it stands for; HAProxy writes upper-case digits only, and what a cut left of one
/// stays.
pub(super) fn escapes(text: &[u8]) -> Cow<'_, [u8]> {
    let Some(first) = memchr::memchr(b'#', text) else {
        return Cow::Borrowed(text);
    };
    let (before, mut rest) = text.split_at(first);
    let mut decoded = before.to_vec();
    while let Some(byte) = rest.first() {
        match rest.get(1..3).and_then(pair).filter(|_| *byte == b'#') {
            Some(escaped) => {
                decoded.push(escaped);
                rest = &rest[3..];
            }
            None => {
                decoded.push(*byte);
                rest = &rest[1..];
            }
        }
    }
    Cow::Owned(decoded)
}

/// The text without the backslash that HAProxy's JSON has before a quote or a backslash.
pub(super) fn backslashes(text: &[u8]) -> Cow<'_, [u8]> {
    if !text.contains(&b'\\') {
        return Cow::Borrowed(text);
    }
    let mut decoded = Vec::with_capacity(text.len());
    let mut escaped = false;
    for byte in text {
        escaped = *byte == b'\\' && !escaped;
        if !escaped {
            decoded.push(*byte);
        }
    }
    Cow::Owned(decoded)
}

fn pair(digits: &[u8]) -> Option<u8> {
    let digit = |byte: &u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    };
    let [high, low] = digits else { return None };
    Some(digit(high)? << 4 | digit(low)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_haproxy_writes_is_an_escape() {
        let cases: [(&str, &str); 7] = [
            ("/a#22b#23c", "/a\"b#c"),
            ("caf#C3#A9", "café"),
            ("caf#C", "caf#C"),
            ("#", "#"),
            ("##41", "#A"),
            ("#c3", "#c3"),
            ("plain", "plain"),
        ];
        for (written, meant) in cases {
            assert_eq!(*escapes(written.as_bytes()), *meant.as_bytes(), "{written}");
        }
    }
}
