//! What the client asked for, and what was captured of it and of the answer.
//!
//! Enters: a traffic line. Leaves: its request and captures, escapes decoded.
//! Must not know: who logged it, or when.

use std::borrow::Cow;

use super::traffic::with;
use super::{Field, Kind, own};
use crate::line::{FieldSet, Mode, escapes};
use crate::record::details::Details;
use crate::record::{Record, Value, json};

pub(super) const FIELDS: &[Field] = &[
    Field {
        name: "req_caps",
        about: "captured request headers",
        kind: Kind::Text,
        get: |record| blocks(record).0,
    },
    Field {
        name: "resp_caps",
        about: "captured response headers",
        kind: Kind::Text,
        get: |record| blocks(record).1,
    },
    Field {
        name: "caps",
        about: "captured headers of which the line does not tell whether they are the request's or the response's",
        kind: Kind::Text,
        get: |record| blocks(record).2,
    },
    Field {
        name: "request",
        about: "request line, escapes decoded; <BADREQ> when there was none",
        kind: Kind::Text,
        get: |record| text(record, line(record)?.text),
    },
    Field {
        name: "method",
        about: "HTTP method",
        kind: Kind::Text,
        get: |record| match line(record) {
            Some(line) => text(record, line.method()?),
            None => text(record, own::text(record, "method")?),
        },
    },
    Field {
        name: "uri",
        about: "request URI, escapes decoded",
        kind: Kind::Text,
        get: |record| match line(record) {
            Some(line) => text(record, line.uri()?),
            None => text(record, own::text(record, "uri")?),
        },
    },
    Field {
        name: "version",
        about: "HTTP version",
        kind: Kind::Text,
        get: |record| match line(record) {
            Some(line) => text(record, line.version()?),
            None => text(record, own::text(record, "version")?),
        },
    },
    Field {
        name: "ssl",
        about: "what option httpslog adds: error numbers, resumption, SNI, TLS version, cipher",
        kind: Kind::Text,
        get: |record| Some(Value::Map(tls(record)?)),
    },
    Field {
        name: "more",
        about: "what a longer format wrote behind the built-in fields",
        kind: Kind::Text,
        get: |record| {
            let rest = record.details().line()?.rest.trim_ascii();
            (!rest.is_empty() && tls(record).is_none()).then(|| Value::text(rest))
        },
    },
    Field {
        name: "error",
        about: "why a handshake failed",
        kind: Kind::Text,
        get: |record| {
            let traffic = with(record, FieldSet::REQUEST)?;
            (traffic.mode == Mode::Handshake).then(|| Value::text(traffic.request))
        },
    },
];

/// What the client sent, as it was before HAProxy wrote it down.
fn text<'a>(record: &Record<'a>, text: &'a [u8]) -> Option<Value<'a>> {
    Some(match record.details().plain(text) {
        Cow::Borrowed(text) => escaped(text),
        Cow::Owned(text) => Value::Text(Cow::Owned(escapes::hashes(&text).into_owned())),
    })
}

fn escaped(text: &[u8]) -> Value<'_> {
    Value::Text(escapes::hashes(text))
}

/// A request line, escapes kept.
struct RequestLine<'a> {
    text: &'a [u8],
    cut: bool,
}

/// The request line of a record, where it has one.
fn line<'a>(record: &Record<'a>) -> Option<RequestLine<'a>> {
    let traffic = with(record, FieldSet::REQUEST)?;
    let told = record.details().formatted();
    let whole = told.is_empty()
        || told
            .iter()
            .any(|told| own::is_request(told.part) && told.part.fields == FieldSet::REQUEST);
    let is_there = !(traffic.truncated && traffic.request.is_empty());
    let is_request = traffic.mode != Mode::Handshake && whole && is_there;
    is_request.then_some(RequestLine {
        text: traffic.request,
        cut: traffic.truncated,
    })
}

impl<'a> RequestLine<'a> {
    /// The method and what follows; nothing of `<BADREQ>`, and nothing of a method that was cut.
    fn split(&self) -> Option<(&'a [u8], &'a [u8])> {
        let blank = memchr::memchr(b' ', self.text)?;
        Some((&self.text[..blank], &self.text[blank + 1..]))
    }

