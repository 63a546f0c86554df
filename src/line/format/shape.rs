//! What the text of a field looks like: where it ends, and which bytes it may hold.
//!
//! Enters: the bytes from the field's first on. Leaves: how many are its own.
//! Must not know: what the field means, or what follows it.
//!
//! HAProxy escapes what a client wrote into the request and the captures, and checks names; sample expressions and
//! cookies it copies as they are (HAProxy manual 8.2.6 and 8.5; `log.c`).

use super::json;

/// The look of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Digits behind an optional sign, or `-`.
    Number,
    /// Hexadecimal digits, or `-`.
    Hex,
    /// An IP address, `unix`, or `-`.
    Ip,
    /// An IP address with a colon and a port behind it, which are not part of it.
    IpBeforePort,
    /// `06/Feb/2009:12:12:51.443`
    Date24,
    /// `06/Feb/2009:12:12:51 +0000`
    Date26,
    /// `--`
    State2,
    /// `----`
    State4,
    /// A proxy's or a server's name, `<NOSRV>` and applets included.
    Name,
    /// A frontend's name, and `~` where its `bind` line uses TLS.
    Transport,
    /// A cipher, a TLS version.
    Ident,
    /// An HTTP method, or `<BADREQ>`.
    Method,
    /// `HTTP/1.1`, `<BADREQ>`, or `-`.
    Version,
    /// A query with its `?`, or nothing.
    Query,
    /// A URI without its query.
    Path,
    /// Text without blanks and quotes.
    Word,
    /// Text without blanks.
    Token,
    /// Text without quotes and control characters.
    Line,
    /// `{a|b}`, or nothing.
    Braces,
    /// The same between quotes.
    QuotedBraces,
    /// Texts between quotes, with blanks between them.
    QuotedList,
    /// Anything in which quotes, backslashes and `]` stand behind a backslash (`+E`).
    Escaped,
    /// A JSON value (`+json` on the item itself).
    Json,
    /// Anything at all.
    Raw,
}

impl Shape {
    /// Whether a field can go on with this byte, so that one behind it would not end the field.
    pub(super) fn may_hold(self, byte: u8) -> bool {
        match self {
            Shape::Number => byte.is_ascii_digit(),
            Shape::Hex => byte.is_ascii_hexdigit(),
            Shape::Ip | Shape::IpBeforePort => {
                byte.is_ascii_hexdigit() || matches!(byte, b'.' | b':')
            }
            Shape::Date24
            | Shape::Date26
            | Shape::State2
            | Shape::State4
            | Shape::Braces
            | Shape::QuotedBraces
            | Shape::Json => false,
            Shape::Name => is_name(byte),
            Shape::Transport => is_name(byte) || byte == b'~',
            Shape::Ident => byte.is_ascii_alphanumeric() || b"._-()".contains(&byte),
            Shape::Method => byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~<>".contains(&byte),
            Shape::Version => byte.is_ascii_alphanumeric() || b"/.<>#-".contains(&byte),
            Shape::Query | Shape::Word => byte > b' ' && byte != b'"' && byte != 127,
            Shape::Token => byte > b' ' && byte != 127,
            Shape::Path => byte != b'?' && Shape::Word.may_hold(byte),
            Shape::Line => (b' '..127).contains(&byte) && byte != b'"',
            Shape::QuotedList => byte == b'"',
            Shape::Escaped => !matches!(byte, b'"' | b']'),
            Shape::Raw => true,
        }
    }

    /// Whether a field can begin with this byte.
    pub(super) fn may_begin(self, byte: u8) -> bool {
        match self {
            Shape::Number => byte.is_ascii_digit() || matches!(byte, b'+' | b'-'),
            Shape::Hex => byte.is_ascii_hexdigit() || byte == b'-',
            Shape::Ip | Shape::IpBeforePort => self.may_hold(byte) || matches!(byte, b'u' | b'-'),
            Shape::Date24 | Shape::Date26 => byte.is_ascii_digit(),
            Shape::State2 | Shape::State4 => byte.is_ascii_alphabetic() || byte == b'-',
            Shape::Query => byte == b'?',
            Shape::Braces => byte == b'{',
            Shape::QuotedBraces | Shape::QuotedList => byte == b'"',
            Shape::Json => byte > b' ',
            _ => self.may_hold(byte),
        }
    }

    /// Whether it may print nothing at all, not even its quotes.
    pub(super) fn may_be_absent(self) -> bool {
        matches!(
            self,
            Shape::Query | Shape::Braces | Shape::QuotedBraces | Shape::QuotedList
        )
    }

    /// Whether a client or a server may have written this text.
    pub(super) fn is_text(self) -> bool {
        matches!(
            self,
            Shape::Query
                | Shape::Path
                | Shape::Word
                | Shape::Token
                | Shape::Line
                | Shape::Escaped
                | Shape::Raw
        )
    }

    /// Whether HAProxy's own alias of this look escapes its text as `#` and two digits.
    pub(super) fn is_escaped(self) -> bool {
        matches!(
            self,
            Shape::Method | Shape::Version | Shape::Query | Shape::Path | Shape::Word | Shape::Line
        )
    }

