//! What a record is, and how far it can be trusted.
//!
//! Enters: a record. Leaves: its kind, and what of it was lost on the way.
//! Must not know: the tables of the other fields, but that they are there.

use super::event::fact;
use super::request::tls;
use super::{Field, Kind, flag};
use crate::line::{Mode, Reading};
use crate::record::details::Details;
use crate::record::value::List;
use crate::record::{Record, Value};

table!(
    Fields,
    Field {
        name: "kind",
        about: "http, https, tcp, clf_http, clf_tcp, conn_error, connect, event, json or unknown",
        kind: Kind::Text,
        get: |record| Some(Value::text(kind(record).as_bytes())),
    },
    Field {
        name: "event",
        about: "what happened, such as server_down",
        kind: Kind::Text,
        get: |record| {
            let event = record.event().filter(|event| *event != b"connect")?;
            Some(Value::text(event))
        },
    },
);

table!(
    State,
    Field {
        name: "message",
        about: "the message as written, where nothing else is known of it",
        kind: Kind::Text,
        get: |record| match record.details() {
            Details::Nothing if !record.message.trim_ascii().is_empty() => {
                Some(Value::text(record.message))
            }
            _ => fact(record, "message"),
        },
    },
    Field {
        name: "truncated",
        about: "the line was cut; what stood before is here",
        kind: Kind::Mark,
        get: |record| flag(record.is_truncated()),
    },
    Field {
        name: "degraded",
        about: "fields that a relay took out of the line",
        kind: Kind::Text,
        get: |record| {
            let around = record.details().around()?;
            let lost = around.port.is_empty() && around.client != b"unknown";
            lost.then_some(Value::List(List::Parted(b"client_port")))
        },
    },
    Field {
        name: "lossy_utf8",
        about: "some text was no UTF-8; what could not be shown stands as U+FFFD",
        kind: Kind::Mark,
        get: |record| flag(is_lossy(record)),
    },
);

fn kind(record: &Record) -> &'static str {
    let traffic = match &record.reading {
        Reading::Traffic(traffic) => traffic,
        Reading::Event(_) if record.event() == Some(b"connect") => return "connect",
        Reading::Event(_) => return "event",
        Reading::Unparsed(_) | Reading::Foreign => {
            return match record.details() {
                Details::Json(_) => "json",
                _ => "unknown",
            };
        }
    };
    let clf = matches!(record.details(), Details::Formatted { clf: true, .. });
    match (traffic.mode, clf) {
        (Mode::Handshake, _) => "conn_error",
        (Mode::Http, true) => "clf_http",
        (Mode::Tcp, true) => "clf_tcp",
        (Mode::Http, false) if tls(record).is_some() => "https",
        (Mode::Http, false) => "http",
        (Mode::Tcp, false) => "tcp",
    }
}

/// Whether a text of the record is no UTF-8. Escapes may stand for any bytes, so what they hide is looked at too.
fn is_lossy(record: &Record) -> bool {
    // One loop without a branch, which looks at many bytes at once.
    let has_no_marks = |text: &[u8]| {
        let marks = |found, byte: &u8| found | u8::from(*byte == b'#') | *byte & 0x80;
        text.iter().fold(0, marks) == 0
    };
    let is_utf8 = |text: &[u8]| !text.contains(&b'#') && std::str::from_utf8(text).is_ok();
    let is_plain = |text: &[u8]| has_no_marks(text) || is_utf8(text);
    let is_part = record
        .text
        .as_ptr_range()
        .contains(&record.message.as_ptr());
    if is_plain(record.text) && (is_part || is_plain(record.message)) {
        return false;
    }
    // The members are text already.
    let is_json = matches!(record.details(), Details::Json(_));
    if is_json && std::str::from_utf8(record.message).is_err() {
        return true;
    }
    let others = Field::all().filter(|field| field.name != "lossy_utf8");
    others
        .filter_map(|field| field.of(record))
        .any(|value| value.is_lossy())
}
