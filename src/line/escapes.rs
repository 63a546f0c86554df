//! HAProxy's escapes, taken back.
//!
//! Enters: text in which HAProxy wrote bytes as `#` and two hexadecimal digits (`log.c`, `hextab`), or with a backslash
//! before them. Leaves: the bytes. Must not know: which fields are written so; a `#` elsewhere is a `#`.

use std::borrow::Cow;

/// The text with each `#hh` as the byte it stands for; HAProxy writes upper-case digits only, and what a cut left of
/// one stays.
pub(crate) fn hashes(text: &[u8]) -> Cow<'_, [u8]> {
    let Some(first) = memchr::memchr(b'#', text) else {
        return Cow::Borrowed(text);
    };
    let (before, mut rest) = text.split_at(first);
    let mut decoded = before.to_vec();
    while let Some((byte, after)) = rest.split_first() {
        match after.first_chunk().and_then(pair).filter(|_| *byte == b'#') {
            Some(escaped) => {
                decoded.push(escaped);
                rest = &after[2..];
            }
            None => {
                decoded.push(*byte);
                rest = after;
            }
        }
    }
    Cow::Owned(decoded)
}

/// The same where nothing tells that HAProxy wrote the text: as it is, unless every `#` begins an escape, as HAProxy
/// escapes `#` itself, and the whole is printable. A colour or the number of a ticket rarely is.
pub(crate) fn likely_hashes(text: &[u8]) -> Cow<'_, [u8]> {
    let mut marks = memchr::memchr_iter(b'#', text);
    let begins = |at: usize| text[at + 1..].first_chunk().and_then(pair).is_some();
    if !marks.all(begins) {
        return Cow::Borrowed(text);
    }
    let decoded = hashes(text);
    let is_printable = |text: &str| !text.chars().any(char::is_control);
    if str::from_utf8(&decoded).is_ok_and(is_printable) {
        decoded
    } else {
        Cow::Borrowed(text)
    }
}

/// The text without the backslash that HAProxy's JSON and `+E` have before a byte; one that a cut left at the end
/// stays.
pub(crate) fn backslashes(text: &[u8]) -> Cow<'_, [u8]> {
    let Some(first) = memchr::memchr(b'\\', text) else {
        return Cow::Borrowed(text);
    };
    let (before, mut rest) = text.split_at(first);
    let mut decoded = before.to_vec();
    while let Some((byte, after)) = rest.split_first() {
        let (byte, after) = match (byte, after) {
            (b'\\', [byte, after @ ..]) => (byte, after),
            plain => plain,
        };
        decoded.push(*byte);
        rest = after;
    }
    Cow::Owned(decoded)
}

fn pair([high, low]: &[u8; 2]) -> Option<u8> {
    let digit = |byte: &u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    };
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
            assert_eq!(*hashes(written.as_bytes()), *meant.as_bytes(), "{written}");
        }
    }

    #[test]
    fn what_another_program_may_have_written_stays() {
        let cases: [(&str, &str); 6] = [
            ("GET /a#22b HTTP/1.1", "GET /a\"b HTTP/1.1"),
            ("caf#C3#A9", "café"),
            ("#1234", "#1234"),
            ("#FF0000", "#FF0000"),
            ("#22 and #", "#22 and #"),
            ("plain", "plain"),
        ];
        for (written, meant) in cases {
            let likely = likely_hashes(written.as_bytes());
            assert_eq!(*likely, *meant.as_bytes(), "{written}");
        }
    }

    #[test]
    fn a_backslash_stands_before_a_byte() {
        for (written, meant) in [(r#"\"\\\]\"#, r#""\]\"#), ("plain", "plain")] {
            let plain = backslashes(written.as_bytes());
            assert_eq!(*plain, *meant.as_bytes(), "{written}");
        }
    }
}
