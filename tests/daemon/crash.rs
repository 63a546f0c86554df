//! However the daemon ends, each line of a followed log counts once.

use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use nix::sys::signal::Signal;

use super::daemon::Daemon;
use super::report;
use super::writer::{Random, Writer};

/// How often the daemon ends in a test; `HAPLINE_ENDS` is another number.
const ENDS: u64 = 12;

/// The longest a daemon runs, in ms. It flushes at the start and each second.
const LONGEST: u64 = 1_500;

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Runs and ends the daemon so often while the log is written; the last time it reads to the end.
fn each_line_counts_once(signal: Signal, seed: u64) {
    let seed = variable("HAPLINE_SEED").unwrap_or(seed);
    let folder = tempfile::tempdir().unwrap();
    let (log, store) = (
        folder.path().join("haproxy.log"),
        folder.path().join("h.db"),
    );
    let arguments = [
        "--follow",
        log.to_str().unwrap(),
        "--store",
        store.to_str().unwrap(),
    ];
    let writer = Writer::start(&log, seed);
    let mut random = Random::new(seed + 1);
    for _ in 0..variable("HAPLINE_ENDS").unwrap_or(ENDS) {
        let mut daemon = Daemon::start(&arguments);
        sleep(Duration::from_millis(random.below(LONGEST)));
        let status = daemon.end(signal);
        let by_itself = signal == Signal::SIGTERM && status.code() == Some(0);
        assert!(
            by_itself || status.signal() == Some(signal as i32),
            "{status}: {}",
            daemon.said()
        );
    }
    let written = writer.stop();
    let mut daemon = Daemon::start(&arguments);
    report::wait_for_lines(&store, written.lines);
    // Lines that were read twice would come now.
    sleep(Duration::from_millis(1_200));
    daemon.stop();
    compare(&store, &written.files, written.lines, written.requests);
}

fn compare(store: &Path, files: &[impl AsRef<Path>], lines: u64, requests: u64) {
    let (kept, read) = (report::of_store(store), report::of_files(files));
    let coverage = &kept["coverage"];
    assert_eq!(coverage["lines"], lines, "{coverage}");
    assert_eq!(coverage["traffic"], requests, "{coverage}");
    assert_eq!(coverage["duplicates"], 0, "{coverage}");
    assert_eq!(kept["totals"]["requests"], requests);
    assert!(!kept["incidents"].as_array().unwrap().is_empty());
    let (kept, read) = (report::facts(&kept), report::facts(&read));
    for part in ["totals", "incidents", "coverage"] {
        assert_eq!(kept[part], read[part], "{part}");
    }
}

#[test]
fn after_kills_at_any_moment_each_line_counts_once() {
    each_line_counts_once(Signal::SIGKILL, 20_261_122);
}

#[test]
fn after_ends_at_any_moment_each_line_counts_once() {
    each_line_counts_once(Signal::SIGTERM, 7);
}
