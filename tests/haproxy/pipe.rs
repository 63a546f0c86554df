//! `tail -F haproxy.log | hapline`, and a recorded log piece by piece.

use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use serde_json::Value;

use super::hapline::{Hapline, split};
use super::proxy::Site;

/// `tail -F`, which ends with the test.
struct Tail(Child);

impl Tail {
    fn follow(file: &Path) -> (Self, Stdio) {
        let mut tail = Command::new("tail")
            .args(["-n", "+1", "-F"])
            .arg(file)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let out = tail.stdout.take().unwrap();
        (Self(tail), out.into())
    }
}

impl Drop for Tail {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_followed_file_tells_the_same_as_a_socket() {
    let (socket, address) = Hapline::serve("json");
    let Some(mut site) = Site::start(Some(address)) else {
        return;
    };
    let (_tail, followed) = Tail::follow(&site.log());
    let file = Hapline::start(&["--format", "json"], followed);
    let load = site.load();
    load.wait(50, 200);
    site.servers[0].stop();
    let down = site.tee.wait("Server be_app/app1 is DOWN");
    let (at, _) = file.wait_for(Duration::from_secs(10), "opened");
    // `tail` itself looks once a second where it has no inotify.
    assert!(at.saturating_duration_since(down) < Duration::from_secs(2));
    site.servers[0].restart();
    site.tee.wait("Server be_app/app1 is UP");
    file.wait_for(Duration::from_secs(20), "closed");
    socket.wait_for(Duration::from_secs(20), "closed");
    load.stop();
    let datagrams = site.tee.settled();
    sleep(Duration::from_millis(1500));
    let (by_file, report) = split(&file.stop("INT"));
    let (by_socket, _) = split(&socket.stop("INT"));
    assert_eq!(told(&by_file), told(&by_socket));
    assert_eq!(report["coverage"]["lines"], datagrams);
    assert_eq!(report["sources"][0]["name"], "stdin");
    assert_eq!(
        without_sources(report),
        without_sources(report_of(&site.log()))
    );
}

/// The same scan in many steps.
#[test]
fn pieces_of_any_size_make_the_same_report() {
    let Some(mut site) = Site::start(None) else {
        return;
    };
    let load = site.load();
    load.wait(40, 200);
    site.servers.iter_mut().for_each(|server| server.stop());
    site.tee.wait("backend be_app has no server available!");
    load.wait(15, 503);
    site.servers.iter_mut().for_each(|server| server.restart());
    site.tee.wait("Server be_app/app1 is UP");
    sleep(Duration::from_millis(1500));
    load.stop();
    site.tee.settled();
    let log = std::fs::read(site.log()).unwrap();
    let expected = without_sources(report_of(&site.log()));
    assert_eq!(expected["incidents"].as_array().unwrap().len(), 1);
    for seed in 1..=3 {
        let (_, report) = split(&fed_in_pieces(&log, seed));
        assert_eq!(without_sources(report), expected, "seed {seed}");
    }
}

/// Pieces of 1 to 4,000 bytes; some pauses are long enough for a look.
fn fed_in_pieces(log: &[u8], seed: u64) -> Vec<String> {
    let mut hapline = Hapline::start(&["--format", "json"], Stdio::piped());
    let mut stdin = hapline.process().stdin.take().unwrap();
    let (mut rest, mut state) = (log, seed);
    while !rest.is_empty() {
        // Knuth's linear congruential generator.
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let length = (state >> 33) as usize % 4_000 + 1;
        let (piece, after) = rest.split_at(length.min(rest.len()));
        stdin.write_all(piece).unwrap();
        rest = after;
        sleep(Duration::from_millis(state >> 59));
    }
    drop(stdin);
    hapline.finish()
}

fn report_of(log: &Path) -> Value {
    let report = Command::new(env!("CARGO_BIN_EXE_hapline"))
        .args(["report", "--format", "json"])
        .arg(log)
        .env("TZ", "UTC")
        .output()
        .unwrap();
    assert!(report.status.success());
    serde_json::from_slice(&report.stdout).unwrap()
}

/// What was opened and closed, and why.
fn told(notices: &[Value]) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    notices
        .iter()
        .map(|notice| {
            (
                text(&notice["transition"]),
                text(&notice["incident"]["id"]),
                text(&notice["incident"]["cause"]["code"]),
            )
        })
        .filter(|(transition, ..)| transition == "opened" || transition == "closed")
        .collect()
}

/// A report whose source has another name is the same report.
fn without_sources(mut report: Value) -> Value {
    for source in report["sources"].as_array_mut().unwrap() {
        source["name"] = Value::Null;
    }
    forget_sources(&mut report);
    report
}

fn forget_sources(value: &mut Value) {
    match value {
        Value::Object(fields) => fields.iter_mut().for_each(|(name, value)| {
            if name == "source" {
                *value = Value::Null;
            } else {
                forget_sources(value);
            }
        }),
        Value::Array(values) => values.iter_mut().for_each(forget_sources),
        _ => {}
    }
}
