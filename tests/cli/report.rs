//! `hapline report`: its three faces.

use std::fs::{self, File};
use std::time::{Duration, UNIX_EPOCH};

use serde_json::Value;

use super::{BACKEND_DOWN, document, hapline, printed, report, sample};

/// Every key of `hapline.report/1`, by the object it belongs to.
const TOP: &[&str] = &[
    "schema",
    "window",
    "sources",
    "filter",
    "coverage",
    "totals",
    "figures",
    "incidents",
    "omitted",
    "now",
    "advice",
];
const WINDOW: &[&str] = &["start", "end", "timezone", "timezone_from", "years_from"];
const SOURCE: &[&str] = &["name", "host", "lines", "first", "last"];
const COVERAGE: &[&str] = &[
    "lines",
    "traffic",
    "state",
    "health_check",
    "process",
    "other",
    "unparsed",
    "truncated",
    "duplicates",
    "filtered",
    "dropped",
    "interrupted",
    "warnings",
];
const TOTALS: &[&str] = &["requests", "failed", "availability"];
const FIGURES: &[&str] = &["covered_ms", "overall", "backends", "servers", "endings"];
const REQUESTS: &[&str] = &[
    "requests",
    "eligible",
    "successful",
    "failed",
    "availability",
];
const BACKEND: &[&str] = &[
    "backend",
    "outage_ms",
    "time_availability",
    "ended_incidents",
    "mttr_ms",
    "mtbf_ms",
];
const IMPACT: &[&str] = &[
    "eligible",
    "successful",
    "availability",
    "detection_lag_ms",
    "peak_per_second",
    "capacity",
    "load",
    "hit",
];
const HIT: &[&str] = &["sampled", "of", "frontends", "methods", "urls"];
const INCIDENT: &[&str] = &[
    "id",
    "start",
    "end",
    "end_reason",
    "now",
    "severity",
    "is_outage",
    "kind",
    "cause",
    "frontends",
    "backend",
    "servers",
    "affected_servers",
    "first_symptom",
    "detected_at",
    "service_restored",
    "all_back",
    "failed_requests",
    "background_failures",
    "degraded_requests",
    "retried",
    "redispatched",
    "clients",
    "termination_states",
    "statuses",
    "impact",
    "failures_per_second",
    "failures_part_s",
    "chart",
    "timeline",
    "related",
    "runbook",
];
const CAUSE: &[&str] = &["code", "confidence", "runner_up", "evidence", "events"];
const EVIDENCE: &[&str] = &["source", "host", "line", "offset", "time", "text"];
const MOMENT: &[&str] = &["time", "what", "place", "text", "evidence"];
const CLIENTS: &[&str] = &["estimate", "error"];

fn has_keys(object: &Value, keys: &[&str]) {
    for key in keys {
        assert!(object.get(key).is_some(), "no {key} in {object}");
    }
}

#[test]
fn text_of_an_outage() {
    insta::assert_snapshot!(report(&[
        BACKEND_DOWN,
        "--config",
        "samples/backend-down.cfg"
    ]));
}

#[test]
fn text_of_a_slow_server_without_a_configuration() {
    insta::assert_snapshot!(report(&["samples/slow-server.log"]));
}

#[test]
fn markdown_of_an_outage() {
    insta::assert_snapshot!(report(&[
        BACKEND_DOWN,
        "--config",
        "samples/backend-down.cfg",
        "--format",
        "markdown"
    ]));
}

#[test]
fn json_has_every_key_whatever_is_known() {
    for log in [
        BACKEND_DOWN,
        "samples/slow-server.log",
        "samples/flapping.log",
        "samples/reload.log",
    ] {
        let document = document(&[log]);
        assert_eq!(document["schema"], "hapline.report/1");
        has_keys(&document, TOP);
        has_keys(&document["window"], WINDOW);
        has_keys(&document["sources"][0], SOURCE);
        has_keys(&document["coverage"], COVERAGE);
        has_keys(&document["totals"], TOTALS);
        has_keys(&document["figures"], FIGURES);
        has_keys(&document["figures"]["overall"], REQUESTS);
        for backend in document["figures"]["backends"].as_array().unwrap() {
            has_keys(backend, REQUESTS);
            has_keys(backend, BACKEND);
        }
        let incidents = document["incidents"].as_array().unwrap();
        assert_eq!(incidents.len(), 1, "{log}");
        for incident in incidents {
            has_keys(incident, INCIDENT);
            has_keys(&incident["cause"], CAUSE);
            has_keys(&incident["clients"], CLIENTS);
            has_keys(&incident["impact"], IMPACT);
            has_keys(&incident["impact"]["hit"], HIT);
            for evidence in incident["cause"]["evidence"].as_array().unwrap() {
                has_keys(evidence, EVIDENCE);
            }
            for moment in incident["timeline"].as_array().unwrap() {
                has_keys(moment, MOMENT);
            }
        }
    }
}

#[test]
fn every_line_is_counted_once() {
    let coverage = &document(&[BACKEND_DOWN])["coverage"];
    let sum: u64 = COVERAGE[1..=8]
        .iter()
        .map(|key| coverage[key].as_u64().unwrap())
        .sum();
    assert_eq!(coverage["lines"], 3163);
    assert_eq!(sum, 3163);
}

