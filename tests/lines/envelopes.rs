//! The same request in the wrapping of each transport.

use hapline::envelope::{self, Envelope};
use hapline::time::Stamp;

const REQUEST: &str = r#"10.0.1.2:33317 [06/Feb/2026:12:14:14.655] http-in static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 "GET /index.html HTTP/1.1""#;

/// `Feb  6 12:14:14`
const SYSLOG: Stamp = Stamp::Yearless {
    month: 2,
    day: 6,
    second: 44_054,
};

/// `2026-02-06T12:14:14.655123+01:00`
const INSTANT: Stamp = Stamp::Instant(1_770_376_454_655);

/// A message without any wrapping.
const BARE: Envelope = Envelope::bare(REQUEST.as_bytes());

/// What a complete header says.
const FULL: Envelope = Envelope {
    stamp: SYSLOG,
    host: b"lb1",
    tag: b"haproxy",
    pid: Some(14_389),
    ..BARE
};

/// An envelope without the texts that are printed as they are.
fn peel(line: &[u8]) -> Envelope<'_> {
    Envelope {
        written: b"",
        priority: None,
        structured: b"",
        ..envelope::peel(line)
    }
}

#[track_caller]
fn wrapped(header: &str, expected: Envelope) {
    let line = format!("{header}{REQUEST}");
    assert_eq!(peel(line.as_bytes()), expected);
}

#[test]
fn e01_rfc3164_over_udp() {
    wrapped("<134>Feb  6 12:14:14 lb1 haproxy[14389]: ", FULL);
}

#[test]
fn e02_local_format_has_no_host() {
    let expected = Envelope { host: b"", ..FULL };
    wrapped("<134>Feb  6 12:14:14 haproxy[14389]: ", expected);
}

#[test]
fn e03_rfc5424() {
    let expected = Envelope {
        stamp: INSTANT,
        ..FULL
    };
    wrapped(
        "<134>1 2026-02-06T12:14:14.655123+01:00 lb1 haproxy 14389 - - ",
        expected,
    );
}

#[test]
fn e04_rfc5424_with_structured_data() {
    let expected = Envelope {
        stamp: INSTANT,
        ..FULL
    };
    wrapped(
        r#"<134>1 2026-02-06T12:14:14.655123+01:00 lb1 haproxy 14389 - [ex@1234 hdr="a\"b\]"] "#,
        expected,
    );
}

#[test]
fn e05_short_format() {
    wrapped("<6>", BARE);
}

#[test]
fn priority_format() {
    wrapped("<134>", BARE);
}

#[test]
fn timed_format() {
    let expected = Envelope {
        stamp: INSTANT,
        ..BARE
    };
    wrapped("<6>2026-02-06T12:14:14.655123+01:00 ", expected);
}

#[test]
fn e06_iso_format() {
    let expected = Envelope {
        stamp: INSTANT,
        ..BARE
    };
    wrapped("2026-02-06T12:14:14.655123+01:00 ", expected);
}

#[test]
fn e07_rsyslog_traditional_file() {
    wrapped("Feb  6 12:14:14 lb1 haproxy[14389]: ", FULL);
}

#[test]
fn e08_rsyslog_rfc3339_file() {
    let expected = Envelope {
        stamp: INSTANT,
        ..FULL
    };
    wrapped(
        "2026-02-06T12:14:14.655123+01:00 lb1 haproxy[14389]: ",
        expected,
    );
}

#[test]
fn journald_short_iso() {
    let expected = Envelope {
        stamp: Stamp::Instant(1_770_376_454_000),
        ..FULL
    };
    wrapped("2026-02-06T12:14:14+0100 lb1 haproxy[14389]: ", expected);
}

#[test]
fn journald_short_precise() {
    wrapped("Feb 06 12:14:14.655123 lb1 haproxy[14389]: ", FULL);
}

#[test]
fn a_zone_that_log_forward_does_not_know() {
    let expected = Envelope {
        stamp: Stamp::Civil(1_770_380_054_000),
        ..FULL
    };
    wrapped(
        "<134>1 2026-02-06T12:14:14-00:00 lb1 haproxy 14389 - - ",
        expected,
    );
}

#[test]
fn a_bare_message_is_whole() {
    wrapped("", BARE);
}

#[test]
fn an_ipv6_client_is_no_tag() {
    let message = b"2001:db8::1:52000 [06/Feb/2026:12:14:14.655] https-in~ app/web-1 0/0/1/12/13";
    assert_eq!(peel(message), Envelope { message, ..BARE });
    let line = [&b"Feb  6 12:14:14 "[..], message].concat();
    assert_eq!(
        peel(&line),
        Envelope {
            stamp: SYSLOG,
            message,
            ..BARE
        }
    );
}

#[test]
fn the_first_word_of_a_message_is_no_host() {
    for message in [
        "Server app/web1 is DOWN.",
        "backend app has no server available!",
        "app/web1: IP changed from '10.0.0.1' to '10.0.0.9' by 'mydns/dns1'.",
        "SIGHUP: Server app/web1 is UP. Conn: 3 act, 0 pend, 991 tot.",
    ] {
        let message = message.as_bytes();
        assert_eq!(peel(message), Envelope { message, ..BARE });
        let line = [&b"2026-02-06T12:14:14.655123+01:00 "[..], message].concat();
        assert_eq!(
            peel(&line),
            Envelope {
                stamp: INSTANT,
                message,
                ..BARE
            }
        );
    }
}

#[test]
fn e52_carriage_return() {
    assert_eq!(peel(format!("{REQUEST}\r").as_bytes()), BARE);
    assert_eq!(peel(format!("{REQUEST}\r\n").as_bytes()), BARE);
}

#[test]
fn e87_newline_escaped_by_rsyslog() {
    let line = b"Feb  6 12:14:14 lb1 haproxy[14389]: Server app/web1 is UP/READY (leaving forced maintenance).#012";
    let message = b"Server app/web1 is UP/READY (leaving forced maintenance).";
    assert_eq!(peel(line), Envelope { message, ..FULL });
}

#[test]
fn e91_nuls_at_the_end() {
    assert_eq!(peel(format!("{REQUEST}\0\0").as_bytes()), BARE);
    let inner = b"a\0b";
    assert_eq!(
        peel(b"a\0b\0"),
        Envelope {
            message: inner,
            ..BARE
        }
    );
}

#[test]
fn e83_stderr_until_2_3() {
    let expected = Envelope {
        stamp: Stamp::YearDay {
            yday: 123,
            second: 53_423,
        },
        pid: Some(1_234),
        level: b"WARNING",
        ..BARE
    };
    wrapped("[WARNING] 123/145023 (1234) : ", expected);
}

#[test]
fn e76_stderr_since_2_4() {
    let expected = Envelope {
        pid: Some(37),
        level: b"ALERT",
        ..BARE
    };
    wrapped("[ALERT]    (37) : ", expected);
    let in_syslog = Envelope {
        pid: Some(37),
        level: b"ALERT",
        ..FULL
    };
    wrapped(
        "Feb  6 12:14:14 lb1 haproxy[14389]: [ALERT]    (37) : ",
        in_syslog,
    );
}
