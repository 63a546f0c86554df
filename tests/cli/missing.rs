//! What is not in the log, or is there twice.

use std::fs;

use serde_json::Value;

use super::{BACKEND_DOWN, document, hapline, printed, sample};

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

/// What is said of a log, in one of the faces, with a configuration of these lines.
fn said(log: &str, config: &str, arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let [log_at, config_at] =
        [("haproxy.log", log), ("haproxy.cfg", config)].map(|(name, text)| {
            let path = folder.path().join(name);
            fs::write(&path, text).unwrap();
            path
        });
    let [(command, arguments)] = [arguments.split_first().unwrap()];
    let mut hapline = hapline();
    hapline.arg(command).arg(log_at).args(arguments);
    if !config.is_empty() {
        hapline.arg("--config").arg(config_at);
    }
    let text = printed(hapline.args(["--timezone", "UTC"]));
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ")
}

/// The sample's lines that are kept.
fn kept(keep: impl Fn(&str) -> bool) -> String {
    let log = fs::read_to_string(sample(BACKEND_DOWN)).unwrap();
    let lines = log.lines().filter(|line| keep(line));
    lines.map(|line| format!("{line}\n")).collect()
}

const SITE: &str = "frontend shop\n mode http\n default_backend app\nbackend app\n mode http\n";

#[test]
fn shares_are_not_told_where_good_requests_are_not_logged() {
    let plain = kept(|_| true);
    let quiet = kept(|line| !line.contains(" ---- "));
    let by_config = SITE.replace(" mode http\n default", " option dontlog-normal\n default");
    for (name, log, config) in [
        ("detected", &quiet, ""),
        ("by --config", &plain, &by_config),
    ] {
        for face in ["text", "markdown"] {
            let text = said(log, config, &["report", "--format", face]);
            assert!(
                text.contains("815 requests failed"),
                "{name}, {face}: {text}"
            );
            assert!(
                text.contains(" logged requests failed "),
                "{name}, {face}: {text}"
            );
            assert!(text.contains("option dontlog"), "{name}, {face}: {text}");
            let shares = text.replace("100 % understood", "");
            assert!(!shares.contains('%'), "{name}, {face}: {text}");
            assert!(!text.contains("of 902"), "{name}, {face}: {text}");
        }
        let json = said(log, config, &["report", "--format", "json"]);
        let told: Value = serde_json::from_str(&json).unwrap();
        assert_eq!(told["totals"]["availability"], Value::Null, "{name}");
        assert_eq!(told["totals"]["failed"], 815, "{name}");
        assert_eq!(told["incidents"][0]["requests"], Value::Null, "{name}");
        assert_eq!(told["incidents"][0]["failed_requests"], 815, "{name}");
        assert_eq!(told["coverage"]["lacks"][0], "good_requests", "{name}");
        let advice = said(log, config, &["advise"]);
        assert!(advice.contains("815 requests failed"), "{name}: {advice}");
        assert!(!advice.contains("of 902"), "{name}: {advice}");
        let json = said(log, config, &["advise", "--format", "json"]);
        let told: Value = serde_json::from_str(&json).unwrap();
        let proxies = told["backends"].as_array().unwrap().iter();
        let app = proxies.filter(|proxy| proxy["scope"] == "backend app");
        let timers = app.flat_map(|proxy| proxy["timers"].as_array().unwrap());
        let judged: Vec<&Value> = timers.filter(|timer| timer["timer"] != "check").collect();
        assert!(config.is_empty() || !judged.is_empty(), "{name}: {told}");
        for timer in judged {
            assert_eq!(timer["verdict"], "cannot_tell", "{name}: {timer}");
            assert_eq!(timer["all"]["p99"], Value::Null, "{name}: {timer}");
        }
    }
}

#[test]
fn shares_are_told_with_what_a_logger_dropped() {
    let notice = "Nov 20 09:46:20 lb1 rsyslogd-2177: imuxsock lost 8 messages from pid 4439 due to rate-limiting\n";
    let text = said(&(kept(|_| true) + notice), SITE, &["report"]);
    assert!(
        text.contains("815 of 902 requests failed (90.35 %)"),
        "{text}"
    );
    assert!(text.contains("rsyslog dropped at least 8 lines"), "{text}");
}

