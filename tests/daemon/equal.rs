//! What is told of a log does not depend on how it came in.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use flate2::read::GzDecoder;
use jiff::{Timestamp, ToSpan};
use serde_json::Value;

use super::daemon::Daemon;
use super::{report, wait};

/// Time in which a daemon has read some megabytes.
const LIMIT: Duration = Duration::from_secs(60);

/// Bytes that are written at once; lines end anywhere in them.
const PIECE: usize = 7_001;

/// The logs of these recordings, with the files that `hapline` needs for them.
fn recordings() -> Vec<(String, PathBuf)> {
    [
        "drain_and_maintenance",
        "process_dies_and_comes_back",
        "two_haproxys_see_one_server_die",
        "surge_fills_the_queue_of_busy_servers",
        "reload",
        "log_begins_with_a_server_refusing",
    ]
    .into_iter()
    .map(|name| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings");
        (name.to_owned(), folder.join(name).join("haproxy.log.gz"))
    })
    .collect()
}

fn unpacked(path: &Path) -> Vec<u8> {
    let mut log = Vec::new();
    let mut packed = GzDecoder::new(fs::File::open(path).unwrap());
    packed.read_to_end(&mut log).unwrap();
    log
}

fn feed(mut out: impl Write, log: &[u8]) {
    for piece in log.chunks(PIECE) {
        out.write_all(piece).unwrap();
    }
}

fn compare(name: &str, store: &Path, log: &Path) {
    let (kept, read) = (report::of_store(store), report::of_files(&[log]));
    let counts = |document: &Value| {
        let incidents = document["incidents"].as_array().unwrap().iter();
        let told = incidents
            .map(|told| [&told["id"], &told["kind"], &told["start"]].map(Value::to_string));
        told.collect::<Vec<_>>()
    };
    assert_eq!(counts(&kept), counts(&read), "{name}");
    let (kept, read) = (report::facts(&kept), report::facts(&read));
    for part in ["totals", "incidents", "coverage"] {
        assert_eq!(kept[part], read[part], "{name}: {part}");
    }
}

#[test]
fn a_log_by_standard_input_is_told_as_its_file_is() {
    for (name, path) in recordings() {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("h.db");
        let mut daemon = Daemon::start(&["--stdin", "--store", store.to_str().unwrap()]);
        feed(daemon.input(), &unpacked(&path));
        assert!(daemon.wait().success(), "{name}: {}", daemon.said());
        compare(&name, &store, &path);
    }
}

#[test]
fn a_log_over_tcp_is_told_as_its_file_is() {
    for (name, path) in recordings() {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("h.db");
        let log = unpacked(&path);
        let listen = ["--tcp", "127.0.0.1:0", "--store", store.to_str().unwrap()];
        let mut daemon = Daemon::start(&listen);
        feed(TcpStream::connect(daemon.address("tcp:")).unwrap(), &log);
        let lines = log.split(|byte| *byte == b'\n').count() - 1;
        report::wait_for_lines(&store, lines as u64);
        daemon.stop();
        compare(&name, &store, &path);
    }
}

/// The end comes in the middle of an incident, and what comes next is of the same log.
#[test]
fn a_log_with_restarts_in_it_is_told_as_its_file_is() {
    for (name, path) in recordings() {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("h.db");
        let log = unpacked(&path);
        let lines: Vec<&[u8]> = log.split_inclusive(|byte| *byte == b'\n').collect();
        for part in lines.chunks(lines.len() / 3 + 1) {
            let mut daemon = Daemon::start(&["--stdin", "--store", store.to_str().unwrap()]);
            feed(daemon.input(), &part.concat());
            assert!(daemon.wait().success(), "{name}: {}", daemon.said());
        }
        compare(&name, &store, &path);
    }
}

