//! The fields of a traffic line: who, where, when, and how it ended.
//!
//! Enters: a traffic line, or an event that names the same things. Leaves: values.
//! Must not know: whether it ended well.

use super::{Field, Kind, flag};
use crate::line::{Fact, FieldSet, Mode, Reading, Traffic};
use crate::record::details::Details;
use crate::record::value::Text;
use crate::record::{Record, Value};

use super::own;

table!(
    Fields,
    Field {
        name: "client_ip",
        about: "client address; `unix` for a socket, `-` for none",
        kind: Kind::Address,
        get: |record| match with(record, FieldSet::CLIENT) {
            Some(traffic) => Some(Value::text(traffic.client)),
            None => Some(Value::text(address(record, "client")?.0)),
        },
    },
    Field {
        name: "client_port",
        about: "client port; the listener's id for `unix`",
        kind: Kind::Number,
        get: |record| match record.details().around() {
            Some(around) => port(around.port),
            None => {
                own::number(record, "client_port").or_else(|| port(address(record, "client")?.1))
            }
        },
    },
    Field {
        name: "dest_ip",
        about: "address the client connected to",
        kind: Kind::Address,
        get: |record| match own::text(record, "dest_ip") {
            Some(text) => Some(Value::text(text)),
            None => Some(Value::text(address(record, "dest")?.0)),
        },
    },
    Field {
        name: "dest_port",
        about: "port the client connected to",
        kind: Kind::Number,
        get: |record| own::number(record, "dest_port").or_else(|| port(address(record, "dest")?.1)),
    },
    Field {
        name: "ts",
        about: "accept or request date as written, in ISO 8601; without a zone unless one is printed",
        kind: Kind::Time,
        get: |record| {
            with(record, FieldSet::ACCEPTED)?;
            Some(own::date(record))
        },
    },
    Field {
        name: "ms",
        about: "milliseconds of the accept date, where they stand apart from it",
        kind: Kind::Number,
        get: |record| own::padded(record, "ms"),
    },
    Field {
        name: "frontend",
        about: "frontend",
        kind: Kind::Text,
        get: |record| match with(record, FieldSet::FRONTEND) {
            Some(traffic) => Some(Value::text(traffic.frontend)),
            None => Some(Value::text(record.details().text("frontend")?)),
        },
    },
    Field {
        name: "mode",
        about: "HTTP or TCP, of a connection that is logged when it is accepted",
        kind: Kind::Text,
        get: |record| Some(Value::text(record.details().text("mode")?)),
    },
    Field {
        name: "bind",
        about: "name or number of the bind line that a handshake failed on",
        kind: Kind::Text,
        get: |record| {
            let bind = record.details().around()?.bind;
            (!bind.is_empty()).then(|| Value::text(bind))
        },
    },
    Field {
        name: "tls",
        about: "whether the bind line uses TLS",
        kind: Kind::Flag,
        get: |record| {
            let tls = with(record, FieldSet::TLS)?.tls;
            let always = !is_quiet(record);
            (tls || always).then_some(Value::Bool(tls))
        },
    },
    Field {
        name: "backend",
        about: "backend",
        kind: Kind::Text,
        get: |record| match with(record, FieldSet::BACKEND) {
            Some(traffic) => Some(Value::text(traffic.backend)),
            None => Some(Value::text(record.details().text("backend")?)),
        },
    },
    Field {
        name: "server",
        about: "server, <NOSRV> for none, <STATS> and such for HAProxy itself",
        kind: Kind::Text,
        get: |record| match with(record, FieldSet::SERVER) {
            Some(traffic) => Some(Value::text(traffic.server)),
            None => Some(Value::text(record.details().text("server")?)),
        },
    },
);

