//! The JSON that HAProxy writes (`%{+json}o`, `log.c`), read leniently.
//!
//! Enters: bytes. Leaves: members and values that borrow from them, escapes kept.
//! Must not know: which names a format has.
//!
//! HAProxy escapes quotes and backslashes only, so control characters and broken UTF-8 may stand in a text.

use crate::envelope::quoted;

/// One value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value<'a> {
    /// What stands between the quotes.
    Text(&'a [u8]),
    /// A number, `true`, `false`, an array or an object, as written.
    Bare(&'a [u8]),
    /// `null`
    Null,
}

/// The members of an object.
pub(super) struct Members<'a> {
    rest: &'a [u8],
    /// The object ended with its brace.
    pub(super) complete: bool,
    /// What was read is no JSON.
    pub(super) broken: bool,
}

impl<'a> Members<'a> {
    /// `None` when the text does not begin like an object.
    pub(super) fn new(text: &'a [u8]) -> Option<Self> {
        Some(Members {
            rest: text.strip_prefix(b"{")?.trim_ascii_start(),
            complete: false,
            broken: false,
        })
    }

    /// The member at the start of what is left.
    fn member(&self) -> Option<(&'a [u8], Value<'a>, &'a [u8])> {
        let (key, length) = text(self.rest)?;
        let rest = self.rest[length..].trim_ascii_start().strip_prefix(b":")?;
        let rest = rest.trim_ascii_start();
        let (value, length) = value(rest)?;
        Some((key, value, rest[length..].trim_ascii_start()))
    }
}

impl<'a> Iterator for Members<'a> {
    type Item = (&'a [u8], Value<'a>);

    /// The next member; nothing behind the last, and nothing of one that was cut.
    fn next(&mut self) -> Option<Self::Item> {
        if self.complete || self.broken {
            return None;
        }
        if let Some(rest) = self.rest.strip_prefix(b"}") {
            self.complete = true;
            self.broken = !rest.trim_ascii().is_empty();
            return None;
        }
        let (key, value, rest) = self.member()?;
        self.rest = match rest.first() {
            Some(b',') => rest[1..].trim_ascii_start(),
            Some(b'}') => rest,
            // The line ends behind the value, which may have been longer.
            None => return None,
            Some(_) => {
                self.broken = true;
                return None;
            }
        };
        Some((key, value))
    }
}

/// The value at the start of `text`, and its length.
pub(super) fn value(text: &[u8]) -> Option<(Value<'_>, usize)> {
    match text.first()? {
        b'"' => self::text(text).map(|(inside, length)| (Value::Text(inside), length)),
        b'[' | b'{' => nested(text).map(|length| (Value::Bare(&text[..length]), length)),
        _ => {
            let is_end = |byte: &u8| matches!(byte, b',' | b'}' | b']' | b'"') || *byte <= b' ';
            let length = text.iter().position(is_end).unwrap_or(text.len());
            let bare = &text[..length];
            match bare {
                b"" => None,
                b"null" => Some((Value::Null, length)),
                _ => Some((Value::Bare(bare), length)),
            }
        }
    }
}

/// `"…"`: what stands between the quotes, and the length with them.
fn text(text: &[u8]) -> Option<(&[u8], usize)> {
    let inside = text.strip_prefix(b"\"")?;
    let end = quoted::end(inside)?;
    Some((&inside[..end], end + 2))
}

/// Length of an array or an object.
fn nested(text: &[u8]) -> Option<usize> {
    let (mut depth, mut at) = (0_usize, 0);
    loop {
        match text.get(at)? {
            b'"' => {
                at += self::text(&text[at..])?.1;
                continue;
            }
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth -= 1,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return Some(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(text: &str) -> (Vec<(&[u8], Value<'_>)>, bool, bool) {
        let mut members = Members::new(text.as_bytes()).expect("an object");
        let found = members.by_ref().collect();
        (found, members.complete, members.broken)
    }

    #[test]
    fn members_of_a_line() {
        let (found, complete, broken) =
            members(r#"{"a": "x\"y\\", "b": -12, "c": null, "d": ["p]", "q"]}"#);
        let expected: [(&[u8], Value); 4] = [
            (b"a", Value::Text(br#"x\"y\\"#)),
            (b"b", Value::Bare(b"-12")),
            (b"c", Value::Null),
            (b"d", Value::Bare(br#"["p]", "q"]"#)),
        ];
        assert_eq!(found, expected);
        assert!(complete && !broken);
    }

    #[test]
    fn a_cut_line_has_its_whole_members() {
        for text in [
            r#"{"a": 1, "b": 12"#,
            r#"{"a": 1, "b": "x"#,
            r#"{"a": 1, "b""#,
            r#"{"a": 1, "#,
        ] {
            let (found, complete, broken) = members(text);
            assert_eq!(found, [(&b"a"[..], Value::Bare(b"1"))], "{text}");
            assert!(!complete && !broken, "{text}");
        }
        assert!(members("{\"a\": 1 x").2);
        assert!(members("{\"a\": 1} x").2);
    }
}
