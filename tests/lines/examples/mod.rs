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

/// What a line is printed as, without where it stands.
fn printed(line: &[u8], reader: &Reader) -> Map<String, Value> {
    let mut out = Vec::new();
    let place = Place {
        source: "haproxy.log",
        line: 7,
    };
    record::read(line, reader, |record| {
        super::kinds::fit(&record);
        Face::Json.write(place, &record, &mut out);
    });
    let mut object: Map<String, Value> = serde_json::from_slice(&out).expect("an object");
    assert_eq!(object.remove("source"), Some("haproxy.log".into()));
    assert_eq!(object.remove("line"), Some(7.into()));
    object
}

#[track_caller]
fn same(line: &[u8], expected: &str, formats: &[&str]) {
    let compile = |text: &&str| Format::compile("the test", text).expect("a format");
    let reader = Reader::default().after(formats.iter().map(compile).collect());
    let expected: Map<String, Value> = serde_json::from_str(expected).expect("an object");
    assert_eq!(
        Value::Object(printed(line, &reader)),
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
            super::same($line, $expected, &[$($format)?]);
        })+
    };
}

use example;
