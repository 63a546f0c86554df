//! The fields of a traffic line.

use super::Field;
use crate::line::{Clock, Event, FieldSet, Reading, Traffic};
use crate::record::{Record, Value};

pub(super) const FIELDS: &[Field] = &[
    Field {
        name: "frontend",
        about: "frontend",
        get: |record| {
            let traffic = with(record, FieldSet::FRONTEND)?;
            Some(Value::text(traffic.frontend))
        },
    },
    Field {
        name: "backend",
        about: "backend",
        get: |record| match &record.reading {
            Reading::Event(Event::Server(event)) => Some(Value::text(event.backend)),
            Reading::Event(Event::NoServer { backend }) => Some(Value::text(backend)),
            _ => Some(Value::text(with(record, FieldSet::BACKEND)?.backend)),
        },
    },
    Field {
        name: "server",
        about: "server, <NOSRV> for none, <STATS> and such for HAProxy itself",
        get: |record| Some(Value::text(with(record, FieldSet::SERVER)?.server)),
    },
    Field {
        name: "ts",
        about: "date of the line, as logged",
        get: |record| {
            let traffic = with(record, FieldSet::ACCEPTED)?;
            let stamp = jiff::Timestamp::from_millisecond(traffic.accepted).ok()?;
            let zone = match traffic.clock {
                Clock::Wall => "",
                Clock::Utc => "Z",
            };
            let text = stamp.strftime("%Y-%m-%dT%H:%M:%S%.3f").to_string() + zone;
            Some(Value::Text(text.into_bytes().into()))
        },
    },
    Field {
        name: "client_ip",
        about: "client address",
        get: |record| Some(Value::text(with(record, FieldSet::CLIENT)?.client)),
    },
    Field {
        name: "tls",
        about: "the frontend's bind line uses TLS",
        get: |record| Some(Value::Bool(with(record, FieldSet::TLS)?.tls)),
    },
    Field {
        name: "bytes",
        about: "bytes sent to the client",
        get: |record| {
            let traffic = with(record, FieldSet::BYTES)?;
            Some(Value::Number(traffic.bytes.try_into().ok()?))
        },
    },
    Field {
        name: "term",
        about: "termination state",
        get: |record| {
            let traffic = with(record, FieldSet::TERM)?;
            Some(Value::Text(traffic.term.to_vec().into()))
        },
    },
    Field {
        name: "srv_queue",
        about: "requests ahead in the server's queue",
        get: |record| {
            let traffic = with(record, FieldSet::SRV_QUEUE)?;
            Some(Value::Number(traffic.srv_queue.into()))
        },
    },
    Field {
        name: "backend_queue",
        about: "requests ahead in the backend's queue",
        get: |record| {
            let traffic = with(record, FieldSet::BACKEND_QUEUE)?;
            Some(Value::Number(traffic.backend_queue.into()))
        },
    },
    Field {
        name: "req_cookie",
        about: "request cookie as captured",
        get: |record| {
            let traffic = with(record, FieldSet::REQUEST_COOKIE)?;
            let [cookie, _] = traffic.cookies;
            (cookie != b"-").then(|| Value::text(cookie))
        },
    },
    Field {
        name: "req_caps",
        about: "captured request headers",
        get: |record| {
            let traffic = with(record, FieldSet::CAPTURES)?;
            let captures = traffic.captures.strip_prefix(b"{")?;
            let end = captures.iter().position(|byte| *byte == b'}')?;
            let values = captures[..end].split(|byte| *byte == b'|');
            Some(Value::List(values.map(Value::text).collect()))
        },
    },
    Field {
        name: "partial",
        about: "written before the end",
        get: |record| {
            let traffic = with(record, FieldSet::NONE)?;
            traffic.early.then_some(Value::Bool(true))
        },
    },
    Field {
        name: "Tr",
        about: "ms from connected to complete response headers; -1 when there were none",
        get: |record| {
            let traffic = with(record, FieldSet::RESPONSE_TIME)?;
            Some(Value::Number(traffic.timers.response))
        },
    },
    Field {
        name: "status",
        about: "HTTP status; -1 when none was decided",
        get: |record| {
            let traffic = with(record, FieldSet::STATUS)?;
            Some(Value::Number(traffic.status.into()))
        },
    },
];

/// The traffic record, if it has a field.
fn with<'r, 'a>(record: &'r Record<'a>, field: FieldSet) -> Option<&'r Traffic<'a>> {
    match &record.reading {
        Reading::Traffic(traffic) if traffic.fields.has(field) => Some(traffic),
        _ => None,
    }
}
