//! The fields of an envelope.
//!
//! Enters: what wraps a message. Leaves: values. Must not know: what the message says, but for the host it may name.

use super::{Field, Kind, event};
use crate::envelope::{Envelope, Said, structured};
use crate::record::Value;
use crate::record::value::Text;
use crate::time::{Stamp, civil};

table!(
    Fields,
    Field {
        name: "pri",
        about: "syslog priority: facility × 8 + severity",
        kind: Kind::Number,
        get: |record| number(record.envelope.priority.filter(|priority| *priority >= 8)),
    },
    Field {
        name: "severity",
        about: "syslog severity without a facility, 0 (emerg) to 7 (debug): of the formats `short` and `timed`, and of journald",
        kind: Kind::Number,
        get: |record| number(record.envelope.priority.filter(|priority| *priority < 8)),
    },
    Field {
        name: "header_ts",
        about: "stamp of the syslog header: month, day and time of RFC 3164, or as written",
        kind: Kind::Text,
        get: |record| header_stamp(&record.envelope),
    },
    Field {
        name: "host",
        about: "log host; without one, the name that a server's address is resolved from, if the message has it",
        kind: Kind::Text,
        get: |record| text(record.envelope.host).or_else(|| event::fact(record, "host")),
    },
    Field {
        name: "tag",
        about: "program name, `haproxy` unless `log-tag` is set",
        kind: Kind::Text,
        get: |record| text(record.envelope.tag),
    },
    Field {
        name: "pid",
        about: "process id of the writer",
        kind: Kind::Number,
        get: |record| number(record.envelope.pid),
    },
    Field {
        name: "sd",
        about: "structured data of RFC 5424 (`log-format-sd`): parameters by the id of their element",
        kind: Kind::Text,
        get: |record| structured_data(record.envelope.structured),
    },
    Field {
        name: "container_ts",
        about: "when a container's runtime or a log shipper took the line in, as written",
        kind: Kind::Text,
        get: |record| text(record.envelope.container.written),
    },
    Field {
        name: "stream",
        about: "which output of a container the line came from: stdout or stderr",
        kind: Kind::Text,
        get: |record| text(record.envelope.container.output?.name().as_bytes()),
    },
    Field {
        name: "cri",
        about: "Kubernetes' flag: F for a whole line, P for a part of one whose end is missing",
        kind: Kind::Text,
        get: |record| {
            text(match record.envelope.container.flag? {
                b'P' => b"P",
                _ => b"F",
            })
        },
    },
    Field {
        name: "epoch_us",
        about: "when journald took the message in; µs since 1970 UTC",
        kind: Kind::Number,
        get: |record| number(record.envelope.container.epoch),
    },
    Field {
        name: "repeat",
        about: "how many times the syslog daemon says the message was repeated",
        kind: Kind::Number,
        get: |record| match record.envelope.said {
            Said::Once => None,
            Said::Times(times) | Said::LastAgain(times) => number(Some(times)),
        },
    },
    Field {
        name: "stderr_level",
        about: "level of HAProxy's stderr form: NOTICE, WARNING, ALERT or DIAG",
        kind: Kind::Text,
        get: |record| text(record.envelope.level),
    },
    Field {
        name: "yday",
        about: "day of the year from 0, of HAProxy's stderr form until 2.3",
        kind: Kind::Number,
        get: |record| number(year_day(&record.envelope).map(|(yday, _)| yday)),
    },
    Field {
        name: "stamp",
        about: "the same as month, day and time, in a year without 29 February",
        kind: Kind::Text,
        get: |record| {
            let (yday, second) = year_day(&record.envelope)?;
            // 1970 was such a year.
            let (_, month, day) = civil::civil_from_days(yday.into());
            Some(Value::Text(Text::short(month_to_second(
                month, day, second,
            ))))
        },
    },
);

fn text(text: &[u8]) -> Option<Value<'_>> {
    (!text.is_empty()).then(|| Value::text(text))
}

fn number<'a>(number: Option<impl Into<i64>>) -> Option<Value<'a>> {
    Some(Value::Number(number?.into()))
}

fn header_stamp<'a>(envelope: &Envelope<'a>) -> Option<Value<'a>> {
    let written = envelope.written;
    if civil::year_day(written).is_some() {
        return None;
    }
    let Stamp::Yearless { month, day, second } = envelope.stamp else {
        return text(written);
    };
    let to_second = month_to_second(month, day, second);
    let fraction = match written.len() {
        ..=WITHOUT_FRACTION => None,
        _ => memchr::memchr(b'.', written),
    };
    Some(Value::Text(match fraction {
        None => Text::short(to_second),
        Some(at) => {
            let fraction = String::from_utf8_lossy(&written[at..]);
            [&to_second, fraction.as_bytes()].concat().into()
        }
    }))
}

/// Bytes of `Feb 06 12:14:14`, the longest stamp of its kind.
const WITHOUT_FRACTION: usize = 15;

/// `02-06T12:14:14`
fn month_to_second(month: u8, day: u8, second: u32) -> [u8; 14] {
    let [month, day] = [month.into(), day.into()].map(pair);
    let [hour, minute, second] = [second / 3_600, second / 60 % 60, second % 60].map(pair);
    let mut text = *b"00-00T00:00:00";
    for (at, pair) in [(0, month), (3, day), (6, hour), (9, minute), (12, second)] {
        text[at..at + 2].copy_from_slice(&pair);
    }
    text
}

/// Two digits.
fn pair(number: u32) -> [u8; 2] {
    [number / 10 % 10, number % 10].map(|digit| b'0' + digit as u8)
}

/// Day of the year and second of the day of HAProxy's stderr form.
fn year_day(envelope: &Envelope) -> Option<(u16, u32)> {
    match civil::year_day(envelope.written)? {
        Stamp::YearDay { yday, second } => Some((yday, second)),
        _ => None,
    }
}

/// Elements and their parameters; names are ASCII by RFC 5424.
fn structured_data(data: &[u8]) -> Option<Value<'_>> {
    let elements = structured::elements(data).into_iter();
    let elements: Vec<_> = elements
        .map(|(id, parameters)| {
            let parameters = parameters.into_iter();
            let parameters = parameters
                .map(|(name, value)| (String::from_utf8_lossy(name), Value::Text(value.into())));
            (
                String::from_utf8_lossy(id),
                Value::Map(parameters.collect()),
            )
        })
        .collect();
    (!elements.is_empty()).then_some(Value::Map(elements))
}
