//! Dates that are wrong or made up, by whoever may send a line: nobody else's lines are late, and memory is bounded.

use std::fmt::Write as _;
use std::io::Write as _;
use std::net::{TcpStream, UdpSocket};
use std::thread;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::daemon::Daemon;
use super::{lines, report, wait};

/// Time after which all blocks have been cut that were open at the start.
const CUT: Duration = Duration::from_secs(34);

/// Lines that are dated a while ahead, and some back, each in a minute of its own or nearly so, at a server of its own.
const AHEAD: u64 = 9_000;

/// Lines of now beside each of them.
const BESIDE: u64 = 4;

/// Time in which all of them are read, by a program that is not optimised and not alone on its machine.
const LIMIT: Duration = Duration::from_secs(300);

/// A request of a time some minutes from now.
fn dated(number: u64, minutes: i64) -> String {
    let then = Timestamp::now() + SignedDuration::from_mins(minutes);
    let (logged, accepted) = (
        then.strftime("%b %e %H:%M:%S"),
        then.strftime("%d/%b/%Y:%H:%M:%S%.3f"),
    );
    format!(
        "{logged} lb2 haproxy[417]: 10.0.0.9:1024 [{accepted}] fe_www be_app/app{number} 0/0/1/7/8 200 1412 - - ---- \
         1/1/0/0/0 0/0 \"GET / HTTP/1.1\""
    )
}

fn late(daemon: &Daemon) -> u64 {
    let (_, metrics) = daemon.page("/metrics");
    let late = metrics
        .lines()
        .find_map(|series| series.strip_prefix("hapline_late_lines_total "));
    late.unwrap().parse().unwrap()
}

/// Sends lines of now until that time; gives how many.
fn send_until(daemon: &Daemon, end: Instant) -> u64 {
    let mut sender = TcpStream::connect(daemon.address("tcp:")).unwrap();
    let mut sent = 0;
    while sent < 5 || Instant::now() < end {
        writeln!(sender, "{}", lines::request(sent, 200)).unwrap();
        sent += 1;
        thread::sleep(Duration::from_millis(200));
    }
    sent
}

#[test]
fn a_line_of_tomorrow_by_a_listener_of_its_own_makes_nobody_late_before_and_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hapline.db");
    let (store, any) = (path.to_str().unwrap(), "127.0.0.1:0");
    let arguments = ["--tcp", any, "--udp", any, "--http", any, "--store", store];
    let mut daemon = Daemon::start(&arguments);
    let began = Instant::now();
    let tomorrow = UdpSocket::bind(any).unwrap();
    let line = lines::datagram(&dated(0, 20 * 60));
    let address = daemon.address("udp:");
    tomorrow.send_to(line.as_bytes(), address).unwrap();
    let mut sent = 1 + send_until(&daemon, began + CUT);
    daemon.wait_for_requests(sent);
    assert_eq!(late(&daemon), 0);
    daemon.stop();
    for is_made_again in [false, true] {
        if is_made_again {
            let database = rusqlite::Connection::open(&path).unwrap();
            let carried = "DELETE FROM snapshot; DELETE FROM covers;";
            database.execute_batch(carried).unwrap();
        }
        let mut daemon = Daemon::start(&arguments);
        sent += send_until(&daemon, Instant::now());
        daemon.wait_for_requests(sent);
        assert_eq!(late(&daemon), 0, "made again: {is_made_again}");
        daemon.stop();
    }
}

#[test]
fn of_many_lines_ahead_the_nearest_wait_for_their_time_and_a_store_has_them_all() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hapline.db");
    let (store, any) = (path.to_str().unwrap(), "127.0.0.1:0");
    let mut daemon = Daemon::start(&["--tcp", any, "--http", any, "--store", store]);
    let mut sender = TcpStream::connect(daemon.address("tcp:")).unwrap();
    for number in 0..AHEAD {
        let minutes = 10 + (number * 7_919 % 1_400) as i64;
        let minutes = if number % 10 == 9 { -minutes } else { minutes };
        let mut piece = dated(number, minutes);
        for beside in 0..BESIDE {
            let real = lines::request(number * BESIDE + beside, 200);
            let _ = write!(piece, "\n{real}");
        }
        writeln!(sender, "{piece}").unwrap();
    }
    drop(sender);
    let sent = AHEAD * (1 + BESIDE);
    wait::until(LIMIT, "the lines to be counted", || {
        (daemon.requests() >= sent).then_some(())
    });
    daemon.wait_for_requests(sent);
    let late = wait::until(LIMIT, "some to be out of order", || {
        Some(late(&daemon)).filter(|late| *late > 0)
    });
    assert!((500..AHEAD).contains(&late), "{late}");
    daemon.wait_for("lines are out of order");
    let (_, now) = daemon.page("/api/v1/report");
    let now: Value = serde_json::from_str(&now).unwrap();
    let warnings = now["coverage"]["warnings"].to_string();
    assert!(warnings.contains("out of order"), "{warnings}");
    let told = now["totals"]["requests"].as_u64().unwrap();
    assert!(told >= BESIDE * AHEAD + late, "{told}");
    daemon.stop();
    let kept = report::of_store(&path);
    assert_eq!(kept["coverage"]["lines"], sent);
    assert_eq!(kept["totals"]["requests"], sent);
    let warnings = kept["coverage"]["warnings"].to_string();
    assert!(!warnings.contains("out of order"), "{warnings}");
}
