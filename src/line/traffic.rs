//! Traffic lines: `option httplog`, `option tcplog`, and connections that died in the handshake.
//!
//! Enters: a message. Leaves: a [`Traffic`] whose fields stand in the order of the line.
//! Must not know: what a termination state means; `words` does.

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
    /// The bracketed date: request date in HTTP mode (`%tr`), accept date in TCP mode (`%t`). Milliseconds
    /// since 1970 of the wall clock it was written by, whose zone the line does not name.
    pub accepted: i64,
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
    /// The `{…}` blocks as written, braces included; empty when there is none.
    pub captures: &'a [u8],
    /// The request line between the quotes, escapes kept; the error text of a failed handshake.
    pub request: &'a [u8],
    /// The line was cut: what stands before the cut is here.
    pub truncated: bool,
}
