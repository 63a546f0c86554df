//! Where the text of a field goes.
//!
//! Enters: a [`Slot`] and its text. Leaves: a [`Traffic`] with one more field, or nothing when the text is not what
//! belongs there. Must not know: where the text stood, or what its format looks like.

use super::super::fields::{marked, number};
use super::super::http;
use super::super::logged::{Clock, FieldSet};
use super::super::state;
use super::super::traffic::{Mode, Traffic, milliseconds};
use super::json::Value;
use super::matching::Field;
use crate::time::civil;

/// Where a value goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    Client,
    Accepted(Date),
    /// The milliseconds of a date that has none.
    Milliseconds,
    Frontend,
    /// The frontend with its `~`.
    Transport,
    Backend,
    Server,
    /// `TR`, `Tw`, `Tc`, `Tr`, `Ta`, or what stands for them.
    Timer(usize),
    Status,
    Bytes,
    Term,
    /// Process, frontend, backend, server.
    Connections(usize),
    Retries,
    SrvQueue,
    BackendQueue,
    /// Request, response.
    Cookie(usize),
    /// Both, with a blank between them.
    Cookies,
    Captures,
    /// Response captures right behind request captures.
    MoreCaptures,
    Request,
    /// The first and the last of the parts that together are a request.
    RequestStart,
    RequestEnd,
    /// Nowhere: it can be printed and is not understood.
    Extra,
}

/// How a date is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Date {
    /// `06/Feb/2009:12:12:51.443`, of a wall clock.
    Wall,
    /// `06/Feb/2009:12:12:51 +0100`, of the accept date.
    Offset,
    /// The same of the request date, whose milliseconds no alias prints.
    Request,
    /// Seconds since 1970.
    Epoch,
    /// The same in hexadecimal.
    HexEpoch,
}

impl Slot {
    /// The field that it fills.
    pub(super) fn fields(self) -> FieldSet {
        match self {
            Slot::Client => FieldSet::CLIENT,
            Slot::Accepted(_) => FieldSet::ACCEPTED,
            Slot::Frontend => FieldSet::FRONTEND,
            Slot::Transport => FieldSet::FRONTEND | FieldSet::TLS,
            Slot::Backend => FieldSet::BACKEND,
            Slot::Server => FieldSet::SERVER,
            Slot::Timer(at) => [
                FieldSet::REQUEST_TIME,
                FieldSet::QUEUE_TIME,
                FieldSet::CONNECT_TIME,
                FieldSet::RESPONSE_TIME,
                FieldSet::TOTAL_TIME,
            ][at],
            Slot::Status => FieldSet::STATUS,
            Slot::Bytes => FieldSet::BYTES,
            Slot::Term => FieldSet::TERM,
            Slot::Connections(at) => [
                FieldSet::PROCESS_CONNECTIONS,
                FieldSet::FRONTEND_CONNECTIONS,
                FieldSet::BACKEND_CONNECTIONS,
                FieldSet::SERVER_CONNECTIONS,
            ][at],
            Slot::Retries => FieldSet::RETRIES,
            Slot::SrvQueue => FieldSet::SRV_QUEUE,
            Slot::BackendQueue => FieldSet::BACKEND_QUEUE,
            Slot::Cookie(0) => FieldSet::REQUEST_COOKIE,
            Slot::Cookie(_) => FieldSet::RESPONSE_COOKIE,
            Slot::Cookies => FieldSet::REQUEST_COOKIE | FieldSet::RESPONSE_COOKIE,
            Slot::Captures | Slot::MoreCaptures => FieldSet::CAPTURES,
            Slot::Request | Slot::RequestStart | Slot::RequestEnd => FieldSet::REQUEST,
            Slot::Milliseconds | Slot::Extra => FieldSet::NONE,
        }
    }

    /// Whether a number belongs there, or nothing does.
    pub(super) fn is_number(self) -> bool {
        matches!(
            self,
            Slot::Timer(_)
                | Slot::Status
                | Slot::Bytes
                | Slot::Connections(_)
                | Slot::Retries
                | Slot::SrvQueue
                | Slot::BackendQueue
                | Slot::Extra
        )
    }

