//! Names that are made up by whoever may send a line: bounded, and nothing else is affected.

use std::fmt::Write as _;
use std::io::Write as _;
use std::net::TcpStream;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::daemon::Daemon;
use super::{lines, wait};

/// Lines of real servers, and as many of made-up ones: if all of them fall into one minute, it has room for their names.
const LINES: u64 = 30_000;

/// Lines that are sent at once.
const PIECE: u64 = 5_000;

const SERVERS: u64 = 5;

/// Time in which all of them are read, by a program that is not optimised and not alone on its machine.
const LIMIT: Duration = Duration::from_secs(300);

/// Private memory (kB) that is enough.
const ENOUGH: u64 = 224 << 10;

/// A request of one of the servers.
fn real(number: u64) -> String {
    let server = format!("be_app/app{}", number % SERVERS);
    lines::request(number, 200).replace("be_app/app1", &server)
}

/// One of some minutes ago.
fn earlier(number: u64) -> String {
    let then = Timestamp::now() - SignedDuration::from_mins(3);
    let (logged, accepted) = (
        then.strftime("%b %e %H:%M:%S"),
        then.strftime("%d/%b/%Y:%H:%M:%S%.3f"),
    );
    format!(
        "{logged} lb1 haproxy[417]: 10.0.0.9:1024 [{accepted}] fe_www be_app/app{number} 0/0/1/7/8 200 1412 - - ---- \
         1/1/0/0/0 0/0 \"GET / HTTP/1.1\""
    )
}

/// A line in which something has a name that no other line has.
fn made_up(number: u64) -> String {
    let request = lines::request(number, 200);
    match number % 5 {
        0 => request.replace("be_app/app1", &format!("be_app/x{number}")),
        1 => request.replace("be_app/app1", &format!("be_{number}/app1")),
        2 => at_another(request).replace(" lb1 ", &format!(" lb-{number} ")),
        3 => at_another(request).replace("[417]", &format!("[{}]", 1_000 + number)),
        _ => lines::down().replace("app1", &format!("x{number}")),
    }
}

/// The same at a server that is not looked at: of hosts that are made up, most are put aside.
fn at_another(request: String) -> String {
    request.replace("be_app/app1", "be_app/other")
}

#[test]
fn a_new_name_in_each_line_fills_no_memory_and_real_servers_count_to_the_last_request() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("hapline.db");
    let (store, any) = (store.to_str().unwrap(), "127.0.0.1:0");
    let mut daemon = Daemon::start(&["--tcp", any, "--http", any, "--store", store]);
    let mut sender = TcpStream::connect(daemon.address("tcp:")).unwrap();
    // Names that were there in an earlier minute are kept.
    for number in 0..SERVERS {
        writeln!(sender, "{}", earlier(number)).unwrap();
    }
    wait::until(LIMIT, "the servers", || {
        let (_, metrics) = daemon.page("/metrics");
        let is_met = |server| metrics.contains(&format!("server=\"app{server}\""));
        (0..SERVERS).all(is_met).then_some(())
    });
    let mut most = 0;
    for from in (0..LINES).step_by(PIECE as usize) {
        let piece = (from..from + PIECE).fold(String::new(), |mut piece, number| {
            let _ = writeln!(piece, "{}\n{}", real(number), made_up(number));
            piece
        });
        sender.write_all(piece.as_bytes()).unwrap();
        most = most.max(daemon.private_memory());
    }
    drop(sender);
    // One in five made-up lines is no request.
    let requests = SERVERS + LINES + LINES / 5 * 4;
    wait::until(LIMIT, "the lines to be counted", || {
        (daemon.requests() >= requests).then_some(())
    });
    daemon.wait_for_requests(requests);
    most = most.max(daemon.private_memory());
    assert!(most < ENOUGH, "{most} kB");
    // What was given back stays so: the kernel joins no pages to huge ones.
    let huge = daemon.status("THP_enabled");
    assert_eq!(huge.as_deref().unwrap_or("0"), "0");
    let (_, metrics) = daemon.page("/metrics");
    for server in 0..SERVERS {
        let labels = [
            "backend=\"be_app\"".to_owned(),
            format!("server=\"app{server}\""),
        ];
        let of_server = metrics.lines().filter(|series| {
            series.starts_with("hapline_requests_total{")
                && labels.iter().all(|label| series.contains(label))
        });
        let counts = of_server.filter_map(|series| series.rsplit_once(' '));
        let counted: f64 = counts.map(|(_, count)| count.parse::<f64>().unwrap()).sum();
        assert_eq!(counted as u64, 1 + LINES / SERVERS, "app{server}");
    }
    daemon.stop();
}
