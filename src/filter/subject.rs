//! What an expression can speak of: the fields of a record, and what is told of requests by those around them.
//!
//! Enters: a name. Leaves: a [`Subject`] and the [`Kind`] of its values. Must not know: values.

use crate::record::Field;
use crate::words::near;

/// What a comparison looks at.
#[derive(Debug, Clone, Copy)]
pub(super) enum Subject {
    /// A field of the line.
    Field(&'static Field),
    /// ms since the accept date before this one.
    AcceptDelay,
    /// Requests with this accept date.
    AcceptCount,
}

/// What values of a field are, and so how they are typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Number,
    /// Kept in ms.
    Duration,
    /// Kept in bytes.
    Size,
    Time,
    Address,
    /// `true` or `false` on every line that has the field.
    Flag,
    /// Stands on a traffic line only where it is true.
    Mark,
    Text,
    /// What goes by a name inside a field: known when it is seen.
    Any,
}

/// Names with the kind of their values; all others are text.
const KINDS: [(Kind, &[&str]); 7] = [
    (
        Kind::Number,
        &[
            "pri",
            "pid",
            "worker_pid",
            "client_port",
            "dest_port",
            "status",
            "code",
            "actconn",
            "feconn",
            "beconn",
            "srv_conn",
            "retries",
            "srv_queue",
            "backend_queue",
            "active",
            "backup",
            "sessions_active",
            "requeued",
            "queued",
            "repeat",
            "fe_conns",
            "be_conns",
            "active_conns",
            "limit",
            "maxsock",
            "pending",
            "total",
            "ms",
            ACCEPT_COUNT,
        ],
    ),
    (
        Kind::Duration,
        &[
            "TR",
            "Tw",
            "Tc",
            "Tr",
            "Ta",
            "Tt",
            "Th",
            "Ti",
            "Tq",
            "Td",
            "Tu",
            "duration_ms",
            ACCEPT_DELAY,
        ],
    ),
    (Kind::Size, &["bytes", "bytes_up"]),
    (Kind::Time, &["ts", "time"]),
    (Kind::Address, &["client_ip", "from_ip", "to_ip", "dest_ip"]),
    (Kind::Flag, &["tls", "redispatched"]),
    (
        Kind::Mark,
        &["truncated", "partial", "lossy_utf8", "degraded"],
    ),
];

const ACCEPT_DELAY: &str = "accept_delay";
const ACCEPT_COUNT: &str = "accept_count";

impl Subject {
    /// What goes by this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            ACCEPT_DELAY => Some(Self::AcceptDelay),
            ACCEPT_COUNT => Some(Self::AcceptCount),
            _ => Field::named(name).map(Self::Field),
        }
    }

    /// All names.
    pub(super) fn names() -> impl Iterator<Item = &'static str> {
        let fields = Field::all().map(|field| field.name);
        fields.chain([ACCEPT_DELAY, ACCEPT_COUNT])
    }

    /// Names that resemble one that is none, best first.
    pub(super) fn near(name: &str) -> Vec<&'static str> {
        near::among(name, Self::names())
    }
}

impl Kind {
    /// Of a name's values.
    pub(super) fn of(name: &str) -> Self {
        KINDS
            .iter()
            .find(|(_, names)| names.contains(&name))
            .map_or(Self::Text, |(kind, _)| *kind)
    }

    /// With its article.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Number => "a number",
            Self::Duration => "a duration",
            Self::Size => "a size",
            Self::Time => "a time",
            Self::Address => "an address",
            Self::Flag | Self::Mark => "a flag",
            Self::Text => "text",
            Self::Any => "any value",
        }
    }

    /// What such values look like.
    pub(super) fn like(self) -> &'static str {
        match self {
            Self::Number | Self::Any => "500, or -1 for what never happened",
            Self::Duration => "500ms, 1.5s, 2m, 1h, or a number of ms",
            Self::Size => "4096, 64k, 1M or 2G (k is 1024)",
            Self::Time => {
                "2026-03-14T09:12, 2026-03-14, 2026-03-14T09:12:30Z, @1773479520, or 09:12 of any day"
            }
            Self::Address => "10.0.0.7, 10.0.0.0/8 or 2001:db8::/32; `~` takes it as text",
            Self::Flag | Self::Mark => "true or false, or name the flag alone",
            Self::Text => "any text",
        }
    }
}
