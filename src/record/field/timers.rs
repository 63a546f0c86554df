//! The timers of a traffic line, each under the name of the alias that wrote it.
//!
//! Enters: a traffic line. Leaves: ms. Must not know: which of them are long.

use super::{Field, Kind, own};
use crate::line::{FieldSet, Mode};
use crate::record::{Record, Value};

table!(
    Fields,
    Field {
        name: "Th",
        about: "ms from accepted to the end of the handshakes",
        kind: Kind::Duration,
        get: |record| timer(record, "Th"),
    },
    Field {
        name: "Ti",
        about: "ms idle before the request",
        kind: Kind::Duration,
        get: |record| timer(record, "Ti"),
    },
    Field {
        name: "Tq",
        about: "ms from accepted to complete request headers (until 1.6); -1 when they never came",
        kind: Kind::Duration,
        get: |record| timer(record, "Tq"),
    },
    Field {
        name: "TR",
        about: "ms from the first byte to complete request headers; -1 when they never came",
        kind: Kind::Duration,
        get: |record| timer(record, "TR"),
    },
    Field {
        name: "Tw",
        about: "ms in queues; -1 when it never left them",
        kind: Kind::Duration,
        get: |record| timer(record, "Tw"),
    },
    Field {
        name: "Tc",
        about: "ms to connect to the server, retries included; -1 when it never did",
        kind: Kind::Duration,
        get: |record| timer(record, "Tc"),
    },
    Field {
        name: "Tr",
        about: "ms from connected to complete response headers; -1 when there were none",
        kind: Kind::Duration,
        get: |record| timer(record, "Tr"),
    },
    Field {
        name: "Td",
        about: "ms to transfer the response",
        kind: Kind::Duration,
        get: |record| timer(record, "Td"),
    },
    Field {
        name: "Ta",
        about: "ms from the first byte of the request to the end",
        kind: Kind::Duration,
        get: |record| timer(record, "Ta"),
    },
    Field {
        name: "Tt",
        about: "ms from accepted to the end",
        kind: Kind::Duration,
        get: |record| timer(record, "Tt"),
    },
    Field {
        name: "Tu",
        about: "ms from the first byte to the end, as the client sees it",
        kind: Kind::Duration,
        get: |record| timer(record, "Tu"),
    },
);

/// The timer of this name. Built-in formats have theirs; of a compiled one each field knows its alias.
// Inlined, as the name is known there.
#[inline(always)]
fn timer<'a>(record: &Record<'a>, name: &str) -> Option<Value<'a>> {
    let traffic = record.traffic()?;
    let timers = &traffic.timers;
    let http = traffic.mode == Mode::Http;
    let (field, value) = match name {
        "Tw" => (FieldSet::QUEUE_TIME, timers.queue),
        "Tc" => (FieldSet::CONNECT_TIME, timers.connect),
        "Tr" => (FieldSet::RESPONSE_TIME, timers.response),
        _ if record.details().around().is_none() => return own::number(record, name),
        "TR" => (FieldSet::REQUEST_TIME, timers.request),
        "Ta" if http => (FieldSet::TOTAL_TIME, timers.total),
        "Tt" if !http => (FieldSet::TOTAL_TIME, timers.total),
        _ => return None,
    };
    traffic.fields.has(field).then_some(Value::Number(value))
}
