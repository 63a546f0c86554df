//! The fields of an envelope.

use super::Field;
use crate::record::Value;

pub(super) const FIELDS: &[Field] = &[
    Field {
        name: "pri",
        about: "syslog priority: facility × 8 + severity",
        get: |record| {
            let priority = record.envelope.priority?;
            Some(Value::Number(priority.into()))
        },
    },
    Field {
        name: "header_ts",
        about: "stamp of the syslog header, as written",
        get: |record| {
            let written = record.envelope.written;
            (!written.is_empty()).then(|| Value::text(written))
        },
    },
    Field {
        name: "host",
        about: "log host",
        get: |record| {
            let host = record.envelope.host;
            (!host.is_empty()).then(|| Value::text(host))
        },
    },
    Field {
        name: "tag",
        about: "program name, `haproxy` unless `log-tag` is set",
        get: |record| {
            let tag = record.envelope.tag;
            (!tag.is_empty()).then(|| Value::text(tag))
        },
    },
    Field {
        name: "pid",
        about: "process id of the writer",
        get: |record| Some(Value::Number(record.envelope.pid?.into())),
    },
];
