//! The same lines by every way there is: a file, its halves, a pipe, datagrams. They tell the same incidents.

use std::fs;
use std::io::Write;
use std::net::UdpSocket;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use serde_json::Value;

use super::hapline::{Hapline, split};

/// The samples, with what a reader of each of them must see.
const SAMPLES: [&str; 4] = ["backend-down", "flapping", "slow-server", "reload"];

/// Incidents without what says where their lines stand.
fn incidents(mut report: Value) -> Value {
    fn strip(value: &mut Value) {
        match value {
            Value::Object(fields) => {
                for key in ["evidence", "source", "line", "offset"] {
                    fields.remove(key);
                }
                fields.values_mut().for_each(strip);
            }
            Value::Array(items) => items.iter_mut().for_each(strip),
            _ => {}
        }
    }
    let mut incidents = report["incidents"].take();
    strip(&mut incidents);
    incidents
}

fn of_files(files: &[&Path]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_hapline"))
        .args(["report", "--format", "json", "--timezone", "UTC"])
        .args(files)
        .output()
        .unwrap();
    assert!(output.status.success());
    incidents(serde_json::from_slice(&output.stdout).unwrap())
}

fn of_a_pipe(log: &[u8]) -> Value {
    let mut hapline = Hapline::start(&["--format", "json"], Stdio::piped());
    let mut pipe = hapline.process().stdin.take().unwrap();
    pipe.write_all(log).unwrap();
    drop(pipe);
    incidents(split(&hapline.finish()).1)
}

fn of_datagrams(log: &[u8]) -> Value {
    let (hapline, address) = Hapline::serve("json");
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    for (nth, line) in log.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let datagram = [b"<134>".as_slice(), line].concat();
        socket.send_to(&datagram, address).unwrap();
        // A socket holds so many until they are taken.
        if nth % 50 == 0 {
            sleep(Duration::from_millis(2));
        }
    }
    sleep(Duration::from_millis(300));
    incidents(split(&hapline.stop("TERM")).1)
}

#[test]
fn every_way_tells_the_same_incidents() {
    let folder = tempfile::tempdir().unwrap();
    for sample in SAMPLES {
        let path = format!("{}/samples/{sample}.log", env!("CARGO_MANIFEST_DIR"));
        let log = fs::read(&path).unwrap();
        let whole = of_files(&[Path::new(&path)]);
        assert!(!whole.as_array().unwrap().is_empty(), "{sample}");

        let middle = log.len() / 2;
        let cut = middle
            + log[middle..]
                .iter()
                .position(|byte| *byte == b'\n')
                .unwrap()
            + 1;
        let halves = ["first.log", "second.log"].map(|name| folder.path().join(name));
        fs::write(&halves[0], &log[..cut]).unwrap();
        fs::write(&halves[1], &log[cut..]).unwrap();
        assert_eq!(
            of_files(&[&halves[1], &halves[0]]),
            whole,
            "{sample} in halves"
        );

        assert_eq!(of_a_pipe(&log), whole, "{sample} through a pipe");
        assert_eq!(of_datagrams(&log), whole, "{sample} in datagrams");
    }
}
