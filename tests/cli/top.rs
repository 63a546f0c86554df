//! `--top`: the worst incidents are told, the others counted.

use std::fmt::Write;
use std::path::PathBuf;

use serde_json::Value;
use tempfile::TempDir;

use super::{document, hapline, printed, report};

/// Thirty backends lose a server, one a minute, each for longer than the one before; the last one's requests fail.
fn log() -> (TempDir, PathBuf) {
    let mut lines = String::new();
    let down = "reason: Layer4 timeout, check duration: 2001ms. 1 active and 0 backup servers left. \
                0 sessions active, 0 requeued, 0 remaining in queue.";
    for backend in 0..30 {
        let (hour, minute) = (9 + backend / 6, 10 * (backend % 6));
        writeln!(lines, "2026-11-20T{hour:02}:{minute:02}:00Z lb1 haproxy[7]: Server b{backend:02}/s1 is DOWN, {down}").unwrap();
        if backend == 29 {
            for second in 0..20 {
                writeln!(
                    lines,
                    "2026-11-20T{hour:02}:{minute:02}:{second:02}Z lb1 haproxy[7]: 10.0.0.1:5000 \
                     [20/Nov/2026:{hour:02}:{minute:02}:{second:02}.000] fe b{backend:02}/s1 0/0/-1/-1/3000 503 217 - - SC-- \
                     1/1/0/0/3 0/0 \"GET / HTTP/1.1\""
                )
                .unwrap();
            }
        }
        writeln!(
            lines,
            "2026-11-20T{hour:02}:{minute:02}:{:02}Z lb1 haproxy[7]: Server b{backend:02}/s1 is UP, reason: Layer4 check \
             passed, check duration: 1ms. 2 active and 0 backup servers online. 0 sessions requeued, 0 total in queue.",
            21 + backend
        )
        .unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("haproxy.log");
    std::fs::write(&path, lines).unwrap();
    (folder, path)
}

fn backends(document: &Value) -> Vec<&str> {
    let incidents = document["incidents"].as_array().unwrap().iter();
    incidents
        .map(|incident| incident["backend"].as_str().unwrap())
        .collect()
}

#[test]
fn the_worst_are_told_in_order_of_time() {
    let (_folder, path) = log();
    let path = path.to_str().unwrap();
    let all = document(&[path]);
    assert_eq!(all["omitted"], Value::Null);
    assert_eq!(backends(&all).len(), 30);
    let some = document(&[path, "--top", "3"]);
    // Those that lasted longest, and the one that hurt somebody; the first of them comes first.
    assert_eq!(backends(&some), ["b27", "b28", "b29"]);
    assert_eq!(some["omitted"]["incidents"], 27);
    assert_eq!(
        some["omitted"]["severities"],
        serde_json::json!({"capacity": 27})
    );
    assert_eq!(
        some["omitted"]["kinds"],
        serde_json::json!({"server_down": 27})
    );
    let one = document(&[path, "--top", "1"]);
    assert_eq!(backends(&one), ["b29"]);
    for key in ["totals", "coverage", "advice", "window"] {
        assert_eq!(all[key], some[key], "{key}");
    }
    assert_eq!(document(&[path, "--top", "30"])["omitted"], Value::Null);
}

#[test]
fn people_are_told_of_twenty_and_of_how_many_more() {
    let (_folder, path) = log();
    let path = path.to_str().unwrap();
    let more = "and 10 more: 10 capacity (10 server down); --top 0 tells all";
    let entries =
        |text: &str, begin: &str| text.lines().filter(|line| line.starts_with(begin)).count();
    let text = report(&[path]);
    assert_eq!(entries(&text, "#"), 20, "{text}");
    assert!(text.contains(&format!("\n\n{more}\n")), "{text}");
    assert!(
        text.contains("30 other incidents") || text.contains("1 outage, 29 other incidents"),
        "{text}"
    );
    let markdown = report(&[path, "--format", "markdown"]);
    assert_eq!(
        entries(&markdown, "## ")
            - entries(&markdown, "## Coverage")
            - entries(&markdown, "## Figures")
            - entries(&markdown, "## Advice"),
        20
    );
    assert!(markdown.contains("and 10 more: 10 capacity"), "{markdown}");
    let all = report(&[path, "--top", "0"]);
    assert_eq!(entries(&all, "#"), 30, "{all}");
    assert!(!all.contains(" more: "), "{all}");
}

#[test]
fn a_feed_ends_with_the_worst() {
    let (_folder, path) = log();
    let log = std::fs::read(path).unwrap();
    let live = printed(
        hapline()
            .args(["--timezone", "UTC", "--top", "2"])
            .write_stdin(log),
    );
    assert!(live.contains("and 28 more: 28 capacity"), "{live}");
}