/// Writes what the HAProxy of a backend logs over some seconds of an hour and a half, so many lines a second or less than one;
/// in one minute its only server is down. Gives the number of lines.
fn write_past(path: &Path, host: &str, seconds: std::ops::Range<i64>, every: f64) -> u64 {
    let begin: Timestamp = "2026-03-14T09:00:00Z".parse().unwrap();
    let (mut log, mut lines, mut due) = (String::new(), 0, 0.0);
    let down = seconds.start + (seconds.end - seconds.start) / 2;
    for second in seconds {
        let at = begin + second.seconds();
        let (stamp, date) = (
            at.strftime("%b %e %H:%M:%S"),
            at.strftime("%d/%b/%Y:%H:%M:%S"),
        );
        let mut say = |message: &str| {
            log += &format!("{stamp} {host} haproxy[7]: {message}\n");
            lines += 1;
        };
        let is_down = (down..down + 60).contains(&second);
        while due < 1.0 {
            due += every;
            let end = match is_down {
                true => format!("be_{host}/<NOSRV> 0/-1/-1/-1/0 503 217 - - SC--"),
                false => format!("be_{host}/s1 0/0/1/7/8 200 1412 - - ----"),
            };
            say(&format!(
                "10.0.0.9:4711 [{date}.{:03}] fe {end} 1/1/0/0/0 0/0 \"GET / HTTP/1.1\"",
                second % 1000
            ));
        }
        due -= 1.0;
        let check = "check duration: 0ms";
        if second == down {
            say(&format!(
                "Server be_{host}/s1 is DOWN, reason: Layer4 timeout, {check}. 0 active and 0 backup servers left. 0 sessions \
                 active, 0 requeued, 0 remaining in queue."
            ));
        }
        if second == down + 60 {
            say(&format!(
                "Server be_{host}/s1 is UP, reason: Layer4 check passed, {check}. 1 active and 0 backup servers online. 0 \
                 sessions requeued, 0 total in queue."
            ));
        }
    }
    fs::write(path, log).unwrap();
    lines
}

/// One is long and one is short, one ends early and one begins late; none fits into one piece of another.
#[test]
fn files_that_have_a_past_are_told_together() {
    let folder = tempfile::tempdir().unwrap();
    let logs = ["lb1", "lb2", "lb3"].map(|host| folder.path().join(format!("{host}.log")));
    let lines = write_past(&logs[0], "lb1", 0..5_400, 0.1)
        + write_past(&logs[1], "lb2", 0..3_000, 0.4)
        + write_past(&logs[2], "lb3", 2_000..5_400, 7.3);
    let pattern = folder.path().join("*.log");
    let daemon = Daemon::start(&[
        "--follow",
        pattern.to_str().unwrap(),
        "--http",
        "127.0.0.1:0",
    ]);
    let told = wait::until(LIMIT, "all lines", || {
        let told: Value = serde_json::from_str(&daemon.page("/api/v1/report").1).ok()?;
        (told["coverage"]["lines"] == lines).then_some(told)
    });
    let (told, read) = (
        report::facts(&told),
        report::facts(&report::of_files(&logs)),
    );
    assert_eq!(told, read);
    assert_eq!(told["incidents"].as_array().unwrap().len(), 3);
}

/// Three quarters of an hour, in some blocks; one line in the last of them has a date of years before.
fn with_an_odd_date() -> String {
    let begin: Timestamp = "2026-03-14T09:00:00Z".parse().unwrap();
    let line = |nth: i64| {
        let at = match nth {
            ODD => begin - (7 * 365 * 24).hours(),
            _ => begin + (nth / 8).seconds(),
        };
        format!(
            "{} lb1 haproxy[7]: 10.0.0.9:{} [{}.{:03}] fe be/s{} 0/0/1/7/8 200 14 - - ---- 1/1/0/0/0 0/0 \"GET / HTTP/1.1\"\n",
            at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            1_024 + nth,
            at.strftime("%d/%b/%Y:%H:%M:%S"),
            nth % 8 * 100,
            nth % 3
        )
    };
    (0..ODD_LINES).map(line).collect()
}

const ODD_LINES: i64 = 8 * 45 * 60;

const ODD: i64 = ODD_LINES - 1_000;

#[test]
fn one_line_that_is_years_back_puts_no_other_out_of_order() {
    let folder = tempfile::tempdir().unwrap();
    let (store, log) = (folder.path().join("h.db"), folder.path().join("log"));
    fs::write(&log, with_an_odd_date()).unwrap();
    let mut daemon = Daemon::start(&["--stdin", "--store", store.to_str().unwrap()]);
    let mut input = daemon.input();
    input.write_all(&fs::read(&log).unwrap()).unwrap();
    drop(input);
    assert!(daemon.wait().success(), "{}", daemon.said());
    let (kept, read) = (report::of_store(&store), report::of_files(&[&log]));
    assert_eq!(kept["totals"], read["totals"]);
    assert_eq!(kept["totals"]["requests"], ODD_LINES);
    for document in [&kept, &read] {
        let warnings = document["coverage"]["warnings"].to_string();
        assert!(
            warnings.contains("\"1 line stood more than a minute out of order"),
            "{warnings}"
        );
    }
}
