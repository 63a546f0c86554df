//! From a line to whoever is told of it.

use std::fs;
use std::net::UdpSocket;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use serde_json::Value;

use super::daemon::Daemon;
use super::lines;
use super::webhook::Webhook;

/// Most that passes between a line and the alert.
const PROMPT: Duration = Duration::from_millis(1_500);

fn settings(file: &Path, name: &str, to: &Webhook) {
    let text = format!(
        "[[notify]]\nname = \"{name}\"\ntype = \"webhook\"\nurl = \"http://{}/\"\nhold_off = \"0s\"\n",
        to.address()
    );
    fs::write(file, text).unwrap();
}

fn daemon(folder: &Path) -> Daemon {
    let (file, store) = (folder.join("hapline.toml"), folder.join("h.db"));
    let paths = [
        "--settings",
        file.to_str().unwrap(),
        "--store",
        store.to_str().unwrap(),
    ];
    Daemon::start(&[&["--udp", "127.0.0.1:0"], &paths[..]].concat())
}

fn send(daemon: &Daemon, line: &str) {
    let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
    let line = lines::datagram(line);
    sender
        .send_to(line.as_bytes(), daemon.address("udp:"))
        .unwrap();
}

fn told(notice: &Value) -> [&str; 3] {
    let incident = &notice["incident"];
    [
        &notice["transition"],
        &incident["kind"],
        &incident["backend"],
    ]
    .map(|field| field.as_str().unwrap())
}

#[test]
fn a_server_down_is_told_at_once_and_once() {
    let (folder, webhook) = (tempfile::tempdir().unwrap(), Webhook::start());
    let folder = folder.path();
    settings(&folder.join("hapline.toml"), "hook", &webhook);
    let mut first = daemon(folder);
    (0..50).for_each(|number| send(&first, &lines::request(number, 200)));
    sleep(Duration::from_millis(600));
    let sent = Instant::now();
    send(&first, &lines::down());
    let (notice, at) = webhook.wait_for(1);
    let lag = at.saturating_duration_since(sent);
    assert!(lag < PROMPT, "told {lag:?} after its line");
    assert_eq!(told(&notice), ["opened", "backend_down", "be_app"]);

    // What was told is remembered, however the process ends.
    sleep(Duration::from_millis(2_500));
    first.end(Signal::SIGKILL);
    let mut second = daemon(folder);
    second.address("udp:");
    sleep(Duration::from_millis(2_000));
    second.stop();
    let third = daemon(folder);
    third.address("udp:");
    sleep(Duration::from_millis(1_000));
    assert_eq!(webhook.count(), 1, "told again: {:#?}", webhook.wait_for(2));

    // Another one is told from now on: by its own name it knows nothing yet.
    let other = Webhook::start();
    settings(&folder.join("hapline.toml"), "other", &other);
    third.signal(Signal::SIGHUP);
    third.wait_for("who is told of incidents was read again");
    send(&third, &lines::down().replace("be_app/app1", "be_pay/pay1"));
    let (notice, _) = other.wait_for(1);
    assert_eq!(told(&notice), ["opened", "backend_down", "be_pay"]);
    assert_eq!(webhook.count(), 1);
}
