//! What an expression can speak of: the fields of a record, and what is told of requests by those around them.
//!
//! Enters: a name. Leaves: a [`Subject`], and in words how values of its [`Kind`] are typed.
//! Must not know: values.

use crate::record::Field;
use crate::record::field::Kind;
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

const ACCEPT_DELAY: &str = "accept_delay";
const ACCEPT_COUNT: &str = "accept_count";

/// What the logs and languages of others call a field.
const ELSEWHERE: &[(&str, &str)] = &[
    ("ip", "client_ip"),
    ("path", "uri"),
    ("src", "client_ip"),
    ("state", "term"),
    ("time", "ts"),
    ("url", "uri"),
];

impl Subject {
    /// What goes by this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            ACCEPT_DELAY => Some(Self::AcceptDelay),
            ACCEPT_COUNT => Some(Self::AcceptCount),
            _ => Field::named(name).map(Self::Field),
        }
    }

    /// What its values are.
    pub(super) fn kind(self) -> Kind {
        match self {
            Self::Field(field) => field.kind,
            Self::AcceptDelay => Kind::Duration,
            Self::AcceptCount => Kind::Number,
        }
    }

    /// All names.
    pub(super) fn names() -> impl Iterator<Item = &'static str> {
        let fields = Field::all().map(|field| field.name);
        fields.chain([ACCEPT_DELAY, ACCEPT_COUNT])
    }

    /// Names that resemble one that is none, best first; or what other programs call so.
    pub(super) fn near(name: &str) -> Vec<&'static str> {
        let elsewhere = ELSEWHERE.iter().find(|(theirs, _)| *theirs == name);
        match elsewhere {
            Some((_, ours)) => vec![ours],
            None => near::among(name, Self::names()),
        }
    }
}

/// How values are asked for and told of.
impl Kind {
    /// With its article.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Number => "a number",
            Self::Duration => "a duration",
            Self::Size => "a size",
            Self::Time => "a time",
            Self::Address => "an address",
            Self::Flag | Self::Mark => "a flag",
            Self::Termination => "a termination state",
            Self::Text => "text",
            Self::Any => "any value",
        }
    }

    /// What such values look like.
    pub(super) fn like(self) -> &'static str {
        match self {
            Self::Number | Self::Any => "500, 500..599 behind `in`, or -1 for what never happened",
            Self::Duration => "500ms, 1.5s, 2m, 1h, or a number of ms",
            Self::Size => "4096, 64k, 1M or 2G (k is 1024)",
            Self::Time => {
                "2026-03-14T09:12, 2026-03-14, 2026-03-14T09:12:30Z, @1773479520, or 09:12 of any day"
            }
            Self::Address => "10.0.0.7, 10.0.0.0/8 or 2001:db8::/32; `~` takes it as text",
            Self::Flag | Self::Mark => "true or false, or name the flag alone",
            Self::Termination => "SC, or SC-- with what became of cookies; `~^S` takes it as text",
            Self::Text => "any text",
        }
    }
}
