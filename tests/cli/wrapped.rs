//! The same outage as container runtimes, journald and syslog daemons keep it.

use std::fs;
use std::path::Path;

use hapline::envelope;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{BACKEND_DOWN, document, hapline, printed, sample};

/// A sample with each of its lines written anew.
fn rewritten(line: impl Fn(&str) -> String) -> (TempDir, String) {
    let log = fs::read_to_string(sample(BACKEND_DOWN)).unwrap();
    written(
        &log.lines()
            .map(|text| line(text) + "\n")
            .collect::<String>(),
    )
}

fn written(text: &str) -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wrapped.log");
    fs::write(&path, text).unwrap();
    let path = path.to_str().unwrap().to_owned();
    (folder, path)
}

/// What a report says, without the texts of lines, which show their wrapping, and where those stand in bytes.
fn story(path: &str) -> Value {
    let mut document = document(&[path, "--config", "samples/backend-down.cfg"]);
    forget(&mut document, &Path::new(path).display().to_string());
    document
}

fn forget(value: &mut Value, path: &str) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(|value| forget(value, path)),
        Value::Object(fields) => {
            if fields.contains_key("offset") {
                fields.remove("text");
            }
            fields.remove("offset");
            fields.values_mut().for_each(|value| forget(value, path));
        }
        Value::String(text) => *text = text.replace(path, "LOG"),
        _ => {}
    }
}

/// `2026-11-20T09:46:03Z` of a line of the sample.
fn stamp(line: &str) -> String {
    format!("2026-11-{}T{}Z", &line[4..6], &line[7..15])
}

type Wrap = fn(&str) -> String;

#[test]
fn every_wrapping_tells_the_same() {
    let plain = story(BACKEND_DOWN);
    let wrappings: [(&str, Wrap); 8] = [
        ("docker", |line| {
            json!({"log": format!("{line}\n"), "stream": "stdout", "time": stamp(line)}).to_string()
        }),
        ("cri", |line| format!("{} stdout F {line}", stamp(line))),
        ("fluentd", |line| {
            json!({"kubernetes": {"host": "n"}, "log": line}).to_string()
        }),
        ("twice", |line| {
            json!({"message": json!({"log": format!("{line}\n")}).to_string()}).to_string()
        }),
        ("octet count", |line| {
            format!("{} <134>{line}", line.len() + 5)
        }),
        ("syslog-ng", |line| line.replace('"', "\\\"")),
        ("repeated", |line| {
            let message = envelope::peel(line.as_bytes()).message.len();
            let (header, message) = line.split_at(line.len() - message);
            format!("{header}message repeated 1 times: [ {message}]")
        }),
        ("rsyslog", |line| format!("{line}#012\r")),
    ];
    for (name, wrap) in wrappings {
        let (_folder, path) = rewritten(wrap);
        let told = story(&path);
        assert_eq!(told["incidents"], plain["incidents"], "{name}");
        assert_eq!(told, plain, "{name}");
    }
}

#[test]
fn journald_s_json_tells_the_same() {
    let (_folder, path) = rewritten(|line| {
        let head = envelope::peel(line.as_bytes());
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let at: jiff::Timestamp = stamp(line).parse().unwrap();
        let is_traffic = head.message.ends_with(b"\"");
        let message = match is_traffic {
            true => json!(head.message),
            false => json!(text(head.message)),
        };
        json!({
            "MESSAGE": message,
            "PRIORITY": "6",
            "SYSLOG_IDENTIFIER": text(head.tag),
            "_PID": head.pid.map(|pid| pid.to_string()),
            "_HOSTNAME": text(head.host),
            "__REALTIME_TIMESTAMP": at.as_microsecond().to_string(),
        })
        .to_string()
    });
    assert_eq!(story(&path), story(BACKEND_DOWN));
}

#[test]
fn lines_in_parts_keep_the_numbers_of_the_file() {
    let (_folder, path) = rewritten(|line| {
        let (at, half) = (stamp(line), line.len() / 2);
        format!(
            "{at} stdout P {}\n{at} stderr F Usage\n{at} stdout F {}",
            &line[..half],
            &line[half..]
        )
    });
    let (told, plain) = (document(&[&path]), document(&[BACKEND_DOWN]));
    let lines = plain["coverage"]["lines"].as_u64().unwrap();
    assert_eq!(told["coverage"]["lines"], 2 * lines);
    assert_eq!(told["totals"], plain["totals"]);
    let numbers = |document: &Value| -> Vec<u64> {
        let moments = document["incidents"][0]["timeline"]
            .as_array()
            .unwrap()
            .iter();
        moments
            .filter_map(|moment| moment["evidence"]["line"].as_u64())
            .collect()
    };
    let expected: Vec<u64> = numbers(&plain)
        .iter()
        .map(|line| 3 * (line - 1) + 1)
        .collect();
    assert_eq!(numbers(&told), expected);
    let evidence = &told["incidents"][0]["cause"]["evidence"][0]["text"];
    assert!(
        evidence.as_str().unwrap().ends_with("HTTP/1.1\""),
        "{evidence}"
    );

    // The same through a pipe.
    let mut command = hapline();
    command.args(["report", "-", "--timezone", "UTC", "--format", "json"]);
    let piped = printed(command.pipe_stdin(&path).unwrap());
    let piped: Value = serde_json::from_str(&piped).unwrap();
    assert_eq!(
        (&piped["coverage"], &piped["totals"]),
        (&told["coverage"], &told["totals"])
    );
    assert_eq!(numbers(&piped), expected);
}

#[test]
fn repeated_messages_count_as_often_as_they_were_said() {
    let refused = "10.0.0.9:4000 [20/Nov/2026:09:46:12.010] www app/web1 0/0/-1/-1/10 503 217 - - SC-- 9/9/4/2/0 0/0 \"GET / HTTP/1.1\"";
    let head = "Nov 20 09:46:12 lb1 haproxy[7]:";
    let (_folder, path) = written(&format!(
        "{head} {refused}\n{head} message repeated 41 times: [ {refused}]\nNov 20 09:46:13 lb1 last message repeated 8 times\n"
    ));
    let told = document(&[&path]);
    assert_eq!(
        (&told["totals"]["requests"], &told["totals"]["failed"]),
        (&json!(42), &json!(42))
    );
    let coverage = &told["coverage"];
    assert_eq!(
        (&coverage["traffic"], &coverage["other"]),
        (&json!(2), &json!(1))
    );
    let warnings = coverage["warnings"].to_string();
    assert!(warnings.contains("Not counted: 8 messages"), "{warnings}");
}
