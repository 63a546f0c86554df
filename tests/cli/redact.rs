//! `--redact`: a report to hand out, without clients and what they sent.

use std::fs;

use serde_json::Value;

use super::{BACKEND_DOWN, document, hapline, printed, report, sample};

/// What no face may show: clients of the sample, and what stands in its queries, cookies and captures.
const SECRETS: [&str; 2] = ["127.106.161.105", "s3cr3t"];

/// The outage, with secrets in every request.
fn log() -> String {
    let log = fs::read_to_string(sample(BACKEND_DOWN)).unwrap();
    log.replace(
        "\"GET /",
        "{s3cr3t|curl} {s3cr3t} \"GET /cart?token=s3cr3t&x=",
    )
    .replace(" 217 - - ", " 217 sid=s3cr3t to=s3cr3t ")
}

fn assert_hidden(shown: &str) {
    for secret in SECRETS {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
    assert!(shown.contains("client"), "{shown}");
}

#[test]
fn no_face_shows_a_client_or_what_it_sent() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("haproxy.log");
    fs::write(&path, log()).unwrap();
    let path = path.to_str().unwrap();
    for format in ["text", "markdown", "json"] {
        let arguments = [
            path,
            "--config",
            "samples/backend-down.cfg",
            "--format",
            format,
        ];
        let open = report(&arguments);
        assert!(SECRETS.iter().all(|secret| open.contains(secret)), "{open}");
        let hidden = report(&[&arguments[..], &["--redact"]].concat());
        assert_hidden(&hidden);
        // Of servers nothing is hidden.
        let server = if format == "markdown" {
            "nc -vz -w 3 127.106.161.11 8080"
        } else {
            "127.106.161.11 8080"
        };
        assert!(hidden.contains(server), "{hidden}");
    }
}

#[test]
fn only_what_a_client_sent_is_gone() {
    let (open, hidden) = (
        document(&[BACKEND_DOWN]),
        document(&[BACKEND_DOWN, "--redact"]),
    );
    assert_eq!(open["totals"], hidden["totals"]);
    assert_eq!(open["coverage"], hidden["coverage"]);
    let (open, hidden) = (&open["incidents"][0], &hidden["incidents"][0]);
    for key in [
        "id",
        "story",
        "headline",
        "servers",
        "runbook",
        "lanes",
        "failed_requests",
    ] {
        assert_eq!(open[key], hidden[key], "{key}");
    }
    let texts = |incident: &Value| -> Vec<String> {
        let lines = incident["cause"]["evidence"].as_array().unwrap().iter();
        lines
            .map(|line| line["text"].as_str().unwrap().to_owned())
            .collect()
    };
    let (open, hidden) = (texts(open), texts(hidden));
    assert_eq!(
        open[0].replace("127.106.161.105:48391", "client-1"),
        hidden[0]
    );
    assert_eq!(open[1], hidden[1], "a health check names no client");
}

/// One client, one name, in every notice and in the report behind them.
#[test]
fn live_notices_hide_the_same() {
    for format in ["text", "json"] {
        let shown = printed(
            hapline()
                .args(["--timezone", "UTC", "--redact", "--format", format])
                .write_stdin(log()),
        );
        assert_hidden(&shown);
    }
    let lines = printed(
        hapline()
            .args(["--timezone", "UTC", "--redact", "--format", "json"])
            .write_stdin(log()),
    );
    let names = |line: &str| line.matches("client-1 [").count();
    assert!(lines.lines().all(|line| names(line) > 0), "{lines}");
}

#[test]
fn events_and_filters_are_text_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deploys.txt");
    fs::write(
        &path,
        "2026-11-20T09:46Z blocked 127.106.161.105, see http://x/?k=s3cr3t\n",
    )
    .unwrap();
    let arguments = [
        BACKEND_DOWN,
        "--redact",
        "--events",
        path.to_str().unwrap(),
        "--filter",
        "client_ip=127.106.161.105",
    ];
    let shown = report(&arguments);
    assert_hidden(&shown);
    assert!(
        shown.contains("blocked client-1, see http://x/?…"),
        "{shown}"
    );
    assert!(shown.contains("client_ip=client-1"), "{shown}");
}
