//! `--events`: deployments and changes beside incidents.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use tempfile::TempDir;

use super::{BACKEND_DOWN, document, hapline, printed, refused, report, sample};

/// Of the outage in [`BACKEND_DOWN`], which began at 09:46:12.846.
const EVENTS: &str = "\
# what was done on Friday

2026-11-20 09:31:12 too early to matter
2026-11-20T09:40:00Z scaled down
2026-11-20 09:44 deployed api 4.2
2026-11-20T10:46:20+01:00 rolled back
2026-11-20T09:46:25 after its end
";

fn noted(text: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deploys.txt");
    fs::write(&path, text).unwrap();
    (folder, path)
}

/// The incident of a log with these events.
fn incident(log: &str, events: &str) -> Value {
    let (_folder, path) = noted(events);
    document(&[log, "--events", path.to_str().unwrap()])["incidents"][0].clone()
}

#[test]
fn what_was_done_stands_on_the_timeline_and_at_the_cause() {
    let incident = incident(BACKEND_DOWN, EVENTS);
    let timeline = incident["timeline"].as_array().unwrap();
    let rows: Vec<(usize, &str)> = timeline
        .iter()
        .enumerate()
        .filter(|(_, row)| row["what"] == "event")
        .map(|(place, row)| (place, row["text"].as_str().unwrap()))
        .collect();
    assert_eq!(
        rows,
        [
            (0, "scaled down"),
            (1, "deployed api 4.2"),
            (9, "rolled back")
        ]
    );
    assert_eq!(timeline[0]["place"], "");
    assert_eq!(timeline[9]["time"], "2026-11-20T09:46:20.000+00:00");
    let times: Vec<&str> = timeline
        .iter()
        .map(|row| &row["time"].as_str().unwrap()[..19])
        .collect();
    assert!(times.is_sorted(), "{times:?}");
    let events = incident["cause"]["events"].as_array().unwrap();
    let told: Vec<_> = events
        .iter()
        .map(|event| {
            (
                event["text"].as_str().unwrap(),
                &event["before_ms"],
                &event["line"],
            )
        })
        .collect();
    assert_eq!(told[0], ("deployed api 4.2", &132_846.into(), &5.into()));
    assert_eq!(told[1], ("scaled down", &372_846.into(), &4.into()));
    assert_eq!(told.len(), 2);
}

#[test]
fn every_face_tells_it() {
    let (_folder, path) = noted(EVENTS);
    let path = path.to_str().unwrap();
    let text = report(&[BACKEND_DOWN, "--events", path]);
    assert!(
        text.contains("\n    09:44:00    deployed api 4.2\n"),
        "{text}"
    );
    assert!(
        text.contains("\n    event 2 m 13 s before: deployed api 4.2 ("),
        "{text}"
    );
    let markdown = report(&[BACKEND_DOWN, "--events", path, "--format", "markdown"]);
    assert!(
        markdown.contains("| 09:44:00 | deployed api 4\\.2 |  |  |"),
        "{markdown}"
    );
    assert!(
        markdown.contains("2 m 13 s before: deployed api 4\\.2"),
        "{markdown}"
    );
    let log = fs::read(sample(BACKEND_DOWN)).unwrap();
    let live = printed(
        hapline()
            .args(["--timezone", "UTC", "--events", path])
            .write_stdin(log),
    );
    assert!(live.contains("2 m 13 s before: deployed api 4.2"), "{live}");
}

/// The cause is the log's; where that is sure, an event is only set beside it.
#[test]
fn an_event_decides_nothing() {
    for (log, is_open) in [(BACKEND_DOWN, false), ("samples/slow-server.log", true)] {
        let plain = &document(&[log])["incidents"][0];
        let told = incident(log, "2026-11-20T09:45:00Z deployed api 4.2.");
        for key in ["code", "confidence", "runner_up", "evidence"] {
            assert_eq!(plain["cause"][key], told["cause"][key], "{log} {key}");
        }
        let story: Vec<&str> = told["story"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(Value::as_str)
            .collect();
        let last = story.last().unwrap();
        assert_eq!(plain["cause"]["runner_up"].is_object(), is_open, "{log}");
        let doubt = "The log does not settle the cause; 4 m 50 s before: deployed api 4.2.";
        assert_eq!(*last == doubt, is_open, "{log}: {last}");
    }
}

/// A time without a zone is of `--timezone`, as those of the log are.
#[test]
fn times_without_a_zone_are_the_logs() {
    let (_folder, path) = noted("2026-11-20 09:46:00 here\n2026-11-20T17:46:00Z and there\n");
    let told = printed(
        hapline()
            .args([
                "report",
                BACKEND_DOWN,
                "--format",
                "json",
                "--timezone",
                "America/Los_Angeles",
            ])
            .arg("--events")
            .arg(&path),
    );
    let told: Value = serde_json::from_str(&told).unwrap();
    let before = |at: usize| &told["incidents"][0]["cause"]["events"][at]["before_ms"];
    assert_eq!((before(0), before(1)), (&12_846.into(), &12_846.into()));
}

#[test]
fn a_line_that_is_no_event_is_named() {
    for (events, expected) in [
        (
            "\n# x\nyesterday deployed",
            ":3: the line does not begin with a time: yesterday deployed",
        ),
        (
            "2026-11-20T09:46",
            ":1: no text stands behind the time: 2026-11-20T09:46",
        ),
        (
            "2026-11-20T09:46 ok\n2026-11-31 09:46 x\u{1b}[2J",
            ":2: the line does not begin with a time: 2026-11-31 09:46 x\\x1b[2J",
        ),
    ] {
        let (_folder, path) = noted(events);
        let path = path.to_str().unwrap();
        let said = refused(hapline().args(["report", BACKEND_DOWN, "--events", path]));
        let (first, hint) = said.split_once('\n').unwrap();
        assert_eq!(first, format!("hapline: {path}{expected}"));
        assert!(
            hint.starts_with("hint: write a time and a text on each line: "),
            "{hint}"
        );
    }
    let said = refused(hapline().args(["report", BACKEND_DOWN, "--events", "no/such"]));
    assert!(
        said.starts_with("hapline: no/such: cannot be read: "),
        "{said}"
    );
}

#[test]
fn its_text_is_a_strangers() {
    let (_folder, path) = noted("2026-11-20T09:46Z \u{1b}[2J\u{202e}x|<img src=x>\n");
    for format in ["text", "markdown", "json"] {
        let shown = report(&[
            BACKEND_DOWN,
            "--events",
            path.to_str().unwrap(),
            "--format",
            format,
        ]);
        let is_harmful = |char: char| (char != '\n' && char.is_control()) || char == '\u{202e}';
        assert_eq!(
            shown.chars().find(|char| is_harmful(*char)),
            None,
            "{format}"
        );
        let is_bare = shown.replace("\\<", "").contains("<img");
        assert!(format != "markdown" || !is_bare, "{shown}");
    }
}
