//! Lines that log shippers encode as JSON: Docker's json-file, `journalctl -o json`, and the like.
//!
//! Enters: a line that begins with a brace. Leaves: the text that was encoded, and what stands beside it; `None` when
//! there is no such text. Must not know: what the text says.

use serde_json::{Map, Value};

use super::container::Output;
use super::{Container, Envelope};
use crate::time::{Stamp, civil};

/// A line that was encoded.
#[derive(Debug)]
pub(super) struct Encoded {
    /// The line.
    pub(super) text: Vec<u8>,
    stamp: Stamp,
    /// The text of the stamp.
    written: String,
    output: Option<Output>,
    epoch: Option<i64>,
    priority: Option<u8>,
    host: String,
    tag: String,
    pid: Option<u32>,
}

/// Where the line stands; journald's own key first, as its other keys are read only with it.
const TEXTS: [&str; 5] = ["MESSAGE", "log", "message", "msg", "_raw"];
const TIMES: [&str; 4] = ["time", "@timestamp", "timestamp", "date"];
const HOSTS: [&str; 3] = ["_HOSTNAME", "host", "hostname"];
const TAGS: [&str; 5] = [
    "SYSLOG_IDENTIFIER",
    "ident",
    "appname",
    "program",
    "programname",
];
const PIDS: [&str; 3] = ["SYSLOG_PID", "_PID", "procid"];

/// Decodes a line.
pub(super) fn decoded(line: &[u8]) -> Option<Encoded> {
    let line = String::from_utf8_lossy(line);
    let object: Map<String, Value> = serde_json::from_str(&line).ok()?;
    let text = TEXTS.iter().find_map(|key| bytes(key, object.get(*key)?))?;
    let word = |keys: &[&str]| {
        let found = keys.iter().find_map(|key| object.get(*key)?.as_str());
        found.unwrap_or_default().to_owned()
    };
    let number = |key: &str| integer(object.get(key)?);
    let [source, received] = ["_SOURCE_REALTIME_TIMESTAMP", "__REALTIME_TIMESTAMP"].map(number);
    let time = TIMES.iter().find_map(|key| object.get(*key));
    let (stamp, written) = match source.or(received) {
        Some(us) => (Stamp::Instant(us.div_euclid(1000)), String::new()),
        None => time
            .and_then(stamp)
            .unwrap_or((Stamp::Absent, String::new())),
    };
    Some(Encoded {
        text,
        stamp,
        written,
        output: object
            .get("stream")
            .and_then(|name| Output::named(name.as_str()?.as_bytes())),
        epoch: received.or(source),
        priority: priority(number("SYSLOG_FACILITY"), number("PRIORITY")),
        host: word(&HOSTS),
        tag: word(&TAGS),
        pid: PIDS.iter().find_map(|key| u32::try_from(number(key)?).ok()),
    })
}

impl Encoded {
    /// What is around its text, within what is around the line.
    pub(super) fn within<'a>(&'a self, outer: Envelope<'a>) -> Envelope<'a> {
        let or = |inner: &'a str, outer: &'a [u8]| match inner {
            "" => outer,
            _ => inner.as_bytes(),
        };
        let is_dated = self.stamp != Stamp::Absent;
        Envelope {
            stamp: if is_dated { self.stamp } else { outer.stamp },
            priority: self.priority.or(outer.priority),
            host: or(&self.host, outer.host),
            tag: or(&self.tag, outer.tag),
            pid: self.pid.or(outer.pid),
            container: Container {
                written: or(&self.written, outer.container.written),
                output: self.output.or(outer.container.output),
                epoch: self.epoch.or(outer.container.epoch),
                ..outer.container
            },
            ..outer
        }
    }
}

/// A text; of journald, bytes where it is not printable, and null where it was too long.
fn bytes(key: &str, value: &Value) -> Option<Vec<u8>> {
    match value {
        // What was escaped twice has its newline as two characters.
        Value::String(text) => {
            let text = text.strip_suffix('\n').unwrap_or(text);
            Some(text.strip_suffix("\\n").unwrap_or(text).into())
        }
        Value::Array(bytes) => bytes
            .iter()
            .map(|byte| u8::try_from(byte.as_u64()?).ok())
            .collect(),
        Value::Null if key == "MESSAGE" => Some(Vec::new()),
        _ => None,
    }
}

/// A number, also where it is written as text.
fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::String(text) => text.parse().ok(),
        _ => value.as_i64(),
    }
}

/// A date with its time, or seconds since 1970 UTC (fluent-bit); and the text of the former.
fn stamp(value: &Value) -> Option<(Stamp, String)> {
    /// 9999; more is no number of seconds.
    const LATEST: f64 = 253_402_300_800.0;
    if let Some(text) = value.as_str() {
        let (stamp, length) = civil::iso(text.as_bytes())?;
        return (length == text.len()).then(|| (stamp, text.to_owned()));
    }
    let seconds = value.as_f64().filter(|at| (0.0..LATEST).contains(at))?;
    let ms = (seconds * 1000.0).round() as i64;
    Some((Stamp::Instant(ms), String::new()))
}

/// The syslog priority of a facility and a severity; without a facility, the severity alone.
fn priority(facility: Option<i64>, severity: Option<i64>) -> Option<u8> {
    let severity = severity.filter(|severity| (0..8).contains(severity))?;
    let facility = facility.filter(|facility| (0..24).contains(facility));
    u8::try_from(facility.unwrap_or(0) * 8 + severity).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(line: &str) -> Option<String> {
        let encoded = decoded(line.as_bytes())?;
        Some(String::from_utf8_lossy(&encoded.text).into_owned())
    }

    #[test]
    fn where_the_line_stands() {
        for (line, expected) in [
            (r#"{"log":"a\n"}"#, Some("a")),
            (r#"{"log":"a\\n\n"}"#, Some("a")),
            (
                r#"{"level":"info","msg":"a","kubernetes":{"log":"b"}}"#,
                Some("a"),
            ),
            (r#"{"_raw":"a \"b\""}"#, Some("a \"b\"")),
            (r#"{"MESSAGE":[97,98],"message":"c"}"#, Some("ab")),
            (r#"{"MESSAGE":null}"#, Some("")),
            (r#"{"MESSAGE":[97,256]}"#, None),
            (r#"{"log":{"a":1},"message":"b"}"#, Some("b")),
            (r#"{"log":null}"#, None),
            (r#"{"log":"a"#, None),
            (r#"{"log":"a"} b"#, None),
            (r#"{"status":200}"#, None),
        ] {
            assert_eq!(text(line).as_deref(), expected, "{line}");
        }
    }

    #[test]
    fn stamps_of_shippers() {
        let at = |time: &str| {
            let line = format!(r#"{{"log":"a","time":{time}}}"#);
            decoded(line.as_bytes()).map(|encoded| encoded.stamp)
        };
        let expected = Some(Stamp::Instant(1_770_376_454_655));
        assert_eq!(at(r#""2026-02-06T11:14:14.655123456Z""#), expected);
        assert_eq!(at("1770376454.655123"), expected);
        for time in [
            r#""noon""#,
            "-1",
            "1e300",
            "null",
            r#""2026-02-06T11:14:14Z x""#,
        ] {
            assert_eq!(at(time), Some(Stamp::Absent), "{time}");
        }
    }
}
