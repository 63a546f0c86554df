//! Ordinary traffic lines of `option httplog` and `option tcplog`, in one pass.
//!
//! Enters: a message. Leaves: its [`Traffic`], the same that [`super::built_in`] reads, or `None` for a message that
//! is no whole and ordinary line. Must not know: why it is none; `built_in` reads it then, and says so.
//!
//! Nearly all lines are ordinary: no cookies, names, numbers and braces as HAProxy writes them, and an end. What is
//! rare is left to the other reader, so that a line is never read in two ways.

use super::cursor::{BELOW, Cursor, Sign, WINDOW};
use super::logged::{Clock, FieldSet};
use super::search::{Ends, digits_at_end};
use super::state::is_term;
use super::{Before, Mode, Timers, Traffic};

/// An ordinary line that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ordinary {
    /// Bytes up to the end of its last field.
    pub(crate) length: usize,
    /// The number of the names it went by; equal numbers mean equal names, and 0 says nothing.
    pub(crate) route: u32,
}

/// Reads an ordinary line, whose first word has no bracket, into `traffic`, whatever that held; `None` leaves it half
/// read.
// The fields are put where they are kept as they are read: made here and handed over, each would be moved twice.
#[inline]
pub(super) fn read<'a>(
    message: &'a [u8],
    before: &mut Before,
    traffic: &mut Traffic<'a>,
) -> Option<Ordinary> {
    let ordinary = match message.first_chunk() {
        Some(window) => whole(message, window, before, traffic),
        None => {
            let mut window = [0; WINDOW];
            window[..message.len()].copy_from_slice(message);
            whole(message, &window, before, traffic)
        }
    };
    ordinary.filter(|ordinary| message.get(ordinary.length) != Some(&b'\n'))
}

/// The same of a text that goes on behind the line; `None` too where its end is near.
#[inline]
pub(super) fn read_ahead<'a>(
    text: &'a [u8],
    before: &mut Before,
    traffic: &mut Traffic<'a>,
) -> Option<Ordinary> {
    whole(text, text.first_chunk()?, before, traffic)
}

/// The same; `window` is how the text begins, filled up with zeros. No newline stands before the end of the last field.
#[inline(never)]
fn whole<'a>(
    text: &'a [u8],
    window: &[u8; WINDOW],
    before: &mut Before,
    traffic: &mut Traffic<'a>,
) -> Option<Ordinary> {
    let (at, route) = begin(text, window, before, traffic)?;
    let at = numbers(window, at, traffic)?;
    let length = match traffic.mode {
        Mode::Http => http_ending(text, at, traffic)?,
        _ => tcp_ending(text, at, traffic)?,
    };
    traffic.clock = Clock::Wall;
    traffic.cookies = [b"-", b"-"];
    traffic.truncated = false;
    Some(Ordinary { length, route })
}

/// All before the timers: how long it is, and the number of its names.
#[inline(always)]
fn begin<'a>(
    text: &'a [u8],
    window: &[u8; WINDOW],
    Before { dates, routes }: &mut Before,
    traffic: &mut Traffic<'a>,
) -> Option<(usize, u32)> {
    let mut line = Cursor { window, at: 0 };
    let client = line.word()?;
    traffic.client = address(text.get(client)?)?;
    let [b'[', date @ .., b']', b' '] = line.ahead::<27>()? else {
        return None;
    };
    line.at += 27;
    traffic.accepted = dates.read(date)?;
    let route = routes.read(text.get(line.at..)?, line.ahead()?)?;
    traffic.frontend = route.frontend;
    traffic.tls = route.tls;
    traffic.backend = route.backend;
    traffic.server = route.server;
    Some((line.at + route.length, route.number))
}

/// Of `ADDRESS:PORT` the address.
#[inline(always)]
fn address(client: &[u8]) -> Option<&[u8]> {
    let port = digits_at_end(*client.last_chunk()?);
    let (address, colon) = client
        .split_at_checked(client.len() - port)?
        .0
        .split_last_chunk()?;
    // Behind two colons, the digits may be the address's own.
    let is_whole = !matches!(address, [] | [.., b':']);
    (port > 0 && colon == b":" && is_whole).then_some(address)
}

/// All between the server and the captures or, in TCP mode, the end: where that is.
// A function of its own, because one would keep more in hand than a processor has registers.
#[inline(never)]
fn numbers(window: &[u8; WINDOW], at: usize, traffic: &mut Traffic) -> Option<usize> {
    let line = &mut Cursor { window, at };
    timers(line, traffic)?;
    traffic.status = match traffic.mode {
        Mode::Http => status(line)?,
        _ => 0,
    };
    let bytes = line.number(Sign::Plus)?;
    traffic.bytes = bytes.value;
    traffic.early |= bytes.marked;
    if bytes.end != b' ' {
        return None;
    }
    state(line, traffic)?;
    traffic.connections[0] = count(line, b'/')?;
    traffic.connections[1] = count(line, b'/')?;
    traffic.connections[2] = count(line, b'/')?;
    traffic.connections[3] = count(line, b'/')?;
    // No retry and nothing queued: three numbers of most lines at once.
    if line.pass(b"0 0/0 ") {
        traffic.retries = 0;
        traffic.redispatched = false;
        traffic.srv_queue = 0;
        traffic.backend_queue = 0;
        return Some(line.at);
    }
    let retries = line.number(Sign::Plus)?;
    traffic.redispatched = retries.marked;
    traffic.retries = u32::try_from(retries.value).ok()?;
    if retries.end != b' ' {
        return None;
    }
    traffic.srv_queue = count(line, b'/')?;
    let backend_queue = line.number(Sign::Nothing)?;
    traffic.backend_queue = backend_queue.value as u32;
    // Behind the last number of a TCP line there may be nothing, which is 0 in a window.
    let is_whole = match backend_queue.end {
        b' ' => true,
        0 | b'\n' => traffic.mode == Mode::Tcp,
        _ => false,
    };
    is_whole.then_some(line.at)
}

