//! What the client asked for, and what was captured of it and of the answer.
//!
//! Enters: a traffic line. Leaves: its request and captures, escapes decoded.
//! Must not know: who logged it, or when.

use std::borrow::Cow;

use super::traffic::with;
use super::{Field, Kind, own};
use crate::line::{FieldSet, Mode, escapes};
use crate::record::details::Details;
use crate::record::value::{self, List};
use crate::record::{Record, Value, json};

table!(
    Fields,
    Field {
        name: "req_caps",
        about: "captured request headers",
        kind: Kind::Text,
        get: |record| captures(record)?.request(record),
    },
    Field {
        name: "resp_caps",
        about: "captured response headers",
        kind: Kind::Text,
        get: |record| captures(record)?.response(record),
    },
    Field {
        name: "caps",
        about: "captured headers of which the line does not tell whether they are the request's or the response's",
        kind: Kind::Text,
        get: |record| captures(record)?.either(record),
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
            let rest = record.details().around()?.rest.trim_ascii();
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
);

/// What the client sent, as it was before HAProxy wrote it down.
#[inline]
fn text<'a>(record: &Record<'a>, text: &'a [u8]) -> Option<Value<'a>> {
    if !may_be_escaped(record) {
        return Some(Value::text(text));
    }
    Some(match record.details().plain(text) {
        Cow::Borrowed(text) => escaped(text),
        Cow::Owned(text) => Value::Text(escapes::hashes(&text).into_owned().into()),
    })
}

/// Of most lines it is known that nothing in them is.
fn may_be_escaped(record: &Record) -> bool {
    let around = record.details().around();
    around.is_none_or(|around| around.is_escaped)
}

fn escaped(text: &[u8]) -> Value<'_> {
    Value::Text(escapes::hashes(text).into())
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

/// The captures. One block does not tell whose it is. CLF has one list for both, of which only a pair can be taken apart.
enum Captures<'a> {
    /// The block of the request, and that of the response.
    Blocks(&'a [u8], &'a [u8]),
    Block(&'a [u8]),
    /// The one of the request, and that of the response.
    Pair(Value<'a>, Value<'a>),
    Items(Vec<Value<'a>>),
}

#[inline]
fn captures<'a>(record: &Record<'a>) -> Option<Captures<'a>> {
    let captures = with(record, FieldSet::CAPTURES)?.captures;
    match captures.strip_prefix(b"{") {
        Some(inside) => Some(Captures::of_blocks(inside)),
        None if captures.is_empty() => None,
        None => Some(Captures::of_list(captures, record.details())),
    }
}

impl<'a> Captures<'a> {
    /// `a|b} {c}`
    fn of_blocks(inside: &'a [u8]) -> Self {
        let whole = inside.strip_suffix(b"}").unwrap_or(inside);
        let mut from = 0;
        while let Some(behind) = memchr::memchr(b'}', &whole[from..]) {
            let end = from + behind;
            match &whole[end + 1..] {
                [b' ', b'{', response @ ..] => return Self::Blocks(&whole[..end], response),
                [b' '] => return Self::Block(&whole[..end]),
                _ => from = end + 1,
            }
        }
        Self::Block(whole)
    }

    fn of_list(captures: &'a [u8], details: &Details) -> Self {
        let mut items = json::array(captures, escapes::hashes).unwrap_or_else(|| quoted(captures));
        let clf = matches!(details, Details::Formatted { clf: true, .. });
        if clf
            && items.len() == 2
            && let (Some(response), Some(request)) = (items.pop(), items.pop())
        {
            return Self::Pair(request, response);
        }
        Self::Items(items)
    }

    fn request(self, record: &Record) -> Option<Value<'a>> {
        match self {
            Self::Blocks(request, _) => Some(list(request, record)),
            Self::Pair(request, _) => Some(Value::List(List::Items(vec![request]))),
            Self::Block(_) | Self::Items(_) => None,
        }
    }

    fn response(self, record: &Record) -> Option<Value<'a>> {
        match self {
            Self::Blocks(_, response) => Some(list(response, record)),
            Self::Pair(_, response) => Some(Value::List(List::Items(vec![response]))),
            Self::Block(_) | Self::Items(_) => None,
        }
    }

    fn either(self, record: &Record) -> Option<Value<'a>> {
        match self {
            Self::Block(block) => Some(list(block, record)),
            Self::Items(items) => Some(Value::List(List::Items(items))),
            Self::Blocks(..) | Self::Pair(..) => None,
        }
    }
}

/// `a|b`
fn list<'a>(block: &'a [u8], record: &Record) -> Value<'a> {
    Value::List(match may_be_escaped(record) {
        false => List::Parted(block),
        true => List::Items(value::parts(block).map(escaped).collect()),
    })
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
    let around = record.details().around()?;
    if around.mode != Mode::Http {
        return None;
    }
    let rest = around.rest.strip_prefix(b" ")?;
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
