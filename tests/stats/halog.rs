//! The same figures as halog's, wherever halog is exact: requests of `mode http` in its own order of fields.
//!
//! Without halog, which Debian's haproxy package brings, these tests are skipped, and say so; with `CI=true` they fail.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use flate2::read::GzDecoder;
use serde_json::Value;

use super::logs::{Log, mixture, requests};
use super::{needed, rows};

/// What halog prints of a log, line by line; nothing where it is not installed.
fn halog(arguments: &[&str], log: &str) -> Option<Vec<String>> {
    let program = needed::program("halog", "haproxy")?;
    let started = Command::new(program)
        .args(arguments)
        .arg("-q")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let mut process = started.expect("it runs");
    let mut input = process.stdin.take().expect("a pipe");
    let log = log.to_owned();
    let writer = std::thread::spawn(move || input.write_all(log.as_bytes()));
    let output = process.wait_with_output().expect("an end");
    writer.join().expect("no panic").expect("it reads all");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    Some(text.lines().map(str::to_owned).collect())
}

/// Logs of its kind: made ones, samples, and what real ones wrote in all sorts of trouble.
fn logs() -> Vec<(String, String)> {
    const RECORDINGS: [&str; 8] = [
        "clients_leave_slow_servers",
        "cookies_lose_their_servers",
        "drain_and_maintenance",
        "every_server_refuses",
        "noise_of_a_healthy_site",
        "one_server_stalls_halfway_through_answers",
        "slow_clients",
        "surge_fills_the_queue_of_busy_servers",
    ];
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut logs = vec![
        ("requests".to_owned(), requests(1_500)),
        ("mixture".to_owned(), mixture(600)),
    ];
    for name in ["backend-down", "slow-server", "flapping", "reload"] {
        let path = root.join("samples").join(name).with_extension("log");
        logs.push((name.to_owned(), fs::read_to_string(path).expect("a sample")));
    }
    for name in RECORDINGS {
        let path = root
            .join("tests/recordings")
            .join(name)
            .join("haproxy.log.gz");
        let mut text = String::new();
        let mut packed = GzDecoder::new(File::open(path).expect("a recording"));
        packed.read_to_string(&mut text).expect("text");
        logs.push((name.to_owned(), text));
    }
    logs
}

/// Figures of the requests of a log, as halog has them behind its filter `-H`.
fn ours(arguments: &[&str], log: &str) -> Vec<Value> {
    rows(&[arguments, &["-", "--filter", "has Tr"]].concat(), log)
}

fn theirs(flag: &[&str], log: &str) -> Option<Vec<String>> {
    halog(&[flag, &["-H"]].concat(), log)
}

/// As whole numbers, which halog cuts means to.
fn whole(row: &Value, columns: &[&str]) -> Vec<i64> {
    let number = |column: &&str| match &row[*column] {
        Value::Null => 0,
        number => number.as_f64().expect("a number").floor() as i64,
    };
    columns.iter().map(number).collect()
}

fn numbers(words: &[&str]) -> Vec<i64> {
    words
        .iter()
        .map(|word| word.parse().expect("a number"))
        .collect()
}

#[test]
fn servers_are_those_of_srv() {
    for (name, log) in logs() {
        let Some(lines) = theirs(&["-srv"], &log) else {
            return;
        };
        let expected = lines.iter().skip(1).map(|line| {
            let words: Vec<&str> = line.split(' ').collect();
            let share: f64 = words[9].parse().expect("percent");
            let figures = [&words[1..9], &words[10..]].concat();
            (
                words[0].to_owned(),
                (numbers(&figures), format!("{share:.1}")),
            )
        });
        let expected: BTreeMap<_, _> = expected.collect();
        let columns = [
            "1xx", "2xx", "3xx", "4xx", "5xx", "other", "requests", "ok", "Tc_avg", "Tr_avg",
        ];
        let found = ours(&["servers"], &log).into_iter().map(|row| {
            let text = |column: &str| row[column].as_str().expect("a name").to_owned();
            let share = format!("{:.1}", row["ok_pct"].as_f64().expect("percent"));
            let server = format!("{}/{}", text("backend"), text("server"));
            (server, (whole(&row, &columns), share))
        });
        assert_eq!(found.collect::<BTreeMap<_, _>>(), expected, "{name}");
        assert!(!expected.is_empty());
    }
}

