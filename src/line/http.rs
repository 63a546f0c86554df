//! What an HTTP traffic line says behind its timers: status, bytes, cookies, state, captures, request.
//!
//! Enters: the line from its status on. Leaves: a [`Traffic`] with these.
//! Must not know: who the client was, or where the request went.
//!
//! HAProxy escapes the request and the captures, so that no quote or brace within them is literal; cookies it copies
//! as they are, spaces and quotes included (HAProxy manual 8.2.3 and 8.5).

use super::fields::{Fields, leading, leading_marked};
use super::logged::FieldSet;
use super::state::State;
use super::{Problem, Traffic};

/// `%hr %hs %{+Q}r`
struct Ending<'a> {
    captures: &'a [u8],
    request: &'a [u8],
    /// The line ends before the request's closing quote.
    truncated: bool,
    /// What follows the closing quote.
    rest: &'a [u8],
}

/// Both cookies, the state, and what follows.
type AfterBytes<'a> = ([&'a [u8]; 2], State, Ending<'a>);

/// Reads on from the status: `%ST %B %CC %CS %tsc %ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs %{+Q}r`. Leaves what a longer
/// format adds behind the request; where the line ends early, `traffic` has what was whole.
pub(super) fn read<'a>(
    mut fields: Fields<'a>,
    traffic: &mut Traffic<'a>,
) -> Result<&'a [u8], Problem> {
    traffic.status = fields.take(1, leading_status)?;
    traffic.fields |= FieldSet::STATUS;
    let (bytes, more_bytes) = fields.take(1, leading_marked)?;
    traffic.bytes = bytes;
    traffic.early |= more_bytes;
    traffic.fields |= FieldSet::BYTES;
    let (cookies, state, ending) = match fields.rest.strip_prefix(b"- - ") {
        // A captured cookie begins with its name, so these two are no part of one.
        Some(rest) => {
            let mut fields = Fields { rest };
            let state = State::http(&mut fields).inspect_err(|_| {
                traffic.begin_state(rest, FieldSet::TERM.and(FieldSet::PERSISTENCE));
            })?;
            ([&b"-"[..]; 2], state, Ending::read(fields.rest)?)
        }
        None => with_cookies(fields.rest)?,
    };
    traffic.cookies = cookies;
    traffic.put(state);
    traffic.captures = ending.captures;
    traffic.request = ending.request;
    traffic.truncated = ending.truncated;
    traffic.fields = FieldSet::HTTP;
    Ok(ending.rest)
}

/// Three digits, `0` without an HTTP transaction, `-1` when none was decided.
pub(super) fn status(text: &[u8]) -> Option<i16> {
    let (status, rest) = leading_status(text)?;
    rest.is_empty().then_some(status)
}

/// The same at the beginning of a text, and what follows it.
fn leading_status(text: &[u8]) -> Option<(i16, &[u8])> {
    if let [b'-', b'1', rest @ ..] = text {
        return Some((-1, rest));
    }
    let (status, rest) = leading(text)?;
    (status <= 999).then_some((status as i16, rest))
}

/// Finds the state behind cookies, which may hold anything, a forged state too.
///
/// The true state is the last one with a request behind it as HAProxy writes them ([`Ending::is_escaped`]): one forged in
/// the URL has no request of its own. Where the line was cut before the request it is the first, because what
/// follows it may be a capture.
fn with_cookies(text: &[u8]) -> Result<AfterBytes<'_>, Problem> {
    let mut without_request = None;
    for space in memchr::memrchr_iter(b' ', text) {
        let Some(found) = split_at(text, space) else {
            continue;
        };
        let (_, _, ending) = &found;
        if !ending.truncated || !ending.request.is_empty() {
            return Ok(found);
        }
        without_request = Some(found);
    }
    without_request.ok_or(if text.ends_with(b"\"") {
        Problem::Malformed
    } else {
        Problem::Truncated
    })
}

fn split_at(text: &[u8], space: usize) -> Option<AfterBytes<'_>> {
    let mut fields = Fields {
        rest: &text[space + 1..],
    };
    let state = State::http(&mut fields).ok()?;
    let ending = Ending::read(fields.rest).ok()?;
    if !ending.is_escaped() {
        return None;
    }
    Some((cookies(&text[..space])?, state, ending))
}

/// Parts request and response cookie: at a `-`, else before the last word that is a `name=value`, else at the last space.
pub(super) fn cookies(text: &[u8]) -> Option<[&[u8]; 2]> {
    if let Some(response) = text.strip_prefix(b"- ") {
        // A captured cookie begins with its name.
        return (!response.starts_with(b"- ")).then_some([b"-", response]);
    }
    if let Some(request) = text.strip_suffix(b" -") {
        return Some([request, b"-"]);
    }
    let mut spaces = memchr::memrchr_iter(b' ', text);
    let last = spaces.clone().next()?;
    let named = |space: &usize| {
        let word = text[space + 1..].split(|byte| *byte == b' ').next();
        word.is_some_and(|word| word.contains(&b'='))
    };
    let space = spaces.find(named).unwrap_or(last);
    Some([&text[..space], &text[space + 1..]])
}

impl<'a> Ending<'a> {
    /// Up to two `{…}` blocks and the quoted request, complete or cut.
    fn read(text: &'a [u8]) -> Result<Self, Problem> {
        let mut rest = text;
        for _ in 0..2 {
            if rest.first() != Some(&b'{') {
                break;
            }
            let end = memchr::memchr(b'}', rest).map_or(rest.len(), |end| end + 1);
            rest = match &rest[end..] {
                [] => return Ok(Ending::cut(text, b"")),
                [b' ', rest @ ..] => rest,
                _ => return Err(Problem::Malformed),
            };
        }
        let captures = text[..text.len() - rest.len()].trim_ascii_end();
        let Some((b'"', request)) = rest.split_first() else {
            let cut = rest.is_empty();
            return cut
                .then_some(Ending::cut(captures, b""))
                .ok_or(Problem::Malformed);
        };
        Ok(match memchr::memchr(b'"', request) {
            Some(end) => Ending {
                captures,
                request: &request[..end],
                truncated: false,
                rest: &request[end + 1..],
            },
            None => Ending::cut(captures, request),
        })
    }

    fn cut(captures: &'a [u8], request: &'a [u8]) -> Self {
        Ending {
            captures,
            request,
            truncated: true,
            rest: b"",
        }
    }

    /// Whether all of this can be HAProxy's own writing: no brace or quote within a capture, no blank at the start of a
    /// request, a blank or nothing behind it.
    fn is_escaped(&self) -> bool {
        let braces = memchr::memchr_iter(b'{', self.captures)
            .all(|at| at == 0 || self.captures[..at].ends_with(b"} "));
        braces
            && !self.captures.contains(&b'"')
            && self.request.first() != Some(&b' ')
            && matches!(self.rest.first(), None | Some(b' '))
    }
}
