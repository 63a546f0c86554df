//! From a line to whoever is told of it.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use hapline::store::Reader;
use nix::sys::signal::Signal;
use serde_json::Value;

use super::daemon::Daemon;
use super::lines;
use super::wait;
use super::webhook::Webhook;

/// Time for what must come to come.
const LIMIT: Duration = Duration::from_secs(60);

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
    let listeners = ["--udp", "127.0.0.1:0", "--tcp", "127.0.0.1:0"];
    Daemon::start(&[listeners, paths].concat())
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

/// Waits until the store remembers that everything was told.
fn wait_until_remembered(store: &Path, notice: &Value) {
    let id = notice["incident"]["id"].as_str().unwrap();
    wait::until(LIMIT, "what was told to be remembered", || {
        let note = Reader::open(store).ok()?.note("alerts").ok()??;
        let is_known = note.windows(id.len()).any(|part| part == id.as_bytes());
        // Behind the name of the target stands what is still to be sent: nothing.
        (is_known && note.ends_with(b"hook\0")).then_some(())
    });
}

#[test]
fn a_server_down_is_told_once() {
    let (folder, webhook) = (tempfile::tempdir().unwrap(), Webhook::start());
    let folder = folder.path();
    settings(&folder.join("hapline.toml"), "hook", &webhook);
    let mut first = daemon(folder);
    (0..50).for_each(|number| send(&first, &lines::request(number, 200)));
    send(&first, &lines::down());
    let (notice, _) = webhook.wait_for(1);
    assert_eq!(told(&notice), ["opened", "backend_down", "be_app"]);

    // What was told is remembered, however the process ends.
    wait_until_remembered(&folder.join("h.db"), &notice);
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

/// Sends lines of requests at this rate, ten times a second, for as long as the flag stands.
fn pour(address: SocketAddr, rate: u64, go_on: &AtomicBool) {
    let mut stream = TcpStream::connect(address).unwrap();
    let begin = Instant::now();
    let mut number = 0;
    while go_on.load(Ordering::Relaxed) {
        // The stamps of a tenth of a second are alike.
        let line = lines::datagram(&lines::request(0, 200));
        let (head, tail) = line.split_once("/cart/0").unwrap();
        let mut block = String::new();
        for nth in number..number + rate / 10 {
            writeln!(block, "{head}/cart/{nth}{tail}").unwrap();
        }
        number += rate / 10;
        stream.write_all(block.as_bytes()).unwrap();
        let next = Duration::from_millis(number * 1_000 / rate);
        sleep(next.saturating_sub(begin.elapsed()));
    }
}

/// From a DOWN line to its alert, while other lines pour in. `HAPLINE_ALERTS` is how many are sent, beside 50,000 lines a
/// second; then it is the 99th percentile that counts, and the binary must be an optimised one (`HAPLINE`). Otherwise it is
/// the best of a few, beside fewer lines: the machine may be busy.
#[test]
fn an_alert_leaves_at_once_however_many_lines_come() {
    let asked: Option<usize> = std::env::var("HAPLINE_ALERTS")
        .ok()
        .map(|n| n.parse().unwrap());
    let (many, rate) = asked.map_or((5, 2_000), |many| (many, 50_000));
    let (folder, webhook) = (tempfile::tempdir().unwrap(), Webhook::start());
    settings(&folder.path().join("hapline.toml"), "hook", &webhook);
    let daemon = daemon(folder.path());
    let (go_on, tcp) = (AtomicBool::new(true), daemon.address("tcp:"));
    let mut lags: Vec<Duration> = std::thread::scope(|scope| {
        scope.spawn(|| pour(tcp, rate, &go_on));
        // Alerts of another moment of the second each time.
        let lag = |nth: usize| {
            sleep(Duration::from_millis(400 + 137 * nth as u64 % 1_000));
            let down = lines::down().replace("be_app/app1", &format!("be_{nth}/app1"));
            let mut stream = TcpStream::connect(tcp).unwrap();
            let sent = Instant::now();
            writeln!(stream, "{}", lines::datagram(&down)).unwrap();
            let (_, at) = webhook.wait_for(nth + 1);
            at.saturating_duration_since(sent)
        };
        let lags = (0..many).map(lag).collect();
        go_on.store(false, Ordering::Relaxed);
        lags
    });
    lags.sort();
    let told = match asked {
        None => lags[0],
        Some(_) => {
            let (half, most) = (lags[many / 2], lags[many - 1]);
            println!(
                "p50 {half:?}, p99 {:?}, most {most:?}",
                lags[(many * 99).div_ceil(100) - 1]
            );
            lags[(many * 99).div_ceil(100) - 1]
        }
    };
    assert!(told < PROMPT, "{lags:?}");
}
