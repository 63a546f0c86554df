//! `/api/v1` answers with parts of the report.

use assert_cmd::Command;
use hapline::config::Config;
use serde_json::{Value, json};

use crate::served::{
    LATEST, RECORDING, of, recording, serve, serve_recording, settings, stream, view,
};

/// The report that is served is the one that the command prints of the same lines.
#[test]
fn the_report_is_the_one_that_is_printed() {
    let (log, config, folder) = recording(RECORDING);
    let mut read = stream(&log, Some(&config), LATEST);
    read.finish();
    let mut view = of(read.into_engine());
    view.config = Some(config.into());
    let served = serve(view, &settings());
    let mut report = served.get("/api/v1/report").json();
    let printed = Command::cargo_bin("hapline")
        .unwrap()
        .args([
            "report",
            "--format",
            "json",
            "--timezone",
            "UTC",
            "--config",
        ])
        .arg(folder.join("haproxy.cfg"))
        .arg(folder.join("haproxy.log.gz"))
        .output()
        .unwrap();
    let mut printed: Value = serde_json::from_slice(&printed.stdout).unwrap();
    // Where the lines came from, and the date by which their year is known, differ.
    for report in [&mut report, &mut printed] {
        report["coverage"]["warnings"] = Value::Null;
        report["window"]["timezone_from"] = Value::Null;
        rename(report, "");
    }
    assert_eq!(report, printed);
}

/// Takes the names of sources out.
fn rename(value: &mut Value, key: &str) {
    match value {
        Value::Object(fields) => fields
            .iter_mut()
            .for_each(|(key, value)| rename(value, key)),
        Value::Array(rows) => rows.iter_mut().for_each(|row| rename(row, key)),
        Value::String(text)
            if key == "source" || text.starts_with("udp:") || text.ends_with(".log.gz") =>
        {
            *text = "the log".to_owned();
        }
        _ => {}
    }
}

#[test]
fn each_answer_is_a_part_of_the_report() {
    let served = serve_recording();
    let report = served.get("/api/v1/report").json();
    let get = |path: &str| served.get(path).json();
    let incidents = get("/api/v1/incidents");
    assert_eq!(incidents["incidents"], report["incidents"]);
    assert_eq!(incidents["total"], 1);
    let id = report["incidents"][0]["id"].as_str().unwrap();
    assert_eq!(
        get(&format!("/api/v1/incidents/{id}")),
        report["incidents"][0]
    );
    assert_eq!(
        get("/api/v1/backends")["backends"],
        report["figures"]["backends"]
    );
    let servers = get("/api/v1/servers");
    assert_eq!(servers["servers"], report["figures"]["servers"]);
    assert_eq!(
        servers["states"],
        json!([
            {"backend": "app", "server": "app1", "host": "lb1", "state": "UP"},
            {"backend": "app", "server": "app2", "host": "lb1", "state": "UP"},
        ])
    );
    assert_eq!(get("/api/v1/advice")["advice"], report["advice"]);
    let coverage = get("/api/v1/coverage");
    for part in ["window", "sources", "filter", "coverage", "totals"] {
        assert_eq!(coverage[part], report[part], "{part}");
    }
    let timeline = get("/api/v1/timeline");
    let incident = &report["incidents"][0];
    assert_eq!(
        timeline["failures"][0]["failures_per_second"],
        incident["failures_per_second"]
    );
    for (at, lane) in incident["lanes"].as_array().unwrap().iter().enumerate() {
        let served = &timeline["servers"][at];
        assert_eq!(served["server"], lane["server"]);
        assert_eq!(served["out"][0]["from"], lane["out"][0]["from"]);
        assert_eq!(served["out"][0]["to"], lane["out"][0]["to"]);
        assert_eq!(served["out"][0]["incident"], incident["id"]);
    }
}