    /// Length of the field at the start of `text`, or `None` when none stands there.
    pub(super) fn length(self, text: &[u8]) -> Option<usize> {
        match self {
            Shape::Number => number(text),
            Shape::Hex => self
                .run(text)
                .or_else(|| text.starts_with(b"-").then_some(1)),
            Shape::Ip => address(text),
            Shape::IpBeforePort => before_port(text, address(text)?),
            Shape::Date24 => (text.len() >= 24).then_some(24),
            Shape::Date26 => (text.len() >= 26).then_some(26),
            Shape::State2 => (text.len() >= 2).then_some(2),
            Shape::State4 => (text.len() >= 4).then_some(4),
            Shape::Query if text.first() != Some(&b'?') => Some(0),
            Shape::Braces => braces(text),
            Shape::QuotedBraces => quoted_braces(text),
            Shape::QuotedList => Some(quoted_list(text)),
            Shape::Escaped => Some(escaped(text)),
            Shape::Json => json::value(text).map(|(_, length)| length),
            Shape::Raw => Some(text.len()),
            Shape::Path | Shape::Word | Shape::Token | Shape::Line | Shape::Query => {
                Some(self.run(text).unwrap_or(0))
            }
            Shape::Name | Shape::Transport | Shape::Ident | Shape::Method | Shape::Version => {
                self.run(text)
            }
        }
    }

    /// Whether this is all of a field, as far as its own bytes tell.
    pub(super) fn is_whole(self, text: &[u8]) -> bool {
        self != Shape::QuotedList || memchr::memchr_iter(b'"', text).count().is_multiple_of(2)
    }

    /// Whether `text`, which begins no such field, may be the whole rest of a line that was cut within one.
    pub(super) fn may_be_cut(self, text: &[u8]) -> bool {
        match self {
            Shape::Number => text == b"+",
            Shape::Ip | Shape::IpBeforePort => b"unix".starts_with(text),
            Shape::Date24
            | Shape::Date26
            | Shape::State2
            | Shape::State4
            | Shape::Braces
            | Shape::QuotedBraces
            | Shape::Json => true,
            _ => text.is_empty(),
        }
    }

    /// Bytes it may hold at the start of `text`, if any.
    fn run(self, text: &[u8]) -> Option<usize> {
        let end = text.iter().position(|byte| !self.may_hold(*byte));
        Some(end.unwrap_or(text.len())).filter(|length| *length > 0)
    }
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_.:-<>".contains(&byte)
}

fn number(text: &[u8]) -> Option<usize> {
    let sign = usize::from(matches!(text.first(), Some(b'+' | b'-')));
    let digits = text[sign..]
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    (digits > 0 || text.starts_with(b"-")).then_some(sign + digits)
}

fn address(text: &[u8]) -> Option<usize> {
    for word in [&b"unix"[..], b"-"] {
        if text.starts_with(word) {
            return Some(word.len());
        }
    }
    Shape::Ip.run(text)
}

/// IPv6 addresses are written without brackets, so that only the last colon is the port's; where a relay took the
/// port away, what is left of an address may give that away.
///
/// `length` is that of the address and its port.
pub(super) fn before_port(text: &[u8], length: usize) -> Option<usize> {
    // A port is short.
    match text[..length].iter().rposition(|byte| *byte == b':') {
        Some(colon) => {
            let address = &text[..colon];
            let is_half = address.ends_with(b":") && !address.ends_with(b"::");
            (colon > 0 && !is_half).then_some(colon)
        }
        None => Some(length),
    }
}

/// `{…}` whose text holds no brace and no quote; a block that does is the format's own text.
pub(super) fn braces(text: &[u8]) -> Option<usize> {
    if text.first() != Some(&b'{') {
        return Some(0);
    }
    let end = memchr::memchr3(b'{', b'}', b'"', &text[1..])? + 1;
    Some(if text[end] == b'}' { end + 1 } else { 0 })
}

fn quoted_braces(text: &[u8]) -> Option<usize> {
    if !text.starts_with(b"\"{") {
        return (text != b"\"").then_some(0);
    }
    let end = braces(&text[1..])? + 1;
    match text.get(end) {
        Some(b'"') if end > 1 => Some(end + 1),
        Some(_) => Some(0),
        None => None,
    }
}

/// As many `"…"` as follow each other; the end of the line may cut the last.
fn quoted_list(text: &[u8]) -> usize {
    let mut length = 0;
    loop {
        let start = if length == 0 { 0 } else { length + 1 };
        let separated = length == 0 || text.get(length) == Some(&b' ');
        if !separated || text.get(start) != Some(&b'"') {
            return length;
        }
        match memchr::memchr(b'"', &text[start + 1..]) {
            Some(end) => length = start + end + 2,
            None => return text.len(),
        }
    }
}

/// Up to the first quote or bracket without a backslash.
fn escaped(text: &[u8]) -> usize {
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' | b']' => return at,
            _ => at += 1,
        }
    }
    text.len()
}
