//! The running HAProxy is asked how its servers are, before any line tells of them.

use std::io::{Read, Write};
use std::net::UdpSocket;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use super::daemon::Daemon;
use super::{lines, wait};

/// Longer than between two questions.
const LIMIT: Duration = Duration::from_secs(30);

/// Answers the first question with one server down, and all others with both up.
fn answer(socket: &Path) {
    let listener = UnixListener::bind(socket).unwrap();
    std::thread::spawn(move || {
        for (nth, stream) in listener.incoming().enumerate() {
            let (mut stream, state) = (stream.unwrap(), if nth == 0 { "DOWN" } else { "UP" });
            let _ = stream.read(&mut [0; 64]);
            let answer = format!(
                "# pxname,svname,qcur,scur,smax,slim,status,lastchg,type,\napp,web1,3,20,20,20,UP,7000,2,\n\
                 app,web2,0,0,9,,{state},5,2,\n\n"
            );
            let _ = stream.write_all(answer.as_bytes());
        }
    });
}

#[test]
fn it_is_asked_at_the_start_and_again() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("admin.sock");
    answer(&socket);
    let daemon = Daemon::start(&[
        "--udp",
        "127.0.0.1:0",
        "--http",
        "127.0.0.1:0",
        "--stats-socket",
        socket.to_str().unwrap(),
    ]);
    let out_of_service = |number: u64| {
        wait::until(LIMIT, "HAProxy's answer", || {
            let report: Value = serde_json::from_str(&daemon.page("/api/v1/report").1).ok()?;
            let now = report["now"].clone();
            (now["out_of_service"] == number).then_some(now)
        })
    };
    assert_eq!(out_of_service(1)["out"][0]["name"], "web2");
    assert_eq!(out_of_service(0)["up"], 2);

    // A server that the log names has its sessions beside it.
    let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
    let line = lines::request(1, 200).replace("be_app/app1", "app/web1");
    let line = lines::datagram(&line);
    sender
        .send_to(line.as_bytes(), daemon.address("udp:"))
        .unwrap();
    let sessions = wait::until(LIMIT, "the server", || {
        let grid: Value = serde_json::from_str(&daemon.page("/api/v1/grid").1).ok()?;
        let servers = grid["backends"][0]["servers"].as_array()?.clone();
        servers.first().map(|server| server["sessions"].clone())
    });
    assert_eq!(
        sessions,
        serde_json::json!({"now": 20, "most": 20, "limit": 20, "queued": 3})
    );
    let (_, page) = daemon.page("/");
    assert!(page.contains("20 of 20 sessions, 3 queued"), "{page}");
}

#[test]
fn that_it_does_not_answer_is_said_and_stops_nothing() {
    let daemon = Daemon::start(&[
        "--udp",
        "127.0.0.1:0",
        "--http",
        "127.0.0.1:0",
        "--stats-socket",
        "/nowhere/admin.sock",
    ]);
    daemon.wait_for("/nowhere/admin.sock");
    assert_eq!(daemon.page("/healthz").0, 200);
}