/// `<code> <times>`, in halog's order.
fn codes(lines: &[String]) -> Vec<(String, i64)> {
    let pair = |line: &String| {
        let (code, times) = line.split_once(' ').expect("two words");
        (code.to_owned(), times.parse().expect("a number"))
    };
    lines.iter().map(pair).collect()
}

#[test]
fn statuses_and_states_are_those_of_st_tc_and_cc() {
    for (name, log) in logs() {
        for (flag, table, column) in [
            ("-st", "status", "status"),
            ("-tc", "terms", "term"),
            ("-cc", "cookies", "cookie"),
        ] {
            let Some(lines) = theirs(&[flag], &log) else {
                return;
            };
            let found = ours(&[table], &log).into_iter().map(|row| {
                let code = match &row[column] {
                    Value::String(text) => text.clone(),
                    number => number.to_string(),
                };
                (code, row["requests"].as_i64().expect("a count"))
            });
            let mut found: Vec<_> = found.collect();
            let mut expected = codes(&lines);
            if flag == "-st" {
                // It has -1 behind all others.
                found.sort();
                expected.sort();
            }
            assert_eq!(found, expected, "{flag} of {name}");
            assert!(!expected.is_empty());
        }
    }
}

/// halog's columns but the last.
const SUMS: [&str; 8] = [
    "requests",
    "errors",
    "time",
    "time_avg",
    "ok_time",
    "ok_time_avg",
    "bytes_avg",
    "bytes",
];

fn sums(lines: &[String]) -> Vec<(String, Vec<i64>)> {
    let row = |line: &String| {
        let words: Vec<&str> = line.splitn(9, ' ').collect();
        let [figures @ .., of] = words.as_slice() else {
            panic!("{line}");
        };
        (of.trim_matches('"').to_owned(), numbers(figures))
    };
    lines.iter().skip(1).map(row).collect()
}

fn sums_of(rows: &[Value], columns: &[&str], of: &str) -> Vec<(String, Vec<i64>)> {
    let row = |row: &Value| {
        let name = row[of].as_str().expect("a name").to_owned();
        (name, whole(row, columns))
    };
    rows.iter().map(row).collect()
}

#[test]
fn urls_are_those_of_u_with_and_without_parameters() {
    for (name, log) in logs() {
        for (flags, arguments) in [
            (&["-u"][..], &["urls"][..]),
            (&["-u", "-query"], &["urls", "--query"]),
        ] {
            let Some(lines) = theirs(flags, &log) else {
                return;
            };
            let found = sums_of(&ours(arguments, &log), &SUMS, "url");
            are_the_same(found, &lines, &name);
        }
    }
}

/// Sums by name are those that halog printed of the log with this name, and there are some.
fn are_the_same(found: Vec<(String, Vec<i64>)>, lines: &[String], log: &str) {
    let expected: BTreeMap<_, _> = sums(lines).into_iter().collect();
    let found: BTreeMap<_, _> = found.into_iter().collect();
    assert_eq!(found, expected, "{log}");
    assert!(!expected.is_empty());
}

#[test]
fn each_order_of_urls_has_its_column() {
    let log = requests(1_500);
    for (flag, column, nth) in [
        ("-uc", "requests", 0),
        ("-ue", "errors", 1),
        ("-ua", "time_avg", 3),
        ("-ut", "time", 2),
        ("-uao", "ok_time_avg", 5),
        ("-uto", "ok_time", 4),
        ("-uba", "bytes_avg", 6),
        ("-ubt", "bytes", 7),
    ] {
        let Some(lines) = theirs(&[flag], &log) else {
            return;
        };
        let order = |rows: Vec<(String, Vec<i64>)>| -> Vec<i64> {
            rows.into_iter().map(|(_, figures)| figures[nth]).collect()
        };
        let found = sums_of(&ours(&["urls", "--sort", column], &log), &SUMS, "url");
        assert_eq!(order(found), order(sums(&lines)), "{flag}");
    }
    let Some(lines) = theirs(&["-u"], &log) else {
        return;
    };
    let names = |rows: Vec<(String, Vec<i64>)>| rows.into_iter().map(|(name, _)| name);
    let found = names(sums_of(
        &ours(&["urls", "--sort", "url"], &log),
        &SUMS,
        "url",
    ));
    // It begins at the end, and has quotes around what is none.
    let mut expected: Vec<String> = names(sums(&lines)).collect();
    expected.sort();
    assert_eq!(found.collect::<Vec<_>>(), expected);
}

