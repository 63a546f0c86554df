//! What to change, in every face; and what a change did.

use std::io::Write;

use serde_json::Value;
use tempfile::NamedTempFile;

use crate::{hapline, printed, refused, report};

const LOG: &str = "samples/slow-server.log";
const CONFIG: [&str; 2] = ["--config", "samples/slow-server.cfg"];

fn advise(arguments: &[&str]) -> String {
    let zone = ["--timezone", "UTC"];
    printed(hapline().arg("advise").args(arguments).args(zone))
}

/// One request in ten that reach 1.2 s is cut there, if `cuts`; the others take 40 ms and up to a second.
fn log(cuts: bool) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    for nth in 0..3_000 {
        let (minute, second) = (nth / 60 % 60, nth % 60);
        let (state, status, response, total) = match nth % 50 {
            0 if cuts => ("sH", 504, -1, 1_201),
            0..10 => ("--", 200, 1_150, 1_151),
            _ => ("--", 200, 40 + nth % 900, 41 + nth % 900),
        };
        writeln!(
            file,
            "Mar 14 12:{minute:02}:{second:02} lb1 haproxy[77]: 10.0.0.{}:4{nth:04} [14/Mar/2026:12:{minute:02}:{second:02}.000] www api/a{} 0/0/1/{response}/{total} {status} 300 - - {state}-- 5/5/4/2/0 0/0 \"GET /{nth} HTTP/1.1\"",
            nth % 200,
            nth / 50 % 2
        )
        .unwrap();
    }
    file
}

#[test]
fn what_matters_most_comes_first_in_every_face() {
    let arguments = [&[LOG], &CONFIG[..]].concat();
    let text = advise(&arguments);
    let heading = text.find("To mend, behind HAProxy").expect("a heading");
    let table = text.find("backend web").expect("a table");
    assert!(heading < table, "{text}");
    let json: Value =
        serde_json::from_str(&advise(&[&arguments[..], &["--format", "json"]].concat())).unwrap();
    assert_eq!(json["advice"][0]["urgency"], "broken");
    assert_eq!(json["advice"][0]["scope"], "server web/web3");
    let markdown = advise(&[&arguments[..], &["--format", "markdown"]].concat());
    assert!(markdown.starts_with("# Advice on HAProxy\n"), "{markdown}");
    assert!(
        markdown.contains("| fix | server | server web/web3 |"),
        "{markdown}"
    );
    assert!(markdown.contains("| timeout server | Tr |"), "{markdown}");
}

#[test]
fn a_change_that_helped_is_seen_and_settles_its_advice() {
    let (before, after) = (log(true), log(false));
    let path = |file: &NamedTempFile| file.path().display().to_string();
    let (before, after) = (path(&before), path(&after));
    let text = advise(&["--before", &before, "--after", &after]);
    let row = |text: &str, what: &str| {
        let row = text
            .lines()
            .find(|line| line.trim_start().starts_with(what));
        row.unwrap_or_else(|| panic!("{what} in {text}")).to_owned()
    };
    assert!(row(&text, "failed").ends_with("better"), "{text}");
    let server = row(&text, "timeout server");
    assert!(
        server.contains("2.00 % of 3,000 at 1200ms") && server.contains("0 % of 3,000"),
        "{text}"
    );
    assert!(text.contains("Settled: no longer advised"), "{text}");
    let json = advise(&["--before", &after, "--after", &before, "--format", "json"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["schema"], "hapline.change/1");
    assert_eq!(json["changes"][0]["verdict"], "worse");
    assert_eq!(json["settled"], Value::Array(vec![]));
    assert_eq!(json["new"].as_array().unwrap().len(), 1);
    let markdown = advise(&[
        "--before", &before, "--after", &before, "--format", "markdown",
    ]);
    assert!(markdown.contains("## Still advised"), "{markdown}");
}

#[test]
fn both_logs_of_a_change_are_needed() {
    let said = refused(hapline().args(["advise", "--before", LOG]));
    assert!(said.contains("--after"), "{said}");
    let said = refused(hapline().args(["advise", "--after", LOG]));
    assert!(said.contains("--before"), "{said}");
}

#[test]
fn settings_stand_under_the_incident_that_they_would_have_shortened() {
    let text = report(&[
        "tests/recordings/one_server_unreachable/haproxy.log.gz",
        "--config",
        "tests/recordings/one_server_unreachable/haproxy.cfg",
    ]);
    let tune = text
        .lines()
        .find(|line| line.trim_start().starts_with("tune"));
    assert!(
        tune.is_some_and(|line| line.contains("option redispatch in backend pay")),
        "{text}"
    );
}
