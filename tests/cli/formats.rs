//! Logs whose format is not one of HAProxy's own: the same outage, printed otherwise.

use std::fs;
use std::path::Path;

use hapline::envelope;
use hapline::line::{self, Reading, Traffic};
use serde_json::Value;
use tempfile::TempDir;

use super::{BACKEND_DOWN, document, hapline, printed, refused, sample};

const TEXT: &str = "%ci [%tr] fe=%f be=%b srv=%s t=%TR,%Tw,%Tc,%Tr,%Ta st=%ST ts=%tsc rc=%rc %r";
const JSON: &str = r#"{"at":"%tr","client":"%ci","proxy":"%f","backend":"%b","server":"%s","times":[%TR,%Tw,%Tc,%Tr,%Ta],"status":%ST,"end":"%tsc","tries":"%rc","what":"%HM %HP"}"#;
const UNDATED: &str = "%ci %f %b %s %TR %Tw %Tc %Tr %Ta %ST %tsc %rc";
const STATELESS: &str = "[%tr] %ci %f %b %s %TR %Tw %Tc %Tr %Ta %ST %rc";
const CLF: &str = concat!(
    r#"%ci - - [%trg] "%r" %ST %B "" "" 33317 655 "%f" "%b" "%s" "#,
    r#"%TR %Tw %Tc %Tr %Ta %tsc 1 1 1 1 %rc 0 0 "" """#
);

/// A sample's traffic in another format, and everything else as it is, behind the same headers.
fn reprinted(format: &str) -> String {
    let log = fs::read(sample(BACKEND_DOWN)).unwrap();
    let mut lines = String::new();
    for line in log.trim_ascii_end().split(|byte| *byte == b'\n') {
        let message = envelope::peel(line).message;
        let header = &line[..line.len() - message.len()];
        lines += str::from_utf8(header).unwrap();
        lines += &match line::read(message, true) {
            Reading::Traffic(traffic) => print(format, &traffic, message),
            _ => str::from_utf8(message).unwrap().to_owned(),
        };
        lines.push('\n');
    }
    lines
}

fn print(format: &str, traffic: &Traffic, message: &[u8]) -> String {
    let text = |bytes: &[u8]| str::from_utf8(bytes).unwrap().to_owned();
    let date = text(message);
    let date = &date[date.find('[').unwrap() + 1..date.find(']').unwrap()];
    let request = text(traffic.request);
    let mut words = request.split(' ');
    let plus = if traffic.redispatched { "+" } else { "" };
    let values = [
        ("%trg", format!("{} +0000", &date[..20])),
        ("%tr", date.to_owned()),
        ("%tsc", text(&traffic.term)),
        ("%ci", text(traffic.client)),
        ("%TR", traffic.timers.request.to_string()),
        ("%Tw", traffic.timers.queue.to_string()),
        ("%Tc", traffic.timers.connect.to_string()),
        ("%Tr", traffic.timers.response.to_string()),
        ("%Ta", traffic.timers.total.to_string()),
        ("%ST", traffic.status.to_string()),
        ("%HM", words.next().unwrap().to_owned()),
        ("%HP", words.next().unwrap_or_default().to_owned()),
        ("%rc", format!("{plus}{}", traffic.retries)),
        ("%f", text(traffic.frontend)),
        ("%b", text(traffic.backend)),
        ("%s", text(traffic.server)),
        ("%B", traffic.bytes.to_string()),
        ("%r", request.clone()),
    ];
    values
        .iter()
        .fold(format.to_owned(), |line, (alias, value)| {
            line.replace(alias, value)
        })
}

/// Writes the reprinted log and a configuration with its format.
fn written(format: &str) -> (TempDir, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let config = fs::read_to_string(sample("samples/backend-down.cfg")).unwrap();
    let config = config.replace("option httplog", &format!("log-format '{format}'"));
    let log = write(folder.path(), "haproxy.log", &reprinted(format));
    let config = write(folder.path(), "haproxy.cfg", &config);
    (folder, log, config)
}

