//! `--backend`, `--since`, `--until`: what is told changes, what happened does not. `--filter`: which lines count.

use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use super::{BACKEND_DOWN, document, hapline, printed, refused, report, sample};

fn incidents(arguments: &[&str]) -> Vec<Value> {
    let document = document(&[&[BACKEND_DOWN], arguments].concat());
    document["incidents"].as_array().unwrap().clone()
}

#[test]
fn a_backend_is_told_as_it_would_be_without_the_filter() {
    let all = incidents(&[]);
    assert_eq!(incidents(&["--backend", "app"]), all);
    assert_eq!(incidents(&["--backend", "static"]), [] as [Value; 0]);
    assert_eq!(incidents(&["--backend", "static", "--backend", "app"]), all);
}

#[test]
fn states_from_before_since_are_known() {
    let all = document(&[BACKEND_DOWN]);
    // Both servers went down at 09:46:13.
    let late = document(&[BACKEND_DOWN, "--since", "2026-11-20T09:46:20"]);
    let [incident] = late["incidents"].as_array().unwrap().as_slice() else {
        panic!("the outage goes on at that time");
    };
    assert_eq!(incident["kind"], "backend_down");
    assert_eq!(incident["servers"], all["incidents"][0]["servers"]);
    assert_eq!(incident["detected_at"], all["incidents"][0]["detected_at"]);
    assert_eq!(incident["end"], all["incidents"][0]["end"]);
    let failed = |document: &Value| document["totals"]["failed"].as_u64().unwrap();
    assert!((1..failed(&all)).contains(&failed(&late)));
}

#[test]
fn what_comes_after_until_is_not_known() {
    let early = incidents(&["--until", "2026-11-20T09:46:20"]);
    assert_eq!(early.len(), 1);
    assert_eq!(early[0]["end"], Value::Null);
    assert_eq!(early[0]["end_reason"], "until");
    let story = early[0]["story"].to_string();
    assert!(
        story.contains("It was not over where `--until` ends; app1 and app2 are not back."),
        "{story}"
    );
    let at_its_end = incidents(&["--until", "2026-11-20T23:00:00"]);
    assert_eq!(at_its_end, incidents(&[]), "the log does not go on");
    let before = incidents(&["--until", "2026-11-20T09:46:10"]);
    assert_eq!(before, [] as [Value; 0]);
}

#[test]
fn an_offset_and_the_zone_of_the_log_are_the_same_instant() {
    let zone = document(&[BACKEND_DOWN, "--since", "2026-11-20T09:46:20"]);
    let offset = document(&[BACKEND_DOWN, "--since", "2026-11-20T10:46:20+01:00"]);
    assert_eq!(zone, offset);
}

/// The fields of a report that a filter is told by.
fn filtered(document: &Value) -> (&Value, u64) {
    let left_out = document["coverage"]["filtered"].as_u64().unwrap();
    (&document["filter"], left_out)
}

#[test]
fn only_requests_that_are_meant_count() {
    let all = document(&[BACKEND_DOWN]);
    assert_eq!(filtered(&all), (&Value::Null, 0));
    let failed = document(&[BACKEND_DOWN, "--filter", "status >= 500"]);
    assert_eq!(filtered(&failed), (&Value::from("status>=500"), 2_332));
    assert_eq!(failed["totals"]["requests"], all["totals"]["failed"]);
    assert_eq!(failed["coverage"]["lines"], all["coverage"]["lines"]);
    assert_eq!(failed["coverage"]["state"], all["coverage"]["state"]);
    assert_eq!(failed["window"], all["window"]);
    let down = |document: &Value| document["incidents"][0]["detected_at"].clone();
    assert_eq!(down(&failed), down(&all), "what explains it is still known");
}

#[test]
fn a_filter_that_lets_nothing_through_is_no_all_clear() {
    let none = document(&[BACKEND_DOWN, "--filter", "status = 999"]);
    let story = none["incidents"][0]["story"].to_string();
    let said = "No request that the filter lets through was seen to fail.";
    assert!(story.contains(said), "{story}");
}

#[test]
fn every_face_says_which_lines_count() {
    let filter = ["--filter", "backend=app and status>=500"];
    let said = "only where backend=app and status>=500 · 2,333 lines left out; shares, rates and causes are of the rest";
    let text = report(&[&[BACKEND_DOWN], &filter[..]].concat());
    let flowing = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flowing(&text).contains(said), "{text}");
    let markdown = report(&[&[BACKEND_DOWN, "--format", "markdown"], &filter[..]].concat());
    let row = markdown.lines().find(|line| line.contains("**Filter**"));
    assert!(
        row.is_some_and(|row| row.contains("2,333 lines left out")),
        "{markdown}"
    );
    let advise = |format| {
        let arguments = [
            "advise",
            BACKEND_DOWN,
            "--timezone",
            "UTC",
            "--format",
            format,
        ];
        printed(hapline().args(arguments).args(filter))
    };
    assert!(flowing(&advise("text")).contains(said));
    let advice: Value = serde_json::from_str(&advise("json")).unwrap();
    assert_eq!(advice["filtered"]["filter"], filter[1]);
    assert_eq!(advice["filtered"]["lines"], 2_333);
}

