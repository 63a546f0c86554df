//! The same request in every wrapping, and what is told of the wrapping by name.

use hapline::line::{Event, Format, Reader, Reading, read};
use hapline::record::{self, Field, Value};
use hapline::time::Stamp;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::json;

const REQUEST: &str = r#"10.0.1.2:33317 [06/Feb/2026:12:14:14.655] http-in static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 "GET /index.html HTTP/1.1""#;

/// The fields of an envelope.
const NAMES: [&str; 15] = [
    "pri",
    "severity",
    "header_ts",
    "host",
    "tag",
    "pid",
    "sd",
    "container_ts",
    "stream",
    "cri",
    "epoch_us",
    "repeat",
    "stderr_level",
    "yday",
    "stamp",
];

fn json_of(value: Value) -> serde_json::Value {
    match value {
        Value::Bool(is) => is.into(),
        Value::Number(number) => number.into(),
        Value::Text(text) => String::from_utf8_lossy(&text).into(),
        Value::List(values) => values.into_iter().map(json_of).collect(),
        Value::Map(pairs) => pairs
            .into_iter()
            .map(|(key, value)| (key.into_owned(), json_of(value)))
            .collect(),
        Value::Null => serde_json::Value::Null,
    }
}

/// What is told of a line's wrapping.
fn told(line: &[u8]) -> serde_json::Value {
    record::read(line, &Reader::default(), |record| {
        let named = NAMES
            .iter()
            .map(|name| (name, Field::named(name).expect("a field")));
        let found = named.filter_map(|(name, field)| Some((*name, json_of(field.of(&record)?))));
        found.collect()
    })
}

/// Whether a line is read as the request.
fn is_the_request(line: &[u8]) -> bool {
    record::read(line, &Reader::default(), |record| {
        record.reading == read(REQUEST.as_bytes(), true)
    })
}

/// The request as JSON has it, without the quotes around it.
fn encoded(text: &str) -> String {
    let text = serde_json::to_string(text).expect("JSON");
    text[1..text.len() - 1].to_owned()
}

/// A line in which `MSG` stands for the request, `JSON` for the same within a JSON text, and `TWICE` within one within one.
fn filled(line: &str) -> String {
    line.replace("MSG", REQUEST)
        .replace("TWICE", &encoded(&encoded(REQUEST)))
        .replace("JSON", &encoded(REQUEST))
        .replace("BYTES", &format!("{:?}", REQUEST.as_bytes()))
}

/// A table test: name, line, and what is told of its wrapping; each line is the same request.
macro_rules! wraps {
    ($($name:ident: $line:expr => $expected:tt;)+) => {
        $(#[test]
        fn $name() {
            let line = filled($line);
            assert_eq!(told(line.as_bytes()), json!($expected), "{line}");
            assert!(is_the_request(line.as_bytes()), "{line}");
        })+

        /// Every line of the table.
        const WRAPPED: &[&str] = &[$($line),+];
    };
}

