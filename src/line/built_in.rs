//! Traffic lines of `option httplog` and `option tcplog`, and connections that died in the handshake.
//!
//! Enters: a message. Leaves: a [`Traffic`], and for printing a [`Line`]. Must not know: what a termination state means.

use super::fields::{Fields, Slashed, find, leading_marked, slash};
use super::logged::FieldSet;
use super::state::State;
use super::traffic::TIMER;
use super::{Mode, Problem, Timers, Traffic, http};
use crate::time::civil::LogDates;

/// A traffic line of a built-in format as far as it could be read, with what is only printed.
#[derive(Debug, Clone, PartialEq)]
pub struct Line<'a> {
    /// What is counted; its `fields` are those that were there, whole.
    pub traffic: Traffic<'a>,
    /// Client port, or a listener's id; `-` for none, empty where it was taken away.
    pub port: &'a [u8],
    /// The date between the brackets, as written.
    pub date: &'a [u8],
    /// Name or number of the `bind` line that a handshake failed on.
    pub bind: &'a [u8],
    /// What follows the last field of `option httplog` or `option tcplog`: that of `option httpslog`, or of a format
    /// that goes on like these.
    pub rest: &'a [u8],
    /// Why it could not be read to its end.
    pub problem: Option<Problem>,
}

/// Reads a traffic line; `None` when the message does not begin like one.
pub(super) fn read<'a>(
    message: &'a [u8],
    dates: &mut LogDates,
) -> Option<Result<Traffic<'a>, Problem>> {
    let (mut line, dated) = Line::begin(message, dates)?;
    Some(line.fill(dated).map(|()| line.traffic))
}

/// Whether a message may begin like a traffic line: `None` is read of any other.
pub(super) fn begins(message: &[u8]) -> bool {
    find(b' ', message).is_some_and(|space| message[space..].starts_with(b" ["))
}

/// The same for printing: what was there of a line that was cut or spoilt, too.
pub(super) fn line(message: &[u8]) -> Option<Line<'_>> {
    let (mut line, dated) = Line::begin(message, &mut LogDates::default())?;
    line.problem = line.fill(dated).err();
    Some(line)
}

/// Whether a text that is no date has the shape of one, or is cut within it. Three characters are enough to tell a cut
/// date from another program's brackets.
fn begins_like_date(text: &[u8]) -> bool {
    // `0` is a digit, `a` a letter, the rest itself.
    const SHAPE: &[u8; 25] = b"00/aaa/0000:00:00:00.000]";
    let fits = |(byte, shape): (&u8, &u8)| match shape {
        b'0' => byte.is_ascii_digit(),
        b'a' => byte.is_ascii_alphabetic(),
        _ => byte == shape,
    };
    text.len() >= 3 && text.iter().zip(SHAPE).all(fits)
}

/// The address and its port, as written. `%ci:%cp` puts no brackets around IPv6, so that only the last colon
/// parts them; where a relay took the port away, what is left of an IPv6 address gives that away.
fn client(text: &[u8]) -> (&[u8], &[u8]) {
    // A port has five digits at most.
    let Some(colon) = text.iter().rposition(|byte| *byte == b':') else {
        return (text, b"");
    };
    let (address, port) = (&text[..colon], &text[colon + 1..]);
    let is_port = port == b"-" || port.iter().all(u8::is_ascii_digit);
    let half_address = address.ends_with(b":") && !address.ends_with(b"::");
    if address.is_empty() || half_address || !is_port {
        return (text, b"");
    }
    (address, port)
}

impl<'a> Line<'a> {
    /// The client, and the text behind the opening bracket of the date.
    // Inlined, so that the line is made where it is filled: moving it costs as much as some of its fields.
    #[inline(always)]
    fn begin(message: &'a [u8], dates: &mut LogDates) -> Option<(Self, &'a [u8])> {
        let space = find(b' ', message)?;
        let dated = message[space + 1..].strip_prefix(b"[")?;
        let date = dated.get(..24).unwrap_or_default();
        let accepted = dates.read(date);
        if space == 0 || (accepted.is_none() && !begins_like_date(dated)) {
            return None;
        }
        let (client, port) = client(&message[..space]);
        let mut traffic = Traffic::beginning(client, accepted.unwrap_or(0));
        traffic.fields = match accepted {
            Some(_) => FieldSet::CLIENT.and(FieldSet::ACCEPTED),
            None => FieldSet::CLIENT,
        };
        let line = Line {
            traffic,
            port,
            date,
            bind: b"",
            rest: b"",
            problem: None,
        };
        Some((line, dated))
    }

