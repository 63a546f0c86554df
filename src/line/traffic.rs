//! What a traffic line is read as.
//!
//! Enters: nothing. Leaves: [`Traffic`], in the order of the fields of `option httplog`.
//! Must not know: how a line is taken apart, or what a termination state means; `words` does.

use super::fields::number;
use super::logged::{Clock, FieldSet};
use super::state::State;

/// Whether the line was written in `mode http` or `mode tcp`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mode {
    /// `option httplog`: five timers, a status, a request.
    Http,
    /// `option tcplog`: three timers, no status.
    Tcp,
    /// A connection that died before a stream existed (`<client> [date] <frontend>/<bind>: <error>`).
    Handshake,
}

/// The timers of a line, in ms; -1 when the event never happened (HAProxy manual, 8.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timers {
    /// `TR`: first request byte to end of request headers; -1 in TCP mode.
    pub request: i64,
    /// `Tw`: waiting in the queues.
    pub queue: i64,
    /// `Tc`: connecting to the server, retries included.
    pub connect: i64,
    /// `Tr`: connected to complete response headers; -1 in TCP mode.
    pub response: i64,
    /// `Ta` in HTTP mode, `Tt` in TCP mode: the whole of it; never negative.
    pub total: i64,
}

/// One request, one TCP session, or one failed handshake.
#[derive(Debug, Clone, PartialEq)]
pub struct Traffic<'a> {
    /// HTTP, TCP, or a failed handshake.
    pub mode: Mode,
    /// Client address as written; `unix` or `-` when there is none.
    pub client: &'a [u8],
    /// The line's date: request date in HTTP mode (`%tr`), accept date in TCP mode (`%t`), or the nearest to it that a
    /// log-format has. Milliseconds since 1970 of `clock`.
    pub accepted: i64,
    /// The clock that date was read from; built-in formats write the wall clock.
    pub clock: Clock,
    /// Frontend name, without the `~`.
    pub frontend: &'a [u8],
    /// The frontend's `bind` line uses TLS (`~`).
    pub tls: bool,
    /// Backend name; the frontend's own name when none was chosen. Empty for failed handshakes.
    pub backend: &'a [u8],
    /// Server name, `<NOSRV>`, or an applet's name such as `<STATS>`. Empty for failed handshakes.
    pub server: &'a [u8],
    /// Timers in ms.
    pub timers: Timers,
    /// `option logasap`: written before the end, so totals are lower bounds (`+` before `Ta`, `Tt` or bytes).
    pub early: bool,
    /// HTTP status; -1 when none was decided, 0 in TCP mode.
    pub status: i16,
    /// Bytes sent to the client.
    pub bytes: u64,
    /// Termination state, four characters; in TCP mode the last two are `-`.
    pub term: [u8; 4],
    /// `%ac`, `%fc`, `%bc`, `%sc`: concurrent connections on process, frontend, backend, server.
    pub connections: [u32; 4],
    /// Connection attempts beyond the first.
    pub retries: u32,
    /// `+` before the retries: another server was tried, the one named is the last.
    pub redispatched: bool,
    /// `%sq`: requests ahead in the server's queue.
    pub srv_queue: u32,
    /// `%bq`: requests ahead in the backend's queue.
    pub backend_queue: u32,
    /// Request and response cookie as captured, `-` when none.
    pub cookies: [&'a [u8]; 2],
    /// The `{…}` blocks as written, braces included, or the quoted list of CLF; empty when there is none.
    pub captures: &'a [u8],
    /// The request line between the quotes, escapes kept; of a log-format without it, the URI; the error text of a
    /// failed handshake.
    pub request: &'a [u8],
    /// The line was cut: what stands before the cut is here.
    pub truncated: bool,
    /// Which of these the line has; the built-in formats have all of theirs.
    pub fields: FieldSet,
}

impl<'a> Traffic<'a> {
    /// `Tw` in ms where it was spent in queues; -1 where that is not known. Of a request that was tried again it holds the
    /// attempts before the last one, too: HAProxy takes it anew each time it chooses a server (`backend.c`, `t_queue`).
    pub fn queued(&self) -> i64 {
        let is_retried = self.retries > 0 || self.redispatched;
        let had_others_ahead = self.srv_queue > 0 || self.backend_queue > 0;
        match is_retried && !had_others_ahead {
            true => -1,
            false => self.timers.queue,
        }
    }

    /// All that is known after `<client> [<date>] `: what a failed handshake leaves in every other field.
    pub(super) const fn beginning(client: &'a [u8], accepted: i64) -> Self {
        Traffic {
            mode: Mode::Handshake,
            client,
            accepted,
            clock: Clock::Wall,
            frontend: b"",
            tls: false,
            backend: b"",
            server: b"",
            timers: Timers {
                request: -1,
                queue: -1,
                connect: -1,
                response: -1,
                total: 0,
            },
            early: false,
            status: 0,
            bytes: 0,
            term: *b"----",
            connections: [0; 4],
            retries: 0,
            redispatched: false,
            srv_queue: 0,
            backend_queue: 0,
            cookies: [b"-", b"-"],
            captures: b"",
            request: b"",
            truncated: false,
            fields: FieldSet::HANDSHAKE,
        }
    }

    /// A place for a line that is still to be read.
    #[inline]
    pub(crate) const fn unread() -> Self {
        Self::beginning(b"", 0)
    }

    /// Takes what is left of a state that was cut.
    pub(super) fn begin_state(&mut self, text: &[u8], fields: FieldSet) {
        if let Some(term) = State::begun(text) {
            self.term = term;
            self.fields |= fields;
        }
    }

    /// Takes the state over.
    pub(super) fn put(&mut self, state: State) {
        self.term = state.term;
        self.connections = state.connections;
        self.retries = state.retries;
        self.redispatched = state.redispatched;
        self.srv_queue = state.srv_queue;
        self.backend_queue = state.backend_queue;
    }
}

/// A timer; -1 for whatever is below zero. Fifteen digits are thirty thousand years: more is no timer, and sums of
/// what is left cannot overflow.
pub(super) fn milliseconds(text: &[u8]) -> Option<i64> {
    match text.strip_prefix(b"-") {
        Some(text) => number(text).map(|_| -1),
        None if text.len() > TIMER => None,
        None => number(text).map(|ms| ms as i64),
    }
}

/// Digits of the longest timer.
pub(super) const TIMER: usize = 15;
