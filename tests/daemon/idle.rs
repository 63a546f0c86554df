//! A daemon to which nothing comes lives, and is ready.

use std::net::UdpSocket;
use std::time::Duration;

use serde_json::Value;

use super::daemon::Daemon;
use super::{lines, wait};

/// Longer than what is shown may be old while it is ready.
const LIMIT: Duration = Duration::from_secs(45);

/// Between two questions.
const OFTEN: Duration = Duration::from_millis(200);

/// How old what is shown is, in ms; it lives and is ready.
fn age(daemon: &Daemon) -> u64 {
    assert_eq!(daemon.page("/healthz").0, 200);
    let (status, body) = daemon.page("/readyz");
    assert_eq!(status, 200, "{body}");
    let ready: Value = serde_json::from_str(&body).unwrap();
    let checks = ready["checks"].as_array().unwrap().iter();
    let detail = |name: &str| {
        let mut named = checks.clone().filter(|check| check["name"] == name);
        named.next().unwrap()["detail"].as_str().unwrap().to_owned()
    };
    assert_eq!(detail("ingest"), "0 ms behind");
    let digits: String = detail("view")
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    digits.parse().unwrap()
}

/// Waits until what is shown was made anew so often, though nothing came; it is ready all the time.
fn idles(daemon: &Daemon, times: u32) {
    let (mut seen, mut last) = (0, 0);
    wait::until(LIMIT, "what is shown to be made anew", || {
        std::thread::sleep(OFTEN);
        let now = age(daemon);
        seen += u32::from(now < last);
        last = now;
        (seen >= times).then_some(())
    });
}

#[test]
fn without_a_line_it_is_ready_and_what_it_shows_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("h.db");
    let mut daemon = Daemon::start(&[
        "--udp",
        "127.0.0.1:0",
        "--http",
        "127.0.0.1:0",
        "--store",
        store.to_str().unwrap(),
    ]);
    daemon.wait_for("http://");
    idles(&daemon, 2);
    let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
    let line = lines::datagram(&lines::request(1, 200));
    sender
        .send_to(line.as_bytes(), daemon.address("udp:"))
        .unwrap();
    daemon.wait_for_requests(1);
    // The look at what came, the one at the silence after it, and one at no news.
    idles(&daemon, 3);
    assert_eq!(daemon.requests(), 1);
    daemon.stop();
}
