//! The pieces that messages share: names, places, check results, and templates of whole messages.
//!
//! Enters: a message or what is left of it. Leaves: a piece, and the rest.
//! Must not know: which messages there are.

use super::event::CheckResult;
use crate::words::checks::CheckCode;
use nom::bytes::complete::{tag, take_till, take_while1};
use nom::character::complete::{char, i32, u32};
use nom::combinator::opt;
use nom::sequence::{delimited, preceded, separated_pair};
use nom::{IResult, Parser};

/// The characters of names in a configuration (`tools.c`, `invalid_char`).
pub(super) fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b':' | b'-')
}

/// `<backend>/<server>`. The full stop behind it belongs to the sentence.
pub(super) fn place(input: &[u8]) -> IResult<&[u8], (&[u8], &[u8])> {
    let (rest, (backend, server)) = separated_pair(
        take_while1(is_name_byte),
        char('/'),
        take_while1(is_name_byte),
    )
    .parse(input)?;
    match server.strip_suffix(b".") {
        Some(server) => Ok((
            &input[backend.len() + 1 + server.len()..],
            (backend, server),
        )),
        None => Ok((rest, (backend, server))),
    }
}

/// `<text>[, code: <n>][, info: "<text>"][, check duration: <ms>ms]`; the text may be one that no version knows.
pub(super) fn check_result(input: &[u8]) -> IResult<&[u8], CheckResult<'_>> {
    const ENDS: [&str; 6] = [
        ", code: ",
        ", info: \"",
        ", check duration: ",
        ", status: ",
        " via ",
        ". ",
    ];
    let (text, rest) = until(input, &ENDS);
    let (rest, status) = opt(preceded(tag(", code: "), i32)).parse(rest)?;
    let (rest, info) = opt(preceded(tag(", info: \""), quoted)).parse(rest)?;
    let (rest, duration) = opt(delimited(tag(", check duration: "), u32, tag("ms"))).parse(rest)?;
    let result = CheckResult {
        code: CheckCode::from_text(text),
        text,
        status,
        info,
        duration,
    };
    Ok((rest, result))
}

/// The text before the closing quote, or before the end of a line that was cut.
fn quoted(input: &[u8]) -> IResult<&[u8], &[u8]> {
    let (rest, text) = take_till(|byte| byte == b'"').parse(input)?;
    Ok((rest.strip_prefix(b"\"").unwrap_or(rest), text))
}

/// The text before the first of several ends, or all of it without its full stop.
pub(super) fn until<'a>(text: &'a [u8], ends: &[&str]) -> (&'a [u8], &'a [u8]) {
    let first = ends
        .iter()
        .filter_map(|end| memchr::memmem::find(text, end.as_bytes()))
        .min();
    match first {
        Some(at) => text.split_at(at),
        None => (text.strip_suffix(b".").unwrap_or(text), b""),
    }
}

/// Whether `message` begins as `template` says, and the proxy it names (empty when the template has none).
///
/// In a template `{proxy}` is a proxy's name, in quotes or not, `{kind}` one of HAProxy's words for what it is, `{n}`
/// a number and `{client}` an address.
pub(super) fn proxy_in<'a>(template: &str, message: &'a [u8]) -> Option<&'a [u8]> {
    let (literal, mut template) = template.split_once('{').unwrap_or((template, ""));
    let mut message = message.strip_prefix(literal.as_bytes())?;
    let mut proxy: &[u8] = b"";
    while let Some((slot, after)) = template.split_once('}') {
        let (literal, next) = after.split_once('{').unwrap_or((after, ""));
        let (value, rest) = before(message, literal.as_bytes())?;
        match slot {
            "kind" if is_kind(value) => {}
            "n" if !value.is_empty() && value.iter().all(u8::is_ascii_digit) => {}
            "client" if !value.contains(&b' ') => {}
            "proxy" => proxy = proxy_name(value)?,
            _ => return None,
        }
        (message, template) = (rest, next);
    }
    Some(proxy)
}

/// What stands before and after a literal; at the end of a template, the next word without its full stop.
fn before<'a>(text: &'a [u8], literal: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    if literal.is_empty() {
        let end = memchr::memchr(b' ', text).unwrap_or(text.len());
        let (word, rest) = text.split_at(end);
        return Some((word.strip_suffix(b".").unwrap_or(word), rest));
    }
    let at = memchr::memmem::find(text, literal)?;
    Some((&text[..at], &text[at + literal.len()..]))
}

fn is_kind(word: &[u8]) -> bool {
    matches!(word, b"proxy" | b"frontend" | b"backend" | b"defaults")
}

/// `app`, `'app'`, or an internal proxy's `<HTTPCLIENT>`.
fn proxy_name(text: &[u8]) -> Option<&[u8]> {
    let name = text
        .strip_prefix(b"'")
        .and_then(|name| name.strip_suffix(b"'"))
        .unwrap_or(text);
    let is_known = |byte: &u8| is_name_byte(*byte) || matches!(byte, b'<' | b'>');
    (!name.is_empty() && name.iter().all(is_known)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_match_from_the_start_and_name_the_proxy() {
        let cases: [(&str, &str, Option<&str>); 12] = [
            ("Proxy {proxy} started", "Proxy www started.", Some("www")),
            ("Proxy {proxy} started", "Proxy 'www' started.", Some("www")),
            (
                "Proxy {proxy} stopped",
                "Proxy <HTTPCLIENT> stopped (",
                Some("<HTTPCLIENT>"),
            ),
            (
                "Paused {kind} {proxy}",
                "Paused frontend www.example.",
                Some("www.example"),
            ),
            (
                "Paused {kind} {proxy}",
                "Paused frontend w:1. More",
                Some("w:1"),
            ),
            ("for {proxy}: no", "for app: no free ports.", Some("app")),
            ("Port {n} of {proxy}", "Port 80 of app", Some("app")),
            ("Port {n} of {proxy}", "Port x of app", None),
            ("Paused {kind} {proxy}", "Paused server www.", None),
            ("Proxy {proxy} started", "Proxy a b started.", None),
            ("Proxy {proxy} started", "x Proxy www started.", None),
            ("Proxy {proxy} started", "Proxy  started.", None),
        ];
        for (template, message, proxy) in cases {
            let found = proxy_in(template, message.as_bytes());
            assert_eq!(found, proxy.map(str::as_bytes), "{template} | {message}");
        }
    }

    #[test]
    fn a_place_does_not_take_the_full_stop() {
        let (rest, place) = place(b"a.b/c:1. 2 active").expect("a place");
        assert_eq!(place, (&b"a.b"[..], &b"c:1"[..]));
        assert_eq!(rest, b". 2 active");
    }
}