#[test]
fn evidence_is_the_line_it_names() {
    let log = std::fs::read_to_string(sample(BACKEND_DOWN)).unwrap();
    let document = document(&[BACKEND_DOWN]);
    let evidence = document["incidents"][0]["cause"]["evidence"]
        .as_array()
        .unwrap();
    assert!(!evidence.is_empty());
    for line in evidence {
        let number = usize::try_from(line["line"].as_u64().unwrap()).unwrap();
        assert_eq!(log.lines().nth(number - 1), line["text"].as_str());
        let offset = usize::try_from(line["offset"].as_u64().unwrap()).unwrap();
        assert!(log[offset..].starts_with(line["text"].as_str().unwrap()));
    }
}

#[test]
fn threads_make_no_difference() {
    for format in ["text", "markdown", "json"] {
        let on = |threads| {
            report(&[
                "samples/flapping.log",
                "--threads",
                threads,
                "--format",
                format,
            ])
        };
        assert_eq!(on("1"), on("2"), "{format}");
        assert_eq!(on("1"), on("0"), "{format}");
    }
}

#[test]
fn standard_input_tells_the_same_as_the_file() {
    for format in ["markdown", "json"] {
        let arguments = ["--timezone", "UTC", "--format", format];
        let file = printed(hapline().args(["report", BACKEND_DOWN]).args(arguments));
        let log = std::fs::read(sample(BACKEND_DOWN)).unwrap();
        let piped = printed(
            hapline()
                .args(["report", "-"])
                .args(arguments)
                .write_stdin(log),
        );
        // Markdown escapes the full stop.
        let renamed = file
            .replace(BACKEND_DOWN, "stdin")
            .replace("samples/backend\\-down\\.log", "stdin");
        assert_eq!(piped, renamed, "{format}");
    }
}

#[test]
fn a_named_pipe_is_read_as_a_stream() {
    let directory = tempfile::tempdir().unwrap();
    let pipe = directory.path().join("unpacked");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let into = pipe.clone();
    let writer = std::thread::spawn(move || std::fs::copy(sample("samples/reload.log"), into));
    let document = document(&[pipe.to_str().unwrap()]);
    writer.join().unwrap().unwrap();
    assert_eq!(document["coverage"]["lines"], 1798);
    assert_eq!(document["sources"][0]["name"], pipe.to_str().unwrap());
}

#[test]
fn years_that_no_line_says_come_from_the_end_of_the_log() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("haproxy.log");
    let lines = [
        "Dec 31 23:59:50 lb1 haproxy[7]: Server app/web1 is DOWN, changed from CLI.",
        "Jan  1 00:00:20 lb1 haproxy[7]: Server app/web1 is UP, changed from CLI.",
    ];
    fs::write(&path, lines.join("\n")).unwrap();
    let written = UNIX_EPOCH + Duration::from_secs(1_551_700_000); // 2019-03-04
    File::options()
        .write(true)
        .open(&path)
        .unwrap()
        .set_modified(written)
        .unwrap();
    let told = document(&[path.to_str().unwrap()]);
    assert_eq!(told["window"]["start"], "2018-12-31T23:59:50.000+00:00");
    assert_eq!(told["window"]["end"], "2019-01-01T00:00:20.000+00:00");
    assert_eq!(told["window"]["years_from"], "the end of the log");
    let warning = told["coverage"]["warnings"][0].as_str().unwrap();
    assert!(warning.contains("none is after 2019-03-04"), "{warning}");
    let sample = document(&[BACKEND_DOWN]);
    assert_eq!(sample["window"]["years_from"], "the lines");
}

#[test]
fn lines_that_end_in_cr_lf_are_shown_without_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("haproxy.log");
    let log = fs::read_to_string(sample(BACKEND_DOWN)).unwrap();
    fs::write(&path, log.replace('\n', "\r\n")).unwrap();
    let shown = printed(hapline().args(["report", "--timezone", "UTC"]).arg(&path));
    assert!(shown.contains("Connection refused"), "{shown}");
    assert!(!shown.contains("\\r"), "{shown}");
    let markdown = ["report", "--timezone", "UTC", "--format", "markdown"];
    let shown = printed(hapline().args(markdown).arg(&path));
    assert!(!shown.contains('\r') && !shown.contains("\\r"), "{shown}");
}

#[test]
fn a_log_that_begins_in_an_outage_says_that_its_reason_is_earlier() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("haproxy.log");
    let log = fs::read_to_string(sample(BACKEND_DOWN)).unwrap();
    let lines = log.lines().skip_while(|line| !line.contains("<NOSRV>"));
    let rest: Vec<&str> = lines.skip(50).collect();
    fs::write(&path, rest.join("\n") + "\n").unwrap();
    let shown = report(&[path.to_str().unwrap()]);
    let told =
        "The backend had no usable server already when this log begins: why, earlier lines tell";
    let one_line = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(one_line.contains(told), "{shown}");
    assert!(
        one_line.contains("'is DOWN|has no server available'"),
        "{shown}"
    );
    assert!(!shown.contains("show errors"), "{shown}");
}
