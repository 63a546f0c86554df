//! The fields of a traffic line.

use super::Field;
use crate::line::{FieldSet, Reading, Traffic};
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
        get: |record| Some(Value::text(with(record, FieldSet::BACKEND)?.backend)),
    },
    Field {
        name: "server",
        about: "server, <NOSRV> for none, <STATS> and such for HAProxy itself",
        get: |record| Some(Value::text(with(record, FieldSet::SERVER)?.server)),
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
