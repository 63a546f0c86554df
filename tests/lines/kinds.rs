//! The values of a field are of the kind that its row names, or filters would take them for what they are not.

use std::collections::BTreeSet;

use hapline::line::{Format, Reader};
use hapline::record::field::Kind;
use hapline::record::{self, Field, Record, Value};

/// Asks each field of a record.
#[track_caller]
pub(super) fn fit(record: &Record) {
    for (field, value) in record.fields() {
        let fits = match value {
            Value::Number(_) => matches!(field.kind, Kind::Number | Kind::Duration | Kind::Size),
            Value::Bool(_) => matches!(field.kind, Kind::Flag | Kind::Mark),
            Value::List(_) | Value::Map(_) => field.kind == Kind::Text,
            Value::Text(_) => matches!(
                field.kind,
                Kind::Text | Kind::Time | Kind::Address | Kind::Termination
            ),
            Value::Null => false,
        };
        let line = record.text.escape_ascii();
        assert!(
            fits,
            "{} is {:?}, {value:?}: {line}",
            field.name, field.kind
        );
    }
}

const HTTP: &str = r#"10.0.1.2:33317 [06/Feb/2026:12:14:14.655] www~ app/web1 10/0/30/69/+109 200 +2750 A=b C=d ---- 1/1/1/1/0 0/0 {a|b} {c} "GET / HTTP/1.1""#;

/// Lines that have all fields between them.
fn lines() -> Vec<String> {
    let wrapped = [
        format!("<134>Feb  6 12:14:14 lb1 haproxy[7]: {HTTP}"),
        format!("<6>{HTTP} more"),
        format!(r#"<134>1 2026-02-06T12:14:14.6Z lb1 haproxy 7 - [ex@1 a="b"] {HTTP}"#),
        format!("2026-02-06T11:14:14.655123456Z stdout F {}", HTTP.replace(" {c}", "")),
        "Feb  6 12:14:14 lb1 haproxy[7]: message repeated 3 times: [ Proxy app started.]".to_owned(),
        r#"{"MESSAGE":"Proxy app started.","SYSLOG_IDENTIFIER":"haproxy","__REALTIME_TIMESTAMP":"1770376454655123"}"#.to_owned(),
        format!("{HTTP} 0/0/0/0/0 a.example/TLSv1.3/TLS_AES_256_GCM_SHA384"),
    ];
    let bare = [
        "10.0.1.2 [06/Feb/2026:12:14:14.655] www app/web1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 \"GET /\u{fffd} HTTP/1.1\"",
        "10.0.1.2:33317 [06/Feb/2026:12:14:14.655] www app/web1 1/2/3/4/5 200 6 - - ---- 1/1/1/1/0 0/0 \"GET /#FF HTTP/1.1",
        "10.0.1.2:33313 [06/Feb/2026:12:12:51.443] fnt bck/srv1 0/1/2 120 -- 3/3/3/1/0 0/0",
        "unix:1 [03/Dec/2026:17:35:10.380] frt/f1: SSL handshake failure",
        "Connect from 10.0.1.2:33312 to 10.0.3.31:8012 (www/HTTP)",
        "own th=1 ti=2 tq=3 tr=4 td=5 ta=6 tt=7 tu=8 up=9 status=200 655",
        "Health check for backup server app/web1 conditionally succeeded, reason: Layer7 check conditionally passed, code: 404, info: \"a\", check duration: 1ms, status: 3/3 UP.",
        "Health check for server app/web1 failed, reason: Agent error, check duration: 1ms, status: 2/3 UP.",
        "Agent check for server app/web1 failed, reason: Layer4 timeout, check duration: 1ms, status: 2/3 UP.",
        "Server app/web1 is DOWN, reason: Layer4 timeout, check duration: 2001ms. 0 active and 1 backup servers left. Running on backup. 12 sessions active, 3 requeued, 0 remaining in queue.",
        "Server app/web1 is UP/READY (leaving forced maintenance).",
        "Server app/web1 is DOWN (leaving drain) via other/chk1.",
        "Server app/web1 ('app.example.org') resolves again but remains in maintenance.",
        "Feb  6 12:14:14 lb1 haproxy[7]: Server app/web1 ('app.example.org') resolves again but remains in maintenance.",
        "backend app has no server available!",
        "app/web1: IP changed from '10.0.0.1' to '10.0.0.9', port changed from '80' to '8080' by 'DNS cache'.",
        "app/web1 changed its FQDN from a.example to b.example by 'SRV record'",
        "Proxy app stopped (cumulated conns: FE: 12, BE: 340).",
        "Proxy app hard-stopped (3 remaining conns will be closed).",
        "Proxy app reached process FD limit (maxsock=2048). Please check 'ulimit-n' and restart.",
        "Stopping backend app in 500 ms.",
        "Port 80 busy while trying to enable frontend www.",
        "Bind on socket 3 busy while trying to enable frontend www.",
        "SIGHUP: Proxy app has no servers. Conn: act(FE+BE): 1+2, 3 pend (4 unass), tot(FE+BE): 5+6.",
        "SIGHUP: Server app/web1 is UP. Conn: 3 act, 0 pend, 991 tot.",
        "[WARNING] 123/145023 (1234) : Proxy app started.",
        "[ALERT]    (1) : Current worker #1 (213) exited with code 139 (Segmentation fault)",
        "[ALERT]    (1) : Current program 'a' (213) exited with code 1 (Exit)",
        "something else",
        r#"{"a":1}"#,
    ];
    wrapped.into_iter().chain(bare.map(str::to_owned)).collect()
}

#[test]
fn every_field_is_of_its_kind_on_some_line() {
    let own = "own th=%Th ti=%Ti tq=%Tq tr=%TR td=%Td ta=%Ta tt=%Tt tu=%Tu up=%U status=%ST %ms";
    let own = Format::compile("the test", own).expect("a format");
    let reader = Reader::default().after(vec![own]);
    let mut missing: BTreeSet<&str> = Field::all().map(|field| field.name).collect();
    for line in lines() {
        record::read(line.as_bytes(), &reader, |record| {
            fit(&record);
            for (field, _) in record.fields() {
                missing.remove(field.name);
            }
        });
    }
    assert_eq!(missing, BTreeSet::new());
}
