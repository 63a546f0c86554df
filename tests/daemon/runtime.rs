//! The running HAProxy is asked how its servers are, before any line tells of them.

use std::io::{Read, Write};
use std::net::UdpSocket;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
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
        let server = servers.iter().find(|server| server["server"] == "web1");
        server.map(|server| server["sessions"].clone())
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

/// Answers with the only server of a backend down for some seconds, and another one in maintenance; once it is told, with both up.
fn answer_until(socket: &Path, up: Arc<AtomicBool>) {
    let listener = UnixListener::bind(socket).unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 64]);
            let (only, other, left) = match up.load(Ordering::SeqCst) {
                true => ("UP,2,L7OK", "UP,2,L7OK", 1),
                false => ("DOWN,40,Layer4 timeout", "MAINT,30,", 0),
            };
            let answer = format!(
                "Name: HAProxy\nVersion: 2.6.12\nUptime_sec: 7200\nMaxconn: 2000\nCurrConns: 12\nnode: lb1\n\n\
                 # pxname,svname,act,bck,type,status,lastchg,check_desc,\nbe_app,app1,1,0,2,{only},\n\
                 be_app,BACKEND,{left},0,1,DOWN,40,,\nstatic,files1,1,0,2,{other},\nstatic,files2,1,0,2,UP,99,,\n\
                 static,BACKEND,1,0,1,UP,99,,\n\n"
            );
            let _ = stream.write_all(answer.as_bytes());
        }
    });
}

/// Incidents of a kind, once there are some, or once those there are have ended.
fn incidents(daemon: &Daemon, kind: &str, ended: bool) -> Vec<Value> {
    wait::until(LIMIT, kind, || {
        let report: Value = serde_json::from_str(&daemon.page("/api/v1/report").1).ok()?;
        let all = report["incidents"].as_array()?.clone();
        let of_kind: Vec<Value> = all
            .into_iter()
            .filter(|incident| incident["kind"] == kind)
            .collect();
        let is_it = |incident: &Value| incident["end"].is_null() != ended;
        (!of_kind.is_empty() && of_kind.iter().all(is_it)).then_some(of_kind)
    })
}

#[test]
fn servers_that_were_down_before_the_first_line_are_an_incident_until_the_log_says_otherwise() {
    let folder = tempfile::tempdir().unwrap();
    let (socket, store) = (folder.path().join("admin.sock"), folder.path().join("h.db"));
    let up = Arc::new(AtomicBool::new(false));
    answer_until(&socket, up.clone());
    let arguments = [
        "--udp",
        "127.0.0.1:0",
        "--http",
        "127.0.0.1:0",
        "--store",
        store.to_str().unwrap(),
        "--stats-socket",
        socket.to_str().unwrap(),
    ];
    let mut daemon = Daemon::start(&arguments);
    let began: jiff::Timestamp = {
        let down = incidents(&daemon, "backend_down", false);
        assert_eq!(down.len(), 1);
        assert_eq!(down[0]["backend"], "be_app");
        assert_eq!(down[0]["servers"], serde_json::json!(["app1"]));
        let evidence = down[0]["timeline"].to_string();
        assert!(evidence.contains("stats-socket"), "{evidence}");
        assert!(evidence.contains("Layer4 timeout"), "{evidence}");
        down[0]["start"].as_str().unwrap().parse().unwrap()
    };
    let ago = jiff::Timestamp::now().as_second() - began.as_second();
    assert!(
        (38..80).contains(&ago),
        "down for 40 s when it was asked, {ago} s"
    );
    assert_eq!(incidents(&daemon, "maintenance", false).len(), 1);
    let (_, page) = daemon.page("/");
    assert!(
        page.contains("HAProxy 2.6.12 on lb1") && page.contains("12 of 2,000 connections"),
        "{page}"
    );

    // A restart knows it, and is told again.
    daemon.stop();
    let mut daemon = Daemon::start(&arguments);
    assert_eq!(incidents(&daemon, "backend_down", false).len(), 1);

    // The log goes on with it: what it says of a server is believed from then on.
    let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
    for line in [lines::down(), lines::up()] {
        let line = lines::datagram(&line);
        let to = daemon.address("udp:");
        sender.send_to(line.as_bytes(), to).unwrap();
    }
    let down = incidents(&daemon, "backend_down", true);
    let start: jiff::Timestamp = down[0]["start"].as_str().unwrap().parse().unwrap();
    assert_eq!((down.len(), start), (1, began));

    // Of the other one no line tells that it is back; HAProxy does.
    up.store(true, Ordering::SeqCst);
    assert_eq!(incidents(&daemon, "maintenance", true).len(), 1);
    daemon.stop();
}