    /// Whether two slots would fill the same field.
    pub(super) fn rivals(self, other: Slot) -> bool {
        matches!(
            (self, other),
            (Slot::Accepted(_), Slot::Accepted(_))
                | (
                    Slot::Frontend | Slot::Transport,
                    Slot::Frontend | Slot::Transport
                )
        ) || self == other
    }
}

/// A line on its way to be a [`Traffic`].
#[derive(Clone)]
pub(super) struct Filling<'a> {
    pub(super) message: &'a [u8],
    pub(super) traffic: Traffic<'a>,
    /// Which fields were met.
    pub(super) seen: FieldSet,
    /// The value of each field; only gathered when asked for.
    pub(super) values: Option<Vec<Option<Value<'a>>>>,
    milliseconds: i64,
    /// Where the captures or the request began.
    captures_start: usize,
    request_start: usize,
}

impl<'a> Filling<'a> {
    pub(super) fn new(message: &'a [u8], mode: Mode) -> Self {
        let traffic = Traffic {
            mode,
            fields: FieldSet::NONE,
            ..Traffic::beginning(b"-", 0)
        };
        Filling {
            message,
            traffic,
            seen: FieldSet::NONE,
            values: None,
            milliseconds: 0,
            captures_start: 0,
            request_start: 0,
        }
    }

    /// The line as far as it was read.
    pub(super) fn finish(self) -> Traffic<'a> {
        let dated = self.seen.has(FieldSet::ACCEPTED);
        let milliseconds = if dated { self.milliseconds } else { 0 };
        Traffic {
            accepted: self.traffic.accepted + milliseconds,
            fields: self.seen,
            ..self.traffic
        }
    }

    /// Keeps the value of a field.
    pub(super) fn keep(&mut self, label: usize, value: Value<'a>) {
        let place = self
            .values
            .as_mut()
            .and_then(|values| values.get_mut(label));
        if let Some(place) = place {
            *place = Some(value);
        }
    }

    /// Takes a JSON value; `null` is a field that was not logged.
    pub(super) fn take_value(&mut self, field: Field, value: Value<'a>) -> Option<()> {
        let text = match value {
            Value::Text(text) | Value::Bare(text) => text,
            Value::Null => return Some(()),
        };
        self.keep(field.label, value);
        self.take(field.slot, text)
    }

    /// Takes the text that stands at `start..end` of the message.
    pub(super) fn take_at(&mut self, slot: Slot, start: usize, end: usize) -> Option<()> {
        let text = self.message.get(start..end)?;
        match slot {
            Slot::Captures => self.captures_start = start,
            Slot::MoreCaptures if text.is_empty() => return Some(()),
            Slot::MoreCaptures => {
                let from = if self.traffic.captures.is_empty() {
                    start
                } else {
                    self.captures_start
                };
                self.traffic.captures = self.message.get(from..end)?;
                return Some(());
            }
            Slot::RequestStart => self.request_start = start,
            Slot::RequestEnd => {
                return self.take(Slot::Request, self.message.get(self.request_start..end)?);
            }
            _ => {}
        }
        self.take(slot, text)
    }

    /// Takes a text; `None` when it is not what belongs there.
    pub(super) fn take(&mut self, slot: Slot, text: &'a [u8]) -> Option<()> {
        let traffic = &mut self.traffic;
        match slot {
            Slot::Extra | Slot::RequestStart | Slot::MoreCaptures => return Some(()),
            Slot::Frontend => traffic.frontend = text,
            Slot::Transport => {
                let name = text.strip_suffix(b"~");
                traffic.tls = name.is_some();
                traffic.frontend = name.unwrap_or(text);
            }
            Slot::Term => return self.term(text),
            Slot::Client => traffic.client = text,
            Slot::Backend => traffic.backend = text,
            Slot::Server => traffic.server = text,
            Slot::Cookie(at) => *traffic.cookies.get_mut(at)? = text,
            Slot::Cookies => traffic.cookies = http::cookies(text)?,
            Slot::Captures => traffic.captures = text,
            Slot::Request | Slot::RequestEnd => traffic.request = request(text),
            // A number that HAProxy did not have: the line does not say.
            _ if text == b"-" => return Some(()),
            Slot::Accepted(date) => return self.accepted(date, text),
            Slot::Milliseconds => self.milliseconds = number(text).filter(|ms| *ms < 1_000)? as i64,
            Slot::Timer(at) => self.timer(at, text)?,
            Slot::Status => traffic.status = http::status(text)?,
            Slot::Bytes => {
                let (bytes, more) = marked(text)?;
                (traffic.bytes, traffic.early) = (bytes, traffic.early || more);
            }
            Slot::Connections(at) => *traffic.connections.get_mut(at)? = state::count(text)?,
            Slot::Retries => {
                let (retries, redispatched) = marked(text)?;
                traffic.retries = u32::try_from(retries).ok()?;
                traffic.redispatched = redispatched;
            }
            Slot::SrvQueue => traffic.srv_queue = state::count(text)?,
            Slot::BackendQueue => traffic.backend_queue = state::count(text)?,
        }
        self.seen |= slot.fields();
        Some(())
    }

    fn term(&mut self, text: &[u8]) -> Option<()> {
        let (term, fields) = match *text {
            [cause, phase] => ([cause, phase, b'-', b'-'], FieldSet::TERM),
            [a, b, c, d] => ([a, b, c, d], FieldSet::TERM | FieldSet::PERSISTENCE),
            _ => return None,
        };
        self.traffic.term = term;
        self.seen |= fields;
        state::is_term(&term).then_some(())
    }

    fn timer(&mut self, at: usize, text: &[u8]) -> Option<()> {
        let (text, early) = match text.strip_prefix(b"+") {
            Some(text) => (text, true),
            None => (text, false),
        };
        let ms = milliseconds(text)?;
        let timers = &mut self.traffic.timers;
        match at {
            0 => timers.request = ms,
            1 => timers.queue = ms,
            2 => timers.connect = ms,
            3 => timers.response = ms,
            _ => timers.total = ms.max(0),
        }
        self.traffic.early |= early;
        Some(())
    }

    fn accepted(&mut self, date: Date, text: &[u8]) -> Option<()> {
        let (accepted, clock) = match date {
            Date::Wall => (civil::log_date(text)?, Clock::Wall),
            Date::Offset | Date::Request => (with_offset(text)?, Clock::Utc),
            Date::Epoch => (seconds(number(text)?)?, Clock::Utc),
            Date::HexEpoch => (seconds(hexadecimal(text)?)?, Clock::Utc),
        };
        (self.traffic.accepted, self.traffic.clock) = (accepted, clock);
        self.seen |= FieldSet::ACCEPTED;
        Some(())
    }
}

