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

/// Work that takes so many ms in the mean, exponentially distributed, of which a timeout cuts what takes 1.2 s.
fn log(mean: f64) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    for nth in 0..3_000 {
        let (minute, second) = (nth / 60 % 60, nth % 60);
        let quantile = (f64::from(nth * 1_009 % 3_000) + 0.5) / 3_000.0;
        let ms = (-mean * (1.0 - quantile).ln()) as i32;
        let (state, status, response, total) = match ms {
            1_200.. => ("sH", 504, -1, 1_201),
            _ => ("--", 200, ms, ms + 1),
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

/// A recording in which one setting is to be raised.
const QUEUE: [&str; 3] = [
    "tests/recordings/queue_full_before_fast_servers/haproxy.log.gz",
    "--config",
    "tests/recordings/queue_full_before_fast_servers/haproxy.cfg",
];

#[test]
fn as_a_page_it_loads_nothing_and_has_the_lines_that_change() {
    let page = advise(&[&QUEUE[..], &["--format", "html"]].concat());
    assert!(page.starts_with("<!DOCTYPE html>"), "{page}");
    for part in [
        "1 setting to change",
        "Timeouts of backend api",
        "class=\"del\">-    default-server check inter 500ms fall 3 rise 2 maxconn 4<",
        "class=\"add\">+    default-server check inter 500ms fall 3 rise 2 maxconn 15<",
        "default-src &#39;none&#39;",
    ] {
        let part = part.replace("&#39;", "'");
        assert!(page.contains(&part), "{part}: {page}");
    }
    for loads in [" src=", "<link", "@import", "url(http"] {
        assert!(!page.contains(loads), "{loads}");
    }
    let unread = advise(&[QUEUE[0], "--format", "html"]);
    assert!(
        !unread.contains("class=\"add\""),
        "no configuration, no lines"
    );
}

#[test]
fn only_the_advice_is_a_page() {
    let asked = "backend api timeout queue 2s";
    let what_if = ["advise", QUEUE[0], "--what-if", asked, "--format", "html"];
    let compared = [
        "advise", "--before", LOG, "--after", LOG, "--format", "html",
    ];
    for arguments in [&what_if[..], &compared] {
        let said = refused(hapline().args(arguments));
        assert!(said.contains("have no --format html"), "{said}");
    }
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
    let (before, after) = (log(400.0), log(100.0));
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
        server.contains("4.97 % of 3,000 at 1200ms") && server.contains("0 % of 3,000"),
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

#[test]
fn another_value_is_answered_for_directly() {
    let log = log(400.0);
    let path = log.path().display().to_string();
    let ask = |question: &str| advise(&[&path, "--what-if", question]);
    // Of what takes 1.2 s, 86 % end by 2 s: exponential times know no age.
    let longer = ask("backend api timeout server 2s");
    assert!(
        longer.starts_with("backend api: timeout server 2s instead of 1200ms (inferred)\n"),
        "{longer}"
    );
    assert!(
        longer.contains("none of the 2,851 requests that ended would have been cut."),
        "{longer}"
    );
    assert!(
        longer.contains("of 149 that were cut earlier, 71 to 96 %"),
        "{longer}"
    );
    let shorter = ask("api timeout server 1s");
    let said = "97 of the 2,851 requests that ended would have been cut";
    assert!(shorter.contains(said), "{shorter}");
    let silent = ask("backend api timeout check 3s");
    assert!(
        silent.contains("To see it: `option log-health-checks`."),
        "{silent}"
    );
    let json = advise(&[
        &path,
        "--what-if",
        "api timeout server 2s",
        "--format",
        "json",
    ]);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["answers"][0]["all"]["reached"], 149);
    let unknown = ask("backend nobody timeout server 2s");
    assert!(
        unknown.contains("The log has no request that could have met it."),
        "{unknown}"
    );
    let arguments = ["advise", &path, "--what-if", "api timeout server 2 s"];
    let said = refused(hapline().args(arguments));
    assert!(
        said.contains("ask as in 'backend api timeout server 10s'"),
        "{said}"
    );
}

#[test]
fn a_patch_is_of_the_users_own_file_and_says_what_is_not_in_it() {
    let recording = "tests/recordings/one_server_unreachable";
    let (log, config) = (
        format!("{recording}/haproxy.log.gz"),
        format!("{recording}/haproxy.cfg"),
    );
    let diff = advise(&[&log, "--config", &config, "--patch"]);
    assert!(
        diff.starts_with(&format!("--- {config}\n+++ {config}\n@@ ")),
        "{diff}"
    );
    assert!(diff.contains("\n+    option redispatch\n"), "{diff}");
    let said = refused(hapline().args(["advise", LOG, "--patch"]));
    assert!(said.contains("--config"), "{said}");
    // Nothing is to change there.
    let run = hapline()
        .args(["advise", LOG, "--patch"])
        .args(CONFIG)
        .assert()
        .success()
        .stdout("");
    let said = String::from_utf8_lossy(&run.get_output().stderr).into_owned();
    assert!(said.contains("no advice changes a value"), "{said}");
}
