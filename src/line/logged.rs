//! Which fields a traffic line has, and which clock its date was read from.
//!
//! Enters: what a format says. Leaves: a [`FieldSet`] and a [`Clock`], so that a neutral value is never taken for a
//! logged one. Must not know: how a line is read.

use std::ops::{BitOr, BitOrAssign};

/// Fields of a [`Traffic`](super::Traffic) that its line has; the others hold neutral values (-1, 0, `-` or nothing).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct FieldSet(u32);

impl FieldSet {
    /// No field at all.
    pub const NONE: FieldSet = FieldSet(0);
    /// `client`
    pub const CLIENT: FieldSet = FieldSet(1);
    /// `accepted`; without it a line only has the time at which it was written.
    pub const ACCEPTED: FieldSet = FieldSet(1 << 1);
    /// `frontend`
    pub const FRONTEND: FieldSet = FieldSet(1 << 2);
    /// `tls`
    pub const TLS: FieldSet = FieldSet(1 << 3);
    /// `backend`
    pub const BACKEND: FieldSet = FieldSet(1 << 4);
    /// `server`
    pub const SERVER: FieldSet = FieldSet(1 << 5);
    /// `timers.request`
    pub const REQUEST_TIME: FieldSet = FieldSet(1 << 6);
    /// `timers.queue`
    pub const QUEUE_TIME: FieldSet = FieldSet(1 << 7);
    /// `timers.connect`
    pub const CONNECT_TIME: FieldSet = FieldSet(1 << 8);
    /// `timers.response`
    pub const RESPONSE_TIME: FieldSet = FieldSet(1 << 9);
    /// `timers.total`
    pub const TOTAL_TIME: FieldSet = FieldSet(1 << 10);
    /// `status`
    pub const STATUS: FieldSet = FieldSet(1 << 11);
    /// `bytes`
    pub const BYTES: FieldSet = FieldSet(1 << 12);
    /// The first two characters of `term`.
    pub const TERM: FieldSet = FieldSet(1 << 13);
    /// The last two characters of `term`.
    pub const PERSISTENCE: FieldSet = FieldSet(1 << 14);
    /// `connections[0]`, on the process.
    pub const PROCESS_CONNECTIONS: FieldSet = FieldSet(1 << 15);
    /// `connections[1]`, on the frontend.
    pub const FRONTEND_CONNECTIONS: FieldSet = FieldSet(1 << 16);
    /// `connections[2]`, on the backend.
    pub const BACKEND_CONNECTIONS: FieldSet = FieldSet(1 << 17);
    /// `connections[3]`, on the server.
    pub const SERVER_CONNECTIONS: FieldSet = FieldSet(1 << 18);
    /// `retries` and `redispatched`
    pub const RETRIES: FieldSet = FieldSet(1 << 19);
    /// `srv_queue`
    pub const SRV_QUEUE: FieldSet = FieldSet(1 << 20);
    /// `backend_queue`
    pub const BACKEND_QUEUE: FieldSet = FieldSet(1 << 21);
    /// `cookies[0]`
    pub const REQUEST_COOKIE: FieldSet = FieldSet(1 << 22);
    /// `cookies[1]`
    pub const RESPONSE_COOKIE: FieldSet = FieldSet(1 << 23);
    /// `captures`
    pub const CAPTURES: FieldSet = FieldSet(1 << 24);
    /// `request`
    pub const REQUEST: FieldSet = FieldSet(1 << 25);

    /// `option httplog` and all that extend it.
    pub const HTTP: FieldSet = FieldSet((1 << 26) - 1);
    /// `option tcplog`
    pub const TCP: FieldSet = FieldSet(
        Self::HTTP.0
            & !(Self::REQUEST_TIME.0
                | Self::RESPONSE_TIME.0
                | Self::STATUS.0
                | Self::PERSISTENCE.0
                | Self::REQUEST_COOKIE.0
                | Self::RESPONSE_COOKIE.0
                | Self::CAPTURES.0
                | Self::REQUEST.0),
    );
    /// A connection that died in the handshake; its error stands in `request`.
    pub const HANDSHAKE: FieldSet =
        FieldSet(Self::CLIENT.0 | Self::ACCEPTED.0 | Self::FRONTEND.0 | Self::REQUEST.0);

    /// Whether the line has all of these.
    pub const fn has(self, fields: FieldSet) -> bool {
        self.0 & fields.0 == fields.0
    }

    /// Whether the line has one of these.
    pub const fn has_any(self, fields: FieldSet) -> bool {
        self.0 & fields.0 != 0
    }

    /// These and those; `|` where a constant is needed.
    pub const fn and(self, those: FieldSet) -> FieldSet {
        FieldSet(self.0 | those.0)
    }

    /// All but these.
    pub const fn without(self, fields: FieldSet) -> FieldSet {
        FieldSet(self.0 & !fields.0)
    }
}

impl BitOr for FieldSet {
    type Output = FieldSet;

    fn bitor(self, other: FieldSet) -> FieldSet {
        self.and(other)
    }
}

impl BitOrAssign for FieldSet {
    fn bitor_assign(&mut self, other: FieldSet) {
        self.0 |= other.0;
    }
}

/// The clock that `accepted` was written by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Clock {
    /// HAProxy's wall clock, whose zone the line does not name (`%t`, `%tr`).
    Wall,
    /// UTC, or a wall clock whose offset stood on the line (`%T`, `%trg`, `%Tl`, `%trl`, `%Ts`): an instant.
    Utc,
}