wraps! {
    e01_rfc3164: "<134>Feb  6 12:14:14 lb1 haproxy[14389]: MSG"
        => {"pri": 134, "host": "lb1", "tag": "haproxy", "pid": 14389, "header_ts": "02-06T12:14:14"};
    e02_local: "<134>Feb  6 12:14:14 haproxy[14389]: MSG"
        => {"pri": 134, "tag": "haproxy", "pid": 14389, "header_ts": "02-06T12:14:14"};
    e03_rfc5424: "<134>1 2026-02-06T12:14:14.655123+01:00 lb1 haproxy 14389 - - MSG"
        => {"pri": 134, "header_ts": "2026-02-06T12:14:14.655123+01:00", "host": "lb1", "tag": "haproxy", "pid": 14389};
    e04_structured_data: r#"<134>1 2026-02-06T12:14:14.655123+01:00 lb1 haproxy 14389 - [ex@1234 hdr="a\"b\]"] MSG"#
        => {"pri": 134, "header_ts": "2026-02-06T12:14:14.655123+01:00", "host": "lb1", "tag": "haproxy", "pid": 14389,
            "sd": {"ex@1234": {"hdr": "a\"b]"}}};
    e05_short: "<6>MSG" => {"severity": 6};
    priority: "<134>MSG" => {"pri": 134};
    timed: "<6>2026-02-06T12:14:14.655123+01:00 MSG"
        => {"severity": 6, "header_ts": "2026-02-06T12:14:14.655123+01:00"};
    e06_iso: "2026-02-06T12:14:14.655123+01:00 MSG" => {"header_ts": "2026-02-06T12:14:14.655123+01:00"};
    raw: "MSG" => {};
    e07_rsyslog_traditional: "Feb  6 12:14:14 lb1 haproxy[14389]: MSG"
        => {"host": "lb1", "tag": "haproxy", "pid": 14389, "header_ts": "02-06T12:14:14"};
    e08_rsyslog_rfc3339: "2026-02-06T12:14:14.655123+01:00 lb1 haproxy[14389]: MSG"
        => {"host": "lb1", "tag": "haproxy", "pid": 14389, "header_ts": "2026-02-06T12:14:14.655123+01:00"};
    e09_cri: "2026-02-06T11:14:14.655123456Z stdout F MSG"
        => {"container_ts": "2026-02-06T11:14:14.655123456Z", "stream": "stdout", "cri": "F"};
    cri_with_an_offset: "2026-02-06T12:14:14.655123456+01:00 stderr F MSG"
        => {"container_ts": "2026-02-06T12:14:14.655123456+01:00", "stream": "stderr", "cri": "F"};
    cri_around_syslog: "2026-02-06T11:14:14.6Z stdout F <134>Feb  6 12:14:14 lb1 haproxy[14389]: MSG"
        => {"container_ts": "2026-02-06T11:14:14.6Z", "stream": "stdout", "cri": "F", "pri": 134, "host": "lb1",
            "tag": "haproxy", "pid": 14389, "header_ts": "02-06T12:14:14"};
    cri_around_short: "2026-02-06T11:14:14.6Z stdout F <6>MSG"
        => {"container_ts": "2026-02-06T11:14:14.6Z", "stream": "stdout", "cri": "F", "severity": 6};
    e10_docker: r#"{"log": "JSON\n", "stream": "stdout", "time": "2026-02-06T11:14:14.655123456Z"}"#
        => {"container_ts": "2026-02-06T11:14:14.655123456Z", "stream": "stdout"};
    docker_around_local: r#"{"log":"<134>Feb  6 12:14:14 haproxy[14389]: JSON\r\n","stream":"stderr","time":"2026-02-06T11:14:14.6Z"}"#
        => {"container_ts": "2026-02-06T11:14:14.6Z", "stream": "stderr", "pri": 134, "tag": "haproxy", "pid": 14389,
            "header_ts": "02-06T12:14:14"};
    e11_journald: r#"{"MESSAGE": "JSON", "PRIORITY": "6", "SYSLOG_IDENTIFIER": "haproxy", "_PID": "14389", "_HOSTNAME": "lb1", "__REALTIME_TIMESTAMP": "1770376454655123"}"#
        => {"severity": 6, "tag": "haproxy", "pid": 14389, "host": "lb1", "epoch_us": 1_770_376_454_655_123_i64};
    journald_bytes: r#"{"MESSAGE":BYTES,"PRIORITY":"6","SYSLOG_FACILITY":"16","SYSLOG_PID":"7","_PID":"8","_SOURCE_REALTIME_TIMESTAMP":"1770376454655000","__REALTIME_TIMESTAMP":"1770376454655123"}"#
        => {"pri": 134, "pid": 7, "epoch_us": 1_770_376_454_655_123_i64};
    fluentd: r#"{"log":"JSON\n","stream":"stdout","docker":{"container_id":"ab"},"kubernetes":{"container_name":"haproxy"}}"#
        => {"stream": "stdout"};
    fluent_bit_cri: r#"{"date":1770376454.655,"stream":"stdout","_p":"F","log":"JSON"}"# => {"stream": "stdout"};
    filebeat: r#"{"@timestamp":"2026-02-06T11:14:14.655Z","host":{"name":"lb1"},"message":"JSON"}"#
        => {"container_ts": "2026-02-06T11:14:14.655Z"};
    splunk: r#"{"_raw":"Feb  6 12:14:14 lb1 haproxy[14389]: JSON","host":"indexer"}"#
        => {"host": "lb1", "tag": "haproxy", "pid": 14389, "header_ts": "02-06T12:14:14"};
    encoded_twice: r#"{"message":"{\"log\":\"TWICE\\n\",\"stream\":\"stdout\"}","host":"node1"}"#
        => {"stream": "stdout", "host": "node1"};
    escaped_twice: r#"{"log":"TWICE\\n"}"# => {};
    e12_octet_count: "172 <134>Feb  6 12:14:14 haproxy[14389]: MSG"
        => {"pri": 134, "tag": "haproxy", "pid": 14389, "header_ts": "02-06T12:14:14"};
    a_wrong_octet_count: "9 <134>1 2026-02-06T12:14:14Z lb1 haproxy 14389 - - MSG"
        => {"pri": 134, "header_ts": "2026-02-06T12:14:14Z", "host": "lb1", "tag": "haproxy", "pid": 14389};
    journald_short_iso: "2026-02-06T12:14:14+0100 lb1 haproxy[14389]: MSG"
        => {"host": "lb1", "tag": "haproxy", "pid": 14389, "header_ts": "2026-02-06T12:14:14+0100"};
    journald_short_iso_with_a_colon: "2026-02-06T12:14:14+01:00 lb1 haproxy[14389]: MSG"
        => {"host": "lb1", "tag": "haproxy", "pid": 14389, "header_ts": "2026-02-06T12:14:14+01:00"};
    journald_short_iso_precise: "2026-02-06T12:14:14.655123+0100 lb1 haproxy[14389]: MSG"
        => {"host": "lb1", "tag": "haproxy", "pid": 14389, "header_ts": "2026-02-06T12:14:14.655123+0100"};
    journald_short_precise: "Feb 06 12:14:14.655123 lb1 haproxy[14389]: MSG"
        => {"host": "lb1", "tag": "haproxy", "pid": 14389, "header_ts": "02-06T12:14:14.655123"};
    imfile: "<133>Feb  6 12:14:15 relay imported: Feb  6 12:14:14 lb1 haproxy[14389]: MSG"
        => {"pri": 133, "host": "lb1", "tag": "haproxy", "pid": 14389, "header_ts": "02-06T12:14:14"};
    repeated: "Feb  6 12:14:14 lb1 haproxy[14389]: message repeated 3 times: [ MSG]"
        => {"host": "lb1", "tag": "haproxy", "pid": 14389, "header_ts": "02-06T12:14:14", "repeat": 3};
    e83_stderr_until_2_3: "[WARNING] 123/145023 (1234) : MSG"
        => {"yday": 123, "stamp": "05-04T14:50:23", "pid": 1234, "stderr_level": "WARNING"};
    e84_stderr_since_2_4: "[ALERT]    (1) : MSG" => {"stderr_level": "ALERT", "pid": 1};
    carriage_return: "Feb  6 12:14:14 haproxy: MSG\r" => {"tag": "haproxy", "header_ts": "02-06T12:14:14"};
    nuls: "<6>MSG\0\0" => {"severity": 6};
    a_byte_order_mark: "\u{feff}<6>MSG" => {"severity": 6};
    a_byte_order_mark_before_json: "\u{feff}{\"log\":\"JSON\"}" => {};
    an_escaped_line_end: "<6>MSG#015#012" => {"severity": 6};
    an_escaped_nul: "<6>MSG\\012\\000" => {"severity": 6};
    an_escaped_tab: "<6>MSG#011#012" => {"severity": 6};
}