/// Cookies, of which none was captured, and the termination state.
#[inline(always)]
fn state(line: &mut Cursor<'_>, traffic: &mut Traffic) -> Option<()> {
    // Most requests end well.
    if traffic.mode == Mode::Http && line.pass(b"- - ---- ") {
        traffic.term = *b"----";
        return Some(());
    }
    if traffic.mode == Mode::Http {
        if !line.pass(b"- - ") {
            return None;
        }
        traffic.term = *line.ahead()?;
        line.at += 4;
    } else {
        let [cause, phase] = *line.ahead()?;
        traffic.term = [cause, phase, b'-', b'-'];
        line.at += 2;
    }
    (line.pass(b" ") && is_term(&traffic.term)).then_some(())
}

/// Five timers of HTTP or three of TCP.
#[inline(always)]
fn timers(line: &mut Cursor<'_>, traffic: &mut Traffic) -> Option<()> {
    // Most requests come at once, wait for nothing and find a server that is near.
    if let Some(three) = line.three_digits() {
        let [request, queue, connect] = three.map(i64::from);
        return http_timers(line, traffic, [request, queue, connect]);
    }
    let first = timer(line)?;
    let second = timer(line)?;
    let third = line.short(Sign::MinusOrPlus, |byte| matches!(byte, b'/' | b' '))?;
    match third.end {
        b'/' if !third.marked => {
            http_timers(line, traffic, [first, second, third.value.cast_signed()])
        }
        b' ' => {
            traffic.mode = Mode::Tcp;
            traffic.early = third.marked;
            traffic.timers = Timers {
                request: -1,
                queue: first,
                connect: second,
                response: -1,
                total: third.value.cast_signed().max(0),
            };
            Some(())
        }
        _ => None,
    }
}

/// Five timers of which three are read.
#[inline(always)]
fn http_timers(
    line: &mut Cursor<'_>,
    traffic: &mut Traffic,
    [request, queue, connect]: [i64; 3],
) -> Option<()> {
    traffic.mode = Mode::Http;
    traffic.timers.request = request;
    traffic.timers.queue = queue;
    traffic.timers.connect = connect;
    traffic.timers.response = timer(line)?;
    let total = line.short(Sign::MinusOrPlus, |byte| byte == b' ')?;
    traffic.timers.total = total.value.cast_signed().max(0);
    traffic.early = total.marked;
    (total.end == b' ').then_some(())
}

/// A timer that another follows.
#[inline(always)]
fn timer(line: &mut Cursor<'_>) -> Option<i64> {
    line.before(b'/', Sign::Minus).map(u64::cast_signed)
}

/// Three digits, or `-1`.
#[inline(always)]
fn status(line: &mut Cursor<'_>) -> Option<i16> {
    // Most requests succeed.
    if line.pass(b"200 ") {
        return Some(200);
    }
    let status = line.before(b' ', Sign::Minus)?;
    (status <= 999 || status == BELOW).then_some(status as i16)
}

/// The next counter, behind which this byte stands.
#[inline(always)]
fn count(line: &mut Cursor<'_>, end: u8) -> Option<u32> {
    line.before(end, Sign::Nothing).map(|count| count as u32)
}

/// `%hr %hs %{+Q}r` from a place on: where they end.
#[inline(never)]
fn http_ending<'a>(text: &'a [u8], at: usize, traffic: &mut Traffic<'a>) -> Option<usize> {
    let mut ends = Ends::from(text, at);
    let mut begins = at;
    for _ in 0..2 {
        if text.get(begins) != Some(&b'{') {
            break;
        }
        let end = ends.next()?;
        // Within a capture, HAProxy writes a brace as `#7D` and a quote as `#22`.
        if text.get(end..end + 2) != Some(b"} ") {
            return None;
        }
        begins = end + 2;
    }
    if text.get(begins) != Some(&b'"') {
        return None;
    }
    // Without the space behind the last.
    traffic.captures = text.get(at..begins.max(at + 1) - 1)?;
    // The quote that the request begins with is the next one.
    ends.next()?;
    let end = loop {
        let end = ends.next()?;
        match text[end] {
            b'"' => break end,
            b'\n' => return None,
            _ => {}
        }
    };
    traffic.request = text.get(begins + 1..end)?;
    traffic.fields = FieldSet::HTTP;
    Some(end + 1)
}

/// Nothing more, or what a longer format adds, behind a place: where the last number ends.
fn tcp_ending(text: &[u8], at: usize, traffic: &mut Traffic) -> Option<usize> {
    traffic.captures = b"";
    traffic.request = b"";
    traffic.fields = FieldSet::TCP;
    // Behind the end, a window is filled with zeros.
    matches!(text.get(at - 1), None | Some(b' ' | b'\n')).then_some(at - 1)
}

#[cfg(test)]
mod tests;