fn write(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

/// What of a report does not depend on how lines are printed.
fn story(document: &Value) -> Value {
    let mut document = document.clone();
    let incident = document["incidents"][0].clone();
    let of_incident = [
        "id",
        "kind",
        "start",
        "end",
        "failed_requests",
        "retried",
        "redispatched",
        "affected_servers",
        "termination_states",
        "statuses",
        "first_symptom",
    ];
    let parts = of_incident.map(|part| incident[part].clone());
    serde_json::json!([
        document["coverage"].take(),
        document["totals"].take(),
        parts,
        incident["cause"]["code"],
    ])
}

#[test]
fn a_log_format_of_the_configuration_is_read_like_a_built_in_one() {
    let plain = story(&document(&[BACKEND_DOWN]));
    for format in [TEXT, JSON] {
        let (_folder, log, config) = written(format);
        assert_eq!(story(&document(&[&log, "--config", &config])), plain);
        assert_eq!(story(&document(&[&log, "--log-format", format])), plain);
    }
}

#[test]
fn a_log_format_that_is_not_known_is_no_calm() {
    for format in [TEXT, JSON] {
        let (_folder, log, _) = written(format);
        let document = document(&[&log]);
        assert_eq!(document["coverage"]["unparsed"], 3147, "{format}");
        assert_eq!(document["coverage"]["traffic"], 0, "{format}");
    }
}

#[test]
fn clf_is_known_without_a_word() {
    let folder = tempfile::tempdir().unwrap();
    let log = write(folder.path(), "haproxy.log", &reprinted(CLF));
    let (clf, plain) = (document(&[&log]), document(&[BACKEND_DOWN]));
    assert_eq!(clf["coverage"], plain["coverage"]);
    assert_eq!(clf["totals"], plain["totals"]);
    for part in ["kind", "failed_requests", "termination_states", "clients"] {
        assert_eq!(
            clf["incidents"][0][part], plain["incidents"][0][part],
            "{part}"
        );
    }
}

#[test]
fn without_a_date_the_headers_tell_the_time() {
    let (_folder, log, config) = written(UNDATED);
    let (undated, plain) = (
        document(&[&log, "--config", &config]),
        document(&[BACKEND_DOWN]),
    );
    assert_eq!(undated["totals"], plain["totals"]);
    let [undated, plain] = [&undated, &plain].map(|document| &document["incidents"][0]);
    for part in ["kind", "failed_requests", "termination_states", "clients"] {
        assert_eq!(undated[part], plain[part], "{part}");
    }
    let second = |incident: &Value| incident["first_symptom"].as_str().unwrap()[..19].to_owned();
    assert_eq!(second(undated), second(plain));
}

#[test]
fn without_a_state_statuses_and_timers_tell_the_ending() {
    let (_folder, log, config) = written(STATELESS);
    let (stateless, plain) = (
        document(&[&log, "--config", &config]),
        document(&[BACKEND_DOWN]),
    );
    assert_eq!(stateless["totals"], plain["totals"]);
    let [stateless, plain] = [&stateless, &plain].map(|document| &document["incidents"][0]);
    for part in ["kind", "failed_requests", "statuses", "start", "end"] {
        assert_eq!(stateless[part], plain[part], "{part}");
    }
    assert_eq!(stateless["termination_states"], serde_json::json!({}));
}

/// Traffic without headers.
fn bare(lines: &str) -> Vec<&str> {
    lines
        .lines()
        .filter_map(|line| line.split_once(": "))
        .filter(|(_, message)| message.starts_with("127."))
        .map(|(_, message)| message)
        .collect()
}

#[test]
fn a_date_that_names_its_zone_needs_no_other() {
    let lines = reprinted(CLF);
    let output = printed(
        hapline()
            .args(["report", "-", "--timezone", "Asia/Kolkata"])
            .args(["--format", "json"])
            .write_stdin(bare(&lines).join("\n") + "\n"),
    );
    let document: Value = serde_json::from_str(&output).unwrap();
    let first = &document["sources"][0]["first"];
    assert_eq!(first, "2026-11-20T15:16:03.000+05:30");
}

/// Lines without headers are dated by their format alone.
#[test]
fn files_in_the_wrong_order_are_put_in_order_by_their_formats_dates() {
    let lines = reprinted(TEXT);
    let bare = bare(&lines);
    let (early, late) = bare.split_at(bare.len() / 2);
    let folder = tempfile::tempdir().unwrap();
    let text = |lines: &[&str]| lines.join("\n") + "\n";
    let whole = write(folder.path(), "whole", &text(&bare));
    let late = write(folder.path(), "a", &text(late));
    let early = write(folder.path(), "b", &text(early));
    let parts = document(&[&late, &early, "--log-format", TEXT]);
    assert_eq!(parts["sources"][0]["name"], early);
    assert_eq!(
        story(&parts),
        story(&document(&[&whole, "--log-format", TEXT]))
    );
}

#[test]
fn a_stream_is_read_the_same_way() {
    let output = printed(
        hapline()
            .args(["--timezone", "UTC", "--log-format", TEXT])
            .write_stdin(reprinted(TEXT)),
    );
    assert!(output.contains("OPENED   OUTAGE    app had no server"));
    assert!(output.contains("100 % understood"), "{output}");
}

#[test]
fn a_format_that_cannot_be_read_spoils_no_other() {
    let (folder, log, config) = written(TEXT);
    let config = fs::read_to_string(config).unwrap();
    write(
        folder.path(),
        "two.cfg",
        &(config + "frontend other\n    log-format '%b%s %ST'\n"),
    );
    let mut command = hapline();
    let run = command
        .current_dir(folder.path())
        .args(["report", &log, "--config", "two.cfg", "--timezone", "UTC"])
        .assert()
        .success();
    let output = run.get_output();
    insta::assert_snapshot!(str::from_utf8(&output.stderr).unwrap(), @"hapline: two.cfg: log-format of frontend other, line 33, byte 1: nothing tells where `%b` ends and `%s` begins; write them as `%b/%s`; lines of this format are not understood");
    let text = str::from_utf8(&output.stdout).unwrap();
    assert!(text.contains("100 % understood"), "{text}");
}

#[test]
fn a_format_given_by_hand_must_be_one() {
    insta::assert_snapshot!(refused(hapline().args(["report", BACKEND_DOWN, "--log-format", "%ci %nosuch %ST"])), @r"
    hapline: log-format of the command line, byte 6: HAProxy has no alias `%nosuch`; see the table in its manual, 8.2.6
    hint: give the text behind `log-format` in haproxy.cfg, in single quotes
    ");
    let message = refused(hapline().args(["--log-format", "%b%s"]).write_stdin(""));
    assert!(message.contains("nothing tells where"), "{message}");
}
