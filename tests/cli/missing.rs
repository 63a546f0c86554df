//! What is not in the log, or is there twice.

use std::fs;

use serde_json::Value;

use super::{BACKEND_DOWN, document, sample};

/// The report on a log that each line of the sample is turned into.
fn turned(line: impl Fn(&str) -> String) -> Value {
    let log = fs::read_to_string(sample(BACKEND_DOWN)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("haproxy.log");
    fs::write(&path, log.lines().map(line).collect::<String>()).unwrap();
    document(&[path.to_str().unwrap()])
}

#[test]
fn what_a_logger_dropped_is_told_and_is_no_incident() {
    let notices = [
        "09:46:10 lb1 rsyslogd: imuxsock[pid: 4439, name: /usr/sbin/haproxy]: 480 messages lost due to rate-limiting \
         (200 allowed within 5 seconds)",
        "09:46:20 lb1 rsyslogd-2177: imuxsock lost 8 messages from pid 4439 due to rate-limiting",
        "09:46:20 lb1 systemd-journald[99]: Suppressed 9 messages from nginx.service",
    ];
    let told = turned(|line| {
        let second = &line[7..15];
        let due = notices.iter().filter(|notice| notice.starts_with(second));
        let notices: String = due.map(|notice| format!("Nov 20 {notice}\n")).collect();
        format!("{line}\n{notices}")
    });
    let plain = document(&[BACKEND_DOWN]);
    assert_eq!(told["totals"], plain["totals"]);
    assert_eq!(told["incidents"][0]["id"], plain["incidents"][0]["id"]);
    assert_eq!(told["incidents"].as_array().unwrap().len(), 1);
    let warnings = told["coverage"]["warnings"].to_string();
    assert!(
        warnings.contains("rsyslog dropped at least 488 lines between 2026-11-20T09:46:10"),
        "{warnings}"
    );
    assert!(warnings.contains("and 2026-11-20T09:46:20"), "{warnings}");
    assert!(!warnings.contains("journald"), "{warnings}");
}

#[test]
fn two_targets_that_end_in_one_file_are_one_log() {
    let plain = document(&[BACKEND_DOWN]);
    let traffic = |line: &str| line.contains(" shop ") && line.contains(" HTTP/1.1\"");
    let failed = |line: &str| line.contains(" SC-- ");
    for (copied, name) in [
        (traffic as fn(&str) -> bool, "all"),
        (failed, "log-separate-errors"),
    ] {
        let told = turned(|line| match copied(line) {
            true => format!("{line}\n{line}\n"),
            false => format!("{line}\n"),
        });
        assert_eq!(told["totals"], plain["totals"], "{name}");
        let incident = |document: &Value| {
            let incident = &document["incidents"][0];
            ["id", "failed", "clients", "statuses", "curve"].map(|key| incident[key].clone())
        };
        assert_eq!(incident(&told), incident(&plain), "{name}");
        let counts = |document: &Value| {
            let coverage = &document["coverage"];
            ["lines", "duplicates", "traffic"].map(|class| coverage[class].as_u64().unwrap())
        };
        let ([lines, twice, traffic], [lines_once, twice_once, traffic_once]) =
            (counts(&told), counts(&plain));
        assert_eq!(traffic, traffic_once, "{name}");
        assert_eq!(twice - twice_once, lines - lines_once, "{name}");
        assert!(twice > 800, "{name}");
    }
}

#[test]
fn a_client_that_asks_again_and_again_is_no_second_target() {
    let once = |second: usize, port: usize| {
        format!(
            "Nov 20 09:46:{second:02} lb1 haproxy[7]: 10.0.0.9:{port} [20/Nov/2026:09:46:{second:02}.100] www www/<STATS> \
             0/0/0/0/0 200 98 - - LR-- 2/1/0/0/0 0/0 \"GET /ping HTTP/1.1\"\n"
        )
    };
    // One connection, kept alive: several requests in a millisecond, at times just two.
    let mut log: String = (0..20).map(|nth| once(nth, 5_000 + nth)).collect();
    for second in 20..40 {
        log += &once(second, 4_000).repeat(second % 7 + 1);
        log += &once(second, 6_000);
    }
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("haproxy.log");
    std::fs::write(&path, &log).unwrap();
    let told = document(&[path.to_str().unwrap()]);
    assert_eq!(told["coverage"]["duplicates"], 0);
    assert_eq!(told["totals"]["requests"], log.lines().count());
}