/// Lines of rsyslog's traditional file, one a second from 12:14:00 on.
fn log(messages: &[String]) -> (TempDir, String) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("haproxy.log");
    let line = |(nth, message): (usize, &String)| {
        format!("Feb  6 12:14:{nth:02} lb1 haproxy[7]: {message}\n")
    };
    let lines: String = messages.iter().enumerate().map(line).collect();
    fs::write(&path, lines).unwrap();
    (directory, path.display().to_string())
}

fn request(second: usize, ms: usize, backend: &str) -> String {
    format!(
        "10.0.0.1:4000 [06/Feb/2026:12:14:{second:02}.{ms:03}] www {backend}/s1 0/0/1/3/4 200 512 - - ---- 9/9/4/2/0 \
         0/0 \"GET / HTTP/1.1\""
    )
}

fn down(backend: &str) -> String {
    format!(
        "Server {backend}/s1 is DOWN, reason: Layer4 timeout, check duration: 2001ms. 0 active and 0 backup servers \
         left. 0 sessions active, 0 requeued, 0 remaining in queue."
    )
}

#[test]
fn another_backend_goes_with_its_server_states() {
    let messages = [
        request(0, 0, "api"),
        request(1, 0, "web"),
        down("web"),
        down("api"),
    ];
    let (_directory, path) = log(&messages);
    let backends = |filter: &str| -> Vec<Value> {
        let document = document(&[&path, "--filter", filter]);
        let incidents = document["incidents"].as_array().unwrap();
        incidents
            .iter()
            .map(|incident| incident["backend"].clone())
            .collect()
    };
    assert_eq!(backends("backend=api"), ["api"]);
    assert_eq!(backends("backend!=api"), ["web"]);
    assert_eq!(backends("status>=500").len(), 2);
}

#[test]
fn a_pause_before_a_burst_is_found_on_any_number_of_threads() {
    let mut messages: Vec<String> = (0..20)
        .map(|nth| request(nth / 4, nth * 10, "api"))
        .collect();
    let port = |nth| format!(":{}", 5_000 + nth);
    messages.extend((0..5).map(|nth| request(30, 7, "api").replace(":4000", &port(nth))));
    let (_directory, path) = log(&messages);
    let arguments = [&path, "--filter", "accept_delay>=20s and accept_count>=5"];
    let found = document(&[&arguments[..], &["--threads", "1"]].concat());
    assert_eq!(found["coverage"]["traffic"], 5);
    assert_eq!(found["coverage"]["filtered"], 20);
    assert_eq!(
        document(&[&arguments[..], &["--threads", "8"]].concat()),
        found
    );

    let text = refused(
        hapline()
            .args(["report", "-", "--filter", "accept_count>=5"])
            .write_stdin(fs::read(&path).unwrap()),
    );
    assert!(text.contains("name files instead of a pipe"), "{text}");
}

#[test]
fn a_stream_is_filtered_as_a_file_is() {
    let arguments = [
        "report",
        "-",
        "--timezone",
        "UTC",
        "--format",
        "json",
        "--filter",
        "status>=500",
    ];
    let bytes = fs::read(sample(BACKEND_DOWN)).unwrap();
    let piped: Value =
        serde_json::from_str(&printed(hapline().args(arguments).write_stdin(bytes))).unwrap();
    let read = document(&[BACKEND_DOWN, "--filter", "status>=500"]);
    assert_eq!(piped["coverage"], read["coverage"]);
    assert_eq!(piped["totals"], read["totals"]);
}

#[test]
fn a_filter_that_lets_no_request_through_is_not_a_calm_log() {
    let text = report(&[BACKEND_DOWN, "--filter", "backend=ap"]);
    assert!(
        text.contains("The filter lets no request through"),
        "{text}"
    );
    assert!(!text.contains("No HAProxy line"), "{text}");
}

#[test]
fn what_is_wrong_is_marked() {
    let text = refused(hapline().args([
        "report",
        BACKEND_DOWN,
        "--filter",
        "backend=app and staus>=500",
    ]));
    let expected = "hapline: filter, character 17: there is no field `staus`\n  \
                    backend=app and staus>=500\n                  ^^^^^\nhint: did you mean status?\n";
    assert_eq!(text, expected);
}

#[test]
fn a_hostile_filter_reaches_no_terminal() {
    let filter = "backend=\"\u{1b}[2J\"";
    assert!(!report(&[BACKEND_DOWN, "--filter", filter]).contains('\u{1b}'));
    let broken = format!("{filter} {filter}");
    assert!(
        !refused(hapline().args(["report", BACKEND_DOWN, "--filter", &broken])).contains('\u{1b}')
    );
}

#[test]
fn help_says_how_to_do_without_halog() {
    for command in ["report", "advise"] {
        let help = printed(hapline().args([command, "--help"]));
        for row in hapline::filter::halog::ROWS {
            let line = help
                .lines()
                .find(|line| line.trim_start().starts_with(&format!("{} ", row.flags)));
            assert!(
                line.is_some_and(|line| line.ends_with(row.filter)),
                "{row:?}"
            );
        }
    }
}