#[test]
fn clients_are_those_of_ic() {
    let columns = [
        "requests",
        "no_request",
        "time",
        "time_avg",
        "ok_time",
        "ok_time_avg",
        "bytes_avg",
        "bytes",
    ];
    for (name, log) in logs() {
        let Some(lines) = theirs(&["-ic"], &log) else {
            return;
        };
        let found = sums_of(&ours(&["clients"], &log), &columns, "client");
        are_the_same(found, &lines, &name);
    }
}

#[test]
fn headers_are_the_lines_of_hdr_counted() {
    let log = mixture(600);
    for capture in ["1:1", "1:2", "2:1"] {
        let Some(lines) = theirs(&["-hdr", capture], &log) else {
            return;
        };
        let mut expected: BTreeMap<String, i64> = BTreeMap::new();
        for line in lines {
            *expected.entry(line).or_default() += 1;
        }
        let found = ours(&["headers", "--capture", capture], &log);
        let found = found.iter().map(|row| {
            let value = row["value"].as_str().expect("text").to_owned();
            (value, row["requests"].as_i64().expect("a count"))
        });
        assert_eq!(found.collect::<BTreeMap<_, _>>(), expected, "{capture}");
        assert!(!expected.is_empty());
    }
}

#[test]
fn who_was_queued_is_who_q_and_qs_keep() {
    for (name, log) in logs() {
        for (flag, column) in [("-Q", "queued"), ("-QS", "srv_queued")] {
            let Some(lines) = theirs(&[flag, "-c"], &log) else {
                return;
            };
            let found = ours(&["queues"], &log);
            let found: i64 = found
                .iter()
                .map(|row| row[column].as_i64().expect("a count"))
                .sum();
            assert_eq!(vec![found.to_string()], lines, "{flag} of {name}");
        }
    }
}

/// Two thousand requests that ended well, each twice, so that halog's ranks, which it cuts to whole ones, name the same request.
fn twins() -> String {
    let mut log = Log::new();
    for nth in 0..1_000_u64 {
        let [request, queue, connect] = [50, 1_000, 3_000].map(|most| log.below(most));
        let response = log.below(60_000) * (nth % 7) / 6;
        let total = request + queue + connect + response + log.below(90_000);
        for _ in 0..2 {
            log.say(&format!(
                "10.0.0.1:4000 [06/Feb/2026:11:14:14.000] www app/s1 {request}/{queue}/{connect}/{response}/{total} \
                 200 5 - - ---- 9/9/4/2/0 0/0 \"GET / HTTP/1.1\""
            ));
        }
    }
    for _ in 0..77 {
        log.say(
            "10.0.0.1:4000 [06/Feb/2026:11:14:14.000] www app/s1 0/0/-1/-1/31000 503 5 - - SC-- 9/9/4/2/0 0/0 \
             \"GET / HTTP/1.1\"",
        );
    }
    log.text
}

#[test]
fn percentiles_are_those_of_pct_to_a_thousandth() {
    let log = twins();
    let Some(lines) = theirs(&["-pct"], &log) else {
        return;
    };
    let expected: Vec<Vec<f64>> = lines
        .iter()
        .map(|line| {
            line.split_whitespace()
                .map(|word| word.parse().expect("a number"))
                .collect()
        })
        .collect();
    let percent: Vec<String> = expected
        .iter()
        .map(|row| format!("{:.1}", row[0]))
        .collect();
    let found = ours(&["percentiles", "--percent", &percent.join(",")], &log);
    let found: Vec<&Value> = found.iter().filter(|row| row["of"] == "http").collect();
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(&expected) {
        let number = |column: &str| found[column].as_f64().expect("a number");
        assert_eq!(number("percent"), expected[0]);
        for (column, expected) in ["TR", "Tc", "Tr", "Td"].into_iter().zip(&expected[2..]) {
            let apart = (number(column) - expected).abs();
            assert!(
                apart * 1_000.0 <= *expected,
                "{column}: {found} for {expected}"
            );
            assert!(
                apart == 0.0 || *expected >= 2_048.0,
                "{column}: short ones are exact"
            );
        }
    }
    let of_cut = ours(&["percentiles", "--percent", "100"], &log);
    let of_cut = of_cut
        .iter()
        .find(|row| row["of"] == "http_cut")
        .expect("a row");
    assert_eq!(
        (&of_cut["requests"], &of_cut["Tr"]),
        (&77.into(), &Value::Null)
    );
}