#[test]
fn e87_an_escaped_newline_is_no_message() {
    let line = b"Feb  6 12:14:14 lb1 haproxy[14389]: Server app/web1 is UP/READY (leaving forced maintenance).#012";
    let message = b"Server app/web1 is UP/READY (leaving forced maintenance).";
    record::read(line, &Reader::default(), |record| {
        assert_eq!(record.reading, read(message, true));
        assert!(matches!(record.reading, Reading::Event(Event::Server(_))));
    });
}

#[test]
fn e92_a_repeated_event() {
    let line = b"Feb  6 12:14:14 lb1 haproxy[14389]: message repeated 3 times: [ backend app has no server available!]";
    assert_eq!(told(line)["repeat"], 3);
    record::read(line, &Reader::default(), |record| {
        assert_eq!(
            record.reading,
            Reading::Event(Event::NoServer { backend: b"app" })
        );
    });
}

#[test]
fn quotes_that_are_all_escaped_are_quotes() {
    for header in ["", "Feb  6 12:14:14 lb1 haproxy[14389]: "] {
        let line = format!("{header}{}", REQUEST.replace('"', "\\\""));
        assert!(is_the_request(line.as_bytes()), "{line}");
    }
    // One that is not escaped is the end of the text before it.
    let half = REQUEST.replacen('"', "\\\"", 1);
    assert!(!is_the_request(half.as_bytes()));
}

#[test]
fn a_message_that_stands_for_the_one_before_it_is_the_daemons() {
    for line in [
        "Feb  6 12:14:20 lb1 last message repeated 3 times",
        "Feb  6 12:14:20 lb1 haproxy[14389]: last message repeated 3 times",
        "2026-02-06T12:14:20+01:00 lb1 haproxy: Last message 'backend app has no s' repeated 3 times, suppressed by syslog-ng on lb1",
    ] {
        assert_eq!(told(line.as_bytes())["repeat"], 3, "{line}");
        record::read(line.as_bytes(), &Reader::default(), |record| {
            assert_eq!(record.reading, Reading::Foreign, "{line}");
        });
    }
}