// What a session came to.
table!(
    Outcome,
    Field {
        name: "partial",
        about: "logged before the end (`option logasap`): total and bytes are lower bounds",
        kind: Kind::Mark,
        get: |record| flag(record.traffic()?.early),
    },
    Field {
        name: "status",
        about: "HTTP status; -1 when none was decided, 0 without an HTTP transaction",
        kind: Kind::Number,
        get: |record| {
            let traffic = with(record, FieldSet::STATUS)?;
            Some(Value::Number(traffic.status.into()))
        },
    },
    Field {
        name: "bytes",
        about: "bytes sent to the client",
        kind: Kind::Size,
        get: |record| {
            let traffic = with(record, FieldSet::BYTES)?;
            Some(Value::Number(traffic.bytes.try_into().unwrap_or(i64::MAX)))
        },
    },
    Field {
        name: "bytes_up",
        about: "bytes received from the client",
        kind: Kind::Size,
        get: |record| own::number(record, "bytes_up"),
    },
    Field {
        name: "req_cookie",
        about: "captured request cookie, name and value",
        kind: Kind::Text,
        get: |record| cookie(record, FieldSet::REQUEST_COOKIE, 0),
    },
    Field {
        name: "resp_cookie",
        about: "captured response cookie, name and value",
        kind: Kind::Text,
        get: |record| cookie(record, FieldSet::RESPONSE_COOKIE, 1),
    },
    Field {
        name: "term",
        about: "termination state: two characters, or four with persistence",
        kind: Kind::Termination,
        get: |record| {
            let traffic = with(record, FieldSet::TERM)?;
            let [cause, phase, ..] = traffic.term;
            let whole = traffic.fields.has(FieldSet::PERSISTENCE);
            Some(Value::Text(match whole {
                true => Text::short(traffic.term),
                false => Text::short([cause, phase]),
            }))
        },
    },
    Field {
        name: "actconn",
        about: "connections on the process",
        kind: Kind::Number,
        get: |record| {
            let traffic = with(record, FieldSet::PROCESS_CONNECTIONS)?;
            Some(Value::Number(traffic.connections[0].into()))
        },
    },
    Field {
        name: "feconn",
        about: "connections on the frontend",
        kind: Kind::Number,
        get: |record| {
            let traffic = with(record, FieldSet::FRONTEND_CONNECTIONS)?;
            Some(Value::Number(traffic.connections[1].into()))
        },
    },
    Field {
        name: "beconn",
        about: "connections on the backend",
        kind: Kind::Number,
        get: |record| {
            let traffic = with(record, FieldSet::BACKEND_CONNECTIONS)?;
            Some(Value::Number(traffic.connections[2].into()))
        },
    },
    Field {
        name: "srv_conn",
        about: "connections on the server",
        kind: Kind::Number,
        get: |record| {
            let traffic = with(record, FieldSet::SERVER_CONNECTIONS)?;
            Some(Value::Number(traffic.connections[3].into()))
        },
    },
    Field {
        name: "retries",
        about: "connection attempts beyond the first",
        kind: Kind::Number,
        get: |record| {
            let traffic = with(record, FieldSet::RETRIES)?;
            Some(Value::Number(traffic.retries.into()))
        },
    },
    Field {
        name: "redispatched",
        about: "whether another server was tried before the one named",
        kind: Kind::Flag,
        get: |record| {
            let redispatched = with(record, FieldSet::RETRIES)?.redispatched;
            let always = !is_clf(record);
            (redispatched || always).then_some(Value::Bool(redispatched))
        },
    },
    Field {
        name: "srv_queue",
        about: "requests ahead in the server's queue",
        kind: Kind::Number,
        get: |record| {
            let traffic = with(record, FieldSet::SRV_QUEUE)?;
            Some(Value::Number(traffic.srv_queue.into()))
        },
    },
    Field {
        name: "backend_queue",
        about: "requests ahead in the backend's queue",
        kind: Kind::Number,
        get: |record| {
            let traffic = with(record, FieldSet::BACKEND_QUEUE)?;
            Some(Value::Number(traffic.backend_queue.into()))
        },
    },
);

/// The traffic record, if it has a field.
#[inline]
pub(super) fn with<'r, 'a>(record: &'r Record<'a>, field: FieldSet) -> Option<&'r Traffic<'a>> {
    record.traffic().filter(|traffic| traffic.fields.has(field))
}

/// A cookie, if one was captured. Quotes within it are not escaped: where a format ends it with one and the line was
/// cut, nothing tells how much of the rest is cookie.
fn cookie<'a>(record: &Record<'a>, field: FieldSet, at: usize) -> Option<Value<'a>> {
    let traffic = with(record, field)?;
    let cookie = *traffic.cookies.get(at)?;
    if matches!(cookie, b"" | b"-") {
        return None;
    }
    let has_end = record.details().around().is_some() || !traffic.truncated;
    has_end.then(|| Value::Text(record.details().plain(cookie).into()))
}

/// Whether nothing is said of a plain bind line: where the line is unreadable, and where CLF is of TCP.
fn is_quiet(record: &Record) -> bool {
    let tcp = matches!(
        record.details(),
        Details::Formatted {
            clf: true,
            mode: Mode::Tcp,
            ..
        }
    );
    tcp || !matches!(record.reading, Reading::Traffic(_))
}

fn is_clf(record: &Record) -> bool {
    matches!(record.details(), Details::Formatted { clf: true, .. })
}

/// A port; nothing for `-`.
fn port<'a>(text: &[u8]) -> Option<Value<'a>> {
    std::str::from_utf8(text)
        .ok()?
        .parse()
        .ok()
        .map(Value::Number)
}

/// Address and port that an event has as one.
fn address<'a>(record: &Record<'a>, name: &str) -> Option<(&'a [u8], &'a [u8])> {
    let Fact::Text(text) = record.details().fact(name)? else {
        return None;
    };
    let colon = memchr::memrchr(b':', text)?;
    Some((&text[..colon], &text[colon + 1..]))
}
