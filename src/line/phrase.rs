//! The pieces that messages share: names, places, check results, and templates of whole messages.
//!
//! Enters: a message or what is left of it. Leaves: a piece, and the rest.
//! Must not know: which messages there are.

use super::event::CheckResult;
use super::fields::number;
use super::told::{Fact, Facts};
use crate::words::checks::CheckCode;
use nom::bytes::complete::{tag, take_till, take_while1};
use nom::character::complete::{char, i32, u32};
use nom::combinator::{all_consuming, opt};
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
pub(super) fn proxy_in<'a>(template: &'static str, message: &'a [u8]) -> Option<&'a [u8]> {
    let (found, _) = slots(template, message)?;
    let proxy = found.iter().find_map(|(name, fact)| match fact {
        Fact::Text(text) if matches!(*name, "proxy" | "backend") => Some(*text),
        _ => None,
    });
    Some(proxy.unwrap_or_default())
}

/// What stands in the slots of `template` if `message` begins as it says, and what follows.
///
/// A slot is `{name:sort}`, or `{name}` where both are the same word. Sorts: `proxy` and `backend` are a proxy's name, in
/// quotes or not; `proxy_kind` is one of HAProxy's words for what it is; `place` a backend and a server; `word` has no
/// blank; `text` is anything; `n` is a number. A slot without name (`{:n}`) is passed over.
pub(super) fn slots<'a>(
    template: &'static str,
    message: &'a [u8],
) -> Option<(Facts<'a>, &'a [u8])> {
    let (literal, mut template) = template.split_once('{').unwrap_or((template, ""));
    let mut message = message.strip_prefix(literal.as_bytes())?;
    let mut facts = Facts::new();
    while let Some((slot, after)) = template.split_once('}') {
        let (literal, next) = after.split_once('{').unwrap_or((after, ""));
        let (name, sort) = slot.split_once(':').unwrap_or((slot, slot));
        let (value, rest) = match (sort, literal) {
            ("text", "") => until(message, &[]),
            _ => before(message, literal.as_bytes())?,
        };
        let fact = match sort {
            "proxy" | "backend" => Fact::Text(proxy_name(value)?),
            "proxy_kind" if is_kind(value) => Fact::Text(value),
            "place" => {
                let (_, (backend, server)) = all_consuming(place).parse(value).ok()?;
                facts.push(("backend", Fact::Text(backend)));
                facts.push(("server", Fact::Text(server)));
                (message, template) = (rest, next);
                continue;
            }
            "word" if !value.is_empty() && !value.contains(&b' ') => Fact::Text(value),
            "text" => Fact::Text(value),
            "n" => Fact::Number(number(value)?.try_into().ok()?),
            _ => return None,
        };
        if !name.is_empty() {
            facts.push((name, fact));
        }
        (message, template) = (rest, next);
    }
    Some((facts, message))
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
                "Paused {proxy_kind} {proxy}",
                "Paused frontend www.example.",
                Some("www.example"),
            ),
            (
                "Paused {proxy_kind} {proxy}",
                "Paused frontend w:1. More",
                Some("w:1"),
            ),
            ("for {proxy}: no", "for app: no free ports.", Some("app")),
            ("Port {:n} of {proxy}", "Port 80 of app", Some("app")),
            ("Port {:n} of {proxy}", "Port x of app", None),
            ("Paused {proxy_kind} {proxy}", "Paused server www.", None),
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