/// The newest minute of a log whose end is not known: its process holds all the connections that it may.
#[test]
fn advice_knows_the_newest_minute() {
    let request = |second: u32| {
        format!(
            "Mar 14 09:00:{second:02} lb1 haproxy[7]: 192.0.2.1:4000 [14/Mar/2026:09:00:{second:02}.000] fe app/a 0/0/1/5/6 200 \
             99 - - ---- 200/200/9/9/0 0/0 \"GET / HTTP/1.1\"\n"
        )
    };
    let log: String = (0..40).map(request).collect();
    let text = "global\n maxconn 200\nfrontend fe\n mode http\n default_backend app\nbackend app\n server a 192.0.2.9:80\n";
    let config = Config::parse("haproxy.cfg", text.as_bytes()).unwrap();
    let served = serve(view(log.as_bytes(), Some(config)), &settings());
    let [of_report, of_advice] = ["/api/v1/report", "/api/v1/advice"].map(|path| {
        let advice = served.get(path).json()["advice"].clone();
        let pieces = advice.as_array().unwrap().iter();
        let raises: Vec<Value> = pieces
            .filter(|piece| piece["keyword"] == "maxconn" && piece["direction"] == "raise")
            .map(|piece| json!([piece["scope"], piece["current"], piece["suggested"]]))
            .collect();
        json!(raises)
    });
    assert_eq!(of_report, json!([["global", "200", "400"]]));
    assert_eq!(of_advice, of_report);
}

/// Three backends lose their only server, at 10 s, 20 s and 30 s; the first two get it back.
fn three_outages() -> String {
    let line =
        |second: u32, said: &str| format!("Mar 14 09:00:{second:02} lb1 haproxy[7]: {said}\n");
    let mut log = String::new();
    for (second, backend) in [(10, "a"), (20, "b"), (30, "c")] {
        let down = format!(
            "Server {backend}/s1 is DOWN, reason: Layer4 connection problem, info: \"Connection refused\", check \
             duration: 0ms. 0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue."
        );
        log.push_str(&line(second, &down));
        log.push_str(&line(
            second,
            &format!("backend {backend} has no server available!"),
        ));
        if backend != "c" {
            let up = format!(
                "Server {backend}/s1 is UP, reason: Layer4 check passed, check duration: 0ms. 1 active and 0 backup \
                 servers online. 0 sessions requeued, 0 total in queue."
            );
            log.push_str(&line(second + 5, &up));
        }
    }
    log
}

#[test]
fn incidents_can_be_asked_for_by_what_they_are() {
    let served = serve(view(three_outages().as_bytes(), None), &settings());
    let backends = |query: &str| -> Vec<String> {
        let answer = served.get(&format!("/api/v1/incidents?{query}")).json();
        let incidents = answer["incidents"]
            .as_array()
            .unwrap_or_else(|| panic!("{answer}"));
        let backends = incidents
            .iter()
            .map(|incident| incident["backend"].as_str().unwrap());
        backends.map(str::to_owned).collect()
    };
    for (query, expected) in [
        ("", &["a", "b", "c"][..]),
        ("backend=b", &["b"]),
        ("backend=none", &[]),
        ("open=true", &["c"]),
        ("open=false", &["a", "b"]),
        ("severity=outage", &["a", "b", "c"]),
        ("severity=planned,client", &[]),
        ("kind=backend_down&open=true", &["c"]),
        ("since=2026-03-14T09:00:17Z", &["b", "c"]),
        ("until=2026-03-14T09:00:17Z", &["a"]),
        (
            "since=2026-03-14T10:00:17%2B01:00&until=2026-03-14T10:00:22+01:00",
            &["b"],
        ),
        ("since=1773478817&until=1773478822", &["b"]),
        ("limit=2", &["a", "b"]),
        ("limit=2&offset=2", &["c"]),
        ("offset=99", &[]),
    ] {
        assert_eq!(backends(query), expected, "{query}");
    }
    let first = served.get("/api/v1/incidents?limit=2").json();
    assert_eq!((&first["total"], &first["next"]), (&json!(3), &json!(2)));
    let last = served.get("/api/v1/incidents?limit=2&offset=2").json();
    assert_eq!((&last["total"], &last["next"]), (&json!(3), &Value::Null));
    let timeline = served
        .get("/api/v1/timeline?since=2026-03-14T09:00:17Z&backend=b")
        .json();
    assert_eq!(timeline["servers"].as_array().unwrap().len(), 1);
    assert_eq!(timeline["servers"][0]["backend"], "b");
    let servers = served.get("/api/v1/servers?backend=c").json();
    assert_eq!(servers["servers"][0]["still"], "DOWN");
    assert_eq!(servers["states"][0]["state"], "DOWN");
    assert_eq!(served.get("/api/v1/backends?limit=1").json()["total"], 3);
}