/// A request put together from parts that were not known is the one word HAProxy has for it.
pub(super) fn request(text: &[u8]) -> &[u8] {
    const UNKNOWN: &[u8] = b"<BADREQ>";
    match text.strip_prefix(UNKNOWN) {
        Some([b' ', ..]) => UNKNOWN,
        _ => text,
    }
}

/// `06/Feb/2009:12:12:51 +0100`, in ms since 1970 UTC.
fn with_offset(text: &[u8]) -> Option<i64> {
    let (date, offset) = text.split_at_checked(20)?;
    let mut whole = *b"00/aaa/0000:00:00:00.000";
    whole.get_mut(..20)?.copy_from_slice(date);
    let wall = civil::log_date(&whole)?;
    let [b' ', sign @ (b'+' | b'-'), digits @ ..] = offset else {
        return None;
    };
    let digits = number(digits).filter(|_| digits.len() == 4)?;
    let (hours, minutes) = (digits / 100, digits % 100);
    if hours > 23 || minutes > 59 {
        return None;
    }
    let east = (hours * 60 + minutes) as i64 * 60_000;
    Some(if *sign == b'+' {
        wall - east
    } else {
        wall + east
    })
}

/// Seconds that are a date before the year 10000, in ms.
fn seconds(seconds: u64) -> Option<i64> {
    (seconds < 253_402_300_800).then(|| seconds as i64 * 1_000)
}

fn hexadecimal(text: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(text).ok()?;
    u64::from_str_radix(text, 16).ok()
}