    fn method(&self) -> Option<&'a [u8]> {
        Some(self.split()?.0)
    }

    /// A URI may hold blanks: the version is the last word, where it looks like one.
    fn uri(&self) -> Option<&'a [u8]> {
        let (_, rest) = self.split()?;
        let version = last_word(rest).filter(|(_, word)| word.starts_with(b"HTTP/"));
        Some(version.map_or(rest, |(uri, _)| uri))
    }

    fn version(&self) -> Option<&'a [u8]> {
        let (_, version) = last_word(self.split()?.1)?;
        let whole = !self.cut || version.len() == b"HTTP/1.1".len();
        (version.starts_with(b"HTTP/") && whole).then_some(version)
    }
}

/// What stands before the last blank, and behind it.
fn last_word(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let blank = memchr::memrchr(b' ', text)?;
    Some((&text[..blank], &text[blank + 1..]))
}

/// The captures: of the request, of the response, and of either.
type Blocks<'a> = (Option<Value<'a>>, Option<Value<'a>>, Option<Value<'a>>);

/// One block does not tell whose it is. CLF has one list for both, of which only a pair can be taken apart.
fn blocks<'a>(record: &Record<'a>) -> Blocks<'a> {
    let captures = with(record, FieldSet::CAPTURES).map_or(&b""[..], |traffic| traffic.captures);
    if captures.is_empty() {
        return (None, None, None);
    }
    let list = |block: &'a [u8]| {
        let items = block.split(|byte| *byte == b'|');
        Value::List(items.map(escaped).collect())
    };
    if let Some(inside) = captures.strip_prefix(b"{") {
        let whole = inside.strip_suffix(b"}").unwrap_or(inside);
        return match memchr::memmem::find(whole, b"} {") {
            Some(end) => (
                Some(list(&whole[..end])),
                Some(list(&whole[end + 3..])),
                None,
            ),
            None => (
                None,
                None,
                Some(list(whole.strip_suffix(b"} ").unwrap_or(whole))),
            ),
        };
    }
    let items = json::array(captures, escapes::hashes).unwrap_or_else(|| quoted(captures));
    let clf = matches!(record.details(), Details::Formatted { clf: true, .. });
    match items.as_slice() {
        [request, response] if clf => (
            Some(Value::List(vec![request.clone()])),
            Some(Value::List(vec![response.clone()])),
            None,
        ),
        _ => (None, None, Some(Value::List(items))),
    }
}

/// `"a" "b"`
fn quoted(captures: &[u8]) -> Vec<Value<'_>> {
    let mut items = Vec::new();
    let mut rest = captures;
    while let Some(inside) = rest.strip_prefix(b"\"") {
        let end = memchr::memchr(b'"', inside).unwrap_or(inside.len());
        items.push(escaped(&inside[..end]));
        rest = inside.get(end + 1..).unwrap_or_default();
        rest = rest.strip_prefix(b" ").unwrap_or(rest);
    }
    items
}

/// `fc_err/ssl_fc_err/ssl_c_err/ssl_c_ca_err/ssl_fc_is_resumed sni/version/cipher` behind the request. The client
/// chose the name it asked for, which may hold anything, so that it is what stands before the last two.
pub(super) fn tls<'a>(record: &Record<'a>) -> Option<Vec<(Cow<'a, str>, Value<'a>)>> {
    const NUMBERS: [&str; 5] = ["fc_err", "ssl_err", "c_err", "ca_err", "resumed"];
    let line = record.details().line()?;
    if line.traffic.mode != Mode::Http {
        return None;
    }
    let rest = line.rest.strip_prefix(b" ")?;
    let blank = memchr::memchr(b' ', rest)?;
    let (numbers, name) = (&rest[..blank], &rest[blank + 1..]);
    let is_number =
        |text: &[u8]| text == b"-" || (!text.is_empty() && text.iter().all(u8::is_ascii_hexdigit));
    let values: Vec<&[u8]> = numbers.split(|byte| *byte == b'/').collect();
    if values.len() != NUMBERS.len() || !values.iter().all(|value| is_number(value)) {
        return None;
    }
    let slash = memchr::memrchr(b'/', name)?;
    let (before, cipher) = (&name[..slash], &name[slash + 1..]);
    let slash = memchr::memrchr(b'/', before)?;
    let (sni, version) = (&before[..slash], &before[slash + 1..]);
    let numbers = NUMBERS.into_iter().zip(values);
    let names = [("sni", sni), ("version", version), ("cipher", cipher)];
    let all = numbers.chain(names);
    Some(
        all.map(|(name, text)| (Cow::Borrowed(name), Value::text(text)))
            .collect(),
    )
}
