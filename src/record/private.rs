//! Which parts of a message are its client's: who it is, and what it sent.
//!
//! Enters: a record. Leaves: pieces of its message that may tell of a client; all else HAProxy or its configuration
//! wrote. Must not know: what becomes of them.
//!
//! What is known to be harmless is listed, not what is a secret: a part that nobody knows counts as a client's.

use std::ops::Range;

use super::details::Details;
use super::field::own;
use super::{Class, Record};
use crate::line::format::{Part, Told};
use crate::line::{self, Fact, FieldSet, Line, Mode};

/// A part of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Its bytes in the message.
    pub at: Range<usize>,
    /// What it is.
    pub what: Private,
}

/// What of a client a part tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Private {
    /// Its address, which may have a port behind it.
    Client,
    /// What it asked for: a request line, a URI, a path.
    Request,
    /// Cookies, captured headers, and whatever else it may have sent.
    Sent,
}

impl Record<'_> {
    /// The pieces, in order and apart from one another. `None`: it cannot be told which they are.
    pub fn private(&self) -> Option<Vec<Piece>> {
        let mut pieces = match self.details() {
            Details::BuiltIn(_) => of_line(&line::line(self.message)?, self.message)?,
            Details::Begun(line) => of_line(line, self.message)?,
            Details::Formatted { json, told, .. } => {
                of_format(told, *json, self.is_truncated(), self.message)?
            }
            Details::Told(facts) => {
                let clients = facts.iter().filter_map(|(name, fact)| match fact {
                    Fact::Text(text) if *name == "client" => Some((Private::Client, *text)),
                    _ => None,
                });
                let pieces = located(clients, self.message)?;
                let is_clear = self.class() == Class::State || !pieces.is_empty();
                is_clear.then_some(pieces)?
            }
            Details::Json(_) | Details::Nothing => return None,
        };
        pieces.retain(|piece| !piece.at.is_empty());
        pieces.sort_by_key(|piece| piece.at.start);
        let mut pairs = pieces.iter().zip(pieces.iter().skip(1));
        let is_apart = pairs.all(|(piece, next)| piece.at.end <= next.at.start);
        pieces.dedup_by(|next, piece| {
            let is_one = piece.at.end == next.at.start && piece.what == next.what;
            if is_one {
                piece.at.end = next.at.end;
            }
            is_one
        });
        is_apart.then_some(pieces)
    }
}

/// Of a built-in format. Of a line that could not be read to its end, all behind its last name counts.
fn of_line(line: &Line, message: &[u8]) -> Option<Vec<Piece>> {
    let traffic = &line.traffic;
    let mut client = place(traffic.client, message)?;
    if !line.port.is_empty() {
        client.end = place(line.port, message)?.end;
    }
    let mut pieces = vec![Piece {
        at: client.clone(),
        what: Private::Client,
    }];
    let expected = match traffic.mode {
        Mode::Http => FieldSet::HTTP,
        Mode::Tcp => FieldSet::TCP,
        Mode::Handshake => FieldSet::HANDSHAKE,
    };
    if line.problem.is_some() || traffic.fields != expected {
        let names = [traffic.server, traffic.frontend, line.date];
        let mut names = names.into_iter().filter(|name| !name.is_empty());
        let last = names.find_map(|name| place(name, message));
        pieces.push(sent(last.unwrap_or(client).end..message.len()));
        return Some(pieces);
    }
    let mut parts = vec![(Private::Sent, line.rest)];
    if traffic.mode == Mode::Http {
        parts.push((Private::Sent, traffic.captures));
        parts.push((Private::Request, traffic.request));
        // Blanks within cookies part them anywhere: both are hidden as one.
        if traffic.cookies != [&b"-"[..]; 2] {
            pieces.push(sent(cookies(line, message)?));
        }
    }
    pieces.extend(located(parts.into_iter(), message)?);
    Some(pieces)
}

