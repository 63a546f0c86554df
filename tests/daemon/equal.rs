//! What is told of a log does not depend on how it came in.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use serde_json::Value;

use super::daemon::Daemon;
use super::report;

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
