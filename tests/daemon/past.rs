//! What is old is stored by the minute: less room, the same sums, the incidents as they were found.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use jiff::{Timestamp, ToSpan};
use nix::sys::signal::Signal;
use serde_json::Value;

use super::daemon::Daemon;
use super::report;
use super::wait;

/// Six hours of a backend, long ago; for two minutes of them its only server is down.
fn log() -> String {
    let begin: Timestamp = "2026-03-14T09:00:00Z".parse().unwrap();
    let mut log = String::new();
    for second in 0..21_600_i64 {
        let at = begin + second.seconds();
        let stamp = at.strftime("%Y-%m-%dT%H:%M:%SZ");
        let date = at.strftime("%d/%b/%Y:%H:%M:%S");
        let mut say = |message: String| {
            writeln!(log, "{stamp} lb1 haproxy[7]: {message}").unwrap();
        };
        let down = 5_000..5_120;
        for nth in 0..2 {
            let end = match down.contains(&second) {
                true => "be/<NOSRV> 0/-1/-1/-1/0 503 217 - - SC--".to_owned(),
                false => {
                    let (server, took) = (nth % 2, 5 + (second * 7 + nth * 13) % 50);
                    format!("be/s{server} 0/0/1/{took}/{} 200 14 - - ----", took + 1)
                }
            };
            let port = 1_024 + (second * 2 + nth) % 60_000;
            say(format!(
                "10.0.0.9:{port} [{date}.{nth:03}] fe {end} 1/1/0/0/0 0/0 \"GET / HTTP/1.1\""
            ));
        }
        for (server, left) in [(0, 1), (1, 0)] {
            if second == down.start {
                say(format!(
                    "Server be/s{server} is DOWN, reason: Layer4 timeout, check duration: 2001ms. {left} active and 0 backup \
                     servers left. 0 sessions active, 0 requeued, 0 remaining in queue."
                ));
            }
            if second == down.end {
                say(format!(
                    "Server be/s{server} is UP, reason: Layer4 check passed, check duration: 0ms. {} active and 0 backup \
                     servers online. 0 sessions requeued, 0 total in queue.",
                    2 - left
                ));
            }
        }
    }
    log
}

fn arguments(store: &Path) -> [&str; 6] {
    let store = store.to_str().unwrap();
    [
        "--stdin",
        "--store",
        store,
        "--keep-seconds",
        "2d",
        "--keep=100000d",
    ]
}

/// Blocks in all, and those of which only minutes are known.
fn blocks(store: &Path) -> (i64, i64) {
    let database = rusqlite::Connection::open(store).unwrap();
    let count = "SELECT count(*), coalesce(sum(resolution = 60), 0) FROM blocks";
    database
        .query_row(count, [], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
}

/// Bytes of each block, by its number.
fn sizes(store: &Path) -> BTreeMap<i64, i64> {
    let database = rusqlite::Connection::open(store).unwrap();
    let mut sizes = database
        .prepare("SELECT number, length(payload) FROM blocks")
        .unwrap();
    let sizes = sizes.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
    sizes.unwrap().map(Result::unwrap).collect()
}

/// What does not hang on seconds.
fn sums(document: &Value) -> Value {
    let mut facts = report::facts(document);
    facts["coverage"]["warnings"].take();
    facts["figures"] = document["figures"]["backends"].clone();
    facts
}

#[test]
fn old_requests_are_kept_by_the_minute_whatever_ends_the_daemon() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("h.db");
    let mut daemon = Daemon::start(&arguments(&store));
    std::io::Write::write_all(&mut daemon.input(), log().as_bytes()).unwrap();
    assert!(daemon.wait().success(), "{}", daemon.said());
    let (before, large, counted) = (report::of_store(&store), sizes(&store), blocks(&store));
    assert_eq!(before["incidents"].as_array().unwrap().len(), 1);
    assert_eq!(counted.1, 0, "two days are kept by the second");
    let an_hour: Vec<&str> = arguments(&store)
        .into_iter()
        .map(|argument| match argument {
            "2d" => "1h",
            other => other,
        })
        .collect();
    for ms in [3, 30, 60, 90, 120, 150, 200, 300] {
        let mut daemon = Daemon::start(&an_hour);
        sleep(Duration::from_millis(ms));
        daemon.end(Signal::SIGKILL);
        let now = report::of_store(&store);
        assert_eq!(sums(&now), sums(&before), "after {ms} ms");
    }
    let daemon = Daemon::start(&an_hour);
    wait::until(Duration::from_secs(60), "old blocks to be joined", || {
        let (_, joined) = blocks(&store);
        sleep(Duration::from_millis(300));
        (joined > 1 && blocks(&store).1 == joined).then_some(())
    });
    drop(daemon);
    let after = report::of_store(&store);
    assert_eq!(sums(&after), sums(&before));
    let smaller = sizes(&store).into_iter();
    let (is, was) = smaller
        .filter_map(|(number, is)| Some((is, *large.get(&number).filter(|was| **was != is)?)))
        .fold((0, 0), |(a, b), (is, was)| (a + is, b + was));
    assert!(0 < is && 3 * is < was, "{is} of {was} bytes");
    let warnings = after["coverage"]["warnings"].to_string();
    assert!(
        warnings.contains("requests are known by the minute"),
        "{warnings}"
    );
    assert_eq!(
        before["coverage"]["warnings"].as_array().unwrap().len(),
        0,
        "{before}"
    );
}
