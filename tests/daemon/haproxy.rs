//! HAProxy logs to hapline itself, on each of its ways.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use super::backend::Backend;
use super::client::Client;
use super::daemon::Daemon;
use super::needed;
use super::report;
use super::wait;

/// A process that is killed when the test ends.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A site whose HAProxy logs as these lines of `global` and this section say.
fn logs(listen: &[&str], logging: impl Fn(&Daemon, &Path) -> (String, String)) {
    let Some(program) = needed::program("haproxy", "haproxy") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let (store, config) = (
        folder.path().join("h.db"),
        folder.path().join("haproxy.cfg"),
    );
    let socket = folder.path().join("log.sock");
    let listen = listen
        .iter()
        .map(|argument| argument.replace("SOCKET", socket.to_str().unwrap()));
    let mut arguments: Vec<String> = listen.collect();
    arguments
        .extend(["--http", "127.0.0.1:0", "--store", store.to_str().unwrap()].map(str::to_owned));
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut daemon = Daemon::start(&arguments);
    daemon.wait_for("listening on");
    let (log, section) = logging(&daemon, &socket);
    let mut server = Backend::start();
    let address = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let site = format!(
        "global
    {log}
{section}
defaults
    mode http
    log global
    option httplog
    option dontlognull
    timeout connect 500ms
    timeout client 5s
    timeout server 5s
    default-server check inter 200ms fall 2 rise 2
frontend fe_www
    bind {address}
    default_backend be_app
backend be_app
    server app1 {}
",
        server.address()
    );
    std::fs::write(&config, site).unwrap();
    let haproxy = Command::new(program)
        .args(["-db", "-f", config.to_str().unwrap()])
        .env("TZ", "UTC")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let _haproxy = Running(haproxy.unwrap());
    wait::until(Duration::from_secs(10), "HAProxy to listen", || {
        std::net::TcpStream::connect(address).ok()
    });
    let load = Client::start(address);
    load.wait(50, 200);
    server.stop();
    load.wait(20, 503);
    server.restart();
    load.wait(90, 200);
    let seen = load.stop();
    daemon.wait_for_requests(seen.len() as u64);
    daemon.stop();
    let failed = seen.iter().filter(|status| **status != 200).count();
    compare(&report::of_store(&store), seen.len(), failed);
}

fn compare(told: &Value, requests: usize, failed: usize) {
    let coverage = &told["coverage"];
    assert_eq!(coverage["traffic"], requests, "{coverage}");
    for none in ["other", "unparsed", "truncated", "dropped"] {
        assert_eq!(coverage[none], 0, "{none}: {coverage}");
    }
    assert_eq!(told["totals"]["requests"], requests);
    assert_eq!(told["totals"]["failed"], failed);
    let incidents = told["incidents"].as_array().unwrap();
    assert_eq!(incidents.len(), 1, "{incidents:#?}");
    assert_eq!(incidents[0]["kind"], "backend_down");
    assert_eq!(incidents[0]["servers"], serde_json::json!(["app1"]));
    assert_eq!(incidents[0]["failed_requests"], failed);
    assert!(incidents[0]["end"].is_string());
}

#[test]
fn by_datagrams() {
    logs(&["--udp", "127.0.0.1:0"], |daemon, _| {
        (
            format!("log {} local0", daemon.address("udp:")),
            String::new(),
        )
    });
}

#[test]
fn by_a_unix_socket() {
    logs(&["--unix", "SOCKET"], |_, socket| {
        (
            format!("log {} len 8192 format rfc5424 local0", socket.display()),
            String::new(),
        )
    });
}

/// A ring: its lines go over TCP, as `log-proto` says.
fn by_a_ring(protocol: &str, format: &str) {
    logs(&["--tcp", "127.0.0.1:0"], |daemon, _| {
        let ring = format!(
            "ring hapline
    format {format}
    maxlen 8192
    size 1048576
    timeout connect 5s
    timeout server 10s
    server hapline {} log-proto {protocol}",
            daemon.address("tcp:")
        );
        (
            format!("log ring@hapline len 8192 format {format} local0"),
            ring,
        )
    });
}

#[test]
fn by_a_ring_with_counted_lines() {
    by_a_ring("octet-count", "rfc5424");
}

#[test]
fn by_a_ring_with_lines() {
    by_a_ring("legacy", "rfc3164");
}