#[test]
fn what_makes_no_sense_is_a_problem() {
    let served = serve_recording();
    for (path, status, detail) in [
        ("/nothing", 404, "nothing is answered under this path"),
        (
            "/api/v1/incidents/none",
            404,
            "there is no incident with this id",
        ),
        ("/api/v1/incidents?sinse=1", 400, "unknown field `sinse`"),
        (
            "/api/v1/incidents?limit=0",
            400,
            "`limit` is from 1 to 1000",
        ),
        (
            "/api/v1/incidents?limit=1001",
            400,
            "`limit` is from 1 to 1000",
        ),
        ("/api/v1/incidents?limit=-1", 400, "limit: invalid digit"),
        (
            "/api/v1/incidents?open=maybe",
            400,
            "open: provided string was not",
        ),
        (
            "/api/v1/incidents?severity=bad",
            400,
            "`severity` is one or more of outage,degraded",
        ),
        (
            "/api/v1/incidents?kind=bad",
            400,
            "`kind` is one or more of server_down",
        ),
        (
            "/api/v1/incidents?since=yesterday",
            400,
            "`since` is a time such as",
        ),
        (
            "/api/v1/timeline?until=99999999999999999999",
            400,
            "`until` is a time such as",
        ),
        (
            "/api/v1/timeline?since=20&until=10",
            400,
            "`until` is before `since`",
        ),
        ("/api/v1/report?x=1", 400, "unknown field `x`"),
        ("/api/v1/incidents/%ff", 400, "Invalid UTF-8"),
    ] {
        let reply = served.get(path);
        assert_eq!(reply.status, status, "{path}: {}", reply.body);
        assert_eq!(reply.header("content-type"), "application/problem+json");
        let problem = reply.json();
        assert_eq!(problem["status"], status);
        assert_eq!(problem["type"], "about:blank");
        let told = problem["detail"].as_str().unwrap();
        assert!(told.contains(detail), "{path}: {told}");
    }
}

#[test]
fn who_has_an_answer_is_not_sent_it_again() {
    let served = serve_recording();
    let first = served.get("/api/v1/report");
    let tag = first.header("etag");
    assert!(tag.starts_with('"') && tag.len() == 18, "{tag}");
    assert_eq!(first.header("cache-control"), "no-store");
    let same = served.get_with(
        "/api/v1/report",
        &format!("If-None-Match: \"x\", W/{tag}\r\n"),
    );
    assert_eq!((same.status, same.body.as_str()), (304, ""));
    assert_eq!(same.header("etag"), tag);
    let log = three_outages();
    served
        .views
        .send_replace(std::sync::Arc::new(view(log.as_bytes(), None)));
    let other = served.get_with("/api/v1/report", &format!("If-None-Match: {tag}\r\n"));
    assert_eq!(other.status, 200);
    assert_ne!(other.header("etag"), tag);
}

#[test]
fn what_the_log_says_stays_text() {
    let log = three_outages().replace("a/s1", "<script>alert(1)/\u{202e}\u{1b}[2J");
    let served = serve(view(log.as_bytes(), None), &settings());
    for path in ["report", "incidents", "servers", "timeline", "backends"] {
        let reply = served.get(&format!("/api/v1/{path}"));
        assert_eq!(reply.header("content-type"), "application/json");
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        assert!(!reply.body.contains(['\u{202e}', '\u{1b}']), "{path}");
        reply.json();
    }
    let hostile = served.get("/api/v1/incidents?%1b[2J%e2%80%ae=1");
    assert_eq!(hostile.status, 400);
    assert!(
        !hostile.body.contains(['\u{202e}', '\u{1b}']),
        "{}",
        hostile.body
    );
}
