//! Tables as people see them, of what halog does not count: sessions of TCP, several days, backends, hours.

use super::{document, printed, rows};

/// Two days of HTTP and TCP, a handshake that failed, a server that went down, and another program.
const LOG: &str = r#"Feb  6 23:59:58 lb1 haproxy[7]: 10.0.0.1:4000 [06/Feb/2026:23:59:58.100] www app/web1 0/0/1/20/25 200 1500 - - --VN 9/9/4/2/0 0/0 {shop.example|curl/8} {text/html} "GET /cart?id=1 HTTP/1.1"
Feb  6 23:59:59 lb1 haproxy[7]: 10.0.0.2:4001 [06/Feb/2026:23:59:59.000] www app/web1 0/300/2/40/350 200 2500 - - --NI 9/9/4/2/0 2/0 {shop.example|Mozilla/5.0} {text/html} "GET /cart?id=2 HTTP/1.1"
Feb  7 00:00:01 lb1 haproxy[7]: 10.0.0.1:4002 [07/Feb/2026:00:00:01.000] www app/web2 0/0/-1/-1/5 503 217 - - SC-- 9/9/4/2/3 0/0 {shop.example|curl/8} {} "GET /pay HTTP/1.1"
Feb  7 00:00:01 lb1 haproxy[7]: 10.0.0.3:4003 [07/Feb/2026:00:00:00.500] www app/<NOSRV> 0/700/-1/-1/700 503 217 - - sQ-- 9/9/4/2/0 0/7 {shop.example|curl/8} {} "GET /pay HTTP/1.1"
Feb  7 00:00:02 lb1 haproxy[7]: 10.0.0.4:4004 [07/Feb/2026:00:00:02.000] sql_in sql/db1 0/1/5000 120 -- 3/3/3/1/0 0/0
Feb  7 00:00:03 lb1 haproxy[7]: 10.0.0.4:4005 [07/Feb/2026:00:00:03.000] sql_in sql/db2 12/-1/30 0 sC 3/3/3/1/+2 0/0
Feb  7 01:30:00 lb1 haproxy[7]: 10.0.0.9:4006 [07/Feb/2026:01:30:00.000] www/1: SSL handshake failure
Feb  7 01:30:01 lb1 haproxy[7]: Server app/web2 is DOWN, reason: Layer4 timeout, check duration: 2001ms. 1 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.
Feb  7 01:30:02 lb1 sshd[9]: Accepted publickey for root
Feb  7 01:30:03 lb1 haproxy[7]: message repeated 3 times: [ 10.0.0.1:4007 [07/Feb/2026:01:30:03.000] www app/web1 0/0/1/60000/60005 200 100 - - ---- 9/9/4/2/0 0/0 {shop.example|curl/8} {text/html} "GET /slow HTTP/1.1"]
"#;

fn shown(arguments: &[&str]) -> String {
    printed(&[arguments, &["-"]].concat(), LOG)
}

#[test]
fn servers() {
    insta::assert_snapshot!(shown(&["servers"]));
}

#[test]
fn status() {
    insta::assert_snapshot!(shown(&["status"]));
}

#[test]
fn terms() {
    insta::assert_snapshot!(shown(&["terms"]));
}

#[test]
fn cookies() {
    insta::assert_snapshot!(shown(&["cookies"]));
}

#[test]
fn percentiles_by_backend() {
    insta::assert_snapshot!(shown(&[
        "percentiles",
        "--by",
        "backend",
        "--percent",
        "50,99,100"
    ]));
}

#[test]
fn urls_by_hour() {
    insta::assert_snapshot!(shown(&["urls", "--by", "hour", "--top", "1"]));
}

#[test]
fn clients() {
    insta::assert_snapshot!(shown(&["clients"]));
}

#[test]
fn headers() {
    insta::assert_snapshot!(shown(&["headers"]));
}

#[test]
fn queues() {
    insta::assert_snapshot!(shown(&["queues"]));
}

#[test]
fn hours() {
    insta::assert_snapshot!(shown(&["hours"]));
}

#[test]
fn hours_as_csv() {
    insta::assert_snapshot!(
        shown(&["hours", "--by", "backend", "--format", "csv"]).replace("\r\n", "\n")
    );
}

#[test]
fn status_as_json() {
    insta::assert_snapshot!(shown(&["status", "--format", "json", "--filter", "has Tr"]));
}

#[test]
fn a_span_is_of_accept_dates_and_its_end_is_not_in_it() {
    let seen = |arguments: &[&str]| {
        let document = document(&[arguments, &["status", "-"]].concat(), LOG);
        let seen = |name: &str| document["seen"][name].as_u64().unwrap();
        (seen("requests"), seen("sessions"), seen("outside"))
    };
    assert_eq!(seen(&[]), (7, 2, 0));
    assert_eq!(seen(&["--until", "2026-02-07"]), (2, 0, 8));
    assert_eq!(seen(&["--since", "2026-02-07T00:00:01"]), (4, 2, 3));
    assert_eq!(
        seen(&[
            "--since",
            "2026-02-07T00:00:01",
            "--until",
            "2026-02-07T01:00"
        ]),
        (1, 2, 7)
    );
    assert_eq!(
        seen(&[
            "--since",
            "2026-02-07T01:00:01+01:00",
            "--until",
            "2026-02-07T01:00"
        ]),
        (1, 2, 7)
    );
}

#[test]
fn hours_are_put_in_order_all_together() {
    let hours = |sort: &[&str]| -> Vec<String> {
        let rows = rows(&[&["hours", "-"], sort].concat(), LOG);
        rows.iter()
            .map(|row| row["hour"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        hours(&[]),
        ["2026-02-06T23:00", "2026-02-07T00:00", "2026-02-07T01:00"]
    );
    assert_eq!(
        hours(&["--sort", "requests"]),
        ["2026-02-07T01:00", "2026-02-06T23:00", "2026-02-07T00:00"]
    );
}

#[test]
fn formats_of_ones_own_are_counted_by_what_they_have() {
    let log = r#"{"c":"10.0.0.1","b":"api","s":"s1","st":200,"t":31}
{"c":"10.0.0.1","b":"api","s":"s2","st":502,"t":7}
"#;
    let format = r#"{"c":"%ci","b":"%b","s":"%s","st":%ST,"t":%Ta}"#;
    let rows = |table: &str| rows(&[table, "-", "--log-format", format], log);
    let servers = rows("servers");
    let figure = |row: usize, column: &str| servers[row][column].clone();
    assert_eq!(
        (figure(0, "server"), figure(0, "2xx")),
        ("s1".into(), 1.into())
    );
    assert_eq!(
        (figure(1, "server"), figure(1, "5xx")),
        ("s2".into(), 1.into())
    );
    // What is not logged is no -1.
    assert_eq!(
        (figure(1, "ok"), figure(1, "Tr_avg")),
        (1.into(), serde_json::Value::Null)
    );
    assert_eq!(rows("clients")[0]["no_request"], 0);
    assert!(rows("urls").is_empty() && rows("terms").is_empty() && rows("headers").is_empty());
    let percentiles = rows("percentiles");
    let last = percentiles.last().unwrap();
    assert_eq!(
        (&last["Ta"], &last["TR"]),
        (&31.into(), &serde_json::Value::Null)
    );
}