#[test]
fn settings_that_hide_requests_are_named() {
    let log = kept(|_| true);
    let calm = kept(|line| line.contains(" ---- "));
    let logged = "global\n log 10.0.0.1 local0\ndefaults\n log global\n";
    for (name, log, settings, warning) in [
        (
            "silent",
            &log,
            "http-request set-log-level silent if { path /health }",
            "`set-log-level silent` takes some requests out of the log of shop.",
        ),
        (
            "log-steps",
            &log,
            "log-steps accept,request",
            "`log-steps` leaves the end of requests out of the log of shop",
        ),
        (
            "separate errors",
            &calm,
            "option log-separate-errors",
            "`option log-separate-errors` may send failed requests to another file, of shop.",
        ),
        (
            "sample",
            &log,
            "no log\n log 10.0.0.2:514 sample 1:10 local0",
            "haproxy.cfg:7) gets 1 of 10 lines of shop: counts are of what was logged, and lower bounds.",
        ),
        (
            "two targets",
            &log,
            "log 10.0.0.2:514 sample 1-2:10 local0",
            "gets 2 of 10 lines of shop: if this log came that way, counts",
        ),
    ] {
        let own = SITE.replacen(" mode http\n", &format!(" {settings}\n"), 1);
        let text = said(log, &format!("{logged}{own}"), &["report"]);
        assert!(text.contains(warning), "{name}: {text}");
        // A frontend that does not occur says nothing.
        let elsewhere = own
            .replace("shop", "idle")
            .replace("backend app", "backend idle_app");
        let elsewhere = elsewhere.replace("default_backend app", "default_backend idle_app");
        let text = said(log, &format!("{logged}{elsewhere}{SITE}"), &["report"]);
        assert!(!text.contains("idle"), "{name}: {text}");
    }
    let two = format!("{logged}{SITE}frontend side\n no log\n default_backend app\n");
    let text = said(&log, &two, &["report"]);
    assert!(
        text.contains("No `log` line is in force for side: requests"),
        "{text}"
    );
    for nothing in [logged.to_owned() + SITE, SITE.to_owned()] {
        let nothing = nothing.replacen(
            " mode",
            " option dontlognull\n option log-separate-errors\n mode",
            1,
        );
        assert!(!said(&log, &nothing, &["report"]).contains("! "));
    }
}

#[test]
fn numbers_of_a_sampled_log_are_lower_bounds() {
    let config = format!("defaults\n log 10.0.0.1 sample 1:10 local0\n{SITE}");
    let text = said(&kept(|_| true), &config, &["report"]);
    for words in [
        "815 of 3,147 logged requests failed (25.90 %)",
        "815 of 902 logged requests failed (90.35 %).",
        "peak: at least 96 a second failed",
        "peak ≥ 96/s",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let json = said(&kept(|_| true), &config, &["report", "--format", "json"]);
    assert!(json.contains("\"lacks\": [ \"sampled\" ]"), "{json}");
}

/// A log of requests that were sent in so many bytes at most, by processes with longer and longer ids.
fn cut(limit: usize, hosts: &[&str]) -> String {
    let mut log = String::new();
    for (number, host) in (0..12).zip(hosts.iter().cycle()) {
        let pid = 10_u32.pow(number % 6 + 1);
        let request = format!(
            "10.0.0.1:{} [20/Nov/2026:09:46:{number:02}.120] shop app/app1 0/0/1/2/3 200 99 - - ---- 1/1/0/0/0 0/0 \
             \"GET /?{} HTTP/1.1\"",
            2_000 + number,
            "x".repeat(9_000)
        );
        let sent = format!("<134>Nov 20 09:46:{number:02} haproxy[{pid}]: ").len();
        let message = &request[..limit - sent];
        log += &format!("Nov 20 09:46:{number:02} {host} haproxy[{pid}]: {message}\n");
    }
    log
}

#[test]
fn the_length_at_which_lines_are_cut_is_told() {
    let hosts = ["lb1", "lb-in-another-town"];
    for (name, limit, config, said_of_it) in [
        (
            "by default",
            1_024,
            "",
            "12 lines are cut, most of them at 1,024 bytes: give the `log` line of haproxy.cfg a larger `len`, or raise",
        ),
        (
            "the newline counts",
            1_023,
            "",
            "at 1,023 bytes: give the `log` line of haproxy.cfg a larger `len`",
        ),
        (
            "by --config",
            200,
            "global\n log 10.0.0.1 local0\n log 10.0.0.2 len 200 local0\ndefaults\n log global\n",
            "haproxy.cfg:3) a larger `len`, and raise the relay's limit",
        ),
        (
            "by rsyslog",
            8_096,
            "",
            "at 8,096 bytes: raise the relay's limit (`$MaxMessageSize` of rsyslog) to see whole requests.",
        ),
    ] {
        let config = if config.is_empty() {
            String::new()
        } else {
            format!("{config}{SITE}")
        };
        let text = said(&cut(limit, &hosts), &config, &["report"]);
        assert!(text.contains(said_of_it), "{name}: {text}");
    }
    let ragged: String = (0..12)
        .map(|more| cut(900 + 10 * more, &hosts[..1]))
        .collect();
    let text = said(&ragged, "", &["report"]);
    assert!(!text.contains("most of them"), "{text}");
}