/// From the first cookie to the last. A `-` that stands for none may be no part of the message.
fn cookies(line: &Line, message: &[u8]) -> Option<Range<usize>> {
    let found = line.traffic.cookies.map(|cookie| place(cookie, message));
    match found {
        [Some(request), Some(response)] => Some(request.start..response.end),
        [one, other] => one.or(other),
    }
}

/// Of a compiled format, whose lines hold nothing but its fields and what it writes between them.
fn of_format(told: &[Told], is_json: bool, is_cut: bool, message: &[u8]) -> Option<Vec<Piece>> {
    let place_of = |told: &Told| Some((place(told.text, message)?, private(told.part)));
    let mut fields: Vec<_> = told
        .iter()
        .map(|told| place_of(told).map(|(at, what)| (at, what, &told.part.label)))
        .collect::<Option<_>>()?;
    fields.sort_by_key(|(at, ..)| at.start);
    let mut pieces = Vec::new();
    let mut end = 0;
    for (at, what, label) in fields {
        // JSON may have members that are not the format's.
        let between = message.get(end..at.start)?;
        if is_json && !is_key(between, label) {
            pieces.push(sent(end..at.start));
        }
        end = at.end;
        pieces.extend(what.map(|what| Piece { at, what }));
    }
    let rest = message.get(end..)?;
    if end == 0 || is_cut || rest.iter().any(u8::is_ascii_alphanumeric) {
        pieces.push(sent(end..message.len()));
    }
    Some(pieces)
}

/// `{"key":"` or `","key": `.
fn is_key(between: &[u8], label: &str) -> bool {
    let is_around = |byte: &u8| b"{}[]\",: ".contains(byte);
    let from = between.iter().position(|byte| !is_around(byte));
    let to = between.iter().rposition(|byte| !is_around(byte));
    match (from, to) {
        (Some(from), Some(to)) => between.get(from..=to) == Some(label.as_bytes()),
        _ => true,
    }
}

/// What of a client a field tells; `None` for those that HAProxy or its configuration fills.
fn private(part: &Part) -> Option<Private> {
    /// Beside those that have a name of their own: HAProxy counts, measures or chooses these.
    const HARMLESS: [&str; 13] = [
        "%pid", "%lc", "%rt", "%H", "%si", "%sp", "%bi", "%bp", "%Si", "%Sp", "%sslv", "%sslc",
        "%B",
    ];
    if part.extra {
        let named = own::name(part).is_some_and(|name| !matches!(name, "client_port" | "uri"));
        let harmless = named || HARMLESS.contains(&part.written.as_str());
        return (!harmless).then_some(Private::Sent);
    }
    let fields = part.fields;
    let cookies = FieldSet::REQUEST_COOKIE.and(FieldSet::RESPONSE_COOKIE);
    if fields.has_any(cookies.and(FieldSet::CAPTURES)) {
        Some(Private::Sent)
    } else if fields.has_any(FieldSet::REQUEST) {
        Some(Private::Request)
    } else if fields.has_any(FieldSet::CLIENT) {
        Some(Private::Client)
    } else {
        None
    }
}

fn sent(at: Range<usize>) -> Piece {
    Piece {
        at,
        what: Private::Sent,
    }
}

/// Where each part stands; `None` if one stands nowhere.
fn located<'a>(
    parts: impl Iterator<Item = (Private, &'a [u8])>,
    message: &[u8],
) -> Option<Vec<Piece>> {
    parts
        .filter(|(_, text)| !text.is_empty())
        .map(|(what, text)| {
            Some(Piece {
                at: place(text, message)?,
                what,
            })
        })
        .collect()
}

/// Where in the message a text stands that borrows from it.
fn place(text: &[u8], message: &[u8]) -> Option<Range<usize>> {
    let start = (text.as_ptr() as usize).checked_sub(message.as_ptr() as usize)?;
    let end = start.checked_add(text.len())?;
    (end <= message.len()).then_some(start..end)
}