    /// Reads on from the date; where that ends early, what was whole stays.
    fn fill(&mut self, dated: &'a [u8]) -> Result<(), Problem> {
        let after_date = dated.get(24..).ok_or(Problem::Truncated)?;
        if !self.traffic.fields.has(FieldSet::ACCEPTED) {
            return Err(Problem::Malformed);
        }
        let rest = match after_date {
            [] | [b']'] => return Err(Problem::Truncated),
            [b']', b' ', rest @ ..] => rest,
            _ => return Err(Problem::Malformed),
        };
        let mut fields = Fields { rest };
        let frontend = fields.next()?;
        // Names hold no slash, so this is no frontend but `<frontend>/<bind>: <error>`.
        if find(b'/', frontend).is_some() {
            return self.handshake(rest);
        }
        self.place(frontend, fields.next()?)
            .ok_or(Problem::Malformed)?;
        self.timers(fields.take(1, timers)?);
        if self.traffic.mode == Mode::Http {
            self.rest = http::read(fields, &mut self.traffic)?;
        } else {
            self.rest = tcp(fields, &mut self.traffic)?;
        }
        Ok(())
    }

    /// `<frontend>/<bind>: <error>` (HAProxy: `session.c`).
    fn handshake(&mut self, rest: &'a [u8]) -> Result<(), Problem> {
        let (frontend, bind) = slash(rest).ok_or(Problem::Malformed)?;
        let end = memchr::memmem::find(bind, b": ").ok_or(Problem::Malformed)?;
        let error = &bind[end + 2..];
        if frontend.is_empty() || end == 0 {
            return Err(Problem::Malformed);
        }
        self.bind = &bind[..end];
        self.traffic.frontend = frontend;
        self.traffic.fields |= FieldSet::FRONTEND;
        if error.is_empty() {
            return Err(Problem::Truncated);
        }
        self.traffic.request = error;
        self.traffic.fields = FieldSet::HANDSHAKE;
        Ok(())
    }

    /// `<frontend>[~] <backend>/<server>`
    fn place(&mut self, frontend: &'a [u8], place: &'a [u8]) -> Option<()> {
        let (frontend, tls) = match frontend.strip_suffix(b"~") {
            Some(name) => (name, true),
            None => (frontend, false),
        };
        let (backend, server) = slash(place)?;
        if frontend.is_empty() || backend.is_empty() || server.is_empty() {
            return None;
        }
        let traffic = &mut self.traffic;
        (traffic.frontend, traffic.tls) = (frontend, tls);
        (traffic.backend, traffic.server) = (backend, server);
        traffic.fields |= PLACE;
        Some(())
    }

    fn timers(&mut self, timers: Timed) {
        let traffic = &mut self.traffic;
        (traffic.mode, traffic.timers, traffic.early) = timers;
        traffic.fields |= match traffic.mode {
            Mode::Http => TCP_TIMERS.and(HTTP_TIMERS),
            _ => TCP_TIMERS,
        };
    }
}

const PLACE: FieldSet = FieldSet::FRONTEND
    .and(FieldSet::TLS)
    .and(FieldSet::BACKEND)
    .and(FieldSet::SERVER);

const TCP_TIMERS: FieldSet = FieldSet::QUEUE_TIME
    .and(FieldSet::CONNECT_TIME)
    .and(FieldSet::TOTAL_TIME);

/// What HTTP adds to these.
const HTTP_TIMERS: FieldSet = FieldSet::REQUEST_TIME.and(FieldSet::RESPONSE_TIME);

/// `%B %ts %ac/%fc/%bc/%sc/%rc %sq/%bq`, and what a longer format adds.
fn tcp<'a>(mut fields: Fields<'a>, traffic: &mut Traffic<'a>) -> Result<&'a [u8], Problem> {
    let (bytes, more_bytes) = fields.take(1, leading_marked)?;
    traffic.bytes = bytes;
    traffic.early |= more_bytes;
    traffic.fields |= FieldSet::BYTES;
    let rest = fields.rest;
    let state = State::tcp(&mut fields).inspect_err(|_| {
        traffic.begin_state(rest, FieldSet::TERM);
    })?;
    traffic.put(state);
    traffic.fields = FieldSet::TCP;
    Ok(fields.rest)
}

/// What timers tell: whose they are, and whether the last is marked with `+`.
type Timed = (Mode, Timers, bool);

/// `TR/Tw/Tc/Tr/Ta` of HTTP or `Tw/Tc/Tt` of TCP, and whether the last is marked with `+`; then what follows them.
fn timers(text: &[u8]) -> Option<(Timed, &[u8])> {
    let (numbers, rest) = Slashed::<5>::leading(text, TIMER)?;
    let (mode, [request, queue, connect, response, total]) = match (numbers.n, numbers.values) {
        (5, timers) => (Mode::Http, timers),
        (3, [queue, connect, total, ..]) => (Mode::Tcp, [-1, queue, connect, -1, total]),
        _ => return None,
    };
    let timers = Timers {
        request,
        queue,
        connect,
        response,
        total: total.max(0),
    };
    Some(((mode, timers, numbers.marked), rest))
}
