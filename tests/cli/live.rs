//! `hapline` without a command: incidents as they open and close, then the report.

use std::process::{Command, Stdio};

use serde_json::Value;

use super::{BACKEND_DOWN, hapline, printed, report, sample};

fn log() -> Vec<u8> {
    std::fs::read(sample(BACKEND_DOWN)).unwrap()
}

#[test]
fn changes_come_first_and_the_report_last() {
    let output = printed(hapline().args(["--timezone", "UTC"]).write_stdin(log()));
    let (feed, summary) = output.split_once("\n\n").unwrap();
    let changes: Vec<&str> = feed
        .lines()
        .filter_map(|line| line.split_whitespace().nth(1))
        .collect();
    assert_eq!(changes.first(), Some(&"OPENED"), "{feed}");
    assert_eq!(changes.last(), Some(&"CLOSED"), "{feed}");
    assert!(summary.starts_with("stdin · 3,163 lines"), "{summary}");
    assert!(
        summary.contains("#1  OUTAGE  app had no server"),
        "{summary}"
    );
}

#[test]
fn ndjson_is_notices_and_a_report() {
    let output = printed(
        hapline()
            .args(["--timezone", "UTC", "--format", "json"])
            .write_stdin(log()),
    );
    let lines: Vec<Value> = output
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let (last, notices) = lines.split_last().unwrap();
    assert!(notices.len() >= 2);
    for notice in notices {
        assert_eq!(notice["schema"], "hapline.notice/1");
        assert_eq!(notice["incident"]["id"], last["incidents"][0]["id"]);
    }
    let file: Value = serde_json::from_str(
        &report(&[BACKEND_DOWN, "--format", "json"]).replace(BACKEND_DOWN, "stdin"),
    )
    .unwrap();
    assert_eq!(last["schema"], "hapline.report/1");
    assert_eq!(last["incidents"], file["incidents"]);
}

/// `hapline … | head -1`, with a reader that is gone before the first byte.
#[test]
fn a_reader_that_goes_away_is_no_error() {
    for arguments in [&["report", "-"][..], &[], &["--format", "json"]] {
        let mut child = Command::new(assert_cmd::cargo::cargo_bin("hapline"))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let mut stdin = child.stdin.take().unwrap();
        // The program may end before it has read all.
        let _ = std::io::Write::write_all(&mut stdin, &log());
        drop(stdin);
        let run = child.wait_with_output().unwrap();
        assert_eq!(run.status.code(), Some(0), "{arguments:?}");
        assert_eq!(run.stderr, b"", "{arguments:?}");
    }
}

#[test]
fn a_terminal_is_told_what_to_type() {
    let program = assert_cmd::cargo::cargo_bin("hapline");
    let run = Command::new("script")
        .args(["-qec", program.to_str().unwrap(), "/dev/null"])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let shown = String::from_utf8(run.stdout).unwrap();
    assert!(shown.contains("Usage: hapline"), "{shown}");
    assert!(shown.contains("nothing to read"), "{shown}");
    assert_eq!(run.status.code(), Some(2));
}
