//! Lines that HAProxy encodes as JSON or CBOR itself.

use super::formats::NOTHING;
use super::layouts::{only, reads};
use hapline::line::FieldSet as F;
use hapline::line::{Format, Reader, Reading, Timers, Traffic};

#[test]
fn encoded_members() {
    let text = "%{+json}o %(req)r %(ms)Ta %(srv)s %(st)ST %(ua)[req.hdr(user-agent)] dropped %ci";
    let line = r#"{"req": "GET /a#22b HTTP/1.1", "ms": 12, "srv": null, "st": 503, "ua": "a\"b"}"#;
    let expected = Traffic {
        request: b"GET /a#22b HTTP/1.1",
        timers: Timers {
            total: 12,
            ..NOTHING.timers
        },
        ..only(&[F::REQUEST, F::TOTAL_TIME, F::STATUS])
    };
    reads(text, line, expected.clone(), &[("ua", r#"a"b"#)]);
    let format = Format::compile("test", text).expect("a format");
    for foreign in [
        r#"{"req": "GET / HTTP/1.1", "ms": 12}"#,
        r#"{"log": "x"}"#,
        "[]",
        "",
    ] {
        assert_eq!(format.read(foreign.as_bytes()), None, "{foreign}");
    }
    let reader = Reader::new(vec![
        Format::compile("test", "%{+cbor}o %(st)ST %(ms)Ta %(s)s").expect("a format"),
    ]);
    let line = b"BF6273741901F7626D730C61736477656231FF";
    let json = reader.decoded(line);
    let expected = Traffic {
        server: b"web1",
        fields: F::TOTAL_TIME | F::STATUS | F::SERVER,
        request: b"",
        ..expected
    };
    assert_eq!(reader.read(&json, false), Reading::Traffic(expected));
}

#[test]
fn a_single_item_in_json() {
    let absent = br#"{"s":null,"st":503}"#;
    let format = Format::compile("test", r#"{"s":%{+json}s,"st":%ST}"#).expect("a format");
    let read = format.read(absent).map(|read| read.traffic);
    assert_eq!(read, Some(only(&[F::STATUS])));
    reads(
        r#"{"s":%{+json}s,"st":%ST}"#,
        r#"{"s":"web1","st":503}"#,
        only(&[F::SERVER, F::STATUS]),
        &[],
    );
}
