//! Structured data of RFC 5424 (6.3), as `log-format-sd` writes it.
//!
//! Enters: the text of a header behind its message id. Leaves: where the data ends, or its elements by name.
//! Must not know: what they mean.

use std::borrow::Cow;

use super::quoted;

/// `-` or `[id name="value"]…`, in whose values `"`, `\` and `]` are escaped, and what follows. Structured data that
/// does not end is left in the message: nothing is lost, and no message begins like it.
pub(super) fn split(text: &[u8]) -> (&[u8], &[u8]) {
    let rest = match text.strip_prefix(b"-") {
        Some(rest) => rest,
        None => {
            let mut rest = text;
            while rest.first() == Some(&b'[') {
                match end_of_element(rest) {
                    Some(end) => rest = &rest[end..],
                    None => return (b"", text),
                }
            }
            rest
        }
    };
    let data = &text[..text.len() - rest.len()];
    match rest {
        [] => (data, rest),
        [b' ', message @ ..] => (data, message),
        _ => (b"", text),
    }
}

/// Length of the `[…]` that `text` begins with.
fn end_of_element(text: &[u8]) -> Option<usize> {
    let mut quoted = false;
    let mut escaped = false;
    for (at, byte) in text.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b']' if !quoted => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// An element: its id, and its parameters as (name, value), escapes decoded.
pub type Element<'a> = (&'a [u8], Vec<(&'a [u8], Cow<'a, [u8]>)>);

/// The elements of the data that a header holds ([`super::Envelope::structured`]).
pub fn elements(data: &[u8]) -> Vec<Element<'_>> {
    let mut elements = Vec::new();
    let mut rest = data;
    while let Some(end) = end_of_element(rest).filter(|_| rest.starts_with(b"[")) {
        elements.extend(element(&rest[1..end - 1]));
        rest = &rest[end..];
    }
    elements
}

/// `id name="value" …`
fn element(text: &[u8]) -> Option<Element<'_>> {
    let end = memchr::memchr(b' ', text).unwrap_or(text.len());
    let (id, mut rest) = text.split_at(end);
    let mut parameters = Vec::new();
    while let Some(parameter) = rest.strip_prefix(b" ") {
        let Some(equals) = memchr::memmem::find(parameter, b"=\"") else {
            break;
        };
        let quoted = &parameter[equals + 2..];
        let end = quoted::end(quoted)?;
        parameters.push((&parameter[..equals], unescaped(&quoted[..end])));
        rest = &quoted[end + 1..];
    }
    Some((id, parameters))
}

/// `"`, `\` and `]` without the backslash before them; any other backslash stands for itself.
fn unescaped(value: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'\\', value).is_none() {
        return Cow::Borrowed(value);
    }
    let mut plain = Vec::with_capacity(value.len());
    let mut rest = value;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        match (byte, after.first()) {
            (b'\\', Some(escaped @ (b'"' | b'\\' | b']'))) => {
                plain.push(*escaped);
                rest = &after[1..];
            }
            _ => plain.push(*byte),
        }
    }
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_and_their_parameters() {
        let data = br#"[ex@1234 hdr="a\"b\]" path="C:\tmp\\" none=""][b][c@2 d="e f"]"#;
        let found: Vec<(String, Vec<(String, String)>)> = elements(data)
            .into_iter()
            .map(|(id, parameters)| {
                let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                let pairs = parameters.iter();
                (
                    text(id),
                    pairs
                        .map(|(name, value)| (text(name), text(value)))
                        .collect(),
                )
            })
            .collect();
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            found,
            [
                (
                    "ex@1234".to_owned(),
                    vec![
                        pair("hdr", "a\"b]"),
                        pair("path", "C:\\tmp\\"),
                        pair("none", "")
                    ]
                ),
                ("b".to_owned(), vec![]),
                ("c@2".to_owned(), vec![pair("d", "e f")]),
            ]
        );
    }

    #[test]
    fn cut_data_has_no_elements() {
        for data in [&b""[..], b"-", b"[a b=\"c", b"[a b=\"c]\"", b"x[a]"] {
            assert_eq!(elements(data), [], "{}", data.escape_ascii());
        }
    }
}