#[test]
fn a_container_s_stamp_is_the_line_s_where_it_has_no_other() {
    let stamp = |line: &str| {
        let line = filled(line);
        record::read(line.as_bytes(), &Reader::default(), |record| {
            record.envelope.stamp
        })
    };
    let instant = Stamp::Instant(1_770_376_454_655);
    for line in [
        "2026-02-06T11:14:14.655123456Z stdout F MSG",
        "2026-02-06T11:14:14.655123456Z stderr F [WARNING] 036/121414 (1234) : MSG",
        r#"{"log":"JSON\n","stream":"stdout","time":"2026-02-06T11:14:14.655123456Z"}"#,
        r#"{"MESSAGE":"JSON","__REALTIME_TIMESTAMP":"1770376454655123"}"#,
        r#"{"MESSAGE":"JSON","_SOURCE_REALTIME_TIMESTAMP":"1770376454655000","__REALTIME_TIMESTAMP":"1770376459000000"}"#,
        r#"{"log":"JSON","date":1770376454.655}"#,
    ] {
        assert_eq!(stamp(line), instant, "{line}");
    }
    let inner =
        "2026-02-06T11:14:19Z stdout F 2026-02-06T12:14:14.655123+01:00 lb1 haproxy[1]: MSG";
    assert_eq!(stamp(inner), instant);
}

#[test]
fn a_format_with_a_key_of_wrapping_is_no_wrapping() {
    let format = r#"{"message":"%r","log":"%tsc","time":"%tr","status":%ST}"#;
    let line = br#"{"message":"GET / HTTP/1.1","log":"SC--","time":"06/Feb/2026:12:14:14.655","status":503}"#;
    let reader = Reader::new(vec![Format::compile("cfg", format).expect("a format")]);
    let status = |line: &[u8]| {
        record::read(line, &reader, |record| match record.reading {
            Reading::Traffic(traffic) => Some((traffic.status, traffic.term)),
            _ => None,
        })
    };
    assert_eq!(status(line), Some((503, *b"SC--")));
    // The same as a program within a container prints it.
    let text = encoded(&String::from_utf8_lossy(line));
    let wrapped =
        format!(r#"{{"log":"{text}\n","stream":"stdout","time":"2026-02-06T11:14:14Z"}}"#);
    assert_eq!(status(wrapped.as_bytes()), Some((503, *b"SC--")));
    let other = filled(r#"{"log":"JSON\n"}"#);
    assert_eq!(status(other.as_bytes()), Some((200, *b"----")));
}

#[test]
fn an_encoded_message_that_journald_left_out_is_empty() {
    let line = br#"{"MESSAGE":null,"_HOSTNAME":"lb1","__REALTIME_TIMESTAMP":"1770376454655123"}"#;
    record::read(line, &Reader::default(), |record| {
        assert_eq!(
            (record.envelope.host, record.envelope.message),
            (&b"lb1"[..], &b""[..])
        );
    });
}

proptest! {
    /// What stands in a cut line is what stood in the whole, or its beginning.
    #[test]
    fn a_cut_line_tells_nothing_new(line in select(WRAPPED), cut: Index) {
        let whole = filled(line);
        let cut = &whole.as_bytes()[..cut.index(whole.len())];
        // Of two headers the inner one counts, and a cut line may have the outer one alone.
        prop_assume!(!line.contains("relay"));
        let (whole, part) = (told(whole.as_bytes()), told(cut));
        let text = |value: &serde_json::Value| value.to_string().trim_matches('"').to_owned();
        let was: Vec<String> = whole.as_object().into_iter().flatten().map(|(_, value)| text(value)).collect();
        for (name, value) in part.as_object().into_iter().flatten() {
            // A container's header that was cut may be another's; what it says it said.
            let part = text(value);
            prop_assert!(was.iter().any(|was| was.starts_with(&part)), "{name} {value} in {}", cut.escape_ascii());
        }
    }

    #[test]
    fn bytes_within_a_wrapped_line_never_panic(
        line in select(WRAPPED), places in prop::collection::vec((any::<Index>(), any::<u8>()), 1..5),
    ) {
        let mut line = filled(line).into_bytes();
        for (place, byte) in places {
            let at = place.index(line.len());
            line[at] = byte;
        }
        told(&line);
        hapline::envelope::part(&line);
    }
}
