//! Lines and all that `hapline parse` prints of them.

mod broken;
mod envelopes;
mod layouts;
mod messages;
mod processes;
mod requests;
mod servers;
mod traffic;

use hapline::line::{Format, Reader};
use hapline::record;
use hapline::report::records::{Face, Place};
use serde_json::{Map, Value};

/// Fields of the wrapping that are not compared, as not all are printed yet; with the next list this is all that is left
/// out.
const NOT_YET: [&str; 16] = [
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
    // `host` where the wrapping names no host.
    "server_host",
];

/// Examples in wrapping that is not taken off yet.
const WRAPPED: [&str; 5] = [
    "e09_cri_kubernetes",
    "e10_docker_json_file",
    "e11_journald_json_message_string",
    "e12_octet_counted_tcp_frame",
    "e92_repeated_message",
];

/// What a line is printed as, without where it stands.
fn printed(line: &[u8], reader: &Reader) -> Map<String, Value> {
    let mut out = Vec::new();
    let place = Place {
        source: "haproxy.log",
        line: 7,
    };
    record::read(line, reader, |record| {
        Face::Json.write(place, &record, &mut out);
    });
    let mut object: Map<String, Value> = serde_json::from_slice(&out).expect("an object");
    assert_eq!(object.remove("source"), Some("haproxy.log".into()));
    assert_eq!(object.remove("line"), Some(7.into()));
    object
}

#[track_caller]
fn same(name: &str, line: &[u8], expected: &str, formats: &[&str]) {
    if WRAPPED.contains(&name) {
        return;
    }
    let compile = |text: &&str| Format::compile("the test", text).expect("a format");
    let reader = Reader::default().after(formats.iter().map(compile).collect());
    let mut expected: Map<String, Value> = serde_json::from_str(expected).expect("an object");
    let mut printed = printed(line, &reader);
    for name in NOT_YET {
        expected.remove(name);
        printed.remove(name);
    }
    assert_eq!(
        Value::Object(printed),
        Value::Object(expected),
        "{}",
        line.escape_ascii()
    );
}

/// A table test: name, line and the object that is printed of it; one named case each. `by` names a log-format that was
/// given by hand.
macro_rules! example {
    ($($name:ident: $line:literal $(by $format:literal)? => $expected:literal;)+) => {
        $(#[test]
        fn $name() {
            super::same(stringify!($name), $line, $expected, &[$($format)?]);
        })+
    };
}

use example;
