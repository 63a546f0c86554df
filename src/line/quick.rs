//! Ordinary traffic lines of `option httplog` and `option tcplog`, in one pass.
//!
//! Enters: a message. Leaves: its [`Traffic`], the same that [`super::built_in`] reads, or `None` for a message that
//! is no whole and ordinary line. Must not know: why it is none; `built_in` reads it then, and says so.
//!
//! Nearly all lines are ordinary: no cookies, names, numbers and braces as HAProxy writes them, and an end. What is
//! rare is left to the other reader, so that a line is never read in two ways.

use super::cursor::{BELOW, Cursor, Number, Sign, WINDOW};
use super::logged::FieldSet;
use super::search::{digits_at_end, far};
use super::state::is_term;
use super::{Mode, Timers, Traffic};
use crate::time::civil::LogDates;

/// Reads an ordinary line, whose first word has no bracket, into an unread `traffic`; `None` leaves it half read.
// The fields are put where they are kept as they are read: made here and handed over, each would be moved twice.
#[inline]
pub(super) fn read<'a>(
    message: &'a [u8],
    dates: &mut LogDates,
    traffic: &mut Traffic<'a>,
) -> Option<()> {
    match message.first_chunk() {
        Some(window) => whole(message, window, dates, traffic),
        None => {
            let mut window = [0; WINDOW];
            window[..message.len()].copy_from_slice(message);
            whole(message, &window, dates, traffic)
        }
    }
}

/// The same; `window` is how the message begins, filled up with zeros.
#[inline(never)]
fn whole<'a>(
    message: &'a [u8],
    window: &[u8; WINDOW],
    dates: &mut LogDates,
    traffic: &mut Traffic<'a>,
) -> Option<()> {
    let at = begin(message, window, dates, traffic)?;
    match traffic.mode {
        Mode::Http => http_ending(message.get(at..)?, traffic),
        _ => tcp_ending(message, at, traffic),
    }
}

/// All before the captures or, in TCP mode, the end: how long it is. `window` is how it begins.
#[inline(always)]
fn begin<'a>(
    message: &'a [u8],
    window: &[u8; WINDOW],
    dates: &mut LogDates,
    traffic: &mut Traffic<'a>,
) -> Option<usize> {
    let mut line = Cursor { window, at: 0 };
    let (client, b' ') = line.until(b' ', b'[')? else {
        return None;
    };
    traffic.client = address(message.get(client)?)?;
    let [b'[', date @ .., b']', b' '] = line.ahead::<27>()? else {
        return None;
    };
    line.at += 27;
    traffic.accepted = dates.read(date)?;
    // Behind a slash it would be the name of a failed handshake's `bind` line.
    let (frontend, b' ') = line.until(b' ', b'/')? else {
        return None;
    };
    (traffic.frontend, traffic.tls) = match message.get(frontend)? {
        [] | [b'~'] => return None,
        [name @ .., b'~'] => (name, true),
        name => (name, false),
    };
    let (backend, b'/') = line.until(b' ', b'/')? else {
        return None;
    };
    traffic.backend = message.get(backend)?;
    let (server, b' ') = line.until(b' ', b' ')? else {
        return None;
    };
    traffic.server = message.get(server)?;
    if traffic.backend.is_empty() || traffic.server.is_empty() {
        return None;
    }
    numbers(window, line.at, traffic)
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
    if traffic.mode == Mode::Http {
        traffic.status = status(line)?;
    }
    let bytes = line.long_number()?;
    traffic.bytes = bytes.value;
    traffic.early |= bytes.marked;
    if bytes.end != b' ' {
        return None;
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
    if !line.pass(b" ") {
        return None;
    }
    // Most lines end well, and their state need not be looked up place by place.
    if traffic.term != *b"----" && !is_term(&traffic.term) {
        return None;
    }
    traffic.connections = [
        count(line, b'/')?,
        count(line, b'/')?,
        count(line, b'/')?,
        count(line, b'/')?,
    ];
    // No retry and nothing queued: three numbers of most lines at once.
    if line.pass(b"0 0/0 ") {
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
        0 => traffic.mode == Mode::Tcp,
        _ => false,
    };
    is_whole.then_some(line.at)
}

/// Five timers of HTTP or three of TCP.
#[inline(always)]
fn timers(line: &mut Cursor<'_>, traffic: &mut Traffic) -> Option<()> {
    let first = timer(line.number(Sign::Minus)?)?;
    let second = timer(line.number(Sign::Minus)?)?;
    let third = line.number(Sign::MinusOrPlus)?;
    if third.end == b' ' {
        traffic.mode = Mode::Tcp;
        traffic.early = third.marked;
        traffic.timers = Timers {
            request: -1,
            queue: first,
            connect: second,
            response: -1,
            total: third.value.cast_signed().max(0),
        };
        return Some(());
    }
    if third.marked {
        return None;
    }
    traffic.mode = Mode::Http;
    traffic.timers.request = first;
    traffic.timers.queue = second;
    traffic.timers.connect = timer(third)?;
    traffic.timers.response = timer(line.number(Sign::Minus)?)?;
    let total = line.number(Sign::MinusOrPlus)?;
    traffic.timers.total = total.value.cast_signed().max(0);
    traffic.early = total.marked;
    (total.end == b' ').then_some(())
}

/// A timer that another follows.
#[inline(always)]
fn timer(number: Number) -> Option<i64> {
    (number.end == b'/').then_some(number.value.cast_signed())
}

/// Three digits, or `-1`.
#[inline(always)]
fn status(line: &mut Cursor<'_>) -> Option<i16> {
    // Most requests succeed.
    if line.pass(b"200 ") {
        return Some(200);
    }
    let status = line.number(Sign::Minus)?;
    let fits = status.value <= 999 || status.value == BELOW;
    (fits && status.end == b' ').then_some(status.value as i16)
}

/// The next counter, behind which this byte stands.
#[inline(always)]
fn count(line: &mut Cursor<'_>, end: u8) -> Option<u32> {
    counter(line.number(Sign::Nothing)?, end)
}

#[inline(always)]
fn counter(number: Number, end: u8) -> Option<u32> {
    (number.end == end).then_some(number.value as u32)
}

/// `%hr %hs %{+Q}r`
#[inline(never)]
fn http_ending<'a>(text: &'a [u8], traffic: &mut Traffic<'a>) -> Option<()> {
    let mut rest = text;
    for _ in 0..2 {
        if rest.first() != Some(&b'{') {
            break;
        }
        let (_, behind) = rest.split_at_checked(far(rest, b'}')?)?;
        rest = behind.strip_prefix(b"} ")?;
    }
    let blocks = text.len() - rest.len();
    // Without the space behind the last.
    traffic.captures = text.get(..blocks.saturating_sub(1))?;
    let request = rest.strip_prefix(b"\"")?;
    traffic.request = request.get(..far(request, b'"')?)?;
    traffic.fields = FieldSet::HTTP;
    Some(())
}

/// Nothing more, or what a longer format adds.
fn tcp_ending(message: &[u8], at: usize, traffic: &mut Traffic) -> Option<()> {
    traffic.fields = FieldSet::TCP;
    // Behind the end, a window is filled with zeros.
    let is_whole = at == message.len() + 1 || message.get(at - 1) == Some(&b' ');
    is_whole.then_some(())
}

#[cfg(test)]
mod tests;
